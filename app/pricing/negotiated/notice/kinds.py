"""The kinds and states of notice: pure, so that rules may know them without a database."""

from enum import StrEnum


class InterestKind(StrEnum):
    """Why a buyer is an interested party (利害关系人)."""

    COMPLETER = "completer"
    RELATED_PARTY = "related_party"
