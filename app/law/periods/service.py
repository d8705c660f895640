"""Use cases of periods, for the packages whose subjects they are of; each in the caller's transaction.

Lock the subject first. Everything here then holds the calendar (shared) until the transaction ends, so that no period
is counted with a calendar that is being changed; see `recompute`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.core import deadlines
from app.core.database import Session, advisory_lock
from app.law.calendar.queries import load_calendar
from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar
from app.law.figures import parameter
from app.law.periods import queries, rules
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus
from app.law.periods.models import Period

Subject = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Opening:
    """What is to run: a rule of the catalogue over a subject, from a day on.

    `figure_on` is the day of the fact that chooses the figure (left out: the first day); `figure` names one of the
    rule's parameters where it has several; `count` is what was announced instead of the figure. `deadline` is the kind
    of `app.core.deadlines` that falls due at the end; `audience` is told when the end moves, and may read the period.
    """

    rule: str
    subject: Subject
    starts_on: date
    audience: Iterable[UUID]
    deadline: str | None = None
    figure_on: date | None = None
    figure: str | None = None
    count: int | None = None


async def open_period(session: Session, opening: Opening) -> Period:
    """Begin a period and set its deadline; raises `period_too_short`, `period_too_long`.

    A `ValueError` for a rule or figure that is not in the catalogue; a unique index refuses a second current period of
    a rule over a subject: `end` or `restart` the one that runs.
    """
    rule = RULES[opening.rule]
    name = opening.figure or rule.parameters[0]
    if name not in rule.parameters:
        raise ValueError(f"{name} is not a figure of {rule.code}")
    figure = parameter(name, on=opening.figure_on or opening.starts_on)
    count = rules.check_count(rule, int(figure.value), opening.count)
    period = Period(
        subject_type=opening.subject[0],
        subject_id=opening.subject[1],
        rule=rule.code,
        unit=rule.unit,
        count=count,
        elapsed=0,
        least_remaining=0,
        starts_on=opening.starts_on,
        parameter=name,
        reference=figure.reference,
        mark=figure.mark,
        deadline_kind=opening.deadline,
        audiences=sorted(set(opening.audience)),
        status=PeriodStatus.OPEN,
        revision=1,
    )
    await _begin(session, period, await hold_calendar(session))
    return period


async def end(session: Session, subject: Subject, rule: str, on: date, reason: str) -> Period | None:
    """What the period was for has happened, or will not: no deadline falls due. None where no period is current."""
    await hold_calendar(session)
    period = await queries.lock_current(session, subject, rule)
    if period is not None:
        await _stop(session, period, PeriodStatus.ENDED, on, reason)
    return period


async def restart(session: Session, subject: Subject, rule: str, on: date, reason: str) -> Period:
    """The current period begins again in full, from `on`: published content changed, a supplement came."""
    calendar = await hold_calendar(session)
    period = await _current(session, subject, rule)
    await _stop(session, period, PeriodStatus.SUPERSEDED, on, reason)
    return await _successor(session, period, on, rules.Terms(period.unit, period.count), calendar)


async def suspend(session: Session, subject: Subject, rule: str, on: date, reason: str) -> Period:
    """Stop a running period; what passed whole before `on` stays counted. Raises `period_not_running`."""
    calendar = await hold_calendar(session)
    period = await _current(session, subject, rule)
    rules.check_running(period.status, period.ends_on, on)
    period.elapsed += rules.passed_whole(period.unit, period.starts_on, on, calendar)
    await _stop(session, period, PeriodStatus.SUSPENDED, on, reason)
    return period


async def resume(session: Session, subject: Subject, rule: str, on: date) -> Period:
    """Go on after a suspension, in a period of its own: the whole count in all, and for a listing's notice 10 working
    days left [V], by the figure of the day of resumption.
    """
    calendar = await hold_calendar(session)
    period = await _current(session, subject, rule)
    if period.status != PeriodStatus.SUSPENDED:
        raise ValueError(f"the period of {rule} is {period.status}, not suspended")
    floor = RULES[rule].resumes_with
    terms = replace(terms_of(period), least_remaining=int(parameter(floor, on=on).value) if floor else 0)
    period.status = PeriodStatus.SUPERSEDED
    period.revision += 1
    return await _successor(session, period, on, terms, calendar)


def terms_of(period: Period) -> rules.Terms:
    """How long the period runs, as its rules take it."""
    return rules.Terms(period.unit, period.count, period.elapsed, period.least_remaining)


async def hold_calendar(session: Session) -> Calendar:
    """The calendar, which nobody changes until the transaction ends."""
    await advisory_lock(session, "calendar", "overrides", shared=True)
    return await load_calendar(session)


async def _current(session: Session, subject: Subject, rule: str) -> Period:
    period = await queries.lock_current(session, subject, rule)
    if period is None:
        raise ValueError(f"{subject[0]} {subject[1]} has no current period of {rule}")
    return period


async def _begin(session: Session, period: Period, calendar: Calendar) -> None:
    last = rules.end_of(terms_of(period), period.starts_on, calendar)
    period.ends_on, period.provisional = last.day, last.provisional
    period.calendar_seq, period.announced_year = calendar.seq, LAST_ANNOUNCED_YEAR
    session.add(period)
    await session.flush()
    await session.refresh(period, ["opened_at"])
    await set_deadline(session, period)


async def set_deadline(session: Session, period: Period) -> None:
    """Let the period's deadline fall due at the end of its last day."""
    if period.deadline_kind is not None:
        due = rules.end_moment(period.ends_on, session.city.zone)
        await deadlines.schedule(session, period.deadline_kind, period.subject_id, due)


async def _stop(session: Session, period: Period, status: PeriodStatus, on: date, reason: str) -> None:
    period.status, period.stopped_on, period.reason = status, on, reason
    period.revision += 1
    if period.deadline_kind is not None:
        await deadlines.cancel(session, period.deadline_kind, period.subject_id)
    await session.flush()


async def _successor(session: Session, before: Period, on: date, terms: rules.Terms, calendar: Calendar) -> Period:
    period = Period(
        subject_type=before.subject_type,
        subject_id=before.subject_id,
        rule=before.rule,
        unit=terms.unit,
        count=terms.count,
        elapsed=terms.elapsed,
        least_remaining=terms.least_remaining,
        starts_on=on,
        parameter=before.parameter,
        reference=before.reference,
        mark=before.mark,
        deadline_kind=before.deadline_kind,
        audiences=before.audiences,
        status=PeriodStatus.OPEN,
        revision=1,
    )
    await session.flush()
    await _begin(session, period, calendar)
    return period
