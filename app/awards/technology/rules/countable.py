"""What a payment counts for: the least of received, invoiced and left of the registered technical amount."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from app.awards.technology.rules.facts import ContractFacts, PaymentFacts
from app.contracts.amounts import Amounts, Paid, sums
from app.core.money import exact, proportion

Bound = Literal["received", "invoiced", "left"]


@dataclass(frozen=True)
class Countable:
    """A payment's three technical amounts (CNY, exact): received, invoiced, left before it."""

    payment: PaymentFacts
    received_on: date
    received: Fraction
    invoiced: Fraction
    left: Fraction

    @property
    def amount(self) -> Fraction:
        """The countable amount: the least of the three."""
        return min(self.received, self.invoiced, self.left)

    @property
    def bound(self) -> Bound:
        """Which of the three was the least; of equal ones the first named."""
        if self.amount == self.received:
            return "received"
        return "invoiced" if self.amount == self.invoiced else "left"


def local_day(payment: PaymentFacts, zone: ZoneInfo) -> date:
    """The day of receipt where the city is: 00:30 on 1 January in Wuhan is the new year, whatever UTC says."""
    return payment.received_at.astimezone(zone).date()


def reversed_by(payment: PaymentFacts, year: int) -> bool:
    """Whether the payment was taken back by the last day of the year; one that never was, at once."""
    return payment.reversed_on is not None and payment.reversed_on.year <= year


def countables(
    contract: ContractFacts, payments: Iterable[PaymentFacts], year: int, zone: ZoneInfo
) -> Sequence[Countable]:
    """The countable amounts of a contract's payments received in the year, in order of receipt.

    Earlier years are replayed from their own payments, by this year's rules, so that what is left of the registered
    technical amount does not depend on what any run once stored. Money that earned nobody anything uses the technical
    amount up all the same: it was paid for the technology [P].

    The technical part of a payment that does not state it follows the ratio of what the payments before it left, in the
    order of years and in a year of ids, which is that of recording [P]; that of any invoice the ratio of its payment
    [P]. An invoice for more than its payment covers later payments of the contract, also in later years, never earlier
    ones: so a later payment cannot change what earlier ones counted for [P]. An amount without an invoice number is not
    invoiced.
    """
    amounts = Amounts(contract.total_amount, contract.technical_amount)
    left, unused_invoice = exact(amounts.technical), Fraction(0)
    counted = [item for item in payments if local_day(item, zone).year <= year and not reversed_by(item, year)]
    recorded = sorted(counted, key=lambda item: (local_day(item, zone).year, item.id))
    parts = sums(amounts, (Paid(item.amount, item.technical_amount, item.id) for item in recorded)).parts
    found = []
    for payment in sorted(counted, key=lambda item: (item.received_at, item.id)):
        day = local_day(payment, zone)
        received = parts[payment.id]
        available = unused_invoice + (exact(payment.invoiced_amount) if payment.invoice_number else Fraction(0))
        unused_invoice = max(Fraction(0), available - exact(payment.amount))
        countable = Countable(payment, day, received, proportion(available, received, payment.amount), left)
        left -= countable.amount
        if day.year == year:
            found.append(countable)
    return found
