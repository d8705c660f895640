"""All reading of challenges. What is on notice is public; the bids are read by who judges, and by staff.

Who changes a challenge has locked its demand before.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, func, select, union
from sqlalchemy.orm import selectinload

from app.catalogue.demands.challenges.kinds import ChallengeStatus
from app.catalogue.demands.challenges.models import (
    Challenge,
    ChallengeExpert,
    ChallengeObjection,
    ChallengeResult,
    ChallengeScore,
)
from app.catalogue.demands.kinds import PUBLIC_STATUSES
from app.catalogue.demands.models import Demand
from app.catalogue.demands.responses.kinds import OPEN_STATUSES
from app.catalogue.demands.responses.models import DemandResponse, ResponsePartner
from app.core.access import Actor
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import NOT_FOUND, Text
from app.core.web.pages import Found, Orders, PageRequest, read_page

CHALLENGE: Final = Text("challenge", "揭榜挂帅项目")
BIDS: Final = Orders("id", DemandResponse.id)
OBJECTIONS: Final = Orders("id", ChallengeObjection.id)


async def get_challenge(session: Session, demand_id: UUID) -> Challenge:
    """The procedure of a demand that is a challenge; raises `not_found`. To change it, lock the demand first."""
    return await read_one(session, select(Challenge).where(Challenge.demand_id == demand_id), CHALLENGE, fresh=True)


async def get_public(session: Session, demand_id: UUID) -> Challenge:
    """The procedure of a challenge that everybody may see; raises `not_found`."""
    statement = select(Challenge).join(Demand, Demand.id == Challenge.demand_id).where(Demand.id == demand_id)
    return await read_one(session, statement.where(Demand.status.in_(PUBLIC_STATUSES)), CHALLENGE)


async def find_challenge(session: Session, demand_id: UUID) -> Challenge | None:
    """The same, or None where the demand is no challenge, or was never published."""
    return await find_one(session, select(Challenge).where(Challenge.demand_id == demand_id), fresh=True)


async def latest_result(session: Session, demand_id: UUID) -> ChallengeResult | None:
    """The scores that were published last."""
    statement = select(ChallengeResult).where(ChallengeResult.demand_id == demand_id)
    return await find_one(session, statement.order_by(ChallengeResult.judging.desc()).limit(1))


async def parties(session: Session, demand: Demand) -> frozenset[UUID]:
    """The poster, and every organisation that leads or joins an open bid."""
    open_bids = DemandResponse.demand_id == demand.id, DemandResponse.status.in_(OPEN_STATUSES)
    leads = select(DemandResponse.responder_id).where(*open_bids)
    partners = select(ResponsePartner.organisation_id).join(DemandResponse).where(*open_bids)
    return frozenset([demand.demander_id, *(await session.execute(union(leads, partners))).scalars()])


def _open_bids(demand_id: UUID) -> Select[DemandResponse]:
    return (
        select(DemandResponse)
        .where(DemandResponse.demand_id == demand_id, DemandResponse.status.in_(OPEN_STATUSES))
        .options(selectinload(DemandResponse.results), selectinload(DemandResponse.partners))
    )


async def open_bids(session: Session, demand_id: UUID) -> Sequence[DemandResponse]:
    """The open bids of a challenge with their parts, in the order in which they were sent."""
    return await read_all(session, _open_bids(demand_id).order_by(DemandResponse.id), fresh=True)


async def list_bids(session: Session, demand_id: UUID, page: PageRequest) -> Found[DemandResponse]:
    """A page of the open bids, for who `may_read_bids`."""
    return await read_page(session, _open_bids(demand_id), page, BIDS)


async def may_read_bids(session: Session, actor: Actor, challenge: Challenge) -> None:
    """Raises `not_found` for who is neither an expert of the round, nor operator or auditor; and while bids come in."""
    judges = await find_expert(session, challenge, actor.person_id) is not None
    if challenge.status == ChallengeStatus.OPEN or not (judges or actor.oversees):
        raise NOT_FOUND(what=CHALLENGE)


async def find_expert(session: Session, challenge: Challenge, person_id: UUID) -> ChallengeExpert | None:
    """The person as an expert of the current round, if it is one."""
    statement = select(ChallengeExpert).where(
        ChallengeExpert.demand_id == challenge.demand_id,
        ChallengeExpert.judging == challenge.judging,
        ChallengeExpert.person_id == person_id,
    )
    return await find_one(session, statement)


async def experts(session: Session, challenge: Challenge) -> Sequence[ChallengeExpert]:
    """The experts of the current round, in the order of their appointment."""
    statement = select(ChallengeExpert).where(
        ChallengeExpert.demand_id == challenge.demand_id, ChallengeExpert.judging == challenge.judging
    )
    return await read_all(session, statement.order_by(ChallengeExpert.id))


async def has_scored(session: Session, expert_id: UUID) -> bool:
    """Whether an expert has given its scores."""
    statement = select(ChallengeScore.expert_id).where(ChallengeScore.expert_id == expert_id).limit(1)
    return await find_one(session, statement) is not None


async def scores(session: Session, challenge: Challenge) -> Sequence[Row[UUID, UUID, list[int], str]]:
    """Expert, bid, points and comment of the current round."""
    statement = (
        select(ChallengeScore.expert_id, ChallengeScore.response_id, ChallengeScore.points, ChallengeScore.comment)
        .join(ChallengeExpert, ChallengeExpert.id == ChallengeScore.expert_id)
        .where(ChallengeExpert.demand_id == challenge.demand_id, ChallengeExpert.judging == challenge.judging)
        .order_by(ChallengeScore.expert_id, ChallengeScore.response_id)
    )
    return (await session.execute(statement)).all()


async def get_objection(session: Session, objection_id: UUID) -> ChallengeObjection:
    """An objection, for the operator; raises `not_found`."""
    statement = select(ChallengeObjection).where(ChallengeObjection.id == objection_id)
    return await read_one(session, statement, Text("objection", "异议"), fresh=True)


async def list_objections(
    session: Session, actor: Actor, demand_id: UUID, page: PageRequest
) -> Found[ChallengeObjection]:
    """A page of the objections that an actor may read: operator and auditor all, others their own organisation's."""
    statement = select(ChallengeObjection).where(ChallengeObjection.demand_id == demand_id)
    if not actor.oversees:
        statement = statement.where(ChallengeObjection.organisation_id == actor.organisation_id)
    return await read_page(session, statement, page, OBJECTIONS)


async def decisions(session: Session, demand_id: UUID) -> Sequence[ChallengeObjection]:
    """The objections of a challenge that were decided, at most a hundred, oldest first."""
    decided = ChallengeObjection.demand_id == demand_id, ChallengeObjection.outcome.is_not(None)
    return await read_all(
        session, select(ChallengeObjection).where(*decided).order_by(ChallengeObjection.id).limit(100)
    )


async def open_objections(session: Session, challenge: Challenge) -> int:
    """How many objections to the current round are not decided."""
    mine = (
        ChallengeObjection.demand_id == challenge.demand_id,
        ChallengeObjection.judging == challenge.judging,
        ChallengeObjection.outcome.is_(None),
    )
    return (await session.execute(select(func.count()).where(*mine))).scalar_one()
