"""Requests and responses of contracts."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from app.catalogue.results.kinds import TechnicalField
from app.catalogue.rights.schemas import SealedAsset
from app.contracts.drafting.schemas import ContractDepartureOut, SupplementIn, SupplementOut
from app.contracts.kinds import ContractStatus, ContractType, DeductionKind, PaymentTerms, RegistrationStatus
from app.core.schemas import Amount, Day, Flag, Id, Input, Line, Money, Name, Output, PositiveMoney, Prose, Share
from app.core.schemas.codes import IndustryCode
from app.market.deals.schemas import PartyIn

MAX_PARTIES = 50


class DeductionIn(Input):
    """One item of the total that is not technology (非技术性费用)."""

    kind: DeductionKind
    description: Line
    amount: PositiveMoney


class BrokerShareIn(Input):
    """A technical broker of an agency and the share of its award; the agency's brokers' shares sum to 1."""

    broker_id: Id
    share: Share


class AgencyIn(PartyIn):
    """A technology-transfer agency (技术转移机构), its share among the agencies, and its brokers."""

    brokers: list[BrokerShareIn] = Field(default=[], max_length=MAX_PARTIES)


class ContractSaid(Input):
    """What only the parties can say of a contract."""

    industry_code: IndustryCode | None = Field(
        default=None, description="Industry served, GB/T 4754: a letter and 2 to 4 digits, such as C2710"
    )
    valid_from: Day
    valid_to: Day | None = Field(default=None, description="The last day (included); null where open-ended")
    deductions: list[DeductionIn] = Field(default=[], max_length=200)
    agency_service: Prose | None = Field(
        default=None, description="Which role the agencies played; needed where one is named"
    )
    field_of_use: Name | None = Field(
        default=None, description="The field in which the rights may be used; left out, the one that was listed"
    )
    sublicensing: Flag | None = Field(default=None, description="Whether the buyer may license others")
    supplement: SupplementIn | None = Field(
        default=None, description="What departs from the deal, where that was not a public competition"
    )


class ContractContent(ContractSaid):
    """What a contract says. An edit replaces all of it, the nested lists too."""

    type: ContractType
    name: Name
    technical_field: TechnicalField
    payment_terms: PaymentTerms
    total_amount: PositiveMoney = Field(description="合同成交额; an estimate where royalties are paid")
    technical_amount: Money = Field(description="技术交易额: exactly the total less the deductions")
    sellers: list[PartyIn] = Field(min_length=1, max_length=MAX_PARTIES)
    buyers: list[PartyIn] = Field(min_length=1, max_length=MAX_PARTIES)
    agencies: list[AgencyIn] = Field(default=[], max_length=MAX_PARTIES)


class ContractIn(ContractSaid):
    """A contract on a deal, as its seller drafts it. What is left out is filled in from the deal.

    `GET /v1/deals/{id}/contract-draft` shows that, and what is missing.
    """

    deal_id: Id
    type: ContractType | None = Field(default=None, description="Left out: as the transfer mode of the deal has it")
    name: Name | None = Field(default=None, description="Left out: the deal's subject")
    technical_field: TechnicalField | None = Field(default=None, description="Left out: that of the result")
    payment_terms: PaymentTerms | None = Field(default=None, description="Left out: as was agreed")
    total_amount: PositiveMoney | None = Field(
        default=None, description="合同成交额; left out: the price. An estimate where royalties are paid"
    )
    technical_amount: Money | None = Field(
        default=None, description="技术交易额; left out: the total less the deductions, which is what it must be"
    )
    sellers: list[PartyIn] | None = Field(default=None, min_length=1, max_length=MAX_PARTIES)
    buyers: list[PartyIn] | None = Field(default=None, min_length=1, max_length=MAX_PARTIES)
    agencies: list[AgencyIn] | None = Field(
        default=None,
        max_length=MAX_PARTIES,
        description="Left out: those of the deal where `agency_service` says what they did, else none",
    )


class ContractDocumentIn(Input):
    """An uploaded document to attach: the contract's text, a certificate of ownership. Only the parties read it."""

    document_id: Id
    title: Name


class SignatureIn(Input):
    """A party's signature of the revision named by `If-Match`."""

    signed_on: Day = Field(description="The day on which your organisation signed")


class DeductionOut(Output):
    kind: DeductionKind
    description: str
    amount: Amount


class ContractPartyOut(Output):
    """A party; `signed_on` is null until it signs, and always for an agency."""

    organisation_id: UUID
    name: str = Field(description="As it was called on the day of signing; in a draft, as it is called today")
    share: Share
    signed_on: date | None


class BrokerShareOut(Output):
    broker_id: UUID
    share: Share


class AgencyOut(Output):
    organisation_id: UUID
    name: str = Field(description="As that of a party")
    share: Share
    brokers: list[BrokerShareOut]


class ContractSummary(Output):
    """A contract as lists show it."""

    id: UUID
    number: str
    deal_id: UUID
    type: ContractType
    name: str
    technical_field: TechnicalField
    total_amount: Amount
    technical_amount: Amount
    amounts_provisional: bool = Field(description="True where royalties are paid: the amounts are estimates")
    status: ContractStatus
    signed_on: date | None = Field(description="The latest of the parties' signing days, once all have signed")
    registration_status: RegistrationStatus | None
    registration_number: str | None
    revision: int


class ContractOut(ContractSummary):
    """A contract in full, for its parties and the market's staff."""

    industry_code: str | None
    valid_from: date
    valid_to: date | None
    payment_terms: PaymentTerms
    deductions: list[DeductionOut]
    sellers: list[ContractPartyOut]
    buyers: list[ContractPartyOut]
    agencies: list[AgencyOut]
    agency_service: str | None
    field_of_use: str | None
    sublicensing: bool | None
    assets: list[SealedAsset] = Field(description="The rights of the version of the listing that was agreed on")
    departures: list[ContractDepartureOut] = Field(
        description="What it says otherwise than its deal; of a recorded deal none"
    )
    supplement: SupplementOut | None = Field(description="The paper that names these, which the signatures cover")
    cancelled_on: date | None
    created_at: datetime
