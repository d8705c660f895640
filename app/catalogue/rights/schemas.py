"""Requests and responses of rights, and a right as it is sealed with what is published."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from app.catalogue.results.kinds import IpType, TransferMode
from app.catalogue.rights.kinds import AssetEventKind, AssetStatus, GrantEnd, GrantOrigin
from app.core.schemas import Day, Flag, Id, Input, Line, Name, Output

Licence = Literal[TransferMode.EXCLUSIVE_LICENCE, TransferMode.SOLE_LICENCE, TransferMode.ORDINARY_LICENCE]


class LicenceIn(Input):
    """A licence that was given elsewhere, from the day of the event on."""

    mode: Licence
    holder: Name = Field(description="Who holds it, as the paper names it; shown to the keeper, the owners and staff")
    field_of_use: Name | None = Field(default=None, description="Null: every field")
    territory: Name | None = Field(default=None, description="Null: everywhere")
    valid_to: Day | None = Field(default=None, description="The last day (included); null where open-ended")
    sublicensing: Flag | None = None


class AssetEventIn(Input):
    """What happened to a right, or what was found of it (权利变动). It is never edited; a correction takes it back."""

    kind: AssetEventKind
    happened_on: Day
    source: Line = Field(description="The register, the decision or the contract that shows it")
    document_id: Id | None = Field(default=None, description="An uploaded document of yours that proves it")
    about_id: Id | None = Field(
        default=None, description="The pledge released, the licence ended, or the event taken back"
    )
    licence: LicenceIn | None = Field(default=None, description="For `licensed_elsewhere`")


class AssetEventOut(Output):
    """An event of a right."""

    LOCATION: ClassVar[str] = "/v1/ip-assets/{asset_id}"

    id: UUID
    kind: AssetEventKind
    happened_on: date
    source: str
    document_id: UUID | None
    about_id: UUID | None
    recorded_by: UUID | None = Field(description="Null: the operator")
    recorded_at: datetime


class RecordedLicence(Output):
    """A licence on record, without who holds it."""

    mode: TransferMode
    field_of_use: str | None
    territory: str | None
    valid_from: date
    valid_to: date | None


class SealedAsset(Output):
    """A right as it was when the listing was published: what its seller states, and what was on record that day."""

    asset_id: UUID
    type: IpType
    title: str
    application_number: str | None
    grant_number: str | None
    holders: list[str]
    filed_on: date | None
    granted_on: date | None
    expires_on: date | None
    status: AssetStatus
    checked_on: date | None = Field(description="When the legal status was last found out; null where it never was")
    pledged_since: date | None
    licences: list[RecordedLicence]
    subject_to_licences: bool = Field(description="An acquirer takes the right with these licences")


class PublishedAsset(Output):
    """What a listing that everybody may read says of a right."""

    listing_id: UUID
    listing_number: str
    version: int
    asset: SealedAsset


class GrantOut(RecordedLicence):
    """A grant. Who granted it, to whom and by which contract is null where the reader may not know."""

    id: UUID
    origin: GrantOrigin
    contract_id: UUID | None
    grantor_ids: list[UUID] | None
    grantee_ids: list[UUID] | None
    holder: str | None
    sublicensing: bool | None
    ended_on: date | None = Field(description="The first day on which it holds no more, though its term runs")
    ended_because: GrantEnd | None
    holds: bool = Field(description="Whether it holds today")


class StatedAsset(Output):
    """What a result states of a right."""

    result_id: UUID
    type: IpType
    title: str
    application_number: str | None
    grant_number: str | None
    filed_on: date | None
    granted_on: date | None
    expires_on: date | None


class AssetSummary(Output):
    """A right in a list."""

    id: UUID
    type: IpType
    created_at: datetime


class AssetOut(AssetSummary):
    """A right as far as the reader may see it.

    `stated` and `events` are for the keeper, the co-owners and staff; a party of a grant sees that grant by name.
    """

    status: AssetStatus
    since: date | None
    checked_on: date | None
    pledged_since: date | None
    published: list[PublishedAsset]
    stated: list[StatedAsset]
    grants: list[GrantOut]
    events: list[AssetEventOut]
    still_free: list[TransferMode] | None = Field(
        description="For the keeper and the owners: the modes in which the whole right may still be granted"
    )
    server_time: datetime
