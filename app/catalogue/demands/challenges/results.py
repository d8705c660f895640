"""The scores of a round, gathered and sealed for the notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.catalogue.demands.challenges import queries, rules
from app.catalogue.demands.challenges.models import Challenge, ChallengeExpert, ChallengeResult
from app.catalogue.demands.challenges.schemas import PublishedBid, PublishedExpert, PublishedScore, PublishedScores
from app.catalogue.demands.models import Demand
from app.catalogue.demands.responses.models import DemandResponse
from app.catalogue.demands.schemas import Demander
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.identity import queries as identity


@dataclass(frozen=True, slots=True)
class Judged:
    """What the experts of a round have given: by bid, the points and the comment of each expert."""

    experts: Sequence[ChallengeExpert]
    bids: Mapping[UUID, DemandResponse]
    given: Mapping[UUID, Mapping[UUID, tuple[list[int], str]]]
    scored: int

    @property
    def totals(self) -> dict[UUID, list[int]]:
        """The total of each expert, by bid, in the order in which the bids were sent."""
        return {bid: [sum(points) for points, _ in self.given[bid].values()] for bid in self.bids if self.given[bid]}


async def judged(session: Session, challenge: Challenge) -> Judged:
    """The scores of the current round for the bids that are still open."""
    bids = {bid.id: bid for bid in await queries.open_bids(session, challenge.demand_id)}
    given: dict[UUID, dict[UUID, tuple[list[int], str]]] = {bid: {} for bid in bids}
    rows = await queries.scores(session, challenge)
    for expert_id, response_id, points, comment in rows:
        if response_id in given:
            given[response_id][expert_id] = (points, comment)
    scored = len({row[0] for row in rows})
    return Judged(await queries.experts(session, challenge), bids, given, scored)


async def seal(
    session: Session,
    demand: Demand,
    challenge: Challenge,
    found: Judged,
    ranked: Sequence[rules.Ranked],
    first: rules.Ranked | None,
    least: int,
    now: datetime,
) -> str:
    """Store what is published of a round: experts and scores by name, and the ranking. Answers its SHA-256."""
    people = await identity.people_names(session, [expert.person_id for expert in found.experts])
    ids = {expert.organisation_id for expert in found.experts}
    ids |= {side for bid in found.bids.values() for side in (bid.responder_id, *_partners(bid))}
    known = {key: row.name for key, row in (await identity.organisations_by_id(session, ids)).items()}
    places = {expert.id: place for place, expert in enumerate(found.experts, 1)}
    content = PublishedScores(
        demand_id=demand.id,
        number=demand.number,
        judging=challenge.judging,
        experts=[
            PublishedExpert(
                name=people[expert.person_id], organisation=known[expert.organisation_id], speciality=expert.speciality
            )
            for expert in found.experts
        ],
        bids=[
            PublishedBid(
                rank=one.rank,
                number=found.bids[one.bid].number,
                bidder=Demander(id=found.bids[one.bid].responder_id, name=known[found.bids[one.bid].responder_id]),
                partners=[Demander(id=side, name=known[side]) for side in _partners(found.bids[one.bid])],
                mean=one.mean,
                scores=[
                    PublishedScore(expert=places[expert], points=points, total=sum(points), comment=comment)
                    for expert, (points, comment) in found.given[one.bid].items()
                ],
            )
            for one in ranked
        ],
        least_mean=least,
        winner=found.bids[first.bid].number if first else None,
        notice_first_day=session.city.day_of(now) + timedelta(days=1) if first else None,
        notice_last_day=challenge.notice_last_day if first else None,
    )
    text = canonical_json(content)
    sha256 = sha256_hex(text)
    session.add(
        ChallengeResult(
            demand_id=demand.id, judging=challenge.judging, content=text.decode(), sha256=sha256, published_at=now
        )
    )
    return sha256


def _partners(bid: DemandResponse) -> list[UUID]:
    return [partner.organisation_id for partner in bid.partners]
