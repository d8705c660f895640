"""Use cases of a challenge (揭榜挂帅): bids close, experts judge, the scores stand on notice, it is awarded.

Lock order: the demand, then its responses; the challenge itself is changed by who holds the demand.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands import service as demand_service
from app.catalogue.demands.challenges import queries, results, rules, schemas
from app.catalogue.demands.challenges.kinds import ChallengeMove, ChallengeMover, ChallengeStatus
from app.catalogue.demands.challenges.models import Challenge, ChallengeExpert, ChallengeScore
from app.catalogue.demands.challenges.problems import ALREADY_SCORED, EXPERT_EXISTS
from app.catalogue.demands.kinds import ClosureReason, DemandKind
from app.catalogue.demands.models import Demand
from app.catalogue.demands.responses import queries as responses
from app.catalogue.demands.responses import service as response_service
from app.catalogue.demands.responses.kinds import DeclineReason, ResponseMove, ResponseMover, ResponseStatus
from app.catalogue.demands.schemas import DemandForm
from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.problems import NOT_FOUND, UNKNOWN_REFERENCE
from app.identity import queries as identity
from app.identity.mergers import queries as mergers
from app.identity.problems import PERSON
from app.law.figures import parameter
from app.law.periods import service as periods
from app.law.periods.rules import end_moment

SUBJECT: Final = "challenge"
PERIOD: Final = "challenge_notice"
NOTICE_ENDED: Final = "challenge.notice_ended"
"""The deadline at the end of the notice, at which the award is made if no objection waits."""
OTHERS: Final = "challenge.others_declined"
"""The deadline, due at once, by which the bids that did not win are declined."""
LEAST_EXPERTS: Final = "challenge_experts_min"
LEAST_MEAN: Final = "challenge_mean_min"
ONE_EXPERT: Final = "uq_challenge_experts_demand_id_judging_person_id"
AT_ONCE: Final = 100


async def open_challenge(session: Session, demand: Demand) -> None:
    """A demand of this kind was published for the first time: bids may come in. Its lock is held."""
    if demand.kind == DemandKind.CHALLENGE and await queries.find_challenge(session, demand.id) is None:
        session.add(Challenge(demand_id=demand.id))
        await session.flush()


async def end_with_demand(session: Session, demand: Demand) -> None:
    """The demand was closed or removed: its challenge has failed, unless it was decided. Lock held."""
    challenge = await queries.find_challenge(session, demand.id)
    if challenge is not None and challenge.status in rules.STEPS[ChallengeMove.FAILURE].sources:
        await _stop_notice(session, challenge, await read_clock(session), "the demand ended")
        _move(session, challenge, ChallengeMove.FAILURE, ChallengeMover.DEMAND, "challenge.failed")


async def close_bids(session: Session, demand: Demand) -> None:
    """The last day to take a challenge up has passed: its bids are opened, or it fails for want of one. Lock held."""
    challenge = await queries.find_challenge(session, demand.id)
    if challenge is None or challenge.status != ChallengeStatus.OPEN:
        return
    await responses.unseal(session, demand.id)
    if not await queries.open_bids(session, demand.id):
        await _fail(session, demand, challenge, ChallengeMover.TIME)
        return
    _move(session, challenge, ChallengeMove.CLOSING, ChallengeMover.TIME, "challenge.bids_closed")


async def appoint_expert(session: Session, actor: Actor, demand_id: UUID, body: schemas.ExpertIn) -> ChallengeExpert:
    """Appoint an expert of the current round, by the operator. Raises `expert_conflicted`, `expert_exists`."""
    demand = await demands.lock_demand(session, demand_id)
    challenge = await queries.get_challenge(session, demand_id)
    rules.check_status(challenge.status, ChallengeStatus.JUDGING)
    if not await identity.acts_for(session, body.person_id, body.organisation_id):
        raise UNKNOWN_REFERENCE(field="person_id", what=PERSON)
    await _check_no_conflict(session, demand, body.person_id)
    expert = ChallengeExpert(
        demand_id=demand_id, judging=challenge.judging, appointed_by=actor.person_id, **body.model_dump()
    )
    await add_unique(session, expert, EXPERT_EXISTS(field="person_id"), ONE_EXPERT)
    await session.refresh(expert)
    _tell(session, challenge, "challenge.expert_appointed", {"expert_id": expert.id}, audience=[events.OPERATOR])
    return expert


async def score(session: Session, actor: Actor, demand_id: UUID, body: schemas.ScoresIn) -> schemas.ScoresOut:
    """Score every open bid, as an expert of the round, once. Ties that came up meanwhile are refused here too.

    Raises `scores_incomplete`, `already_scored`, `expert_conflicted`; `not_found` for who is no expert of it.
    """
    demand = await demands.lock_demand(session, demand_id)
    challenge = await queries.get_challenge(session, demand_id)
    expert = await queries.find_expert(session, challenge, actor.person_id)
    if expert is None:
        raise NOT_FOUND(what=queries.CHALLENGE)
    rules.check_status(challenge.status, ChallengeStatus.JUDGING)
    if await queries.has_scored(session, expert.id):
        raise ALREADY_SCORED()
    await _check_no_conflict(session, demand, actor.person_id)
    bids = await queries.open_bids(session, demand_id)
    rules.check_scores(
        [one.response_id for one in body.scores],
        [one.points for one in body.scores],
        [bid.id for bid in bids],
        points_of(demand),
    )
    session.add_all(ChallengeScore(expert_id=expert.id, **one.model_dump()) for one in body.scores)
    await session.flush()
    _tell(session, challenge, "challenge.scored", {"expert_id": expert.id}, audience=[events.OPERATOR])
    return schemas.ScoresOut(expert_id=expert.id, scored=len(body.scores))


async def publish_scores(session: Session, demand_id: UUID) -> Challenge:
    """Publish experts and scores, by the operator: the first of the ranking stands on notice, or none is good enough.

    Raises `experts_missing`.
    """
    demand = await demands.lock_demand(session, demand_id)
    challenge = await queries.get_challenge(session, demand_id)
    rules.check_status(challenge.status, ChallengeStatus.JUDGING)
    now = await read_clock(session)
    today = session.city.day_of(now)
    judged = await results.judged(session, challenge)
    rules.check_experts(len(judged.experts), judged.scored, int(parameter(LEAST_EXPERTS, on=today).value))
    least = int(parameter(LEAST_MEAN, on=today).value)
    ranked = rules.ranking(judged.totals)
    first = rules.winner(ranked, least)
    last_day = None
    if first is not None:
        opening = periods.Opening(PERIOD, (SUBJECT, demand_id), today, [events.PUBLIC], deadline=NOTICE_ENDED)
        last_day = (await periods.open_period(session, opening)).ends_on
        challenge.winner_id, challenge.notice_last_day = first.bid, last_day
        challenge.notice_ends_at = end_moment(last_day, session.city.zone)
    sha256 = await results.seal(session, demand, challenge, judged, ranked, first, least, now)
    if first is None:
        await _fail(session, demand, challenge, ChallengeMover.OPERATOR)
        return challenge
    payload = {"sha256": sha256, "last_day": last_day}
    _move(session, challenge, ChallengeMove.SCORING, ChallengeMover.OPERATOR, "challenge.scores_published", payload)
    return challenge


async def award(session: Session, demand: Demand, challenge: Challenge, mover: ChallengeMover, now: datetime) -> None:
    """The notice is over and no objection waits: the winning bid is agreed on. Lock of the demand held.

    A winner that has taken its bid back leaves the challenge without an award: it has failed.
    """
    assert challenge.winner_id is not None  # it stands on notice
    winning = await responses.lock_response(session, challenge.winner_id)
    if winning.status != ResponseStatus.SENT:
        await _fail(session, demand, challenge, mover)
        return
    challenge.awarded_at = now
    _move(session, challenge, ChallengeMove.AWARD, mover, "challenge.awarded", {"response": winning.number})
    response_service.move(winning, ResponseMove.AWARD, ResponseMover.CHALLENGE)
    response_service.tell(session, winning, "demand_response.agreed")
    await deadlines.schedule(session, OTHERS, demand.id, now)


async def end_notice(session: Session, demand_id: UUID, now: datetime) -> None:
    """The notice has run out: the award is made, or waits for the decisions on objections."""
    demand = await demands.lock_demand(session, demand_id)
    challenge = await queries.get_challenge(session, demand_id)
    if challenge.status == ChallengeStatus.NOTICE and not await queries.open_objections(session, challenge):
        await award(session, demand, challenge, ChallengeMover.TIME, now)


async def decline_others(session: Session, demand_id: UUID) -> bool:
    """Decline bids that did not win, some at a time; answers whether there may be more."""
    await demands.lock_demand(session, demand_id)
    found = [row for row in await responses.lock_open(session, demand_id, AT_ONCE) if row.status == ResponseStatus.SENT]
    for row in found:
        row.decline_reason = DeclineReason.CHOSE_ANOTHER
        response_service.move(row, ResponseMove.DECLINE, ResponseMover.CHALLENGE)
        response_service.tell(session, row, "demand_response.declined", {"reason": row.decline_reason})
    return len(found) >= AT_ONCE - 1


async def judge_again(session: Session, challenge: Challenge, now: datetime) -> None:
    """An objection was upheld: other experts judge in the next round. Lock of the demand held."""
    await _stop_notice(session, challenge, now, "an objection was upheld")
    challenge.judging += 1
    _move(session, challenge, ChallengeMove.REJUDGING, ChallengeMover.OPERATOR, "challenge.judged_again")


def points_of(demand: Demand) -> list[int]:
    """The points of each criterion that was published."""
    terms = DemandForm.model_validate(demand.form).challenge
    return [criterion.points for criterion in terms.criteria] if terms else []


async def _fail(session: Session, demand: Demand, challenge: Challenge, mover: ChallengeMover) -> None:
    _move(session, challenge, ChallengeMove.FAILURE, mover, "challenge.failed")
    await demand_service.close_failed(session, demand, ClosureReason.NOTHING_SUITABLE)


async def _stop_notice(session: Session, challenge: Challenge, now: datetime, why: str) -> None:
    if challenge.status == ChallengeStatus.NOTICE:
        await periods.end(session, (SUBJECT, challenge.demand_id), PERIOD, session.city.day_of(now), why)
    challenge.winner_id = challenge.notice_last_day = challenge.notice_ends_at = None


async def _check_no_conflict(session: Session, demand: Demand, person_id: UUID) -> None:
    own = await identity.organisations_of(session, person_id)
    parties = await queries.parties(session, demand)
    ties = await mergers.relations_on(session, [*own, *parties], await read_today(session))
    rules.check_no_conflict(own, parties, ties)


def _move(
    session: Session,
    challenge: Challenge,
    move: ChallengeMove,
    mover: ChallengeMover,
    event: str,
    payload: Mapping[str, Any] | None = None,
) -> None:
    challenge.status = rules.after(move, mover, challenge.status)
    _tell(session, challenge, event, payload)


def _tell(
    session: Session,
    challenge: Challenge,
    event: str,
    payload: Mapping[str, Any] | None = None,
    audience: list[UUID] | None = None,
) -> None:
    """Append the event, for everybody unless it says for whom."""
    body = {"status": challenge.status, "judging": challenge.judging}
    events.append(
        session, event, (SUBJECT, challenge.demand_id), audience=audience or [events.PUBLIC],
        payload=body | dict(payload or {}),
    )  # fmt: skip
