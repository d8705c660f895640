"""Requests and responses of identity."""

from datetime import date
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.access import Role
from app.core.schemas import Day, DivisionCode, Flag, Id, Input, Line, Name, Output, Readable, Share
from app.identity.kinds import OrganisationKind, Quality, RelationKind, Verification

Uscc = Annotated[str, StringConstraints(min_length=1, max_length=40), Readable]


class OrganisationIn(Input):
    """A new organisation, as the operator records it."""

    name: Name
    kind: OrganisationKind
    uscc: Uscc | None = Field(
        default=None, description="Unified social credit code (统一社会信用代码); null where not publicly known"
    )
    state_founded: Flag | None = Field(
        description="Founded by the state (国家设立): stricter rules of sale apply; null where not known counts as so"
    )
    fictional: Flag = Field(default=False, description="A party of a demonstration, not a real organisation")
    division_code: DivisionCode = Field(description="GB/T 2260 code of its residence, such as 420111")
    resident_since: Day


class DivisionOut(Output):
    division_code: str
    valid_from: date
    valid_to: date | None


class HeldQuality(Output):
    """What an organisation is recognised as; `valid_to` is the last day, null until further notice."""

    id: UUID
    quality: Quality
    valid_from: date
    valid_to: date | None


class FormerNameOut(Output):
    """What the organisation was called until a day, the last one included."""

    id: UUID
    name: str
    valid_to: date


class OrganisationOut(Output):
    """An organisation as everyone may see it once verified."""

    id: UUID
    name: str
    kind: OrganisationKind
    uscc: str | None
    state_founded: bool | None
    fictional: bool
    verification: Verification
    verification_reason: str | None
    divisions: list[DivisionOut]
    qualities: list[HeldQuality]
    former_names: list[FormerNameOut]
    revision: int


class OrganisationVerificationIn(Input):
    """The operator's finding about an organisation."""

    verification: Literal[Verification.VERIFIED, Verification.REFUSED, Verification.SUSPENDED]
    reason: Line


class DivisionIn(Input):
    """A move to another division; the residence before ends the day before."""

    division_code: DivisionCode
    valid_from: Day


class RelationIn(Input):
    """A finding that two organisations are related parties (关联方)."""

    first_id: Id
    second_id: Id
    kind: RelationKind
    share: Share | None = Field(default=None, description="What the first holds of the second, where known")
    detail: Line
    source: Line = Field(description="Where the finding comes from: a filing, a public notice, an address")
    valid_from: Day | None = None
    valid_to: Day | None = None


class RelationOut(RelationIn, Output):
    id: Id


class PersonIn(Input):
    """A person and the capacity in which they act."""

    name: Name
    organisation_id: Id
    role: Role


class PersonOut(Output):
    LOCATION: ClassVar[str] = "/v1/organisations/{organisation_id}/people/{id}"

    id: UUID
    name: str
    organisation_id: UUID | None = Field(description="Null for the market's own staff")
    role: Role


class BrokerIn(Input):
    """A technical broker's certificate."""

    person_id: Id
    certificate_number: Name
    certified_on: Day


class EmploymentIn(Input):
    """Employment of a broker by an agency."""

    agency_id: Id
    valid_from: Day
    valid_to: Day | None = None


class EmploymentOut(Output):
    id: UUID
    agency_id: UUID
    valid_from: date
    valid_to: date | None


class BrokerOut(Output):
    id: UUID
    person_id: UUID
    name: str
    certificate_number: str
    certified_on: date
    employments: list[EmploymentOut]


class MeOut(Output):
    """Who the key acts as."""

    person_id: UUID
    organisation_id: UUID | None
    roles: list[Role]
    scopes: list[str]
