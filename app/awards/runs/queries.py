"""All reading of award runs, and who may see what."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defer

from app.awards.runs.kinds import AwardRunStatus
from app.awards.runs.models import AwardRun, AwardStatement
from app.awards.technology.rules.programme import Role as AwardRole
from app.core.access import Actor, Role
from app.core.database import Session, read_all
from app.core.problems import NOT_FOUND, Text
from app.core.schemas import AskedWhole, Line
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, cut_in, ordered
from app.identity.models import Employment
from app.identity.queries import broker_of

RUNS: Final = Orders("-id", AwardRun.id)
STATEMENTS: Final = Orders("-id", AwardStatement.id, AwardStatement.amount)
EARNINGS: Final = Orders("-id", AwardStatement.id)
_YEAR: Final = equal(AwardRun.year, Annotated[AskedWhole, Field(ge=2000, le=2100)], "Of this calendar year")
RUN_FILTERS: Final = (
    _YEAR,
    equal(AwardRun.status, AwardRunStatus, "Where it stands"),
    equal(AwardRun.programme_id, Line, "Of this programme"),
)
STATEMENT_FILTERS: Final = (
    _YEAR,
    equal(AwardStatement.run_id, UUID, "Of this run"),
    equal(AwardStatement.organisation_id, UUID, "Of this organisation"),
    equal(AwardStatement.role, AwardRole, "Awarded in this role"),
)
EARNING_FILTERS: Final = (_YEAR, equal(AwardStatement.organisation_id, UUID, "Owed by this agency", name="agency_id"))


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with the sum of its statements."""

    run: AwardRun
    total: Any


@dataclass(frozen=True, slots=True)
class Earning:
    """What a statement allots to one broker (CNY)."""

    statement: AwardStatement
    run: AwardRun
    amount: str


def _runs() -> Select[AwardRun, Any]:
    total = (
        select(func.coalesce(func.sum(AwardStatement.amount), 0))
        .where(AwardStatement.run_id == AwardRun.id)
        .scalar_subquery()
    )
    return select(AwardRun, total)


async def list_runs(session: Session, page: PageRequest) -> Found[RunRow]:
    """Runs without their facts and outcomes, newest first; for the market's staff only (the routes say so)."""
    statement = _runs().options(defer(AwardRun.facts, raiseload=True), defer(AwardRun.outcome, raiseload=True))
    order = page.sorted_as(RUNS)
    statement = ordered(statement, page, order)
    rows = [RunRow(run, total) for run, total in await session.execute(statement)]
    return cut_in(order, rows, page, lambda row: row.run)


async def get_run(session: Session, run_id: UUID) -> RunRow:
    """One run; raises `not_found`."""
    row = (await session.execute(_runs().where(AwardRun.id == run_id))).one_or_none()
    if row is None:
        raise NOT_FOUND(what=Text("award run", "奖补核算"))
    return RunRow(row[0], row[1])


async def lock_runs_of_year(session: Session, programme_id: str, year: int) -> Sequence[AwardRun]:
    """Every run of a programme's year, locked, newest last; what was read before the lock is read again."""
    statement = select(AwardRun).where(AwardRun.programme_id == programme_id, AwardRun.year == year)
    statement = statement.order_by(AwardRun.id).with_for_update().execution_options(populate_existing=True)
    return await read_all(session, statement)


def _visible_statements(actor: Actor) -> Select[AwardStatement, AwardRun]:
    """The market's staff see all; an organisation its own, once the run is published."""
    statement = select(AwardStatement, AwardRun).join(AwardRun, AwardRun.id == AwardStatement.run_id)
    statement = statement.options(defer(AwardRun.facts, raiseload=True))
    if actor.is_staff:
        return statement
    return statement.where(
        AwardStatement.organisation_id == actor.organisation(), AwardRun.status == AwardRunStatus.PUBLISHED
    )


async def list_statements(session: Session, actor: Actor, page: PageRequest) -> Found[tuple[AwardStatement, AwardRun]]:
    """Statements the actor may see, newest first."""
    order = page.sorted_as(STATEMENTS)
    found = await session.execute(ordered(_visible_statements(actor), page, order))
    return cut_in(order, [(row[0], row[1]) for row in found], page, lambda row: row[0])


async def get_statement(session: Session, actor: Actor, statement_id: UUID) -> tuple[AwardStatement, AwardRun]:
    """One statement the actor may see; raises `not_found`."""
    statement = _visible_statements(actor).where(AwardStatement.id == statement_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NOT_FOUND(what=Text("award statement", "奖补明细表"))
    return row[0], row[1]


async def list_earnings(session: Session, actor: Actor, page: PageRequest) -> Found[Earning]:
    """What published runs allot to a broker, newest first: from every agency in person, else from the one acted for."""
    broker_id = await broker_of(session, actor.person_id)
    if broker_id is None:
        return Found([], next_cursor=None)
    statement = select(AwardStatement, AwardRun).join(AwardRun, AwardRun.id == AwardStatement.run_id)
    statement = statement.options(defer(AwardRun.facts, raiseload=True), defer(AwardRun.outcome, raiseload=True))
    agencies = select(Employment.agency_id).where(Employment.broker_id == broker_id)
    if not actor.has(Role.BROKER_IN_PERSON):
        agencies = agencies.where(Employment.agency_id == actor.organisation())
    allotted = {"brokers": {"allotments": [{"broker_id": str(broker_id)}]}}
    statement = statement.where(
        AwardRun.status == AwardRunStatus.PUBLISHED,
        AwardStatement.organisation_id.in_(agencies),
        AwardStatement.content.contains(allotted),
    )
    order = page.sorted_as(EARNINGS)
    rows = (await session.execute(ordered(statement, page, order))).all()
    found = [Earning(row[0], row[1], _allotted(row[0], broker_id)) for row in rows]
    return cut_in(order, found, page, lambda earning: earning.statement)


def _allotted(statement: AwardStatement, broker_id: UUID) -> str:
    parts = (statement.content or {})["brokers"]["allotments"]
    amounts: dict[str, str] = {part["broker_id"]: part["amount"] for part in parts}
    return amounts[str(broker_id)]


def outcome_of(run: AwardRun) -> dict[str, Any]:
    """The stored outcome as plain data."""
    outcome: dict[str, Any] = json.loads(run.outcome)
    return outcome


async def statements_of(session: Session, run_id: UUID) -> Sequence[AwardStatement]:
    """All statements of a run, without a check of access: for the service."""
    statement = select(AwardStatement).where(AwardStatement.run_id == run_id).order_by(AwardStatement.id)
    return await read_all(session, statement)
