"""HTTP of the calendar."""

from datetime import timedelta
from typing import Annotated

from fastapi import Query

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedWhole, Line
from app.core.web.access import Public, allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.law.calendar import queries
from app.law.calendar.queries import load_calendar
from app.law.calendar.schemas import CalendarDay
from app.law.declarations import rules, schemas, service
from app.law.declarations.service import Declared
from app.law.periods.kinds import Unit
from app.law.periods.rules import Terms, end_moment, end_of

router = Router(route_class=Endpoint, tags=("calendar",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="calendar:write")]


@router.get("/calendar", operation_id="read_calendar")
async def read_calendar(
    actor: Public,
    session: Session,
    first: Annotated[CalendarDay, Query(alias="from")],
    last: Annotated[CalendarDay, Query(alias="to", description="At most 400 days on")],
) -> schemas.CalendarOut:
    """Read which days are working days (工作日), and on what that rests."""
    rules.check_range(first, last)
    calendar = await load_calendar(session)
    overrides = await queries.overrides_between(session, first, last)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    shown = [
        schemas.DayOut(
            day=day,
            is_working=calendar.is_working_day(day),
            source=calendar.source_of(day),
            reference=overrides[day].reference if day in overrides else None,
        )
        for day in days
    ]
    return schemas.CalendarOut(days=shown, server_time=await read_clock(session))


@router.get("/calendar/working-days", operation_id="add_working_days")
async def add_working_days(
    actor: Public,
    session: Session,
    starts_on: Annotated[CalendarDay, Query(alias="from", description="This day does not count")],
    add: Annotated[AskedWhole, Query(ge=1, le=500, description="Working days")],
) -> schemas.WorkingDaysOut:
    """Compute the last day of a period of working days that begins on a day."""
    end = end_of(Terms(Unit.WORKING, add), starts_on, await load_calendar(session))
    return schemas.WorkingDaysOut(
        starts_on=starts_on,
        working_days=add,
        ends_on=end.day,
        ends_at=end_moment(end.day, session.city.zone),
        provisional=end.provisional,
        server_time=await read_clock(session),
    )


@router.get("/calendar/overrides/{day}", operation_id="read_calendar_override")
async def read_override(
    actor: Public, session: Session, day: CalendarDay, page: Annotated[PageRequest, sorted_by(queries.ORDERS)]
) -> Page[schemas.OverrideOut]:
    """List what the operator declared of a day, with the notices, oldest first. It is empty where nothing was."""
    return (await queries.page_of_history(session, day, page)).shown(schemas.OverrideOut.model_validate)


@router.put("/calendar/overrides/{day}", operation_id="declare_calendar_day")
async def declare(actor: Operator, session: Session, day: CalendarDay, body: schemas.OverrideIn) -> schemas.DeclaredOut:
    """Declare a day a working day or not. Running periods over it are counted again, and their parties told.

    A day that has passed is refused unless nothing changes by it.
    """
    declared = await service.declare(session, day, body.is_working, body.reference)
    return await _answer(session, declared)


@router.delete("/calendar/overrides/{day}", operation_id="withdraw_calendar_day")
async def withdraw(
    actor: Operator,
    session: Session,
    day: CalendarDay,
    reference: Annotated[Line, Query(description="Why: the notice that withdraws it")],
) -> schemas.DeclaredOut:
    """Withdraw what was declared of a day. The public calendar counts again; the history keeps both."""
    return await _answer(session, await service.withdraw(session, day, reference))


@router.post("/calendar/notices", operation_id="take_holiday_notice")
async def take_notice(actor: Operator, session: Session, body: schemas.HolidayNoticeIn) -> schemas.HolidayNoticeOut:
    """Declare all days of the yearly notice of holidays at once. With `dry_run` the answer says what would move.

    The body is the notice in the form in which it is published: each holiday with its first and last day, and the days
    on which work is made up.
    """
    found = await service.take_notice(session, body)
    return schemas.HolidayNoticeOut(
        reference=body.reference,
        dry_run=body.dry_run,
        declared=len(found.days),
        changed_days=found.changed,
        moved=found.moved,
        recomputing=found.more,
        server_time=await read_clock(session),
    )


async def _answer(session: Session, declared: Declared) -> schemas.DeclaredOut:
    now = await read_clock(session)
    return schemas.DeclaredOut.of(
        declared.override, periods_moved=declared.moved, recomputing=declared.more, server_time=now
    )
