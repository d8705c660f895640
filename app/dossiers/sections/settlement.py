"""What the settlement tells a price dossier: how the price was split, each instruction, what the bank confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.contracts import queries as contracts
from app.contracts.kinds import ReversalKind
from app.contracts.models import Payment
from app.contracts.settlement import queries
from app.contracts.settlement.models import Settlement
from app.core.access import Actor, Role
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections.bank import bank_entries
from app.dossiers.sections.deposits import HIDDEN_BANK
from app.dossiers.story import By, Entry, Section, Trace
from app.market.deals.models import Deal
from app.office.ledger.bank import queries as bank
from app.office.ledger.instructions import queries as instruction_queries
from app.office.ledger.models import PaymentInstruction

OPENED = "settlement.opened"
HIDDEN = Text(
    "Only the parties of the contract and the exchange's staff see what a seller received directly. Only the operator "
    "and the auditor see the bank's references.",
    "卖方自行收款仅限合同当事人和交易机构工作人员查阅，银行流水号仅限交易机构和审计人员查阅，此处不予列示。",
)
TAKEN_BACK: Mapping[ReversalKind, Text] = {
    ReversalKind.RETURNED_BY_BANK: Text("Payment returned by the bank", "银行退回款项"),
    ReversalKind.REFUNDED: Text("Payment paid back by the seller", "卖方退款"),
    ReversalKind.RECORDED_WRONGLY: Text("Record of a payment taken back as wrong", "误记收款更正"),
}
HAPPENED: Mapping[str, Text] = {
    "settlement.instructed": Text("Payment instruction", "结算指令"),
    "settlement.settled": Text("Instruction settled by the bank", "结算指令已执行"),
    "settlement.cancelled": Text("Instruction cancelled", "结算指令撤销"),
    "settlement.reopened": Text("Instruction open again", "结算指令恢复待执行"),
}
PART = ("kind", "amount", "due_on", "event", "before_certificate")
FEE = ("role", "organisation_id", "amount", "from_deposit")
DEPOSIT = ("organisation_id", "amount", "fee", "credited", "returned")


async def settlement_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The settlement as every party of the deal reads it; none before the contract is signed."""
    settlement = await queries.find_settlement(session, deal.id)
    if settlement is None:
        return []
    instructions = {row.id: row for row in await instruction_queries.instructions_for(session, ("deal", deal.id))}
    happened = await events.of_subjects(session, [deal.id, *instructions])
    last_settled = {row.subject_id: row.id for row in happened if row.type == "settlement.settled"}
    entries = [_opened(settlement, event) for event in happened if event.type == OPENED]
    entries += [
        _instruction(instructions[event.subject_id], event, with_time=last_settled.get(event.subject_id) == event.id)
        for event in happened
        if event.type in HAPPENED
    ]
    seen = [row.id for row in await contracts.of_deal(session, actor, deal.id)]
    entries += [_direct(row) for row in await queries.payments_on(session, seen)]
    entries += bank_entries(await bank.confirmations_of(session, actor, instructions=instructions))
    entries.sort(key=lambda entry: entry.at)
    return [Section("settlement", Text("Settlement", "价款结算"), entries, _withheld(actor))]


def _withheld(actor: Actor) -> Text | None:
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return None
    return HIDDEN_BANK if actor.is_staff else HIDDEN


def _opened(settlement: Settlement, event: Event) -> Entry:
    return Entry(
        at=settlement.opened_at,  # the event is written when the first instructions are
        by=By(Capacity.EXCHANGE),
        what=Text("Settlement opened with the contract", "签订合同,开立结算"),
        facts={
            "price": settlement.price,
            "cash": settlement.cash,
            "parts": _rows(settlement.parts, PART),
            "fees": _rows(settlement.fees, FEE),
            "deposits": _rows(settlement.deposits, DEPOSIT),
            "figures": {name: _figure(figure) for name, figure in settlement.figures.items()},
        },
        traces=[Trace(OPENED, settlement.deal_id, event_id=event.id)],
    )


def _figure(figure: Mapping[str, str]) -> str:
    """A dated parameter that was applied, with its mark and reference."""
    return f"{figure['value']} [{figure['mark']}] {figure['reference']}"


def _rows(rows: Iterable[object], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _instruction(row: PaymentInstruction, event: Event, *, with_time: bool) -> Entry:
    return Entry.of(
        event,
        By(Capacity.OPERATOR if event.type == "settlement.settled" else Capacity.EXCHANGE),
        HAPPENED[event.type],
        {
            "number": row.number,
            "kind": row.kind,
            "organisation_id": row.organisation_id,
            "amount": event.payload["amount"],
            "due_on": event.payload["due_on"],
            "settled_at": row.settled_at if with_time else None,
        },
    )


def _direct(row: Payment) -> Entry:
    """What a seller recorded as received at its own account, or took back."""
    type_ = "payment.recorded" if row.reverses_id is None else "payment.reversed"
    what = Text("Payment that the seller received", "卖方确认收款")
    return Entry(
        at=row.recorded_at,
        by=By(Capacity.SELLER, row.payee_id),
        what=what if row.reversal is None else TAKEN_BACK[row.reversal],
        facts={"payer": _party(row.payer_id), "amount": row.amount, "received_at": row.received_at},
        traces=[Trace(type_, row.contract_id, {"payment_id": str(row.id)})],
    )


def _party(organisation_id: UUID) -> dict[str, UUID]:
    return {"organisation_id": organisation_id}
