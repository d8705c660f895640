"""The kinds and states of certificates: pure, so that rules may know them without a database."""

from enum import StrEnum


class PriceStanding(StrEnum):
    """What a certificate says of the price: a free trial (先用后转) runs, part of it was paid, all of it was.

    Nothing due: there is no price in money, or none of it is due yet.
    """

    TRIAL_RUNNING = "trial_running"
    NOTHING_DUE = "nothing_due"
    PART_PAID = "part_paid"
    PAID = "paid"


class CertificateStatus(StrEnum):
    """Valid, or revoked (撤销)."""

    VALID = "valid"
    REVOKED = "revoked"
