"""Requests and responses of listings."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.appraisals.kinds import AppraisalMethod
from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.catalogue.rights.schemas import SealedAsset
from app.core.schemas import (
    Amount,
    Bilingual,
    Day,
    Id,
    Input,
    Name,
    Output,
    PositiveMoney,
    Prose,
    Share,
    Written,
    unset,
)
from app.identity.kinds import OrganisationKind
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus
from app.market.listings.kinds import Allocation, ListingStatus, Mover, PricingMode


class ListingIn(Input):
    """A draft of a listing."""

    result_id: Id = Field(description="The result offered; one that you keep or co-own")
    agency_id: Id | None = Field(default=None, description="The technology-transfer agency you mandated")
    pricing_mode: PricingMode = PricingMode.LISTED
    allocation: Allocation | None = Field(
        default=None,
        description="Needed for `listed`: `competitive`, or `first_come` for sellers not founded by the state",
    )
    transfer_mode: TransferMode
    title: Name
    summary: Prose
    terms: Prose = Field(description="What the buyer gets and owes, beyond the price")
    territory: Name = Field(description="Where the rights hold")
    field_of_use: Name | None = Field(default=None, description="The field in which the rights may be used; null: all")
    asking_price: PositiveMoney
    closes_on: Day | None = Field(
        default=None,
        description="The last day, local; the listing lapses at its end. Left out where the notice sets the end",
    )


class ListingPatch(Input):
    """What to change of a draft; what is left out stays. What a draft may leave out can be set to null."""

    agency_id: Id | None = None
    pricing_mode: PricingMode = Field(default_factory=unset)
    allocation: Allocation | None = None
    transfer_mode: TransferMode = Field(default_factory=unset)
    title: Name = Field(default_factory=unset)
    summary: Prose = Field(default_factory=unset)
    terms: Prose = Field(default_factory=unset)
    territory: Name = Field(default_factory=unset)
    field_of_use: Name | None = None
    asking_price: PositiveMoney = Field(default_factory=unset)
    closes_on: Day | None = None


class ReportChoiceIn(Input):
    """The appraisal report on which the price rests, or null for none."""

    report_id: Id | None = Field(description="An accepted report of the listing's result")


class ListedOwner(Output):
    """An owner of the result; without an organisation the completing team (完成团队)."""

    organisation_id: UUID | None
    name: str
    share: Share


class ListedResult(Output):
    """The result a listing offers. What stands below `readiness_level` is not in listings sealed by release 0.1."""

    id: UUID
    number: str
    title: str
    technical_field: TechnicalField
    readiness_level: int | None
    abstract: str | None = None
    owners: list[ListedOwner] | None = None
    publicly_funded: bool | None = None
    revision: int | None = None


class ListedParty(Output):
    """The seller or the agency of a listing."""

    id: UUID
    name: str
    kind: OrganisationKind


class SealedDocument(Output):
    """A public document as it was when the listing was published."""

    document_id: UUID
    title: str
    filename: str
    sha256: str
    size: int
    media_type: str


class ListedAppraisal(Output):
    """What everybody may know of the report that sets the floor of the price. The report itself is not public."""

    report_id: UUID
    number: str
    appraiser_id: UUID
    appraiser_name: str
    base_date: date
    method: AppraisalMethod
    value: Amount
    valid_to: date = Field(description="The last day on which a price may rest on it")


class PublishedListing(Output):
    """What was published of a listing. Its canonical JSON (RFC 8785) is stored, hashed and served to the byte."""

    id: UUID
    number: str
    version: int
    title: str
    summary: str
    terms: str
    territory: str
    field_of_use: str | None = None
    pricing_mode: PricingMode
    allocation: Allocation | None
    transfer_mode: TransferMode
    asking_price: Amount
    closes_on: date
    result: ListedResult
    assets: list[SealedAsset] | None = Field(
        default=None, description="The rights that are sold; missing in listings sealed by release 0.1"
    )
    seller: ListedParty
    agency: ListedParty | None
    appraisal: ListedAppraisal | None = Field(
        default=None, description="The report named when it was published; `/appraisal` has the one named now"
    )
    documents: list[SealedDocument]
    conditions: dict[str, Any] | None = Field(
        default=None,
        description="Those of the sale, where its procedure has any: as `ListedConditionsOut` for a competitive one",
    )


class PublishedCard(Output):
    """The short form of what was published, for lists."""

    id: UUID
    number: str
    version: int
    title: str
    pricing_mode: PricingMode
    allocation: Allocation | None
    transfer_mode: TransferMode
    technical_field: TechnicalField
    territory: str
    asking_price: Amount
    closes_on: date
    seller: ListedParty


class WorkingCopy(Output):
    """A listing as its seller, its agency and the market's staff see it."""

    id: UUID
    number: str
    result_id: UUID
    seller_id: UUID
    agency_id: UUID | None
    pricing_mode: PricingMode
    allocation: Allocation | None
    transfer_mode: TransferMode
    title: str
    summary: str
    terms: str
    territory: str
    field_of_use: str | None
    asking_price: Amount
    closes_on: date | None
    appraisal_report_id: UUID | None
    status: ListingStatus
    status_reason: str | None
    suspended_by: Mover | None
    version: int
    revision: int
    published_at: datetime | None
    closes_at: datetime | None
    created_at: datetime


class ListingPeriodOut(Output):
    """A public period of a listing: its notice, an extension, a suspension. Day 1 is the day after it was opened."""

    id: UUID
    rule: str
    first_day: date
    last_day: date
    provisional: bool = Field(description="True where the holidays up to the end are not all announced")
    status: PeriodStatus
    instrument: Bilingual
    article: str


class ListingOut(Output):
    """A listing: where it stands now, and what was published of it.

    `published` is null until the first publication; `working_copy` is there only for the seller, its agency and the
    market's staff. `sha256` is the hash of the bytes of `published`.
    """

    id: UUID
    status: ListingStatus
    version: int
    published_at: datetime | None
    closes_at: datetime | None
    server_time: datetime
    sha256: str | None
    published: PublishedListing | None
    periods: list[ListingPeriodOut] = Field(description="Its public periods that run or are suspended")
    working_copy: WorkingCopy | None = None


class ListingCard(Output):
    """A listing in a list: where it stands now, and the card that was published."""

    id: UUID
    status: ListingStatus
    published_at: datetime
    closes_at: datetime
    card: PublishedCard


class ListingPage(Output):
    """A page of listings, newest publication first."""

    items: list[ListingCard]
    next_cursor: str | None
    server_time: datetime


class QuestionIn(Input):
    """A question about a listing. Do not say in it who you are: it is published with its answer."""

    question: Annotated[str, StringConstraints(min_length=1, max_length=2000), Written]


class AnswerIn(Input):
    """The answer; it becomes public with the question and stays."""

    answer: Annotated[str, StringConstraints(min_length=1, max_length=5000), Written]


class QuestionOut(Output):
    """A question. `asker_id` is shown to the asker and the market's staff alone."""

    id: UUID
    listing_id: UUID
    asker_id: UUID | None = None
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


class ListingFilter(Input):
    """Which published listings a list shows."""

    technical_field: TechnicalField | None = None
    transfer_mode: TransferMode | None = None
    pricing_mode: PricingMode | None = None
    status: ListingStatus = ListingStatus.PUBLISHED
    seller_id: Id | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None


def listing_period(
    period_id: UUID, rule: str, starts_on: date, ends_on: date, *, provisional: bool, status: str
) -> ListingPeriodOut:
    """A period as the listing shows it, with its rule's instrument and article."""
    source = RULES[rule].source
    return ListingPeriodOut(
        id=period_id, rule=rule, first_day=starts_on + timedelta(days=1), last_day=ends_on, provisional=provisional,
        status=PeriodStatus(status), article=source.cited,
        instrument=Bilingual(en=source.instrument.en, zh=source.instrument.zh),
    )  # fmt: skip
