"""What falls due on contracts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.contracts import queries
from app.contracts.models import RegistrationStatus
from app.core import events
from app.core.deadlines import handles

DECISION_DUE: Final = "registration.decision_due"


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
