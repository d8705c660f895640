"""The kinds and states of gates: pure, so that rules may know them without a database."""

from enum import StrEnum


class GateKind(StrEnum):
    """What stands before a deal. A state secret is no gate: such a result is refused outright."""

    FIRST_REFUSAL = "first_refusal"
    CO_OWNER_CONSENT = "co_owner_consent"
    CO_BUYER_CONSENT = "co_buyer_consent"
    RELATED_PARTY_APPROVAL = "related_party_approval"
    RESTRICTED_EXPORT = "restricted_export"
    FOREIGN_APPROVAL = "foreign_approval"
    PATENT_IN_FORCE = "patent_in_force"
    RIGHT_FREE = "right_free"


class GateOutcome(StrEnum):
    """How a gate was settled: consent, waiver or licence given; its period over; or refused, which ends the sale."""

    CLEARED = "cleared"
    LAPSED = "lapsed"
    REFUSED = "refused"


class Closer(StrEnum):
    """In what capacity somebody settles a gate."""

    HOLDER = "holder"
    SELLER_ADMIN = "seller_admin"
    OPERATOR = "operator"
