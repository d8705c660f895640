"""The kinds and states of certificates: pure, so that rules may know them without a database."""

from enum import StrEnum


class CertificateStatus(StrEnum):
    """Valid, or revoked (撤销)."""

    VALID = "valid"
    REVOKED = "revoked"
