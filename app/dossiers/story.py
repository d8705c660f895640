"""What happened on the way to a price: each package that knows a part of a deal's history tells it here.

The price dossier (定价档案) gathers the parts. It stands above every pricing mode and knows none of them, and deals
stand below, so whoever knows a part registers when it is imported:

    @histories.tells(Stage.PRICING)
    async def registrations(session: AsyncSession, deal: Deal, actor: Actor) -> Sequence[Section]: ...

A teller answers no section for a deal that it knows nothing of. The actor has been found to see the deal; what else of
the history it may see is decided by the teller, as in its own package's reads, and where something is left out the
section says so (`withheld`). A teller reads and writes nothing, asks no clock, and answers in an order of its own that
does not change, so that two readings of the same rows are equal to the byte.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.access import Actor
from app.core.problems import Rule, Text
from app.deals.models import Deal

Fact = str | int | bool | Decimal | datetime | date | UUID | Sequence[Any] | Mapping[str, Any] | None
"""What an entry may say: money and shares as `Decimal`, never a float."""


class Stage(IntEnum):
    """Where a section stands in the dossier; in one stage what a teller tells stays together, by its first key."""

    LISTING = 10
    APPRAISAL = 20
    PRICING = 30
    BIDDING = 35
    NOTICE = 40
    GATES = 50
    DEAL = 60
    SETTLEMENT = 70
    CONTRACT = 80
    CERTIFICATE = 90


class Capacity(StrEnum):
    """In what capacity somebody acted; `exchange` is what its rules did by themselves, `time` what a deadline did."""

    SELLER = "seller"
    BUYER = "buyer"
    AGENCY = "agency"
    REGISTRANT = "registrant"
    BIDDER = "bidder"
    APPRAISER = "appraiser"
    HOLDER = "holder"
    OBJECTOR = "objector"
    ASKER = "asker"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    EXCHANGE = "exchange"
    TIME = "time"


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


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the history. `key` is stable and unlike every other section's; `withheld` says what was left out."""

    key: str
    title: Text
    entries: Sequence[Entry]
    withheld: Text | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside the dossier in a bundle, in pieces: what is too long to be told entry by entry.

    Its `name` is stable and unlike every other's; what everybody may read is the same for every reader.
    """

    name: str
    pieces: AsyncIterator[bytes]


Teller = Callable[[AsyncSession, Deal, Actor], Awaitable[Sequence[Section]]]
Attacher = Callable[[AsyncSession, Deal, Actor], Awaitable[Sequence[Attachment]]]
_TELLERS: list[tuple[Stage, Teller]] = []
_ATTACHERS: list[Attacher] = []


def tells(stage: Stage) -> Callable[[Teller], Teller]:
    """Register who tells a part of a deal's history."""

    def register(teller: Teller) -> Teller:
        _TELLERS.append((stage, teller))
        return teller

    return register


def attaches(attacher: Attacher) -> Attacher:
    """Register who has files for a deal's bundle; their pieces are read while the session is open, one by one."""
    _ATTACHERS.append(attacher)
    return attacher


async def attached(session: AsyncSession, deal: Deal, actor: Actor) -> list[Attachment]:
    """Every file that goes into the bundle of a deal for the actor, by name."""
    found = [attachment for attacher in _ATTACHERS for attachment in await attacher(session, deal, actor)]
    return sorted(found, key=lambda attachment: attachment.name)


async def told(session: AsyncSession, deal: Deal, actor: Actor) -> list[Section]:
    """Every section of a deal, with its parties loaded, that the actor may see; raises `ValueError` for a key twice."""
    told_by = [(stage, await teller(session, deal, actor)) for stage, teller in _TELLERS]
    told_by = [(stage, sections) for stage, sections in told_by if sections]
    told_by.sort(key=lambda part: (part[0], part[1][0].key))
    found = [section for _, sections in told_by for section in sections]
    keys = [section.key for section in found]
    if len(set(keys)) != len(keys):
        raise ValueError(f"two sections of one key among {keys}")
    return found
