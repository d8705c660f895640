"""What changes on a map where things are placed otherwise: rows of things, of whose they are, and the counts.

Counts are kept by what changed, so that no answer counts rows. What is kept step by step equals what is counted over
the rows at the end.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from app.finding.chains.kinds import Gap, Placed
from app.finding.chains.rules.placing import Parts


class Key(NamedTuple):
    """What is placed where."""

    link: str
    kind: Placed
    subject: UUID


@dataclass(frozen=True, slots=True)
class Placement:
    """A listing or a demand on a link. `is_open`: it is on offer, or wanted. `owner` is whose it is, as far as that is
    public; `agency` is the agency that a listing names.
    """

    is_open: bool
    parts: Parts
    owner: UUID | None
    agency: UUID | None


@dataclass(frozen=True, slots=True)
class Party:
    """Whose things are on a link, and how many. `shown`: the public may see it as one of its kind."""

    listings: int = 0
    demands: int = 0
    open: int = 0
    shown: bool = False

    @property
    def is_there(self) -> bool:
        """Whether anything of it is on the link."""
        return self.listings > 0 or self.demands > 0


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind are on a link, and how many of these are on offer, wanted, or of somebody with such."""

    total: int = 0
    open: int = 0


Things = Mapping[Key, Placement]
Parties = Mapping[Key, Party]
Place = tuple[str, Placed]


def touched(before: Things, after: Things) -> set[Key]:
    """What is placed otherwise than before."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def concerned(before: Things, after: Things) -> set[Key]:
    """Whose things are placed otherwise than before."""
    return set(_moved(before, after))


def parties_after(before: Things, after: Things, known: Parties, shown: Set[tuple[Placed, UUID]]) -> dict[Key, Party]:
    """Who is on which link: those that are concerned, and those that are known, as `shown` has them now."""
    moved = _moved(before, after)
    found = {}
    for key in {*moved, *known}:
        was, change = known.get(key, Party()), moved.get(key, Counter())
        found[key] = Party(
            was.listings + change[Placed.LISTING],
            was.demands + change[Placed.DEMAND],
            was.open + change["open"],
            (key.kind, key.subject) in shown,
        )
    return found


def counted(things: Things, parties: Parties) -> dict[Place, Count]:
    """The counts of these rows."""
    found: dict[Place, Count] = {}
    rows = [((key.link, key.kind), each.is_open) for key, each in things.items()]
    rows += [((key.link, key.kind), each.open > 0) for key, each in parties.items() if each.shown and each.is_there]
    for place, is_open in rows:
        known = found.get(place, Count())
        found[place] = Count(known.total + 1, known.open + is_open)
    return found


def difference(before: Mapping[Place, Count], after: Mapping[Place, Count]) -> dict[Place, Count]:
    """By how much counts change; what stays is left out."""
    found = {}
    for place in before.keys() | after.keys():
        one, other = before.get(place, Count()), after.get(place, Count())
        if one != other:
            found[place] = Count(other.total - one.total, other.open - one.open)
    return found


def gap(counts: Mapping[Place, Count], link: str) -> Gap | None:
    """What a link lacks; None where both sides are there, or neither is."""
    offered, wanted = (counts.get((link, kind), Count()).open for kind in (Placed.LISTING, Placed.DEMAND))
    if wanted and not offered:
        return Gap.NO_RESULT
    return Gap.NO_DEMAND if offered and not wanted else None


def _moved(before: Things, after: Things) -> dict[Key, Counter[str]]:
    """By how much the numbers of each party change."""
    moved: dict[Key, Counter[str]] = {}
    for sign, things in ((-1, before), (1, after)):
        for key, placement in things.items():
            if before.get(key) == after.get(key):
                continue
            for party in _parties(key, placement):
                change = moved.setdefault(party, Counter())
                change[key.kind] += sign
                change["open"] += sign * placement.is_open
    return moved


def _parties(key: Key, placement: Placement) -> Iterable[Key]:
    if placement.owner is not None:
        yield Key(key.link, Placed.ENTERPRISE, placement.owner)
    if placement.agency is not None:
        yield Key(key.link, Placed.AGENCY, placement.agency)
