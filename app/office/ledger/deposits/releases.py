"""The days within which a deposit must be back (保证金退还): a period of `law.periods`, which a declared holiday moves.

Order of locks: the calendar, before any deposit, instruction or account. A transaction that declares a day holds
the calendar alone and may then wait for money that moves. One that moves money must not wait for the calendar.
"""

from datetime import date
from typing import Final

from app.core.database import Session
from app.core.history import events
from app.law.periods import queries
from app.law.periods import service as periods
from app.law.periods.models import Period
from app.office.ledger.models import Deposit

RELEASE_DUE: Final = "deposit.release_due"
"""The deadline by which a deposit must be back."""
PERIOD: Final = "deposit_release"


async def hold_calendar(session: Session) -> None:
    """The calendar, for a transaction that may owe deposits back or settle that they are: before any money moves."""
    await periods.hold_calendar(session)


async def begin(session: Session, deposit: Deposit, fixed_on: date) -> Period:
    """The days run from the local day on which the winner was fixed; the depositor and the market see them."""
    audience = [events.OPERATOR, deposit.organisation_id]
    opening = periods.Opening(PERIOD, ("deposit", deposit.id), fixed_on, audience, deadline=RELEASE_DUE)
    return await periods.open_period(session, opening)


async def end(session: Session, deposit: Deposit, on: date) -> None:
    """The bank confirmed that the deposit is back."""
    await periods.end(session, ("deposit", deposit.id), PERIOD, on, "released")


async def running(session: Session, deposit: Deposit) -> Period | None:
    """The period that runs for a deposit's return."""
    found = await queries.current_of(session, ("deposit", deposit.id))
    return next((period for period in found if period.rule == PERIOD), None)
