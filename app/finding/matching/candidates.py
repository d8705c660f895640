"""The candidates of a match: what an engine finds by the clues of a thing, the most and the rarest clues first.

The words of a thing are seldom those of another that fits it: 探伤 and 无损检测. So what is found by its own clues is
read for words that stand there more often than elsewhere, and these are clues too, of less weight.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Final

from app.finding.matching.rules import rarity
from search.engine import Engine, Filter, Query
from search.indexes import Index
from search.text import clues
from search.text.clues import Clue, Said
from search.text.queries import Parsed

MOST: Final = 300
"""Candidates whose documents are read and compared."""
EACH: Final = 200
"""Documents of a clue that are taken. Of a clue that more have, two are asked for together as well."""
NEAREST: Final = 40
"""Documents that are read for related words, and the newest ones that tell which words every document has."""
_SAMPLE: Final = 100
_MOST_TOGETHER: Final = 4
Read = Callable[[Sequence[str]], Awaitable[Sequence[Said]]]


@dataclass
class Gathering:
    """What is found in one index, clue by clue. `weights` are those of the clues; of the thing's own they sum to 1."""

    engine: Engine
    index: Index
    filters: tuple[Filter, ...]
    more: int
    clues: list[Clue] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    weights: list[Fraction] = field(default_factory=list)
    own: int = 0
    _had: dict[str, set[int]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """The candidates, the likeliest first: `MOST`, and `more`."""
        best = sorted(self._had, key=lambda found: -sum(self.weights[at] for at in self._had[found]))
        return best[: MOST + self.more]

    async def find(self, wanted: Sequence[Clue], read: Read) -> None:
        """Look for what has the clues, then for what has the words related to them. Raises `EngineDown`."""
        self.own = len(wanted)
        await self._add(wanted)
        rare = [rarity(total) for total in self.totals]
        self.weights = [weight / sum(rare) for weight in rare]
        newest = await self.engine.search(self.index, Query(None, self.filters, limit=_SAMPLE))
        near, usual = await read(self.ids[:NEAREST]), await read(newest.ids)
        related = await asyncio.to_thread(clues.related, list(zip(wanted, self.weights, strict=True)), near, usual)
        self.weights += [share / 2 for _, share in related]
        await self._add([clue for clue, _ in related])

    async def _add(self, wanted: Sequence[Clue]) -> None:
        """Each clue is a search of its own. Where more documents have it than are taken, it is asked for in pairs."""
        first = len(self.clues)
        self.clues += wanted
        alone = await asyncio.gather(*(self._ask(clue.read) for clue in wanted))
        self.totals += [total for _, total in alone]
        known = range(len(self.clues))
        frequent = sorted((at for at in known if self.totals[at] > EACH), key=lambda at: (at < first, self.totals[at]))
        pairs = [pair for pair in combinations(sorted(frequent[:_MOST_TOGETHER]), 2) if pair[1] >= first]
        joined = await asyncio.gather(*(self._ask(clues.both(self.clues[a], self.clues[b])) for a, b in pairs))
        singles = [((first + at,), ids) for at, (ids, _) in enumerate(alone)]
        for which, ids in (*zip(pairs, (ids for ids, _ in joined), strict=True), *singles):
            for found in ids:
                self._had.setdefault(found, set()).update(which)
        self.weights += [Fraction(1)] * (len(self.clues) - len(self.weights))

    async def _ask(self, text: Parsed) -> tuple[Sequence[str], int]:
        answer = await self.engine.search(self.index, Query(text, self.filters, limit=EACH + self.more))
        return ([], 0) if answer.loosely else (answer.ids, answer.total)
