"""The amounts of a contract: which hold, the technical part (技术交易额) of each payment, and what is still due.

Payments, settlement and awards count by these functions alone. CNY, exact: nothing is rounded here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.core.money import exact, proportion, round_fen


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


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment or, with negative amounts, a reversal; `technical` None: it does not state its technical part."""

    amount: Decimal
    technical: Decimal | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract owes (`total`), the amounts that hold for technical parts, and whether all is estimated."""

    total: Decimal
    holding: Amounts
    provisional: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a contract stands. `technical` is exact; a payment that does not state its part counts by the ratio."""

    terms: Terms
    paid: Decimal
    technical: Fraction

    @property
    def due(self) -> Decimal:
        """The amount still due (CNY); zero if royalties exceed the estimate."""
        return max(self.terms.total - self.paid, Decimal(0))

    @property
    def technical_paid(self) -> Decimal:
        """The technical part of what was paid, rounded to the fen, for showing."""
        return round_fen(self.technical)


def balance(terms: Terms, payments: Iterable[Paid]) -> Balance:
    """The sums of a contract's payments and reversals."""
    rows = list(payments)
    return Balance(
        terms,
        sum((row.amount for row in rows), Decimal(0)),
        sum((technical_part(terms.holding, row.amount, row.technical) for row in rows), Fraction(0)),
    )
