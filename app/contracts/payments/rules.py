"""Pure decisions about payments and invoices. Money is CNY, exact; nothing is rounded before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.contracts.amounts import Balance, Paid, technical_part
from app.contracts.kinds import ReversalKind
from app.contracts.payments import problems
from app.contracts.problems import IN_FUTURE
from app.contracts.rules import check_order, check_past
from app.core.money import ceil_fen, exact, round_fen
from app.core.problems import DATES_OUT_OF_ORDER


def check_payment(before: Balance, payment: Paid) -> None:
    """Raises `payment_above_due`, `technical_above_payment`, `technical_above_left`, `technical_below_left`.

    Each says what would pass. A provisional total (royalties) is no bound; a technical part that is stated is bounded
    always from above and, where the total is fixed, from below: what is left to pay must hold what is left of it.
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
    part = technical_part(terms.holding, before.sums, payment)
    left = exact(terms.holding.technical) - before.technical
    if part > left:
        shown = max(_floor_fen(left), Decimal("0.00"))
        raise problems.TECHNICAL_ABOVE_LEFT(
            field="technical_amount", technical=round_fen(part), left=shown, limit=terms.holding.technical
        )
    rest = exact(terms.holding.total) - exact(before.paid) - exact(payment.amount)
    # The last payment states whole fens, and parts that were counted by the ratio may have left a fraction of one.
    least = min((ceil_fen if rest else _floor_fen)(left - rest), payment.amount)
    if rest >= 0 and not terms.provisional and payment.technical is not None and payment.technical < least:
        raise problems.TECHNICAL_BELOW_LEFT(
            field="technical_amount",
            technical=payment.technical,
            least=least,
            left=round_fen(left),
            rest=round_fen(rest),
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


@dataclass(frozen=True, slots=True)
class Movement:
    """The bank's movement of a reversal: when, and under which reference."""

    at: datetime
    reference: str


def movement_of(kind: ReversalKind, at: datetime | None, reference: str | None) -> Movement | None:
    """The movement that a reversal states; None for a wrong record, which moves nothing.

    Raises `payment_reversal_incomplete`, `payment_reversal_moves_nothing`.
    """
    if kind is ReversalKind.RECORDED_WRONGLY:
        if at is not None or reference is not None:
            raise problems.REVERSAL_MOVES_NOTHING(field="bank_reference" if at is None else "reversed_at")
        return None
    if at is None or reference is None:
        raise problems.REVERSAL_INCOMPLETE(field="reversed_at" if at is None else "bank_reference", kind=kind)
    return Movement(at, reference)


def check_reversal(received_at: datetime, reversed_at: datetime, now: datetime) -> None:
    """Money leaves after it came, and not in the future."""
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


def check_invoice(payment_amount: Decimal, invoiced: Sequence[Decimal], amount: Decimal, field: str) -> None:
    """The invoices of a payment are together not above it; raises `invoice_above_payment`."""
    left = payment_amount - sum(invoiced, Decimal(0))
    if amount > left:
        raise problems.INVOICE_ABOVE_PAYMENT(field=field, amount=amount, left=left)


def _floor_fen(value: Fraction) -> Decimal:
    rounded = round_fen(value)
    return rounded if exact(rounded) <= value else rounded - Decimal("0.01")
