"""HTTP of results."""

from typing import Annotated
from uuid import UUID

from fastapi import Request

from app.catalogue.results import queries, rules, schemas, service
from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.models import Result
from app.core.access import Actor, Role
from app.core.clock import read_clock, read_today
from app.core.problems import Language
from app.core.schemas import RuleOut
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.law.instruments import POLICY

router = Router(route_class=Endpoint, tags=("results",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="results:read")]
Writer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="results:write", merged=True)]
Recorder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="results:write")]
CoOwner = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="results:write", merged=True)]


@router.post("/results", status_code=201, operation_id="record_result")
async def record_result(
    actor: Recorder, session: Session, body: schemas.ResultIn, request: Request
) -> schemas.ResultOut:
    """Record a result, as a verified organisation. The operator may for one it names."""
    result = await service.record_result(session, actor, body)
    return await _shown(session, actor, result, request)


@router.get("/results", operation_id="list_results")
async def list_results(
    actor: Reader, session: Session, page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]
) -> Page[schemas.ResultSummary]:
    """List your own and co-owned results in order of recording. Staff see all."""
    return (await queries.list_results(session, actor, page)).shown(schemas.ResultSummary.model_validate)


@router.get("/results/{result_id}", operation_id="read_result")
async def read_result(actor: Reader, session: Session, result_id: UUID, request: Request) -> schemas.ResultOut:
    """Read a result. Its keeper, its co-owners and staff may."""
    result = await queries.get_result(session, actor, result_id)
    return await _shown(session, actor, result, request)


@router.patch("/results/{result_id}", operation_id="change_result")
async def change_result(
    actor: Writer, session: Session, result_id: UUID, body: schemas.ResultPatch, if_match: IfMatch, request: Request
) -> schemas.ResultOut:
    """Replace the fields named, a list as a whole. A listing keeps what it has published."""
    result = await service.change_result(session, actor, result_id, body, if_match)
    return await _shown(session, actor, result, request)


@router.post("/results/{result_id}/entitlements", status_code=201, operation_id="entitle_team")
async def entitle_team(
    actor: Writer, session: Session, result_id: UUID, body: schemas.EntitlementIn, request: Request
) -> schemas.ResultOut:
    """Record ownership or a right of use given to the completing team (赋权). Ownership must agree with the owners."""
    result = await service.entitle(session, actor, result_id, body)
    return await _shown(session, actor, result, request)


@router.post("/results/{result_id}/conversion-begun", operation_id="begin_conversion")
async def begin_conversion(
    actor: Writer, session: Session, result_id: UUID, body: schemas.ConversionBegunIn, request: Request
) -> schemas.ResultOut:
    """Record that the unit has begun to convert the result, once."""
    result = await service.begin_conversion(session, actor, result_id, body.begun_on)
    return await _shown(session, actor, result, request)


@router.post("/results/{result_id}/consents", status_code=201, operation_id="consent_to_transfer")
async def consent_to_transfer(
    actor: CoOwner, session: Session, result_id: UUID, body: schemas.ConsentIn, request: Request
) -> schemas.ResultOut:
    """Consent to one mode of transfer, as a co-owner. The keeper records the completing team's consent."""
    result = await service.consent(session, actor, result_id, body)
    return await _shown(session, actor, result, request)


@router.get("/results/{result_id}/listability", operation_id="read_listability")
async def read_listability(
    actor: Reader, session: Session, result_id: UUID, transfer_mode: TransferMode, request: Request
) -> schemas.ListabilityOut:
    """Check whether the result may be listed in a mode of transfer today. Each reason why not has its article."""
    await queries.get_result(session, actor, result_id)
    facts = await queries.listing_facts(session, result_id)
    today = await read_today(session)
    language: Language = request.scope.get("language", "en")
    reasons = rules.listability(facts, transfer_mode, today)
    return schemas.ListabilityOut(
        transfer_mode=transfer_mode,
        listable=not reasons,
        reasons=[_finding(reason, language) for reason in reasons],
        notes=[
            _finding(note, language) for note in rules.notes_on(facts, transfer_mode, today, for_staff=actor.is_staff)
        ],
    )


def _finding(finding: rules.Finding, language: Language) -> schemas.FindingOut:
    return schemas.FindingOut(
        code=finding.code,
        reason=finding.reason.render(language, {}),
        remedy=finding.remedy.render(language, {}) if finding.remedy else None,
        rule=RuleOut(**finding.rule.as_json(language)),
    )


async def _shown(session: Session, actor: Actor, result: Result, request: Request) -> schemas.ResultOut:
    """A result as this actor may see it, with its ETag."""
    now = await read_clock(session)
    today = session.city.day_of(now)
    period = service.conversion_period(result.registered_on, today)
    day = rules.team_may_convert_from(result.registered_on, result.conversion_begun_on, period)
    team = None
    if day is not None:
        rule = POLICY.art("2").as_json(request.scope.get("language", "en"))
        team = schemas.TeamConversion(day=day, rule=RuleOut(**rule))
    names = queries.may_see_completers(actor, result)
    return schemas.ResultOut.of(
        result, completers=result.completers if names else None, team_may_convert_from=team, server_time=now
    )
