"""Requests and responses of gates."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.core.schemas import Id, Input, Line, Output
from app.market.gates.kinds import Closer, GateKind, GateOutcome
from app.market.gates.models import Gate
from app.market.gates.rules import KINDS


class ClosureIn(Input):
    """How a gate is settled: `cleared` (consent, waiver, approval, licence) or `refused`, which ends the sale.

    For a right of first refusal, `refused` means that the completer uses it.
    """

    outcome: Literal[GateOutcome.CLEARED, GateOutcome.REFUSED]
    reference: Line = Field(description="The paper it rests on: its number and date, who decided")
    document_id: Id | None = Field(default=None, description="The paper itself; needed from who is not the holder")


class ClosureOut(Output):
    """How a gate was settled. Who did it for an organisation is not told by name."""

    outcome: GateOutcome
    reference: str
    document_id: UUID | None
    closed_at: datetime
    closed_by_organisation_id: UUID | None


class GateRule(Output):
    """The rule a gate rests on."""

    instrument_en: str
    instrument_zh: str
    article: str


class GateOut(Output):
    """What must be settled before a deal: since when, on what rule, by whom, and how it was settled."""

    id: UUID
    subject_type: str
    subject_id: UUID
    kind: GateKind
    detail: str
    rule: GateRule
    closers: list[Closer]
    holder_organisation_id: UUID | None
    opened_at: datetime
    lapses_at: datetime | None
    closure: ClosureOut | None
    server_time: datetime


def gate_out(gate: Gate, now: datetime) -> GateOut:
    """A gate with its rule and the exchange's time."""
    kind = KINDS[gate.kind]
    named = kind.rule.instrument
    rule = GateRule(instrument_en=named.en, instrument_zh=named.zh, article=kind.rule.cited)
    return GateOut.of(gate, rule=rule, closers=list(kind.closers), server_time=now)
