"""All reading of gates, and who may see what.

A gate is seen by the sides of its subject, by its holder, and by the operator and the auditor; nobody else knows of it.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from app.core.access import Actor, Role
from app.core.database import Session, find_one, given, read_all, read_one
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page
from app.market.gates import subjects
from app.market.gates.kinds import GateKind
from app.market.gates.models import Gate
from app.market.gates.rules import OpenGate

GATE: Final = Text("gate", "成交前置事项")


ORDERS: Final = Orders("id", Gate.id, open_ended(Gate.lapses_at))
FILTERS: Final = (equal(Gate.kind, GateKind, "What is to be settled"), *between("lapses", Gate.lapses_at))


def _gates() -> Select[Gate]:
    return select(Gate).options(selectinload(Gate.closure)).execution_options(populate_existing=True)


async def read_gate(session: Session, gate_id: UUID) -> Gate:
    """A gate with its closure, without a check of access; raises `not_found`."""
    return await read_one(session, _gates().where(Gate.id == gate_id), GATE)


async def get_gate(session: Session, actor: Actor, gate_id: UUID) -> Gate:
    """A gate the actor may see; raises `not_found`."""
    gate = await read_gate(session, gate_id)
    if actor.person_id != gate.holder_person_id and not await sees(session, actor, gate):
        raise NOT_FOUND(what=GATE)
    return gate


async def sees(session: Session, actor: Actor, gate: Gate) -> bool:
    """Whether the actor's role or organisation sees a gate; a person who holds it sees it besides."""
    own = actor.organisation_id is not None and actor.organisation_id in (gate.seller_id, gate.holder_organisation_id)
    if actor.has(Role.OPERATOR, Role.AUDITOR) or own:
        return True
    return await subjects.SUBJECTS.of(gate.subject_type).sees(session, actor, gate.subject_id)


async def gates_of(session: Session, subject_type: str, subject_id: UUID) -> Sequence[Gate]:
    """Every gate of a subject, in the order in which they were opened, for services that have checked access."""
    statement = _gates().where(Gate.subject_type == subject_type, Gate.subject_id == subject_id).order_by(Gate.id)
    return await read_all(session, statement)


def still_open(gates: Sequence[Gate]) -> list[OpenGate]:
    """Those without a closure."""
    return [OpenGate(gate.id, gate.kind, gate.detail, gate.lapses_at) for gate in gates if gate.closure is None]


async def list_gates(
    session: Session, actor: Actor, page: PageRequest, *, only_open: bool, subject_id: UUID | None = None
) -> Found[Gate]:
    """A page: those one holds or whose subject one sells; all for operator and auditor.

    With `subject_id`, those of one subject, for its buyer too.
    """
    statement = _gates()
    statement = given(statement, (Gate.subject_id, subject_id))
    if not actor.has(Role.OPERATOR, Role.AUDITOR) and not await _is_side_of(session, actor, subject_id):
        mine = [Gate.holder_person_id == actor.person_id]
        if actor.organisation_id is not None:
            mine += [Gate.seller_id == actor.organisation_id, Gate.holder_organisation_id == actor.organisation_id]
        statement = statement.where(or_(*mine))
    if only_open:
        statement = statement.where(~Gate.closure.has())
    return await read_page(session, statement, page, ORDERS)


async def _is_side_of(session: Session, actor: Actor, subject_id: UUID | None) -> bool:
    if subject_id is None:
        return False
    statement = select(Gate.subject_type).where(Gate.subject_id == subject_id).limit(1)
    subject_type = await find_one(session, statement)
    return subject_type is not None and await subjects.SUBJECTS.of(subject_type).sees(session, actor, subject_id)
