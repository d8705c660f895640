"""Recomputing running periods when the calendar changes: a holiday is announced, a weekend becomes a working day.

A transaction that opens, stops or restarts a period holds the calendar shared. One that changes the calendar, and what
follows from it, holds it alone. So no period is missed, and no other transaction holds the rows locked here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.core import deadlines
from app.core.clock import read_clock
from app.core.database import Database, Session, advisory_lock
from app.core.history import events
from app.law.calendar.models import CalendarOverride
from app.law.calendar.queries import load_calendar
from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar
from app.law.periods import hooks, queries, rules
from app.law.periods.catalogue import RULES
from app.law.periods.models import Period
from app.law.periods.service import set_deadline, terms_of

BATCH = 500
"""Periods recomputed in one transaction; 0.8 s measured."""
RECOMPUTE = "calendar.recompute"
FOLLOW = "period.follow"


async def hold_alone(session: Session) -> Calendar:
    """The calendar, which nobody else reads for a period or changes until the transaction ends."""
    await advisory_lock(session, "calendar", "overrides")
    return await load_calendar(session)


async def after_override(session: Session, override: CalendarOverride) -> tuple[int, bool]:
    """Recompute the periods over a declared day, those that end first coming first.

    Answers how many ends moved, and whether more are left: a deadline that is due at once goes on with them. None of
    them can fall due before it, because a day is declared before it has passed.
    """
    calendar = await hold_alone(session)
    found = await queries.touched(session, override, BATCH + 1)
    because = {"day": override.day, "is_working": override.is_working, "reference": override.reference}
    moved = await _recompute(session, found[:BATCH], calendar, because)
    if len(found) > BATCH:
        await deadlines.schedule(session, RECOMPUTE, override.id, await read_clock(session))
    return moved, len(found) > BATCH


@dataclass(frozen=True, slots=True)
class Moved:
    """A running period whose end moved."""

    period: Period
    old_end: date


async def after_overrides(session: Session, overrides: Sequence[CalendarOverride]) -> tuple[list[Moved], bool]:
    """The same for days that one notice declares, each period counted once. Answers which ends moved."""
    calendar = await hold_alone(session)
    known: dict[UUID, Moved] = {}
    more = False
    for override in overrides:
        found = await queries.touched(session, override, BATCH + 1)
        known |= {period.id: Moved(period, period.ends_on) for period in found if period.id not in known}
        because = {"day": override.day, "is_working": override.is_working, "reference": override.reference}
        await _recompute(session, found[:BATCH], calendar, because)
        if len(found) > BATCH:
            more = True
            await deadlines.schedule(session, RECOMPUTE, override.id, await read_clock(session))
    return [each for each in known.values() if each.period.ends_on != each.old_end], more


async def after_announcement(database: Database) -> int:
    """Recompute the provisional periods once this release knows the holidays of a further year; answers how many moved.

    For the worker's start: a new year's holidays come with a release of the calendar.
    """
    moved, more = 0, True
    because = {"announced_year": LAST_ANNOUNCED_YEAR}
    while more:
        async with database.transaction() as session:
            calendar = await hold_alone(session)
            found = await queries.computed_before(session, LAST_ANNOUNCED_YEAR, BATCH)
            moved += await _recompute(session, found, calendar, because)
            more = len(found) == BATCH
    return moved


async def _recompute(
    session: Session, periods: Sequence[Period], calendar: Calendar, because: Mapping[str, object]
) -> int:
    changed = [period for period in periods if _move(session, period, calendar, because)]
    await session.flush()
    for period in changed:
        await set_deadline(session, period)
    for (subject_type, subject_id), period in {(p.subject_type, p.subject_id): p for p in changed}.items():
        if not await hooks.recounted(session, subject_type, subject_id, wait=False):
            await deadlines.schedule(session, FOLLOW, period.id, await read_clock(session))
    return len(changed)


def _move(session: Session, period: Period, calendar: Calendar, because: Mapping[str, object]) -> bool:
    """Count a period again; True, and an event to its audience, where its end or its certainty changed."""
    period.calendar_seq, period.announced_year = calendar.seq, LAST_ANNOUNCED_YEAR
    sense = RULES[period.rule].sense
    last = rules.recomputed(terms_of(period), sense, period.starts_on, period.ends_on, calendar)
    if (last.day, last.provisional) == (period.ends_on, period.provisional):
        return False
    events.append(
        session,
        "period.recomputed",
        (period.subject_type, period.subject_id),
        audience=period.audiences,
        payload={
            "period_id": period.id,
            "rule": period.rule,
            "old_end": period.ends_on,
            "new_end": last.day,
            "provisional": last.provisional,
            "because": because,
        },
    )
    period.ends_on, period.provisional = last.day, last.provisional
    period.revision += 1
    return True
