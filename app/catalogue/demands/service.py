"""Use cases of a demand's public life; each runs in the caller's transaction. Its check by two people: `checks.py`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.catalogue.demands import hooks, publication, queries, rules, schemas
from app.catalogue.demands.challenges.problems import BIDS_CLOSED
from app.catalogue.demands.kinds import CheckMove, ClosureReason, DemandKind, DemandMove, DemandMover, DemandStatus
from app.catalogue.demands.models import Demand
from app.catalogue.demands.problems import CLOSED_WITH_AGREEMENT
from app.catalogue.demands.responses import queries as responses
from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.web.preconditions import Precondition

SUBJECT: Final = "demand"
EXPIRES: Final = "demand.expires"
"""The deadline at the end of a demand's last day."""
CHECK_DUE: Final = "demand.check_due"
"""The deadline by which the operator decides on a draft that waits."""
ENDED: Final = "demand.ended"
"""The deadline, due at once, by which the responses to a demand that has ended lapse."""


async def create_demand(session: Session, actor: Actor, body: schemas.DemandIn) -> Demand:
    """Draft a demand for the actor's organisation. Raises what `publication.check_draft` raises."""
    today = await read_today(session)
    publication.check_draft(body.kind, body, today)
    demand = Demand(
        number=await readable_number(session, NumberPrefix.DEMAND, today.year),
        kind=body.kind,
        demander_id=actor.organisation(),
        form=body.model_dump(mode="json", exclude={"kind"}),
    )
    session.add(demand)
    await session.flush()
    await session.refresh(demand)
    tell(session, demand, "demand.drafted")
    return demand


async def edit_demand(
    session: Session, actor: Actor, demand_id: UUID, form: schemas.DemandForm, precondition: Precondition
) -> Demand:
    """Replace the draft. Of a published demand that begins a correction, and what is published stays until it passes.

    Raises what `publication.check_draft` raises, and `demand_transition_refused` while the operator checks it.
    """
    demand = await queries.lock_own(session, actor, demand_id)
    precondition.check(demand.revision)
    demand.check_status = rules.after_check(
        CheckMove.EDIT, DemandMover.DEMANDER, demand.check_status, demand.status, demand.kind
    )
    publication.check_draft(demand.kind, form, await read_today(session))
    demand.form = form.model_dump(mode="json")
    demand.revision += 1
    tell(session, demand, "demand.edited")
    return demand


async def close_demand(session: Session, actor: Actor, demand_id: UUID, body: schemas.DemandClosureIn) -> Demand:
    """Close a demand for good, with a reason; responses that wait lapse. Raises `demand_agreed_upon`, `bids_closed`."""
    demand = await queries.lock_own(session, actor, demand_id)
    target = rules.after(DemandMove.CLOSURE, DemandMover.DEMANDER, demand.status)
    if demand.kind == DemandKind.CHALLENGE and demand.status == DemandStatus.EXPIRED:
        raise BIDS_CLOSED()
    agreed = await responses.agreed_on(session, demand.id)
    if agreed is not None:
        raise CLOSED_WITH_AGREEMENT(number=agreed.number)
    demand.closure_reason, demand.closure_note = body.reason, body.note
    await _end(session, demand, target, "demand.closed", payload={"reason": body.reason})
    return demand


async def close_failed(session: Session, demand: Demand, reason: ClosureReason) -> None:
    """A challenge has failed, so that its demand is closed. Lock held. What has ended already stays as it is."""
    if demand.status in rules.LIFE[DemandMove.CLOSURE].sources:
        target = rules.after(DemandMove.CLOSURE, DemandMover.CHALLENGE, demand.status)
        demand.closure_reason = reason
        await _end(session, demand, target, "demand.closed", payload={"reason": reason})


async def remove_demand(session: Session, demand_id: UUID, reason: str) -> Demand:
    """Take a demand off the public for good, by the operator: it should not have been published.

    Raises `demand_transition_refused`, also for a draft that was closed before anybody saw it.
    """
    demand = await queries.lock_demand(session, demand_id)
    target = rules.after_removal(demand.status, published=demand.version > 0)
    demand.check_reason = reason
    await _end(session, demand, target, "demand.removed")
    return demand


async def fulfil(session: Session, demand: Demand) -> None:
    """A deal made from the demand is under contract: it is met. Lock held. What has been removed stays removed."""
    if demand.status in rules.LIFE[DemandMove.FULFILMENT].sources:
        target = rules.after(DemandMove.FULFILMENT, DemandMover.DEAL, demand.status)
        await _end(session, demand, target, "demand.met")


async def expire(session: Session, demand_id: UUID) -> None:
    """The last day of a demand has passed. What was answered in time may still be decided."""
    demand = await queries.lock_demand(session, demand_id)
    if demand.status in rules.LIFE[DemandMove.EXPIRY].sources:
        move(session, demand, rules.after(DemandMove.EXPIRY, DemandMover.TIME, demand.status), "demand.expired")
        await session.flush()
        await hooks.expired.announce(session, demand)


async def _end(
    session: Session, demand: Demand, target: DemandStatus, event: str, payload: Mapping[str, Any] | None = None
) -> None:
    """Nothing comes after this: no check, no expiry, and what was answered lapses."""
    now = await read_clock(session)
    public = queries.is_public(demand)
    await wait_for_no_check(session, demand)
    await deadlines.cancel(session, EXPIRES, demand.id)
    await deadlines.schedule(session, ENDED, demand.id, now)
    move(session, demand, target, event, payload, public=public)
    await session.flush()
    await hooks.ended.announce(session, demand)


async def wait_for_no_check(session: Session, demand: Demand) -> None:
    """Nothing waits for the operator any more."""
    demand.check_due_at = None
    await deadlines.cancel(session, CHECK_DUE, demand.id)


async def set_check_due(session: Session, demand: Demand, due_at: datetime) -> None:
    """A draft waits for the operator, who decides before `due_at`."""
    demand.check_due_at = due_at
    await deadlines.schedule(session, CHECK_DUE, demand.id, due_at)


def move(
    session: Session,
    demand: Demand,
    target: DemandStatus,
    event: str,
    payload: Mapping[str, Any] | None = None,
    *,
    public: bool = True,
) -> None:
    """Bring a demand into a state and tell it."""
    demand.status = target
    demand.revision += 1
    tell(session, demand, event, payload, public=public)


def tell(
    session: Session, demand: Demand, event: str, payload: Mapping[str, Any] | None = None, *, public: bool = False
) -> None:
    """Append the event: for everybody, without a word of who asks; or of a draft, for its demander and the operator."""
    audience = [events.PUBLIC] if public else []
    body = {"number": demand.number, "kind": demand.kind, "status": demand.status, "version": demand.version}
    events.append(
        session, event, (SUBJECT, demand.id), audience=[events.OPERATOR, demand.demander_id, *audience],
        payload=body | dict(payload or {}),
    )  # fmt: skip
