"""Requests and responses of demands."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.catalogue.demands.kinds import (
    CheckStatus,
    ClosureReason,
    DemandKind,
    DemandStatus,
    ScenarioArea,
    SolutionWay,
)
from app.catalogue.results.kinds import TechnicalField
from app.core.schemas import Amount, Day, Flag, Input, Line, Name, Output, PositiveMoney, Readable, Whole, Written
from app.core.schemas.codes import IndustryCode
from app.identity.kinds import OrganisationKind

Part = Annotated[str, StringConstraints(min_length=1, max_length=500), Written]
"""A part of the form: the forms of technology markets give it 500 characters."""
Keyword = Annotated[str, StringConstraints(min_length=1, max_length=30), Readable]


def _once(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise PydanticCustomError("given_twice", "Name each of them once", {"zh": "每项只填一次"})
    return values


class Indicator(Input):
    """What a solution is measured by (考核指标)."""

    name: Name
    threshold: Line = Field(description="What must be reached")


class Criterion(Input):
    """What bids are judged by, and how many of the 100 points it gives."""

    name: Name
    points: Annotated[Whole, Field(ge=1, le=100)]


class ChallengeTerms(Input):
    """The terms of a challenge (揭榜挂帅). Its bounty is the `budget`, and bids come in until the end of `valid_to`."""

    indicators: list[Indicator] = Field(min_length=1, max_length=20)
    complete_by: Day = Field(description="The last day to deliver the solution")
    ownership: Part = Field(description="Who owns what comes out of it (知识产权归属)")
    solvable_alone: Flag = Field(description="True is refused: such a problem is no challenge")
    own_means: Part = Field(description="Why you cannot solve it by your own means")
    criteria: list[Criterion] = Field(min_length=1, max_length=10, description="Points that sum to 100")


class DemandForm(Input):
    """What a demand says of itself. The budget is CNY; on paper forms it is written in 万元 (10 000 CNY)."""

    title: Name
    problem: Part = Field(description="What does not work today (技术难题)")
    target: Part = Field(description="What shall be reached, with figures (预期目标)")
    conditions: Part | None = Field(default=None, description="What a solution must fit into (条件要求)")
    keywords: Annotated[list[Keyword], AfterValidator(_once)] = Field(default=[], max_length=5)
    budget: PositiveMoney | None = Field(default=None, description="CNY; null: to be negotiated (面议)")
    solutions: Annotated[list[SolutionWay], AfterValidator(_once)] = Field(
        min_length=1, max_length=4, description="In which of the four ways it may be solved"
    )
    industry_code: IndustryCode = Field(description="Industry that needs it, GB/T 4754-2017")
    technical_field: TechnicalField
    valid_to: Day = Field(description="The last day, local; the demand expires at its end")
    scenario_area: ScenarioArea | None = Field(default=None, description="For a scenario alone: its area")
    challenge: ChallengeTerms | None = Field(default=None, description="For a challenge alone: its terms")
    name_hidden: Flag = Field(default=False, description="True: the public is not told who you are")


class DemandIn(DemandForm):
    """A new demand, in draft."""

    kind: DemandKind = DemandKind.NEED


class DemandClosureIn(Input):
    """Why you close your demand. The reason is public, the note is not."""

    reason: ClosureReason
    note: Line | None = None


class Demander(Output):
    """Who asks."""

    id: UUID
    name: str


class PublishedDemand(Output):
    """What was published of a demand. Its canonical JSON (RFC 8785) is stored, hashed and served to the byte."""

    id: UUID
    number: str
    version: int
    kind: DemandKind
    title: str
    problem: str
    target: str
    conditions: str | None
    keywords: list[str]
    budget: Amount | None = Field(description="CNY; null: to be negotiated")
    solutions: list[SolutionWay]
    industry_code: str
    technical_field: TechnicalField
    valid_to: date
    scenario_area: ScenarioArea | None = None
    challenge: ChallengeTerms | None = None
    demander: Demander | None = Field(description="Null where the demander hides its name")
    demander_kind: OrganisationKind
    demander_city: str = Field(description="The prefecture or city of the demander, GB/T 2260")


class PublishedDemandCard(Output):
    """The short form of what was published, for lists."""

    id: UUID
    number: str
    version: int
    kind: DemandKind
    title: str
    keywords: list[str]
    budget: Amount | None
    solutions: list[SolutionWay]
    industry_code: str
    technical_field: TechnicalField
    valid_to: date
    demander: Demander | None


class DemandOut(Output):
    """A demand as everybody sees it. `sha256` is the hash of the canonical JSON of `published`."""

    id: UUID
    status: DemandStatus
    closure_reason: ClosureReason | None
    version: int
    published_at: datetime
    closes_at: datetime
    sha256: str
    published: PublishedDemand
    server_time: datetime


class DemandCard(Output):
    """A demand in a list."""

    id: UUID
    status: DemandStatus
    published_at: datetime
    closes_at: datetime
    card: PublishedDemandCard


class DemandDraftOut(Output):
    """A demand as its demander, the operator and the auditor see it: the draft, and how far its check has come."""

    id: UUID
    number: str
    kind: DemandKind
    demander_id: UUID
    form: DemandForm
    status: DemandStatus
    closure_reason: ClosureReason | None
    closure_note: str | None
    check_status: CheckStatus
    check_reason: str | None = Field(description="Why the operator returned it")
    check_due_at: datetime | None = Field(description="Until when the operator decides; null where nothing waits")
    version: int = Field(description="How often it was published; 0: never")
    published_at: datetime | None
    closes_at: datetime | None
    created_at: datetime
    revision: int


class DemandFilter(Input):
    """Which published demands a list shows."""

    kind: DemandKind | None = None
    technical_field: TechnicalField | None = None
    industry: str | None = None
    solution: SolutionWay | None = None
    status: DemandStatus = DemandStatus.PUBLISHED
    demander_id: UUID | None = None
    budget_min: Decimal | None = None
    budget_max: Decimal | None = None
