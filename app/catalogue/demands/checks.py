"""The check of a draft by two people (两级审核): submission, first check, second check, which publishes it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.catalogue.demands import hooks, publication, queries, rules, service
from app.catalogue.demands.kinds import CheckMove, DemandMover
from app.catalogue.demands.models import Demand
from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.identity import queries as identity
from app.law.figures import parameter
from app.law.periods.rules import end_moment

CHECK_HOURS: Final = "demand_check_hours"


async def submit(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """Hand a draft to the operator. What would refuse its publication refuses it already here."""
    demand = await queries.lock_own(session, actor, demand_id)
    _move(demand, CheckMove.SUBMISSION, DemandMover.DEMANDER)
    now = await read_clock(session)
    await publication.check_form(session, demand, session.city.day_of(now))
    demand.check_reason = None
    await _wait(session, demand, now)
    service.tell(session, demand, "demand.submitted")
    return demand


async def recall(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """Take a draft back from the operator, to edit it."""
    demand = await queries.lock_own(session, actor, demand_id)
    _move(demand, CheckMove.RECALL, DemandMover.DEMANDER)
    await service.wait_for_no_check(session, demand)
    service.tell(session, demand, "demand.recalled")
    return demand


async def send_back(session: Session, actor: Actor, demand_id: UUID, reason: str) -> Demand:
    """Return a draft to its demander with what must change, at either check."""
    demand = await queries.lock_demand(session, demand_id)
    await _check_no_own(session, actor, demand)
    _move(demand, CheckMove.RETURN, DemandMover.OPERATOR)
    demand.check_reason = reason
    await service.wait_for_no_check(session, demand)
    service.tell(session, demand, "demand.returned")
    return demand


async def check_first(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """Pass a draft on to a second person. Raises `checked_by_own` for who acts for the demander too."""
    demand = await queries.lock_demand(session, demand_id)
    await _check_no_own(session, actor, demand)
    _move(demand, CheckMove.FIRST_CHECK, DemandMover.OPERATOR)
    demand.first_checked_by = actor.person_id
    await _wait(session, demand, await read_clock(session))
    service.tell(session, demand, "demand.checked")
    return demand


async def check_second(session: Session, actor: Actor, demand_id: UUID) -> Demand:
    """Publish what another person has checked: sealed as the next version, open until the end of its last day.

    Raises `second_checker_needed`, `checked_by_own`, and what a submission raises.
    """
    demand = await queries.lock_demand(session, demand_id)
    await _check_no_own(session, actor, demand)
    publishing = rules.publishing_move(demand.status)
    _move(demand, CheckMove.SECOND_CHECK, DemandMover.OPERATOR)
    rules.check_second_checker(demand.first_checked_by, actor.person_id)
    now = await read_clock(session)
    form, demander = await publication.check_form(session, demand, session.city.day_of(now))
    changed = await publication.seal(session, demand, form, demander, actor.person_id, now)
    demand.published_at = demand.published_at or now
    demand.closes_at = end_moment(form.valid_to, session.city.zone)
    demand.first_checked_by = None
    await service.wait_for_no_check(session, demand)
    await deadlines.schedule(session, service.EXPIRES, demand.id, demand.closes_at)
    if publishing is not None:
        demand.status = rules.after(publishing, DemandMover.OPERATOR, demand.status)
    payload = {"changed": changed}
    service.tell(
        session, demand, "demand.published" if demand.version == 1 else "demand.republished", payload, public=True
    )
    await session.flush()
    await hooks.published.announce(session, demand)
    return demand


async def tell_overdue(session: Session, demand_id: UUID) -> None:
    """A draft has waited longer than the figure allows: the operator and the demander are told."""
    demand = await queries.lock_demand(session, demand_id)
    if demand.check_due_at is not None:
        service.tell(session, demand, "demand.check_overdue", {"due_at": demand.check_due_at})


def _move(demand: Demand, move: CheckMove, mover: DemandMover) -> None:
    demand.check_status = rules.after_check(move, mover, demand.check_status, demand.status, demand.kind)
    demand.revision += 1


async def _wait(session: Session, demand: Demand, now: datetime) -> None:
    hours = int(parameter(CHECK_HOURS, on=session.city.day_of(now)).value)
    await service.set_check_due(session, demand, now + timedelta(hours=hours))


async def _check_no_own(session: Session, actor: Actor, demand: Demand) -> None:
    rules.check_no_own(await identity.acts_for(session, actor.person_id, demand.demander_id))
