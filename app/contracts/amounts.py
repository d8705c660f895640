"""The amounts of a contract: which of them hold, and the technical part (技术交易额) of each payment.

Payments, settlement and awards count by these two functions alone. CNY, exact: nothing is rounded here.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.core.money import exact, proportion


@dataclass(frozen=True, slots=True)
class Amounts:
    """The total (合同成交额) and, of it, the technical amount (技术交易额)."""

    total: Decimal
    technical: Decimal


def holding(stated: Amounts, registered_total: Decimal | None, registered_technical: Decimal | None) -> Amounts:
    """The amounts that hold: what the registrar recognised where it did, else what the contract states.

    Both come from one source, so that a ratio is never made of an amended total and a registered technical amount.
    """
    if registered_total is None or registered_technical is None:
        return stated
    return Amounts(registered_total, registered_technical)


def technical_part(amounts: Amounts, paid: Decimal, stated: Decimal | None) -> Fraction:
    """The technical part of a payment: as the payment states it, else in the ratio of the amounts that hold [P]."""
    return proportion(paid, amounts.technical, amounts.total) if stated is None else exact(stated)
