"""Pure decisions of settlement: the parts of a price, fees, what a deposit pays, what has arrived. CNY to the fen."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.contracts.kinds import PaymentTerms
from app.contracts.settlement.kinds import PartKind
from app.core.money import allot, ceil_fen, exact, round_fen
from app.pricing.negotiated.terms.shapes import (
    Due,
    Equity,
    Instalments,
    LaterPayment,
    LumpSum,
    Payment,
    Royalty,
    Terms,
    Trial,
)

NIL: Final = Decimal("0.00")
FIRST_ROYALTY: Final = "First payment of royalties / 首期提成"
AFTER_TRIAL: Final = "After the trial / 试用期满"
Shares = Sequence[tuple[UUID, Decimal]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the price. `later`: it waits for something that follows the contract, so it is never the first."""

    kind: PartKind | None
    amount: Decimal
    due: Due | None = None
    later: bool = False


def parts_by_contract(price: Decimal, payment: PaymentTerms, least_first: Decimal) -> list[Part]:
    """The parts of a price of which only the contract says how it is paid: all at once, or the least first instalment.

    What follows the first instalment is due as the contract says.
    """
    if price == 0:
        return []
    if payment == PaymentTerms.LUMP_SUM:
        return [Part(PartKind.LUMP_SUM, price)]
    first = ceil_fen(exact(price) * exact(least_first))
    parts = [Part(PartKind.INSTALMENT, first), Part(PartKind.INSTALMENT, price - first, later=True)]
    return [part for part in parts if part.amount > 0]


def parts_by_terms(price: Decimal, terms: Terms, least_first: Decimal) -> list[Part]:
    """The parts in money of a negotiated price, in the order of its terms; `price` is its certain part in CNY.

    Amounts in a foreign currency stand for their proportion of the printed sum. What is given in shares is no money.
    The first part is raised to the least first instalment, at the cost of those that follow.
    """
    named = [part for payment in terms.payment for part in _certain_parts(payment) if part.amount > 0]
    if not named:
        return []
    amounts = allot(price, [(index, part.amount) for index, part in enumerate(named)])
    parts = [replace(part, amount=amounts[index]) for index, part in enumerate(named)]
    return _raise_first([part for part in parts if part.kind is not None and part.amount > 0], least_first)


def _certain_parts(payment: Payment | LaterPayment) -> list[Part]:
    match payment:
        case LumpSum():
            return [Part(PartKind.LUMP_SUM, payment.amount, payment.due)]
        case Instalments():
            return [Part(PartKind.INSTALMENT, item.amount, item.due) for item in payment.parts]
        case Royalty():
            first = Due(event=FIRST_ROYALTY)
            return [
                Part(PartKind.ENTRY_FEE, payment.entry_fee or NIL),
                Part(PartKind.MINIMUM_ROYALTY, payment.minimum_first or NIL, first, later=True),
            ]
        case Equity():
            return [
                Part(None, payment.valuation or NIL),
                Part(PartKind.CASH_TOP_UP, payment.cash_top_up or NIL),
            ]
        case Trial():
            after = Due(on=payment.free_until.on) if payment.free_until.on else Due(event=AFTER_TRIAL)
            later = [part for item in payment.then or () for part in _certain_parts(item)]
            return [replace(part, due=part.due or after, later=True) for part in later]
    return []


def _raise_first(parts: list[Part], least_first: Decimal) -> list[Part]:
    """Where the first part is below the least first instalment of what is not tied to later events, take from the next.

    A part that waits for a trial or for royalties neither counts for the floor nor is it asked for earlier.
    """
    fixed = [index for index, part in enumerate(parts) if not part.later]
    if not fixed:
        return parts
    total = sum((parts[index].amount for index in fixed), NIL)
    missing = ceil_fen(exact(total) * exact(least_first)) - parts[fixed[0]].amount
    raised = list(parts)
    for index in fixed[1:]:
        taken = max(min(missing, raised[index].amount), NIL)
        raised[index] = replace(raised[index], amount=raised[index].amount - taken)
        raised[fixed[0]] = replace(raised[fixed[0]], amount=raised[fixed[0]].amount + taken)
        missing -= taken
    return [part for part in raised if part.amount > 0]


def first_of(parts: Sequence[Part]) -> int | None:
    """The part that must have arrived before the certificate; None where all of them wait for something later."""
    return next((index for index, part in enumerate(parts) if not part.later), None)


def due_day(part: Part, is_first: bool, signed_on: date, usual: date) -> date | None:
    """When a part is due: on the day that the terms name; the first one, where they name none to come, as usual."""
    named = part.due.on if part.due else None
    if named is not None and named >= signed_on:
        return named
    return usual if is_first or named is not None else None


def fee_of(price: Decimal, rate: Decimal, minimum: Decimal) -> Decimal:
    """The fee of a side: a rate of the price, at least the minimum, at most the price; a rate of 0 is free."""
    if rate == 0 or price == 0:
        return NIL
    return min(max(round_fen(exact(price) * exact(rate)), minimum), price)


def by_share(total: Decimal, shares: Shares) -> dict[UUID, Decimal]:
    """A sum among the parties of a side, adding up to the fen."""
    return allot(total, shares) if total > 0 else {key: NIL for key, _ in shares}


def reminders(due_on: date, days: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When both sides are told that money is due soon, and that it is overdue: the midnight that ends the day due."""
    overdue = datetime.combine(due_on + timedelta(days=1), time(), zone)
    return datetime.combine(due_on + timedelta(days=1 - days), time(), zone), overdue


@dataclass(frozen=True, slots=True)
class DepositUse:
    """What a deposit pays: the fee first, then the price; what is more than both goes back."""

    fee: Decimal
    credited: Decimal
    returned: Decimal


def use_deposit(deposit: Decimal, fee: Decimal, owed: Decimal) -> DepositUse:
    """Split a buyer's deposit between its fee and its part of the price."""
    of_fee = min(deposit, fee)
    credited = min(deposit - of_fee, owed)
    return DepositUse(of_fee, credited, deposit - of_fee - credited)


def left_of(parts: Sequence[Decimal], arrived: Decimal) -> list[Decimal]:
    """What is still missing of each part when money counts for the earliest first."""
    left = []
    for amount in parts:
        covered = min(amount, arrived)
        arrived -= covered
        left.append(amount - covered)
    return left


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a seller recorded as received at its own bank account. A reversal names what it takes back whole."""

    id: UUID
    payer_id: UUID
    payee_id: UUID
    amount: Decimal
    received_at: datetime
    recorded_at: datetime
    reverses_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ordered:
    """A payout of the exchange to a seller, from the moment it was ordered."""

    payee_id: UUID
    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """Money of a buyer for its price, at the bank's time; taken back it is negative."""

    payer_id: UUID
    amount: Decimal
    at: datetime


def reached(arrivals: Iterable[Arrival], needed: Decimal) -> datetime | None:
    """Since when the sum is not below what is needed (CNY above zero); None where it is."""
    total, since = NIL, None
    for arrival in sorted(arrivals, key=lambda row: row.at):
        before, total = total, total + arrival.amount
        if before < needed <= total:
            since = arrival.at
    return since if total >= needed else None


def paid_directly(receipts: Iterable[Receipt], payouts: Iterable[Ordered]) -> list[Arrival]:
    """What the buyers paid past the exchange.

    The exchange's own payouts reach the sellers' accounts too, and are recorded there for the awards. So what a seller
    records after a payout was ordered counts as that payout first, and only what is more as paid directly: no money
    counts twice. What was recorded before stays what it was.
    """
    expected: dict[UUID, Decimal] = {}
    direct = []
    of_receipt: dict[UUID, Decimal] = {}
    waiting = deque(sorted(payouts, key=lambda row: row.at))
    for receipt in sorted(receipts, key=lambda row: (row.recorded_at, row.id)):
        while waiting and waiting[0].at <= receipt.recorded_at:
            payout = waiting.popleft()
            expected[payout.payee_id] = expected.get(payout.payee_id, NIL) + payout.amount
        if receipt.reverses_id is None:
            from_here = min(receipt.amount, expected.get(receipt.payee_id, NIL))
            of_receipt[receipt.id] = from_here
        else:
            from_here = -of_receipt[receipt.reverses_id]
        expected[receipt.payee_id] = expected.get(receipt.payee_id, NIL) - from_here
        direct.append(Arrival(receipt.payer_id, receipt.amount - from_here, receipt.received_at))
    return direct
