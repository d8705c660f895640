"""Use cases of objections to the scores on notice."""

from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands.challenges import queries, rules, schemas, service
from app.catalogue.demands.challenges.kinds import ChallengeMover, ChallengeObjectionOutcome, ChallengeStatus
from app.catalogue.demands.challenges.models import ChallengeObjection
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events


async def file_objection(
    session: Session, actor: Actor, demand_id: UUID, body: schemas.ChallengeObjectionIn
) -> ChallengeObjection:
    """Object to the published scores while their notice runs. Raises `challenge_notice_over` naming its last day."""
    await demands.lock_public(session, demand_id)
    challenge = await queries.get_challenge(session, demand_id)
    rules.check_status(challenge.status, ChallengeStatus.NOTICE)
    now = await read_clock(session)
    assert challenge.notice_last_day is not None  # it is on notice
    assert challenge.notice_ends_at is not None
    rules.check_notice_runs(challenge.notice_last_day, challenge.notice_ends_at, now)
    objection = ChallengeObjection(
        demand_id=demand_id,
        judging=challenge.judging,
        person_id=actor.person_id,
        organisation_id=actor.organisation(),
        filed_at=now,
        **body.model_dump(),
    )
    session.add(objection)
    await session.flush()
    _tell(session, objection, "challenge.objection_filed", public=False)
    return objection


async def decide(
    session: Session, actor: Actor, objection_id: UUID, body: schemas.ChallengeObjectionDecisionIn
) -> ChallengeObjection:
    """Decide an objection, once. Upheld, other experts judge again; the last one dismissed lets the award be made.

    Raises `challenge_objection_decided`, `challenge_transition_refused` for one to a round that is over.
    """
    seen = await queries.get_objection(session, objection_id)
    demand = await demands.lock_demand(session, seen.demand_id)
    challenge = await queries.get_challenge(session, seen.demand_id)
    objection = await queries.get_objection(session, objection_id)
    rules.check_undecided(objection.outcome)
    rules.check_status(challenge.status, ChallengeStatus.NOTICE)
    now = await read_clock(session)
    objection.outcome, objection.statement, objection.decided_at = body.outcome, body.statement, now
    await session.flush()
    _tell(session, objection, "challenge.objection_decided", public=True)
    if body.outcome == ChallengeObjectionOutcome.UPHELD:
        await service.judge_again(session, challenge, now)
        return objection
    is_over = challenge.notice_ends_at is not None and now >= challenge.notice_ends_at
    if is_over and not await queries.open_objections(session, challenge):
        await service.award(session, demand, challenge, ChallengeMover.OPERATOR, now)
    return objection


def _tell(session: Session, objection: ChallengeObjection, event: str, *, public: bool) -> None:
    audience = [events.PUBLIC] if public else [events.OPERATOR, objection.organisation_id]
    payload = {"objection_id": objection.id, "judging": objection.judging, "outcome": objection.outcome}
    events.append(session, event, (service.SUBJECT, objection.demand_id), audience=audience, payload=payload)
