"""The gates' part of a price dossier, for the pricing modes: they know which subjects led to a deal."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, DocumentRef, Entry, Section, Trace
from app.market.gates import queries
from app.market.gates.kinds import GateOutcome
from app.market.gates.models import Gate, GateClosure
from app.market.gates.rules import KINDS
from app.office.documents import queries as documents

OUTCOMES = {
    GateOutcome.CLEARED: Text("Gate cleared", "前置事项已办结"),
    GateOutcome.LAPSED: Text("Gate lapsed", "前置事项期满"),
    GateOutcome.REFUSED: Text("Gate refused", "前置事项不予同意"),
}
HIDDEN = Text(
    "Gates are read by the sides of the sale, their holders, the operator and the auditor.",
    "前置事项由交易双方、权利人、运营方和审计员查阅。",
)


async def gate_section(session: Session, actor: Actor, key: str, subjects: Iterable[tuple[str, UUID]]) -> Section:
    """When each gate of these subjects was opened, on what rule, and how it was settled on what paper.

    `key` names the section. What the actor may not see of it is left out, by organisation and role alone.
    """
    gates = [
        gate
        for subject_type, subject_id in subjects
        for gate in await queries.gates_of(session, subject_type, subject_id)
    ]
    seen = [gate for gate in gates if await queries.sees(session, actor, gate)]
    entries = [entry for gate in seen for entry in await _entries(session, gate)]
    entries.sort(key=lambda entry: entry.at)
    withheld = HIDDEN if len(seen) < len(gates) else None
    return Section(key, Text("Gates and approvals", "前置事项与审批"), entries, withheld)


async def _entries(session: Session, gate: Gate) -> Sequence[Entry]:
    rule = KINDS[gate.kind].rule
    opened = Entry(
        at=gate.opened_at,
        by=By(Capacity.EXCHANGE),
        what=Text("Gate opened", "开启前置事项"),
        facts={"kind": gate.kind, "detail": gate.detail, "lapses_at": gate.lapses_at},
        rule=rule,
        traces=[Trace("gate.opened", gate.id)],
    )
    closure = gate.closure
    if closure is None:
        return [opened]
    papers = []
    if closure.document_id is not None:
        document = await documents.read_document(session, closure.document_id)
        papers = [DocumentRef(document.filename, document.sha256)]
    closed = Entry(
        at=closure.closed_at,
        by=_by(gate, closure),
        what=OUTCOMES[closure.outcome],
        facts={"kind": gate.kind, "outcome": closure.outcome, "reference": closure.reference},
        rule=rule,
        documents=papers,
        traces=[Trace("gate.closed", gate.id)],
    )
    return [opened, closed]


def _by(gate: Gate, closure: GateClosure) -> By:
    organisation = closure.closed_by_organisation_id
    if closure.closed_by_person_id is None:
        return By(Capacity.TIME)
    if organisation is None:
        return By(Capacity.OPERATOR)
    holds = organisation == gate.holder_organisation_id or closure.closed_by_person_id == gate.holder_person_id
    if holds or organisation != gate.seller_id:
        return By(Capacity.HOLDER, organisation)
    return By(Capacity.SELLER, organisation)
