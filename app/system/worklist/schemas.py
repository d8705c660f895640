"""Responses of the worklist."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from app.core.problems import Language, Text
from app.core.schemas import Money, Output, RuleOut
from app.core.settings import City
from app.system.worklist.kinds import MatterKind, Side
from app.system.worklist.queries import LAST, MOST_COUNTED
from app.system.worklist.rules import due_day
from app.system.worklist.sections import SECTIONS

NOTHING = Text(
    "Nothing waits for you. Follow `GET /v1/events`, or look at what is offered with `GET /v1/search/listings`.",
    "目前没有待办事项。可通过 `GET /v1/events` 关注动态，或者通过 `GET /v1/search/listings` 查看交易项目。",
)
NOTHING_OF_IT = Text(
    "Nothing that you ask for waits. Leave out a filter to see the whole worklist.",
    "没有符合条件的待办事项。减少筛选条件可查看全部待办。",
)


class MatterSubject(Output):
    """What the matter is about. `read` is where it is read."""

    type: str
    id: UUID
    number: str | None = Field(description="The readable number, of the subject or of what it belongs to")
    read: str


class MatterCounterpart(Output):
    """Who is on the other side. Null in a matter: the exchange itself, nobody, or whom you may not know yet."""

    id: UUID
    name: str


class MatterCall(Output):
    """The call that does it."""

    method: Literal["GET", "POST"]
    path: str


class MatterOut(Output):
    """One matter that waits. `due_at` is the moment by which it must be done; null where no rule sets one."""

    id: UUID = Field(description="Of the row that waits; with `kind` it tells matters apart")
    kind: MatterKind
    side: Side = Field(description="Who must act: you, or somebody whom you wait for")
    asks: str = Field(description="What is to be done, a sentence")
    title: str | None
    subject: MatterSubject
    counterpart: MatterCounterpart | None
    due_at: datetime | None
    due_on: date | None = Field(description="The last local day to do it")
    overdue: bool
    amount: Money | None = Field(description="CNY")
    call: MatterCall
    rule: RuleOut | None


class WorklistOut(Output):
    """A page of the worklist. `advice` says what to do where it is empty."""

    items: list[MatterOut]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null on the last.")
    advice: str | None
    server_time: datetime


class MatterCountOut(Output):
    """How many matters of a kind wait; `more` where there are more than are counted."""

    kind: MatterKind
    side: Side
    count: int
    more: bool


class WorklistCountsOut(Output):
    """How many matters of each kind wait."""

    counts: list[MatterCountOut]
    server_time: datetime


def matter_out(row: Any, language: Language, city: City, now: datetime) -> MatterOut:
    """A row of the worklist as it is answered."""
    section = SECTIONS[row.place]
    due_at = None if row.due_at >= LAST else row.due_at
    ids = {"subject_id": row.subject_id, "id": row.id}
    return MatterOut(
        id=row.id,
        kind=section.kind,
        side=row.side,
        asks=section.asks.render(language, {}),
        title=row.title,
        subject=MatterSubject(
            type=section.subject, id=row.subject_id, number=row.number, read=section.read.format_map(ids)
        ),
        counterpart=MatterCounterpart(id=row.counterpart_id, name=row.counterpart_name) if row.counterpart_id else None,
        due_at=due_at,
        due_on=due_day(due_at, city.zone) if due_at else None,
        overdue=due_at is not None and due_at <= now,
        amount=Decimal(row.amount) if row.amount is not None else None,
        call=MatterCall.model_validate({"method": section.method, "path": section.path.format_map(ids)}),
        rule=RuleOut.model_validate(section.rule.as_json(language)) if section.rule else None,
    )


def count_out(row: Any) -> MatterCountOut:
    """A number of matters, cut at what is counted."""
    most = min(row.count, MOST_COUNTED)
    return MatterCountOut(kind=row.kind, side=row.side, count=most, more=row.count > MOST_COUNTED)
