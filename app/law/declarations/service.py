"""Use cases of the operator's calendar: declare a day, withdraw what was declared; each in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND, Text
from app.law.calendar import queries
from app.law.calendar.models import CalendarOverride
from app.law.declarations import rules, schemas
from app.law.periods import recompute


@dataclass(frozen=True, slots=True)
class Declared:
    """What was declared, how many periods moved by it at once, and whether the worker goes on with others."""

    override: CalendarOverride
    moved: int
    more: bool


async def declare(session: Session, day: date, is_working: bool, reference: str) -> Declared:
    """Declare a day a working day or not, by a notice; the running periods over it are counted again.

    Nothing is written where the same is in force already. Raises `calendar_day_past`.
    """
    calendar = await recompute.hold_alone(session)
    today = await read_today(session)
    rules.check_day(day, today, calendar.is_working_day(day), is_working)
    before = await queries.override_in_force(session, day)
    if before is not None and (before.is_working, before.reference) == (is_working, reference):
        return Declared(before, 0, more=False)
    return await _write(session, before, CalendarOverride(day=day, is_working=is_working, reference=reference))


async def withdraw(session: Session, day: date, reference: str) -> Declared:
    """Let the public calendar count again for a day; raises `not_found`, `calendar_day_past`."""
    calendar = await recompute.hold_alone(session)
    before = await queries.override_in_force(session, day)
    if before is None:
        raise NOT_FOUND(what=Text("calendar override", "日历调整"))
    today = await read_today(session)
    after = calendar.with_override(day, None)
    rules.check_day(day, today, calendar.is_working_day(day), after.is_working_day(day))
    return await _write(session, before, CalendarOverride(day=day, is_working=None, reference=reference))


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a notice declared: its days, those that changed by it, the periods that moved, and whether others follow."""

    days: list[date]
    changed: list[date]
    moved: list[schemas.MovedPeriodOut]
    more: bool


async def take_notice(session: Session, body: schemas.HolidayNoticeIn) -> Noticed:
    """Declare all days of a yearly notice at once, each running period counted once; or try it and undo it.

    Raises `calendar_day_past` for a day that has passed and changes, and what `rules.days_of` raises.
    """
    days = rules.days_of(body.holidays)
    if not body.dry_run:
        return await _take(session, days, body.reference)
    trial = await session.begin_nested()
    try:
        return await _take(session, days, body.reference)
    finally:
        await trial.rollback()


async def _take(session: Session, days: Mapping[date, bool], reference: str) -> Noticed:
    calendar = await recompute.hold_alone(session)
    today = await read_today(session)
    known = await queries.overrides_between(session, min(days), max(days))
    changed, written = [], []
    for day, is_working in days.items():
        rules.check_day(day, today, calendar.is_working_day(day), is_working)
        before = known.get(day)
        if calendar.is_working_day(day) is not is_working:
            changed.append(day)
        if before is None or (before.is_working, before.reference) != (is_working, reference):
            written.append(CalendarOverride(day=day, is_working=is_working, reference=reference))
            await _add(session, before, written[-1])
    moved, more = await recompute.after_overrides(session, written)
    return Noticed([override.day for override in written], changed, [_moved(each) for each in moved], more)


def _moved(each: recompute.Moved) -> schemas.MovedPeriodOut:
    period = each.period
    return schemas.MovedPeriodOut(
        period_id=period.id,
        subject_type=period.subject_type,
        subject_id=period.subject_id,
        rule=period.rule,
        old_end=each.old_end,
        new_end=period.ends_on,
    )


async def _write(session: Session, before: CalendarOverride | None, override: CalendarOverride) -> Declared:
    await _add(session, before, override)
    moved, more = await recompute.after_override(session, override)
    return Declared(override, moved, more)


async def _add(session: Session, before: CalendarOverride | None, override: CalendarOverride) -> None:
    session.add(override)
    await session.flush()
    await session.refresh(override, ["recorded_at"])
    events.append(
        session,
        "calendar.day_withdrawn" if override.is_working is None else "calendar.day_declared",
        ("calendar_override", override.id),
        audience=[events.PUBLIC],
        payload={
            "day": override.day,
            "is_working": override.is_working,
            "reference": override.reference,
            "replaces": {"is_working": before.is_working, "reference": before.reference} if before else None,
        },
    )
