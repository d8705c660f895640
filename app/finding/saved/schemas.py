"""Requests and responses of saved searches. What can be asked for is what the searches take, without their dates."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from app.catalogue.demands.kinds import DemandKind, ScenarioArea, SolutionWay
from app.catalogue.demands.schemas import DemandCard
from app.catalogue.results.kinds import IpType, TechnicalField, TransferMode
from app.core.schemas import Day, Flag, Id, Input, Money, Name, Output, Readable, Whole
from app.finding.filters import LONGEST_QUERY, Filters, between, one_of
from app.finding.saved.kinds import SavedSearchStatus
from app.identity.kinds import OrganisationKind
from app.market.listings.kinds import PricingMode
from app.market.listings.schemas import ListingCard

Words = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUERY), Readable]
Division = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}){0,2}$")]
Industry = Annotated[str, StringConstraints(pattern="^[A-T]([0-9]{2,4})?$")]
Level = Annotated[Whole, Field(ge=1, le=9)]


class Wanted(BaseModel):
    """As strict as `Input`. Repeated values of a filter are in a list."""

    model_config = Input.model_config


class ListingsWanted(Wanted):
    """What is looked for among published listings, as `GET /v1/search/listings` takes it."""

    searched_for: Literal["listings"]
    q: Words | None = None
    technical_field: list[TechnicalField] | None = Field(default=None, min_length=1, max_length=11)
    ip_type: list[IpType] | None = Field(default=None, min_length=1, max_length=7)
    division: Division | None = None
    seller_id: Id | None = None
    seller_kind: OrganisationKind | None = None
    dormant: Flag | None = None
    pricing_mode: list[PricingMode] | None = Field(default=None, min_length=1, max_length=4)
    transfer_mode: list[TransferMode] | None = Field(default=None, min_length=1, max_length=9)
    price_min: Money | None = None
    price_max: Money | None = None
    readiness_min: Level | None = None
    readiness_max: Level | None = None

    def filters(self) -> Filters:
        """As an engine takes them."""
        return (
            *one_of(
                technical_field=self.technical_field,
                ip_type=self.ip_type,
                division=self.division,
                seller_id=self.seller_id,
                seller_kind=self.seller_kind,
                dormant=None if self.dormant is None else str(self.dormant).lower(),
                pricing_mode=self.pricing_mode,
                transfer_mode=self.transfer_mode,
            ),
            *between("asking_price", price_min=self.price_min, price_max=self.price_max),
            *between("readiness_level", readiness_min=self.readiness_min, readiness_max=self.readiness_max),
        )


class DemandsWanted(Wanted):
    """What is looked for among published demands, as `GET /v1/search/demands` takes it."""

    searched_for: Literal["demands"]
    q: Words | None = None
    kind: list[DemandKind] | None = Field(default=None, min_length=1, max_length=3)
    technical_field: list[TechnicalField] | None = Field(default=None, min_length=1, max_length=11)
    industry: Industry | None = None
    solution: list[SolutionWay] | None = Field(default=None, min_length=1, max_length=4)
    scenario_area: list[ScenarioArea] | None = Field(default=None, min_length=1, max_length=5)
    division: Division | None = None
    demander_id: Id | None = None
    demander_kind: OrganisationKind | None = None
    budget_min: Money | None = None
    budget_max: Money | None = None

    def filters(self) -> Filters:
        """As an engine takes them."""
        return (
            *one_of(
                kind=self.kind,
                technical_field=self.technical_field,
                industry=self.industry,
                solution=self.solution,
                scenario_area=self.scenario_area,
                division=self.division,
                demander_id=self.demander_id,
                demander_kind=self.demander_kind,
            ),
            *between("budget", budget_min=self.budget_min, budget_max=self.budget_max),
        )


Search = Annotated[ListingsWanted | DemandsWanted, Field(discriminator="searched_for")]


class SavedSearchIn(Input):
    """A search to be told about."""

    name: Name
    search: Search
    ends_on: Day | None = Field(default=None, description="Its last day, at most 366 days from today; else that day")


class SavedSearchOut(Output):
    """A saved search of your organisation."""

    id: UUID
    name: str
    search: Search
    status: SavedSearchStatus
    ends_on: date
    since: datetime = Field(description="You are told what changed later")
    created_at: datetime
    revision: int


class SavedSearchMatchOut(Output):
    """What was found, as it stands now: `listing` or `demand`, both null where it is not public any more."""

    thing_id: UUID
    matched_at: datetime
    listing: ListingCard | None
    demand: DemandCard | None
