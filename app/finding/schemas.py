"""Responses of searches. The text of an answer is made in `answers.py`; a test holds it to these schemas."""

from datetime import date
from uuid import UUID

from pydantic import Field

from app.catalogue.demands.schemas import DemandCard
from app.catalogue.results.kinds import IpType, TechnicalField, TransferMode
from app.core.schemas import Amount, Output
from app.identity.kinds import OrganisationKind, Verification
from app.market.deals.kinds import PriceBasis, PriceSource
from app.market.listings.kinds import ListingStatus, PricingMode
from app.market.listings.schemas import ListedParty, ListingCard


class Highlights(Output):
    """What of the texts was met, as HTML: escaped, with `<em>` around each match. One without a match is left out."""

    title: str | None = None
    summary: str | None = None


class ListingHit(ListingCard):
    """A listing that was found, as it stands now."""

    highlights: Highlights


class RightOut(Output):
    """A registered right of a result: what stands in the public register."""

    type: IpType
    title: str
    number: str = Field(description="The grant, registration or certificate number")


class ResultListing(Output):
    """A public listing of a result."""

    id: UUID
    number: str
    status: ListingStatus


class ResultHit(Output):
    """A result that is or was on offer: what its listings publish of it."""

    id: UUID
    number: str
    title: str
    technical_field: TechnicalField
    readiness_level: int | None
    seller: ListedParty
    rights: list[RightOut]
    listings: list[ResultListing]
    highlights: Highlights


class DemandHighlights(Output):
    """What of a demand's texts was met, in the form of `Highlights`."""

    title: str | None = None
    problem: str | None = None
    target: str | None = None
    conditions: str | None = None
    indicators: str | None = Field(default=None, description="Of a challenge, joined by `；`")


class DemandHit(DemandCard):
    """A demand that was found, as it stands now. `demander` is null where it hides its name."""

    highlights: DemandHighlights


class AgencyHit(Output):
    """A technology-transfer agency that was found. `division_code` is its seat today."""

    id: UUID
    name: str
    kind: OrganisationKind
    uscc: str | None
    verification: Verification
    division_code: str | None
    highlights: Highlights


class BrokerAgency(Output):
    id: UUID
    name: str


class BrokerHit(Output):
    """A technical broker that was found, with the agency of today."""

    id: UUID
    name: str
    certificate_number: str
    certified_on: date
    agency: BrokerAgency | None
    highlights: Highlights


class DealHit(Output):
    """A past price that everybody can read, and where. The parties are not told."""

    id: UUID
    number: str
    subject: str
    agreed_on: date
    technical_field: TechnicalField | None
    pricing_mode: PricingMode
    transfer_mode: TransferMode
    price: Amount
    price_basis: PriceBasis
    source: PriceSource
    reference: str
    highlights: Highlights


class FacetValue(Output):
    """A value of a facet, and how many of what was found have it."""

    value: str
    count: int


class Wider(Output):
    """A search that finds something, where this one found nothing: it leaves out a parameter, or has other words."""

    leave_out: str = Field(description="The parameter to leave out; `q` where `q` below is to take its place")
    q: str | None = None
    total: int


class _Found(Output):
    total: int = Field(description="How many were found in all; the first 1 000 can be paged through")
    exact: bool = Field(description="False where the total, and on PostgreSQL the facets, are estimates")
    facets: dict[str, list[FacetValue]] = Field(description="By parameter, the values with the most documents first")
    did_you_mean: str | None = Field(description="What the words were taken for, where nothing was met as typed")
    wider: list[Wider] = Field(description="Where nothing was found: what finds something")
    next_cursor: str | None


class ListingSearch(_Found):
    """A page of the listings that were found."""

    items: list[ListingHit]


class ResultSearch(_Found):
    """A page of the results that were found."""

    items: list[ResultHit]


class DemandSearch(_Found):
    """A page of the demands that were found."""

    items: list[DemandHit]


class AgencySearch(_Found):
    """A page of the agencies that were found."""

    items: list[AgencyHit]


class BrokerSearch(_Found):
    """A page of the brokers that were found."""

    items: list[BrokerHit]


class DealSearch(_Found):
    """A page of the deals that were found."""

    items: list[DealHit]


class Suggestion(Output):
    """A text that begins as typed: a word of the field, or what something is called, with its id."""

    text: str
    id: UUID | None = None


class Suggestions(Output):
    """What may be meant, the words of the field first."""

    suggestions: list[Suggestion]
