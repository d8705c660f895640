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

MOST: Final = 200
"""Candidates whose documents are read and compared."""
EACH: Final = 200
"""Documents of a clue that are taken. Clues that more have are asked for two by two first."""
EACH_PAIR: Final = 100
"""Documents of two clues that are taken: those that have both in their titles come first."""
NEAREST: Final = 40
"""Documents that are read for related words, and the newest ones that tell which words every document has."""
_SAMPLE: Final = 100
_MOST_TOGETHER: Final = 4
_NONE: Final = frozenset[int]()
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
    _waiting: list[int] = field(default_factory=list)
    _had: dict[str, frozenset[int]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """The candidates, the likeliest first: `MOST`, and `more`."""
        worth = {had: -sum(self.weights[at] for at in had) for had in set(self._had.values())}
        best = sorted(self._had, key=lambda found: worth[self._had[found]])
        return best[: MOST + self.more]

    async def find(self, wanted: Sequence[Clue], read: Read) -> None:
        """Look for what has the clues, then for what has the words related to them. Raises `EngineDown`."""
        self.own = len(wanted)
        await self._add(wanted)
        await self._alone(NEAREST)
        rare = [rarity(total) for total in self.totals]
        self.weights = [weight / sum(rare) for weight in rare]
        newest = await self.engine.search(self.index, Query(None, self.filters, limit=_SAMPLE, counted=False))
        near, usual = await read(self.ids[:NEAREST]), await read(newest.ids)
        related = await asyncio.to_thread(clues.related, list(zip(wanted, self.weights, strict=True)), near, usual)
        await self._add([clue for clue, _ in related])
        self.weights[self.own :] = [share / 2 for _, share in related]
        await self._alone(MOST + self.more)

    async def _add(self, wanted: Sequence[Clue]) -> None:
        """Each clue is a search of its own. One that more documents have than are taken is asked for in pairs first."""
        first = len(self.clues)
        self.clues += wanted
        self.weights += [Fraction(1)] * len(wanted)
        self.totals += await asyncio.gather(*(self._count(clue.read) for clue in wanted))
        every = range(first, len(self.clues))
        rare = [at for at in every if 0 < self.totals[at] <= EACH]
        known = [at for at in range(len(self.clues)) if self.totals[at] > EACH]
        frequent = sorted(known, key=lambda at: (at < first, self.totals[at]))
        self._waiting += [at for at in every if self.totals[at] > EACH]
        pairs = [pair for pair in combinations(sorted(frequent[:_MOST_TOGETHER]), 2) if pair[1] >= first]
        together = ((pair, clues.both(self.clues[pair[0]], self.clues[pair[1]])) for pair in pairs)
        await self._take([*together, *(((at,), self.clues[at].read) for at in rare)])

    async def _alone(self, enough: int) -> None:
        """Ask for each frequent clue alone, where fewer than `enough` are found: its newest documents, 20 ms a clue."""
        if len(self._had) < enough:
            alone, self._waiting = self._waiting, []
            await self._take([((at,), self.clues[at].read) for at in alone])

    async def _take(self, asked: Sequence[tuple[tuple[int, ...], Parsed]]) -> None:
        answers = await asyncio.gather(*(self._ask(which, text) for which, text in asked))
        for (which, _), ids in zip(asked, answers, strict=True):
            for found in ids:
                self._had[found] = self._had.get(found, _NONE).union(which)

    async def _count(self, text: Parsed) -> int:
        answer = await self.engine.search(self.index, Query(text, self.filters, limit=0, near=False))
        return answer.total

    async def _ask(self, which: tuple[int, ...], text: Parsed) -> Sequence[str]:
        most = EACH if len(which) == 1 else EACH_PAIR
        query = Query(text, self.filters, limit=most + self.more, near=False, counted=False)
        return (await self.engine.search(self.index, query)).ids
