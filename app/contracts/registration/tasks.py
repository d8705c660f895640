"""What falls due on contracts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.contracts import queries
from app.contracts.kinds import RegistrationStatus
from app.core.deadlines import handles
from app.core.history import events
from app.law.periods import queries as periods
from app.law.periods.followers import follows

DECISION_DUE: Final = "registration.decision_due"
DECISION_PERIOD: Final = "registration_decision"
SUBJECT: Final = "registration"


@handles(DECISION_DUE)
async def decision_due(session: AsyncSession, registration_id: UUID, now: datetime) -> None:
    """The registrar's period ended: the market's staff is told of an undecided case. It stays open."""
    registration = await queries.lock_registration(session, registration_id)
    if registration.status != RegistrationStatus.ACCEPTED:
        return
    events.append(
        session,
        "registration.overdue",
        ("contract", registration.contract_id),
        audience=[events.MARKET],
        payload={"number": registration.contract.number, "decision_due_on": str(registration.decision_due_on)},
    )


@follows(SUBJECT)
async def move_decision_day(session: AsyncSession, registration_id: UUID, wait: bool) -> bool:
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
