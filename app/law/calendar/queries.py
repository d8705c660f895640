"""All reading of what the operator declared of days; everybody may see it."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from app.core.database import Session, read_all
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.law.calendar.models import CalendarOverride
from app.law.calendar.rules import Calendar

ORDERS: Final = Orders("seq", CalendarOverride.seq)


async def load_calendar(session: Session) -> Calendar:
    """The calendar with the operator's overrides as they stand now."""
    statement = select(CalendarOverride.seq, CalendarOverride.day, CalendarOverride.is_working)
    rows = (await session.execute(statement.order_by(CalendarOverride.seq))).all()
    declared = {row.day: row.is_working for row in rows}
    known = {day: is_working for day, is_working in declared.items() if is_working is not None}
    return Calendar(known, rows[-1].seq if rows else 0)


async def history_of(session: Session, day: date) -> Sequence[CalendarOverride]:
    """Everything the operator declared of a day, oldest first."""
    return await read_all(session, _declared(day).order_by(CalendarOverride.seq))


async def page_of_history(session: Session, day: date, page: PageRequest) -> Found[CalendarOverride]:
    """A page of the same."""
    return await read_page(session, _declared(day), page, ORDERS)


def _declared(day: date) -> Select[CalendarOverride]:
    return select(CalendarOverride).where(CalendarOverride.day == day)


async def override_in_force(session: Session, day: date) -> CalendarOverride | None:
    """What the operator declared last of a day; None where nothing is in force."""
    declared = await history_of(session, day)
    return declared[-1] if declared and declared[-1].is_working is not None else None


async def overrides_between(session: Session, first: date, last: date) -> dict[date, CalendarOverride]:
    """The overrides in force on the days of a range."""
    statement = select(CalendarOverride).where(CalendarOverride.day.between(first, last))
    rows = (await session.execute(statement.order_by(CalendarOverride.seq))).scalars()
    return {day: row for day, row in {row.day: row for row in rows}.items() if row.is_working is not None}


async def get_override(session: Session, override_id: UUID) -> CalendarOverride:
    """One row of the history, for the work that follows it."""
    return (await session.execute(select(CalendarOverride).where(CalendarOverride.id == override_id))).scalar_one()
