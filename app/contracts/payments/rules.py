"""Pure decisions about payments and invoices. Money is CNY, exact; nothing is rounded before it is shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from app.contracts.amounts import Amounts, technical_part
from app.contracts.payments import problems
from app.contracts.problems import BELOW_PAID, IN_FUTURE, PAID_PARTY_MISSING
from app.contracts.rules import check_order, check_past
from app.core.money import exact, round_fen
from app.core.problems import DATES_OUT_OF_ORDER


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
        """What is still due; zero where royalties passed the estimate."""
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


def check_payment(before: Balance, payment: Paid) -> None:
    """Raises `payment_above_due`, `technical_above_payment`, `technical_above_left`, each with what would pass.

    A provisional total (royalties) is no bound; a technical part that is stated is bounded always.
    """
    terms = before.terms
    if payment.technical is not None and payment.technical > payment.amount:
        raise problems.TECHNICAL_ABOVE_PAYMENT(
            field="technical_amount", technical=payment.technical, amount=payment.amount
        )
    if not terms.provisional and payment.amount > before.due:
        raise problems.PAYMENT_ABOVE_DUE(field="amount", amount=payment.amount, due=before.due)
    if terms.provisional and payment.technical is None:
        return
    part = technical_part(terms.holding, payment.amount, payment.technical)
    left = exact(terms.holding.technical) - before.technical
    if part > left:
        shown = max(_floor_fen(left), Decimal("0.00"))
        raise problems.TECHNICAL_ABOVE_LEFT(
            field="technical_amount", technical=round_fen(part), left=shown, limit=terms.holding.technical
        )


def check_received(received_at: datetime, now: datetime, signed_on: date, zone: ZoneInfo) -> None:
    """A receipt lies between the signing day and now; raises `contract_date_in_future`, `dates_out_of_order`."""
    if received_at > now:
        raise IN_FUTURE(field="received_at", name="received_at", at=received_at.isoformat(), now=now.isoformat())
    # The day's beginning is compared, not the receipt's own day: a moment of year 1 has none in every zone.
    if received_at < datetime.combine(signed_on, time.min, zone):
        raise DATES_OUT_OF_ORDER(
            field="received_at",
            earlier_name="signed_on",
            earlier=signed_on,
            later_name="received_at",
            later=received_at.isoformat(),
        )


def check_reversal(received_at: datetime, reversed_at: datetime, now: datetime) -> None:
    """The bank takes back what it had given before, and not in the future."""
    if reversed_at > now:
        raise IN_FUTURE(field="reversed_at", name="reversed_at", at=reversed_at.isoformat(), now=now.isoformat())
    if reversed_at < received_at:
        raise DATES_OUT_OF_ORDER(
            field="reversed_at",
            earlier_name="received_at",
            earlier=received_at.isoformat(),
            later_name="reversed_at",
            later=reversed_at.isoformat(),
        )


def check_issued(issued_on: date, signed_on: date, today: date, field: str) -> None:
    """An invoice is issued from the signing day to today; raises `contract_date_in_future`, `dates_out_of_order`."""
    check_past("issued_on", issued_on, today, field)
    check_order("signed_on", signed_on, "issued_on", issued_on, field)


def check_amendment(now: Balance, paid: Mapping[str, set[UUID]], kept: Mapping[str, set[UUID]]) -> None:
    """An amended contract covers what was paid and keeps who paid and received, each on its side.

    `now` is the balance by its new terms; `paid` and `kept` name the `buyers` and `sellers` before and after.

    Raises `below_paid`, `paid_party_missing`. Provisional amounts are estimates, so they may be below what was paid.
    """
    terms = now.terms
    if not terms.provisional and terms.total < now.paid:
        raise BELOW_PAID(field="total_amount", paid=now.paid, amount=terms.total)
    if not terms.provisional and terms.holding.technical < now.technical:
        raise BELOW_PAID(field="technical_amount", paid=now.technical_paid, amount=terms.holding.technical)
    for side in ("buyers", "sellers"):
        for missing in sorted(paid[side] - kept[side]):
            raise PAID_PARTY_MISSING(field=side, id=missing, side=side)


def check_invoice(payment_amount: Decimal, invoiced: Sequence[Decimal], amount: Decimal, field: str) -> None:
    """The invoices of a payment are together not above it; raises `invoice_above_payment`."""
    left = payment_amount - sum(invoiced, Decimal(0))
    if amount > left:
        raise problems.INVOICE_ABOVE_PAYMENT(field=field, amount=amount, left=left)


def _floor_fen(value: Fraction) -> Decimal:
    rounded = round_fen(value)
    return rounded if exact(rounded) <= value else rounded - Decimal("0.01")
