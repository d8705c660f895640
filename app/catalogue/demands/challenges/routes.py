"""HTTP of challenges. A bid is a response to the demand: `POST /v1/demands/{demand_id}/responses`."""

from typing import Annotated
from uuid import UUID

from app.catalogue.demands.challenges import objections, queries, schemas, service
from app.catalogue.demands.responses import views
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.web.access import EVERY_ROLE, Public, allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router

router = Router(route_class=Endpoint, tags=("challenges",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="demands:read")]
Member = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, scope="demands:write", merged=True)]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="demands:write")]


@router.get("/demands/{demand_id}/challenge", operation_id="read_challenge")
async def read_challenge(actor: Public, session: Session, demand_id: UUID) -> schemas.ChallengeOut:
    """Read where a challenge stands, and the experts and scores once they are published."""
    return await _shown(session, demand_id)


@router.get("/demands/{demand_id}/bids", operation_id="list_challenge_bids")
async def list_bids(
    actor: Reader, session: Session, demand_id: UUID, page: Annotated[PageRequest, sorted_by(queries.BIDS)]
) -> Page[schemas.ChallengeBidOut]:
    """List the bids of a challenge once they are closed, in the order sent. Its experts, operator and auditor may."""
    challenge = await queries.get_challenge(session, demand_id)
    await queries.may_read_bids(session, actor, challenge)
    found = await queries.list_bids(session, demand_id, page)
    shown = await views.bids(session, found.rows)
    return found.shown(lambda row: schemas.ChallengeBidOut.of(row, **shown[row.id]))


@router.post("/demands/{demand_id}/experts", status_code=201, operation_id="appoint_expert")
async def appoint_expert(
    actor: Operator, session: Session, demand_id: UUID, body: schemas.ExpertIn
) -> schemas.ExpertOut:
    """Appoint an expert once the bids are closed. A tie to the poster or to a bidder is refused."""
    return schemas.ExpertOut.model_validate(await service.appoint_expert(session, actor, demand_id, body))


@router.post("/demands/{demand_id}/scores", status_code=201, operation_id="score_bids")
async def score(actor: Member, session: Session, demand_id: UUID, body: schemas.ScoresIn) -> schemas.ScoresOut:
    """Score every bid by the published criteria, as an expert, once."""
    return await service.score(session, actor, demand_id, body)


@router.post("/demands/{demand_id}/scores/publication", operation_id="publish_scores")
async def publish_scores(actor: Operator, session: Session, demand_id: UUID) -> schemas.ChallengeOut:
    """Publish experts and scores. The first of the ranking stands on notice for 10 days; else the challenge fails."""
    await service.publish_scores(session, demand_id)
    return await _shown(session, demand_id)


@router.post("/demands/{demand_id}/objections", status_code=201, operation_id="object_to_scores")
async def object_to_scores(
    actor: Member, session: Session, demand_id: UUID, body: schemas.ChallengeObjectionIn
) -> schemas.ChallengeObjectionOut:
    """Object to published scores while their notice runs. No award is made before it is decided."""
    made = await objections.file_objection(session, actor, demand_id, body)
    return schemas.ChallengeObjectionOut.model_validate(made)


@router.get("/demands/{demand_id}/objections", operation_id="list_challenge_objections")
async def list_objections(
    actor: Reader, session: Session, demand_id: UUID, page: Annotated[PageRequest, sorted_by(queries.OBJECTIONS)]
) -> Page[schemas.ChallengeObjectionOut]:
    """List the objections of your organisation. Operator and auditor see all."""
    found = await queries.list_objections(session, actor, demand_id, page)
    return found.shown(schemas.ChallengeObjectionOut.model_validate)


@router.post("/challenge-objections/{objection_id}/decision", operation_id="decide_challenge_objection")
async def decide(
    actor: Operator, session: Session, objection_id: UUID, body: schemas.ChallengeObjectionDecisionIn
) -> schemas.ChallengeObjectionOut:
    """Decide an objection, with reasons that everybody reads. Upheld, other experts judge again."""
    decided = await objections.decide(session, actor, objection_id, body)
    return schemas.ChallengeObjectionOut.model_validate(decided)


async def _shown(session: Session, demand_id: UUID) -> schemas.ChallengeOut:
    challenge = await queries.get_public(session, demand_id)
    await session.flush()
    found = await queries.latest_result(session, demand_id)
    return schemas.ChallengeOut.of(
        challenge,
        results=schemas.PublishedScores.model_validate_json(found.content) if found else None,
        sha256=found.sha256 if found else None,
        decisions=await queries.decisions(session, demand_id),
        server_time=await read_clock(session),
    )
