"""HTTP of awards."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from app.awards.runs import queries, schemas, service
from app.awards.runs.models import AwardRun, AwardStatement
from app.awards.runs.queries import Earning, RunRow
from app.awards.technology.rules.programme import Programme
from app.awards.technology.rules.stated import STATED
from app.core.access import STAFF_ROLES, Actor, Role
from app.core.schemas import AskedWhole
from app.core.settings import City
from app.core.web.access import Public, allow
from app.core.web.http import Config, Endpoint, Session
from app.core.web.lists import Paging, sorted_by
from app.core.web.pages import Page, PageRequest, cut_known
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("awards",))

Officer = Annotated[Actor, allow(Role.AWARD_OFFICER, scope="awards:write")]
RunReader = Annotated[Actor, allow(Role.AWARD_OFFICER, Role.AUDITOR, Role.OPERATOR, scope="awards:read")]
StatementReader = Annotated[
    Actor,
    allow(Role.MEMBER, Role.ADMIN, Role.AWARD_OFFICER, Role.AUDITOR, Role.OPERATOR, scope="awards:read"),
]
Earner = Annotated[Actor, allow(Role.BROKER, Role.BROKER_IN_PERSON, scope="awards:read")]
DealReader = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, *STAFF_ROLES, scope="awards:read")]
Year = Annotated[AskedWhole | None, Query(ge=2000, le=2100, description="Award year")]


@router.get("/award-programmes", operation_id="list_award_programmes")
async def list_programmes(actor: Public, settings: Config, page: Paging) -> Page[schemas.ProgrammeOut]:
    """List the award programmes in force, in order of `id`. Figures and stated rules have years, reference and mark."""
    known = service.programmes_in(settings.programmes_dir)
    return cut_known(known, page, lambda programme: programme.id).shown(_programme)


@router.post("/award-runs", status_code=201, operation_id="compute_award_run")
async def compute_run(
    actor: Officer, session: Session, settings: Config, body: schemas.AwardRunIn
) -> schemas.AwardRunDetail:
    """Compute the awards of a year as a draft, from what is recorded now. Its facts are frozen with it."""
    run = await service.compute_run(session, settings, body.year)
    return _detail(await queries.get_run(session, run.id), session.city)


@router.get("/award-runs", operation_id="list_award_runs")
async def list_runs(
    actor: RunReader, session: Session, page: Annotated[PageRequest, sorted_by(queries.RUNS, queries.RUN_FILTERS)]
) -> Page[schemas.AwardRunOut]:
    """List award runs, newest first."""
    return (await queries.list_runs(session, page)).shown(lambda row: _summary(row, session.city))


@router.get("/award-runs/{run_id}", operation_id="read_award_run")
async def read_run(actor: RunReader, session: Session, run_id: UUID) -> schemas.AwardRunDetail:
    """Read an award run with its statements and lines, and why everything else earned nothing."""
    return _detail(await queries.get_run(session, run_id), session.city)


@router.post("/award-runs/{run_id}/publication", operation_id="publish_award_run")
async def publish_run(actor: Officer, session: Session, run_id: UUID) -> schemas.AwardRunOut:
    """Publish a draft run for public notice. Each organisation then sees its statement."""
    await service.publish_run(session, run_id)
    return _summary(await queries.get_run(session, run_id), session.city)


@router.get("/award-runs/{run_id}/verification", operation_id="verify_award_run")
async def verify_run(actor: RunReader, session: Session, run_id: UUID) -> schemas.AwardRunVerificationOut:
    """Recompute an award run from its frozen facts alone and compare it byte for byte."""
    row = await queries.get_run(session, run_id)
    return service.verify_run(row.run, await queries.statements_of(session, run_id))


@router.get("/award-statements", operation_id="list_award_statements")
async def list_statements(
    actor: StatementReader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.STATEMENTS, queries.STATEMENT_FILTERS)],
) -> Page[schemas.AwardStatementOut]:
    """List award statements. You see your own once published; award officer, operator and auditor see all."""
    found = await queries.list_statements(session, actor, page)
    # A run's outcome holds every organisation's lines: it is read once a run, not once a statement.
    exclusions = {run.id: queries.outcome_of(run)["exclusions"] for run in dict.fromkeys(run for _, run in found.rows)}
    return found.shown(lambda row: _statement(row[0], row[1], exclusions[row[1].id]))


@router.get("/award-statements/{statement_id}", operation_id="read_award_statement")
async def read_statement(actor: StatementReader, session: Session, statement_id: UUID) -> schemas.AwardStatementOut:
    """Read an award statement. Its lines add up; each names contract, payment, rate, cap and article."""
    statement, run = await queries.get_statement(session, actor, statement_id)
    return _statement(statement, run, queries.outcome_of(run)["exclusions"])


@router.get("/broker-earnings", operation_id="list_broker_earnings")
async def list_earnings(
    actor: Earner, session: Session, page: Annotated[PageRequest, sorted_by(queries.EARNINGS, queries.EARNING_FILTERS)]
) -> Page[schemas.BrokerEarningOut]:
    """List what published award runs allot to you as a broker, newest first.

    A key of your agency shows what that agency owes you. A key in person shows all, from earlier agencies too.
    """
    return (await queries.list_earnings(session, actor, page)).shown(_earning)


@router.get("/deals/{deal_id}/award-estimate", operation_id="estimate_award")
async def estimate_award(
    actor: DealReader, session: Session, settings: Config, deal_id: UUID, year: Year = None
) -> schemas.EstimateOut:
    """Estimate what a deal would earn in awards within a year, and what bars them.

    The deal is taken as contracted, registered, invoiced and paid in full.
    """
    return await service.estimate_deal(session, settings, actor, deal_id, year)


def _summary(row: RunRow, city: City) -> schemas.AwardRunOut:
    run = row.run
    return schemas.AwardRunOut.of(run, preliminary=service.is_preliminary(run, city), total=row.total)


def _earning(row: Earning) -> schemas.BrokerEarningOut:
    return schemas.BrokerEarningOut.of(
        row.statement,
        run_number=row.run.number,
        year=row.run.year,
        agency_id=row.statement.organisation_id,
        amount=row.amount,
    )


def _programme(programme: Programme) -> schemas.ProgrammeOut:
    return schemas.ProgrammeOut(
        id=programme.id,
        title=programme.title.model_dump(),
        citation=programme.citation.model_dump(),
        rules=[
            schemas.ProgrammeRuleOut(
                key=key,
                text={"zh": text.zh, "en": text.en},
                grounds=[schemas.ProgrammeRuleGround.model_validate(held) for held in programme.rules[key]],
            )
            for key, text in STATED.items()
        ],
        document=programme.as_json(),
    )


def _detail(row: RunRow, city: City) -> schemas.AwardRunDetail:
    outcome = queries.outcome_of(row.run)
    return schemas.AwardRunDetail.of(
        row.run,
        preliminary=service.is_preliminary(row.run, city),
        total=row.total,
        statements=outcome["statements"],
        exclusions=outcome["exclusions"],
    )


def _statement(statement: AwardStatement, run: AwardRun, exclusions: list[dict[str, Any]]) -> schemas.AwardStatementOut:
    own = str(statement.organisation_id)
    roles = {statement.role, "broker"} if statement.role == "agency" else {statement.role}
    excluded = [item for item in exclusions if item["organisation_id"] == own and item["role"] in roles]
    return schemas.AwardStatementOut.of(
        statement, run_number=run.number, year=run.year, status=run.status, exclusions=excluded
    )
