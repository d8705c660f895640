"""What registration do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.contracts.kinds import RegistrationStatus
from app.contracts.registration import queries
from app.contracts.registration.service import DECISION_DUE, DECISION_PERIOD, SUBJECT
from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.hooks import Link, provides
from app.law.periods import queries as periods
from app.law.periods.hooks import RECOUNTED


async def decision_due(session: Session, registration_id: UUID, now: datetime) -> None:
    """The registrar's period ended: the market's staff is told of an undecided case. It stays open."""
    registration = await queries.lock_registration(session, registration_id)
    if registration.status != RegistrationStatus.ACCEPTED:
        return
    events.append(
        session,
        "registration.overdue",
        ("contract", registration.contract_id),
        audience=events.STAFF,
        payload={"number": registration.contract.number, "decision_due_on": str(registration.decision_due_on)},
    )


async def move_decision_day(session: Session, registration_id: UUID, wait: bool) -> bool:
    """The calendar changed: the day the decision is due follows the registrar's period."""
    registration = await queries.find_free_registration(session, registration_id, wait=wait)
    if registration is None:
        return False
    for period in await periods.current_of(session, (SUBJECT, registration_id)):
        if period.rule == DECISION_PERIOD:
            registration.decision_due_on = period.ends_on
            registration.decision_due_provisional = period.provisional
            registration.revision += 1
    return True


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, DECISION_DUE, decision_due),
    provides(RECOUNTED, SUBJECT, move_decision_day),
)
