"""Requests and responses of awards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.awards.runs.kinds import AwardRunStatus
from app.awards.technology.rules.outcome import AwardStatement, Exclusion
from app.core.schemas import Input, Output, SignedMoney, Whole


class AwardRunIn(Input):
    """Which year to compute."""

    year: Whole = Field(ge=2000, le=2100, description="Award year: the calendar year of receipt, local time")


class AwardRunOut(Output):
    """A run without its statements. `preliminary`: its year was not over when it was computed."""

    id: UUID
    number: str
    programme_id: str
    year: int
    status: AwardRunStatus
    preliminary: bool
    facts_sha256: str
    outcome_sha256: str
    computed_at: datetime
    published_at: datetime | None
    total: SignedMoney = Field(description="All statements together, CNY")


class AwardRunDetail(AwardRunOut):
    """A run in full: a statement per organisation and role, and why everything else earned nothing."""

    statements: list[AwardStatement]
    exclusions: list[Exclusion]


class AwardStatementOut(Output):
    """What one organisation is awarded in a run in one role; the lines add up to `amount`."""

    id: UUID
    run_id: UUID
    run_number: str
    year: int
    status: AwardRunStatus
    organisation_id: UUID
    role: str
    amount: SignedMoney
    content: AwardStatement | None = Field(description="Null where nothing was earned; `exclusions` say why")
    exclusions: list[Exclusion]


class BrokerEarningOut(Output):
    """What the award of an agency allots to a broker in a published run, at least."""

    id: UUID = Field(description="Of the agency's statement")
    run_id: UUID
    run_number: str
    year: int
    agency_id: UUID
    amount: SignedMoney


class AwardRunVerificationOut(Output):
    """Whether the run recomputes to the byte from its frozen facts."""

    same: bool
    stored_sha256: str
    recomputed_sha256: str


class EstimateOut(Output):
    """What a deal would earn alone, if contracted, registered, invoiced and paid in full within the year."""

    year: int
    programme_id: str | None
    statements: list[AwardStatement]
    exclusions: list[Exclusion]
    note: str


class ProgrammeRuleGround(Output):
    """Where a stated rule comes from in the award years it holds for."""

    valid_from: int
    valid_to: int | None
    reference: str
    mark: str = Field(description="V: rule text read; S: secondary source; D: draft; P: product decision")
    note: str


class ProgrammeRuleOut(Output):
    """What the computation does where the article leaves it open; nobody can set it."""

    key: str
    text: dict[str, str]
    grounds: list[ProgrammeRuleGround]


class ProgrammeOut(Output):
    """A programme as it stands in its file: every figure and stated rule with its years, reference and mark."""

    id: str
    title: dict[str, str]
    citation: dict[str, str]
    rules: list[ProgrammeRuleOut]
    document: dict[str, Any] = Field(description="The file as it stands, of which each programme has a form of its own")
