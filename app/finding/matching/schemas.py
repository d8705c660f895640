"""Requests and responses of matching. The text of an answer is made in `service.py`; a test holds it to these."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.catalogue.demands.responses.kinds import DeclineReason
from app.core.schemas import Bilingual, Id, Input, Output
from app.finding import schemas
from app.finding.matching.kinds import DemandMatchKind, Feedback, ListingMatchKind, Part
from app.identity.kinds import OrganisationKind

_PATTERN = r"^(0\.\d{4}|1\.0000)$"
Part01 = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:.4f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["0.8250"], "description": "From 0 to 1"}),
]


class PartOut(Output):
    """A part of a score: its value, what it weighs in this answer, and why in one sentence."""

    part: Part
    value: Part01
    weight: Part01 = Field(description="Of this answer: the weights of a score sum to 1")
    known: bool = Field(description="False: one of the sides does not tell, and it counts half")
    reason: Bilingual


class Named(Output):
    """A public thing by its number."""

    id: UUID
    number: str
    title: str


class MatchedOrganisation(Output):
    """A unit that keeps results, or an enterprise that asks, under its public name."""

    id: UUID
    name: str
    kind: OrganisationKind


class _Match(Output):
    id: UUID
    score: Part01
    parts: list[PartOut] = Field(description="In the order of `Part`; their weighted mean is the score")
    feedback: Feedback | None = Field(description="What your side said of it last")
    by: list[Named] = Field(
        description="Of an organisation or a broker: what speaks for it, the best first, three at most"
    )


class DemandMatch(_Match):
    """What may meet a demand; `found` is what a search shows of it."""

    found: schemas.ResultHit | schemas.ListingHit | MatchedOrganisation | schemas.AgencyHit | schemas.BrokerHit


class ListingMatch(_Match):
    """Who may want what is offered; `found` is what a search shows of it. A hidden demander is not told."""

    found: schemas.DemandHit | MatchedOrganisation


class Clue(Output):
    """A word by which was looked for, and how many documents have it."""

    word: str
    total: int
    related: bool = Field(description="True: it is none of the thing's own, and stands with these where they are found")


class _Matches(Output):
    words: list[Clue] = Field(description="By which words was looked for; write one that nothing has otherwise")
    declined: int = Field(description="Matches left out because your side declined them")
    wider: list[Bilingual] = Field(description="Where nothing was found: what would find more")
    next_cursor: str | None


class DemandMatches(_Matches):
    """A page of what may meet a demand, the best first."""

    items: list[DemandMatch]


class ListingMatches(_Matches):
    """A page of who may want what is offered, the best first."""

    items: list[ListingMatch]


class FeedbackIn(Input):
    """What your side says of a match. `declined` needs a reason, and nothing else has one."""

    target_id: Id = Field(description="The `id` of the match")
    said: Feedback
    reason: DeclineReason | None = None

    @model_validator(mode="after")
    def _with_reason(self) -> Self:
        if (self.said == Feedback.DECLINED) != (self.reason is not None):
            raise PydanticCustomError(
                "reason_misplaced",
                "Send a reason with `declined`, and with nothing else",
                {"zh": "`declined` 须填写原因，其他情形不填"},
            )
        return self


class DemandFeedbackIn(FeedbackIn):
    """What a demander says of what was found for its demand."""

    kind: DemandMatchKind


class ListingFeedbackIn(FeedbackIn):
    """What a seller or its agency says of who was found for a listing."""

    kind: ListingMatchKind


class MatchFeedbackOut(Output):
    """What holds of a match now."""

    id: UUID
    subject_type: Literal["demand", "listing"]
    subject_id: UUID
    kind: str
    target_id: UUID
    said: Feedback
    reason: DeclineReason | None
    recorded_at: datetime
