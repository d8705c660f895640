"""Requests and responses of results."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.catalogue.results.kinds import EntitlementKind, ExportControl, IpType, Secrecy, TechnicalField, TransferMode
from app.core.schemas import Day, Flag, Id, Input, Line, Name, Output, Prose, Readable, RuleOut, Share, Whole, unset

SourceUrl = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^https?://[^\s]+$"), Readable]
Number = Annotated[str, StringConstraints(min_length=1, max_length=60), Readable]
Readiness = Annotated[Whole, Field(ge=1, le=9)]
MAX_PARTS = 50


class OwnerIn(Input):
    """One owner's part of a result; `organisation_id` null means the completing team (完成团队)."""

    organisation_id: Id | None = Field(description="Null: the completing team (完成团队)")
    share: Share


class OwnerOut(OwnerIn, Output):
    pass


class CompleterIn(Input):
    """A person who made the result (成果完成人)."""

    name: Name
    person_id: Id | None = Field(default=None, description="Where the person acts for the organisation here")


class CompleterOut(CompleterIn, Output):
    pass


class IpAssetIn(Input):
    """One IP asset with the numbers and dates its type has; a technical secret has none of them."""

    type: IpType
    title: Name
    application_number: Number | None = Field(default=None, description="Chinese ones with check digit")
    grant_number: Number | None = Field(default=None, description="Patent, registration or certificate number")
    filed_on: Day | None = None
    granted_on: Day | None = None
    expires_on: Day | None = Field(default=None, description="Last day of protection")
    invalidated_on: Day | None = None


class IpAssetOut(IpAssetIn, Output):
    id: Id
    asset_id: Id | None = Field(description="The right itself: `/v1/ip-assets/{asset_id}` has its standing and grants")


class ResultContent(Input):
    """What a result says of itself."""

    title: Name
    abstract: Prose
    technical_field: TechnicalField
    readiness_level: Readiness | None = Field(default=None, description="1 to 9 (GB/T 22900)")
    publicly_funded: Flag
    funding_plan: Line | None = Field(default=None, description="The plan (计划名称) that paid for it")
    secrecy: Secrecy = Secrecy.NONE
    export_control: ExportControl = ExportControl.NONE
    completed_on: Day | None = None
    registered_on: Day | None = Field(
        default=None, description="Day on which it was registered in the organisation; today if left out"
    )
    source_url: SourceUrl | None = Field(
        default=None, description="The public record it is carried over from; such a record may be silent on numbers"
    )
    owners: list[OwnerIn] = Field(min_length=1, max_length=MAX_PARTS, description="Shares that sum to exactly 1")
    completers: list[CompleterIn] = Field(default=[], max_length=MAX_PARTS)
    ip_assets: list[IpAssetIn] = Field(default=[], max_length=MAX_PARTS)


class ResultIn(ResultContent):
    """A new result, kept by the caller's organisation, or by the one the operator records it for."""

    organisation_id: Id | None = Field(default=None, description="For the operator only: who keeps the result")


class ResultPatch(Input):
    """What to replace; what is left out stays. A list is replaced as a whole."""

    title: Name = Field(default_factory=unset)
    abstract: Prose = Field(default_factory=unset)
    technical_field: TechnicalField = Field(default_factory=unset)
    readiness_level: Readiness | None = None
    publicly_funded: Flag = Field(default_factory=unset)
    funding_plan: Line | None = None
    secrecy: Secrecy = Field(default_factory=unset)
    secrecy_reason: Line | None = Field(default=None, description="Why it is lowered (解密); the operator alone may")
    export_control: ExportControl = Field(default_factory=unset)
    completed_on: Day | None = None
    source_url: SourceUrl | None = None
    owners: list[OwnerIn] = Field(default_factory=unset, min_length=1, max_length=MAX_PARTS)
    completers: list[CompleterIn] = Field(default_factory=unset, max_length=MAX_PARTS)
    ip_assets: list[IpAssetIn] = Field(default_factory=unset, max_length=MAX_PARTS)


class EntitlementIn(Input):
    """What the completing team is given (赋权): ownership with its `share`, or a right of use with its `years`."""

    kind: EntitlementKind
    share: Share | None = Field(
        default=None, description="For ownership: of what the unit held; without other co-owners, of the whole"
    )
    years: Whole | None = Field(default=None, ge=1, le=100, description="For a right of use")
    agreed_on: Day


class EntitlementOut(Output):
    id: UUID
    kind: EntitlementKind
    share: Share | None
    years: int | None
    agreed_on: date


class ConversionBegunIn(Input):
    """The day on which the unit began to convert the result (组织实施转化)."""

    begun_on: Day


class ConsentIn(Input):
    """A co-owner's consent to one mode of transfer (共有人同意)."""

    transfer_mode: TransferMode
    document_reference: Line = Field(description="The paper that proves it: its number, or a document's id here")
    for_team: Flag = Field(default=False, description="The completing team's consent, recorded by the keeper")


class ConsentOut(Output):
    id: UUID
    organisation_id: UUID | None
    transfer_mode: TransferMode
    document_reference: str
    recorded_at: datetime


class TeamConversion(Output):
    """From which day the completing team may convert the result itself, and by which rule."""

    day: date
    rule: RuleOut


class ResultSummary(Output):
    """A result in a list."""

    id: UUID
    number: str
    organisation_id: UUID
    title: str
    technical_field: TechnicalField
    readiness_level: int | None
    registered_on: date
    revision: int


class ResultOut(ResultSummary):
    """A result in full. `completers` is null where the caller may not see who they are."""

    abstract: str
    publicly_funded: bool
    funding_plan: str | None
    secrecy: Secrecy
    export_control: ExportControl
    completed_on: date | None
    conversion_begun_on: date | None
    source_url: str | None
    owners: list[OwnerOut]
    completers: list[CompleterOut] | None
    ip_assets: list[IpAssetOut]
    entitlements: list[EntitlementOut]
    consents: list[ConsentOut]
    team_may_convert_from: TeamConversion | None = Field(
        description="Null where conversion began in time, or the rule did not hold"
    )
    server_time: datetime


class FindingOut(Output):
    """A reason why a result may not be listed, or a note on what else is needed."""

    code: str
    reason: str
    remedy: str | None
    rule: RuleOut


class ListabilityOut(Output):
    """Whether a result may be listed in a mode of transfer today, with every reason why not."""

    transfer_mode: TransferMode
    listable: bool
    reasons: list[FindingOut]
    notes: list[FindingOut]
