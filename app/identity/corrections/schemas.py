"""Requests and responses of corrections. A field that is left out stays as it is; null is a value."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from app.core.schemas import Day, Flag, Input, Line, Name, Output, Share, unset
from app.identity.corrections.kinds import Corrected
from app.identity.kinds import OrganisationKind, Quality, RelationKind
from app.identity.schemas import DivisionIn, Uscc

WHY = Field(description="What was wrong, and how it was found out")


class OrganisationCorrectionIn(Input):
    """What was recorded wrongly of an organisation. A move is no correction, and neither is a new name."""

    name: Name = Field(default_factory=unset)
    kind: OrganisationKind = Field(default_factory=unset)
    uscc: Uscc | None = Field(default_factory=unset)
    state_founded: Flag | None = Field(default_factory=unset)
    divisions: Annotated[list[DivisionIn], Field(min_length=1, max_length=50)] = Field(
        default_factory=unset, description="Every residence from the first on, each until the day before the next"
    )
    reason: Line = WHY


class FormerNameCorrectionIn(Input):
    """What was recorded wrongly of a rename. `withdrawn`: there was none, and the name that followed falls away."""

    name: Name = Field(default_factory=unset)
    valid_to: Day = Field(default_factory=unset, description="The last day on which the organisation was called so")
    withdrawn: Flag = False
    reason: Line = WHY


class QualityCorrectionIn(Input):
    """What was recorded wrongly of a quality. `withdrawn`: it never was, and the record goes."""

    quality: Quality = Field(default_factory=unset)
    valid_from: Day = Field(default_factory=unset)
    valid_to: Day | None = Field(default_factory=unset)
    source: Line = Field(default_factory=unset)
    withdrawn: Flag = False
    reason: Line = WHY


class RelationCorrectionIn(Input):
    """What was recorded wrongly of a relation. `withdrawn`: there never was one, and the record goes."""

    kind: RelationKind = Field(default_factory=unset)
    share: Share | None = Field(default_factory=unset)
    detail: Line = Field(default_factory=unset)
    source: Line = Field(default_factory=unset)
    valid_from: Day | None = Field(default_factory=unset)
    valid_to: Day | None = Field(default_factory=unset)
    withdrawn: Flag = False
    reason: Line = WHY


class BrokerCorrectionIn(Input):
    """What was recorded wrongly of a broker's certificate."""

    certificate_number: Name = Field(default_factory=unset)
    certified_on: Day = Field(default_factory=unset)
    reason: Line = WHY


class EmploymentCorrectionIn(Input):
    """What was recorded wrongly of an employment. One that ends is no correction."""

    valid_from: Day = Field(default_factory=unset)
    valid_to: Day | None = Field(default_factory=unset)
    reason: Line = WHY


class CorrectionOut(Output):
    """A correction. `before` and `after` hold the fields that were corrected, as the record names them."""

    id: UUID
    subject_type: Corrected
    subject_id: UUID
    before: dict[str, Any] = Field(
        description="What stood in the fields that were corrected, by the names that the record itself has"
    )
    after: dict[str, Any] = Field(description="What stands in the same fields now")
    reason: str
    corrected_by: UUID | None = Field(description="The person; null to the organisations that it concerns")
    corrected_at: datetime
