"""All reading of periods, and who may see what."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Select, select

from app.core.access import Actor
from app.core.database import Session, find_one, read_all, read_one
from app.core.history.events import audiences_of
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.law.calendar.models import CalendarOverride
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus, Unit
from app.law.periods.models import Period

CURRENT = (PeriodStatus.OPEN, PeriodStatus.SUSPENDED)


ORDERS: Final = Orders("id", Period.id)
FILTERS: Final = (
    equal(Period.status, PeriodStatus, "Where it stands"),
    equal(Period.rule, Literal[tuple(RULES)], "Set by this rule"),
)


async def touched(session: Session, override: CalendarOverride, limit: int) -> Sequence[Period]:
    """Running periods over the declared day that do not know of it yet, what ends first coming first; locked."""
    statement = _running().where(
        Period.starts_on < override.day, Period.ends_on >= override.day, Period.calendar_seq < override.seq
    )
    return await read_all(session, statement.limit(limit))


async def computed_before(session: Session, year: int, limit: int) -> Sequence[Period]:
    """Running periods whose provisional end was computed before the holidays of `year` were announced; locked."""
    statement = _running().where(Period.provisional, Period.announced_year < year)
    return await read_all(session, statement.limit(limit))


def _running() -> Select[Period]:
    return (
        select(Period)
        .where(Period.status == PeriodStatus.OPEN, Period.unit == Unit.WORKING)
        .order_by(Period.ends_on, Period.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def lock_current(session: Session, subject: tuple[str, UUID], rule: str) -> Period | None:
    """The open or suspended period of a subject under a rule, locked; for services, without a check of access."""
    statement = _of(subject).where(Period.rule == rule, Period.status.in_(CURRENT)).with_for_update()
    return await find_one(session, statement, fresh=True)


async def current_of(session: Session, subject: tuple[str, UUID]) -> Sequence[Period]:
    """The open and suspended periods of a subject, in order of their end; check first who may see the subject."""
    statement = _of(subject).where(Period.status.in_(CURRENT)).order_by(Period.ends_on, Period.id)
    return await read_all(session, statement, fresh=True)


async def get_by_id(session: Session, period_id: UUID) -> Period | None:
    """A period, without a check of access, for the work that follows it."""
    return await session.get(Period, period_id, populate_existing=True)


def _of(subject: tuple[str, UUID]) -> Select[Period]:
    return select(Period).where(Period.subject_type == subject[0], Period.subject_id == subject[1])


def _visible(actor: Actor | None) -> Select[Period]:
    """Those who are told of a period may read it: everyone, the market's staff, an organisation; an auditor all."""
    audiences = audiences_of(actor)
    return select(Period) if audiences is None else select(Period).where(Period.audiences.overlap(audiences))


async def of_subject(session: Session, actor: Actor | None, subject: tuple[str, UUID]) -> Sequence[Period]:
    """Every period of a subject that the actor may see, oldest first."""
    statement = _visible(actor).where(Period.subject_type == subject[0], Period.subject_id == subject[1])
    return await read_all(session, statement.order_by(Period.id))


async def list_periods(session: Session, actor: Actor | None, page: PageRequest, subject_id: UUID) -> Found[Period]:
    """A page of a subject's periods that the actor may see, oldest first."""
    statement = _visible(actor).where(Period.subject_id == subject_id)
    return await read_page(session, statement, page, ORDERS)


async def get_period(session: Session, actor: Actor | None, period_id: UUID) -> Period:
    """One period the actor may see; raises `not_found`."""
    return await read_one(session, _visible(actor).where(Period.id == period_id), Text("period", "期限"))
