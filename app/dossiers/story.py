"""The parts that the story of a deal is told in: sections of entries, each with who, when, what, rule and papers.

The files of `sections/` tell them; the price dossier (定价档案) puts them together.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, Self
from uuid import UUID

from app.core.problems import Rule, Text
from app.dossiers.kinds import Capacity

Fact = str | int | bool | Decimal | datetime | date | UUID | Sequence[Any] | Mapping[str, Any] | None
"""What an entry may say: money and shares as `Decimal`, never a float."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acted. People are never named; `organisation_id` is None for the market's staff, for time, and for whom the
    reader may not know.
    """

    capacity: Capacity
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """The event behind an entry: that type, on that subject, whose payload has these members (the last one, of many).

    `match` holds values as the event's payload has them, ids and numbers as there written. A teller that has read the
    event itself names its `event_id`, and needs no more.
    """

    type: str
    subject_id: UUID
    match: Mapping[str, str | int | bool] = field(default_factory=dict)
    event_id: UUID | None = None


class Happened(Protocol):
    """An event as far as an entry needs it (`core.history.events.Event`)."""

    @property
    def id(self) -> UUID: ...
    @property
    def type(self) -> str: ...
    @property
    def subject_id(self) -> UUID: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A paper an entry rests on, by the hash of its content."""

    title: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: when, by whom, what in both languages, with its facts, rule, papers and events.

    `texts` are sealed texts that the reader may have in full; a fact of the entry states the SHA-256 of each.
    """

    at: datetime
    by: By
    what: Text
    facts: Mapping[str, Fact] = field(default_factory=dict)
    rule: Rule | None = None
    documents: Sequence[DocumentRef] = ()
    traces: Sequence[Trace] = ()
    texts: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        event: Happened,
        by: By,
        what: Text,
        facts: Mapping[str, Fact],
        *,
        rule: Rule | None = None,
        texts: Sequence[str] = (),
    ) -> Self:
        """What an event tells, at its time and with it as the trace."""
        trace = Trace(event.type, event.subject_id, event_id=event.id)
        return cls(event.occurred_at, by, what, facts, rule, traces=[trace], texts=texts)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the history. `key` is stable and unlike every other section's; `withheld` says what was left out."""

    key: str
    title: Text
    entries: Sequence[Entry]
    withheld: Text | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file next to the dossier in a bundle, in pieces: what is too long to be told entry by entry.

    Its `name` is stable and unlike every other's; what everybody may read is the same for every reader.
    """

    name: str
    pieces: AsyncIterator[bytes]
