"""The kinds and states of the award for technology: pure, so that rules may know them without a database."""

from enum import StrEnum


class ExclusionCode(StrEnum):
    """Stable codes of exclusion (不予奖励的原因)."""

    CONTRACT_TYPE = "contract_type"
    NOT_REGISTERED = "not_registered"
    REGISTERED_LATE = "registered_late"
    CANCELLED = "cancelled"
    PAYMENT_REVERSED = "payment_reversed"
    PAYMENT_REFUNDED = "payment_refunded"
    PAYMENT_NEVER_WAS = "payment_never_was"
    PAYER_NOT_BUYER = "payer_not_buyer"
    NO_TECHNICAL_PART = "no_technical_part"
    NOT_INVOICED = "not_invoiced"
    TECHNICAL_AMOUNT_EXHAUSTED = "technical_amount_exhausted"
    BUYER_KIND = "buyer_kind"
    BUYER_NOT_RESIDENT = "buyer_not_resident"
    SELLER_KIND = "seller_kind"
    SELLER_NOT_RESIDENT = "seller_not_resident"
    RELATED_PARTY = "related_party"
    AGENCY_KIND = "agency_kind"
    AGENCY_QUALITY = "agency_quality"
    AGENCY_NOT_RESIDENT = "agency_not_resident"
    AGENCY_NOT_NAMED = "agency_not_named"
    REWARDED_ELSEWHERE = "rewarded_elsewhere"
    NO_BROKER_RECORDED = "no_broker_recorded"
