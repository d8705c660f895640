"""HTTP of periods."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.problems import Language
from app.core.schemas import RuleOut
from app.core.web.access import Public, public
from app.core.web.http import Endpoint, Session
from app.core.web.lists import Paging, sorted_by
from app.core.web.pages import Page, PageRequest, cut_known
from app.core.web.routing import Router
from app.law.calendar.schemas import CalendarDay
from app.law.figures import parameter
from app.law.periods import queries, schemas
from app.law.periods.catalogue import RULES, PeriodRule

router = Router(route_class=Endpoint, tags=("periods",))
# Periods are told to the audiences that their events have.
Viewer = Annotated[Actor | None, public(scope="events:read")]


def language_of(request: Request) -> Language:
    """The language the caller reads."""
    language: Language = request.scope.get("language", "en")
    return language


@router.get("/periods", operation_id="list_periods")
async def list_periods(
    actor: Viewer,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
    request: Request,
    subject_id: Annotated[UUID, Query(description="What the periods are of: a listing, a registration, …")],
) -> Page[schemas.PeriodOut]:
    """List the periods of a subject that you may see, oldest first."""
    found = await queries.list_periods(session, actor, page, subject_id)
    now = await read_clock(session)
    return found.shown(lambda row: schemas.period_out(row, now, language_of(request)))


@router.get("/periods/{period_id}", operation_id="read_period")
async def read_period(actor: Viewer, session: Session, period_id: UUID, request: Request) -> schemas.PeriodOut:
    """Read a period. Those who are told of it may: the public, the parties, or staff."""
    period = await queries.get_period(session, actor, period_id)
    return schemas.period_out(period, await read_clock(session), language_of(request))


@router.get("/period-rules", operation_id="list_period_rules")
async def list_period_rules(
    actor: Public, request: Request, on: Annotated[CalendarDay, Query(description="The day of the fact")], page: Paging
) -> Page[schemas.PeriodRuleOut]:
    """List the rules that periods run by, in order of `code`. Each has its figures on a day, and the article."""
    found = cut_known(RULES.values(), page, lambda rule: rule.code)
    return found.shown(lambda rule: _rule_out(rule, on, language_of(request)))


def _rule_out(rule: PeriodRule, on: date, language: Language) -> schemas.PeriodRuleOut:
    figures = [parameter(name, on=on) for name in rule.parameters]
    return schemas.PeriodRuleOut(
        code=rule.code,
        name=rule.name.render(language, {}),
        unit=rule.unit,
        sense=rule.sense,
        figures=[
            schemas.FigureOut(parameter=f.name, value=int(f.value), reference=f.reference, mark=f.mark) for f in figures
        ],
        source=RuleOut(**rule.source.as_json(language)),
    )
