"""Requests and responses of challenges."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, PlainSerializer

from app.catalogue.demands.challenges.kinds import ChallengeObjectionOutcome, ChallengeStatus
from app.catalogue.demands.responses.schemas import OfferedResultOut
from app.catalogue.demands.schemas import Demander
from app.catalogue.results.kinds import TransferMode
from app.core.schemas import Agreed, Amount, Id, Input, Line, Output, Whole

Score = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str, when_used="json")]


class ExpertIn(Input):
    """Who judges, and for which organisation it acts."""

    person_id: Id
    organisation_id: Id
    speciality: Line = Field(description="Published with the scores")


class ExpertOut(Output):
    """An expert of the current round."""

    LOCATION: ClassVar[str] = "/v1/demands/{demand_id}/challenge"

    id: UUID
    person_id: UUID
    organisation_id: UUID
    speciality: str
    judging: int
    recorded_at: datetime


Points = Annotated[Whole, Field(ge=0, le=100)]
"""What an expert gives for one criterion; all criteria together give at most 100."""


class BidScoreIn(Input):
    """An expert's points for one bid."""

    response_id: Id
    points: list[Points] = Field(min_length=1, max_length=10, description="In the order of the criteria")
    comment: Line


class ScoresIn(Input):
    """An expert's scores for every bid, once."""

    no_conflict: Agreed = Field(description="You have no tie to the poster or to a bidder")
    scores: list[BidScoreIn] = Field(min_length=1, max_length=1000)


class ScoresOut(Output):
    """How many bids an expert has scored."""

    LOCATION: ClassVar[str] = "/v1/demands/{demand_id}/challenge"

    expert_id: UUID
    scored: int


class ChallengeBidOut(Output):
    """A bid as an expert reads it."""

    id: UUID
    number: str
    bidder: Demander
    partners: list[Demander]
    proposal: str
    transfer_mode: TransferMode
    price: Amount | None
    results: list[OfferedResultOut]


class PublishedExpert(Output):
    """An expert as it is published."""

    name: str
    organisation: str
    speciality: str


class PublishedScore(Output):
    """One expert's points for a bid; `expert` is the place in the list of experts, from 1."""

    expert: int
    points: list[int]
    total: int
    comment: str


class PublishedBid(Output):
    """A bid with its scores and its place."""

    rank: int
    number: str
    bidder: Demander
    partners: list[Demander]
    mean: Score
    scores: list[PublishedScore]


class PublishedScores(Output):
    """The scores of a round as they were published. The canonical JSON is stored and hashed."""

    demand_id: UUID
    number: str
    judging: int
    experts: list[PublishedExpert]
    bids: list[PublishedBid]
    least_mean: int = Field(description="The mean that a bid must reach to win")
    winner: str | None = Field(description="The number of the winning bid; null where none reached the least mean")
    notice_first_day: date | None
    notice_last_day: date | None


class ObjectionDecided(Output):
    """What the operator decided of an objection."""

    judging: int
    outcome: ChallengeObjectionOutcome
    statement: str
    decided_at: datetime


class ChallengeOut(Output):
    """A challenge as everybody sees it. Until the scores are published nobody reads how many bids there are."""

    demand_id: UUID
    status: ChallengeStatus
    judging: int
    results: PublishedScores | None
    sha256: str | None
    notice_ends_at: datetime | None
    awarded_at: datetime | None
    decisions: list[ObjectionDecided]
    server_time: datetime


class ChallengeObjectionIn(Input):
    """Why the published scores should not stand, and how you can be reached."""

    reason: Line
    contact: Line


class ChallengeObjectionDecisionIn(Input):
    """The decision, with its reasons, which everybody reads."""

    outcome: ChallengeObjectionOutcome
    statement: Line


class ChallengeObjectionOut(Output):
    """An objection, for who filed it and for staff."""

    LOCATION: ClassVar[str] = "/v1/demands/{demand_id}/objections"

    id: UUID
    demand_id: UUID
    judging: int
    organisation_id: UUID
    reason: str
    filed_at: datetime
    outcome: ChallengeObjectionOutcome | None
    statement: str | None
    decided_at: datetime | None
