"""Placing: what is public of some things is read, the rule is asked, and what differs on a map is written.

All of it in the caller's transaction, which holds the chain: what a map says of things, of whose they are and how many
they are, changes at one moment. What is placed already as it should be is not written again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from app.core.database import Session
from app.finding import queries as finding
from app.finding.chains import queries
from app.finding.chains.kinds import THINGS
from app.finding.chains.rules import counting
from app.finding.chains.rules.counting import Key, Placement
from app.finding.chains.rules.placing import Chain, LinkRule, Parts, Thing, readable
from app.finding.documents import Row
from app.finding.matching import facts
from app.finding.matching.rules import Need

ON_OFFER: Final = "published"
"""Of a listing: it may be bought. Of a demand: it may be met."""
KEPT: Final = 32
"""Chains that a process keeps ready."""


@dataclass(frozen=True, slots=True)
class Read:
    """What is public of a thing, and whose it is as far as that is public."""

    thing: Thing
    is_open: bool
    owner: UUID | None
    agency: UUID | None


@lru_cache(maxsize=KEPT)
def chain_of(content: str) -> Chain:
    """The rules of a version, by its document."""
    return chain_with(json.loads(content)["links"])


def chain_with(links: Sequence[Mapping[str, Any]]) -> Chain:
    """The rules of links as a document writes them."""
    return Chain.of(
        LinkRule(link["code"], tuple(rule["industries"]), frozenset(rule["fields"]), tuple(rule["terms"]))
        for link in links
        for rule in (link["rule"],)
    )


def read(index: str, row: Row) -> Read:
    """What is public of a listing or a demand, by the row that searches show."""
    known = facts.demand(row) if index == "demands" else facts.offer(row)
    industry = known.facts.industry if isinstance(known.facts, Need) else None
    text = readable([known.title, *known.texts])
    return Read(
        Thing(known.facts.field, industry, text),
        row["status"] == ON_OFFER,
        known.by.id if known.by else None,
        known.agency.id if known.agency else None,
    )


async def place(session: Session, live: Sequence[queries.Live], index: str, ids: Sequence[UUID]) -> None:
    """Place these listings or demands by each of these versions, as they are now; what is not public leaves."""
    rows = await finding.read_on(session, index, ids)
    known = {row["id"]: read(index, dict(row)) for row in rows}
    for version_id, content in live:
        chain = chain_of(content)
        after = {
            Key(link, THINGS[index], subject): Placement(each.is_open, parts, each.owner, each.agency)
            for subject, each in known.items()
            for link, parts in chain.place(each.thing).items()
        }
        await _write(session, version_id, await queries.things(session, version_id, ids), after)


async def _write(session: Session, version_id: UUID, before: counting.Things, after: counting.Things) -> None:
    keys = counting.touched(before, after)
    if not keys:
        return
    before = {key: each for key, each in before.items() if key in keys}
    after = {key: each for key, each in after.items() if key in keys}
    concerned = counting.concerned(before, after)
    were = await queries.parties(session, version_id, concerned)
    shown = await queries.shown(session, {key.subject for key in concerned})
    are = counting.parties_after(before, after, were, shown)
    await queries.write(session, version_id, {key: after.get(key) for key in keys})
    await queries.write_parties(session, version_id, are)
    change = counting.difference(counting.counted(before, were), counting.counted(after, are))
    await queries.add_counts(session, version_id, change)


async def show_again(session: Session, live: Sequence[queries.Live], organisations: Sequence[UUID]) -> None:
    """Show organisations, or hide them, as they are now: one that is refused is not on the map, nor in a count."""
    shown = await queries.shown(session, organisations)
    for version_id, _ in live:
        were = await queries.parties_of(session, version_id, organisations)
        are = counting.parties_after({}, {}, were, shown)
        await queries.write_parties(session, version_id, {key: each for key, each in are.items() if were[key] != each})
        change = counting.difference(counting.counted({}, were), counting.counted({}, are))
        await queries.add_counts(session, version_id, change)


def tried(chain: Chain, things: Sequence[tuple[str, Thing]]) -> tuple[dict[Key, Parts], int]:
    """Where things would be placed, and how many nowhere. Each is named by its kind and its place in the list."""
    found: dict[Key, Parts] = {}
    nowhere = 0
    for at, (index, thing) in enumerate(things):
        placed = chain.place(thing)
        nowhere += not placed
        found |= {Key(link, THINGS[index], UUID(int=at)): parts for link, parts in placed.items()}
    return found, nowhere
