"""Use cases of gates; each runs in the caller's transaction. Lock order: the subject first."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.problems import UNKNOWN_REFERENCE
from app.market.gates import queries, rules, schemas, subjects
from app.market.gates.kinds import Closer, GateKind, GateOutcome
from app.market.gates.models import Gate, GateClosure
from app.market.gates.problems import GATE_MOOT
from app.market.gates.rules import Needed
from app.office.documents import queries as documents
from app.office.documents.problems import DOCUMENT

LAPSES = "gate.lapses"
"""The deadline at which a gate with a period closes by itself."""


async def open_needed(
    session: Session,
    subject: tuple[str, UUID],
    seller_id: UUID,
    needed: Iterable[Needed],
    now: datetime,
    *,
    lapses_at: datetime,
) -> Sequence[Gate]:
    """Open those of the needed gates that the subject does not have yet; answers all it has. Subject locked.

    A right of first refusal lapses at `lapses_at`; the other gates wait until they are settled.
    """
    known = {(gate.kind, gate.key) for gate in await queries.gates_of(session, *subject)}
    for need in needed:
        if (need.kind, need.key) in known:
            continue
        gate = Gate(
            subject_type=subject[0],
            subject_id=subject[1],
            kind=need.kind,
            key=need.key,
            seller_id=seller_id,
            holder_organisation_id=need.organisation_id,
            holder_person_id=need.person_id,
            detail=need.detail,
            opened_at=now,
            lapses_at=lapses_at if need.kind == GateKind.FIRST_REFUSAL else None,
        )
        session.add(gate)
        await session.flush()
        if gate.lapses_at is not None:
            await deadlines.schedule(session, LAPSES, gate.id, gate.lapses_at)
        _tell(session, gate, "gate.opened", {})
    return await queries.gates_of(session, *subject)


async def close(session: Session, actor: Actor, gate_id: UUID, body: schemas.ClosureIn) -> Gate:
    """Settle a gate, and tell what it stands before. Raises `gate_not_yours`, `gate_closed`, `gate_moot`."""
    gate = await queries.get_gate(session, actor, gate_id)
    waits = await subjects.SUBJECTS.of(gate.subject_type).lock(session, gate.subject_id)
    gate = await queries.read_gate(session, gate_id)
    closed = (gate.closure.outcome, gate.closure.closed_at) if gate.closure else None
    rules.check_closing(gate.kind, _capacities(actor, gate), closed, has_document=body.document_id is not None)
    if not waits:
        raise GATE_MOOT()
    now = await read_clock(session)
    rules.check_not_lapsed(gate.lapses_at, now)
    if body.document_id is not None and await documents.find_own(session, actor, body.document_id) is None:
        raise UNKNOWN_REFERENCE(field="document_id", what=DOCUMENT)
    closure = GateClosure(
        gate_id=gate.id,
        outcome=body.outcome,
        reference=body.reference,
        document_id=body.document_id,
        closed_at=now,
        closed_by_person_id=actor.person_id,
        closed_by_organisation_id=actor.organisation_id,
    )
    await _settle(session, gate, closure)
    return await queries.read_gate(session, gate_id)


async def lapse(session: Session, gate_id: UUID, now: datetime) -> None:
    """The period of a gate is over: it closes by itself, unless it was settled or nothing waits for it."""
    gate = await queries.read_gate(session, gate_id)
    waits = await subjects.SUBJECTS.of(gate.subject_type).lock(session, gate.subject_id)
    gate = await queries.read_gate(session, gate_id)
    if waits and gate.closure is None:
        closure = GateClosure(gate_id=gate.id, outcome=GateOutcome.LAPSED, reference="-", closed_at=now)
        await _settle(session, gate, closure)


async def _settle(session: Session, gate: Gate, closure: GateClosure) -> None:
    session.add(closure)
    await session.flush()
    _tell(session, gate, "gate.closed", {"outcome": closure.outcome})
    refusal = f"{gate.kind}: refused / 不予同意" if closure.outcome == GateOutcome.REFUSED else None
    settled = subjects.SUBJECTS.of(gate.subject_type).settled
    await settled(session, gate.subject_id, refusal, closure.closed_at)


def _capacities(actor: Actor, gate: Gate) -> set[Closer]:
    capacities = set()
    holds = actor.organisation_id is not None and actor.organisation_id == gate.holder_organisation_id
    if actor.person_id == gate.holder_person_id or (holds and actor.has(Role.ADMIN)):
        capacities.add(Closer.HOLDER)
    if actor.has(Role.ADMIN) and actor.organisation_id == gate.seller_id:
        capacities.add(Closer.SELLER_ADMIN)
    if actor.has(Role.OPERATOR):
        capacities.add(Closer.OPERATOR)
    return capacities


def _tell(session: Session, gate: Gate, event: str, payload: dict[str, str]) -> None:
    audience = [events.OPERATOR, gate.seller_id]
    if gate.holder_organisation_id is not None:
        audience.append(gate.holder_organisation_id)
    body = {"kind": gate.kind, "subject_type": gate.subject_type, "subject_id": gate.subject_id}
    events.append(session, event, ("gate", gate.id), audience=audience, payload=body | payload)
