"""The kinds and states of terms: pure, so that rules may know them without a database."""

from enum import StrEnum


class RoyaltyBase(StrEnum):
    """What a royalty is a part of (提成基数, Civil Code 846)."""

    PRICE = "price"
    OUTPUT_VALUE = "output_value"
    GROSS_PROFIT = "gross_profit"
    NET_PROFIT = "net_profit"
    SALES = "sales"
    NET_INCOME = "net_income"
