"""The kinds and states of settlement: pure, so that rules may know them without a database."""

from enum import StrEnum


class PartKind(StrEnum):
    """What a part of the price is, as the contract or the negotiated terms name it."""

    LUMP_SUM = "lump_sum"
    INSTALMENT = "instalment"
    ENTRY_FEE = "entry_fee"
    MINIMUM_ROYALTY = "minimum_royalty"
    CASH_TOP_UP = "cash_top_up"


class ConditionKind(StrEnum):
    """What the certificate waits for (DOMAIN: contract signed, the price due arrived, both sides' fees paid)."""

    CONTRACT_SIGNED = "contract_signed"
    PRICE_ARRIVED = "price_arrived"
    FEES_PAID = "fees_paid"
