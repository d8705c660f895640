"""What the ledger does do without a request: when a deadline falls due, and when others announce or ask."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.database import Session
from app.core.history import events
from app.core.hooks import Link, provides
from app.law.periods.hooks import RECOUNTED
from app.office.ledger.deposits import queries, service
from app.office.ledger.deposits.releases import RELEASE_DUE
from app.office.ledger.kinds import DepositStatus


async def release_due(session: Session, deposit_id: UUID, now: datetime) -> None:
    """The days for giving a deposit back are over: the market's staff is told of one the bank has not confirmed."""
    deposit = await queries.lock_deposit(session, deposit_id)
    if deposit.status != DepositStatus.RELEASE_DUE:
        return
    payload = {
        "number": deposit.number,
        "amount": f"{deposit.required_amount:.2f}",
        "release_due_on": str(deposit.release_due_on),
    }
    subject = ("deposit", deposit.id)
    events.append(session, "deposit.release_overdue", subject, audience=[events.OPERATOR], payload=payload)


async def follow_calendar(session: Session, deposit_id: UUID, wait: bool) -> bool:
    """The calendar changed: the day a deposit must be back, and its instruction, follow its period."""
    deposit = await queries.find_free_deposit(session, deposit_id, wait=wait)
    if deposit is None:
        return False
    await service.follow_release(session, deposit)
    return True


LINKS: Final[tuple[Link, ...]] = (
    provides(deadlines.HANDLERS, RELEASE_DUE, release_due),
    provides(RECOUNTED, "deposit", follow_calendar),
)
