"""The amounts of a contract: which hold, the technical part (技术交易额) of each payment, and what is still due.

Payments, settlement and awards count by these functions alone. CNY, exact: nothing is rounded here.
"""

from collections.abc import Hashable, Iterable, Mapping
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


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment or, with negative amounts, the reversal of one; `technical` None: it does not state its part."""

    amount: Decimal
    technical: Decimal | None
    id: Hashable = None
    reverses: Hashable = None


def technical_part(amounts: Amounts, before: "Sums", payment: Paid) -> Fraction:
    """The technical part of a payment after those before it: as stated, else in the ratio of what is left [P].

    So the parts of a contract that is paid up sum to its technical amount, whatever single payments state. What is paid
    beyond the total (royalties) counts in the ratio of the amounts that hold; a reversal takes back what its payment
    counted for.
    """
    if payment.reverses in before.parts:
        return -before.parts[payment.reverses]
    if payment.technical is not None:
        return exact(payment.technical)
    left = exact(amounts.total) - exact(before.paid)
    within = min(exact(payment.amount), max(left, Fraction(0)))
    ratio = min(max((exact(amounts.technical) - before.technical) / left, Fraction(0)), Fraction(1)) if left > 0 else 0
    return within * ratio + proportion(exact(payment.amount) - within, amounts.technical, amounts.total)


@dataclass(frozen=True, slots=True)
class Sums:
    """What was paid in all, its technical part, exact, and the part of each payment by its id."""

    paid: Decimal
    technical: Fraction
    parts: Mapping[Hashable, Fraction]


def sums(amounts: Amounts, payments: Iterable[Paid]) -> Sums:
    """The sums of payments in the order in which they were recorded, which never changes afterwards."""
    parts: dict[Hashable, Fraction] = {}
    found = Sums(Decimal(0), Fraction(0), parts)
    for payment in payments:
        part = technical_part(amounts, found, payment)
        if payment.id is not None:
            parts[payment.id] = part
        found = Sums(found.paid + payment.amount, found.technical + part, parts)
    return found


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract owes (`total`), the amounts that hold for technical parts, and whether all is estimated."""

    total: Decimal
    holding: Amounts
    provisional: bool


@dataclass(frozen=True, slots=True)
class Balance:
    """Where a contract stands: its terms, and the sums of what was paid on it."""

    terms: Terms
    sums: Sums

    @property
    def paid(self) -> Decimal:
        """What was paid in all (CNY)."""
        return self.sums.paid

    @property
    def technical(self) -> Fraction:
        """Its technical part, exact."""
        return self.sums.technical

    @property
    def due(self) -> Decimal:
        """The amount still due (CNY); zero if royalties exceed the estimate."""
        return max(self.terms.total - self.paid, Decimal(0))

    @property
    def technical_paid(self) -> Decimal:
        """The technical part of what was paid, rounded to the fen, for showing."""
        return round_fen(self.technical)


def balance(terms: Terms, payments: Iterable[Paid]) -> Balance:
    """The sums of a contract's payments and reversals, in the order in which they were recorded."""
    return Balance(terms, sums(terms.holding, payments))
