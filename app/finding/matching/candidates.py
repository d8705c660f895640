"""The candidates of a match: what an engine finds by the clues of a thing, the most and the rarest clues first."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Final

from app.finding.matching.rules import rarity
from search.engine import DEEPEST, Engine, Filter, Query
from search.indexes import Index
from search.text import clues
from search.text.clues import Clue
from search.text.queries import Parsed

MOST: Final = 300
"""Candidates whose documents are read and compared."""
EACH: Final = 200
"""Documents of a clue that are taken. Of a clue that more have, two are asked for together as well."""
_MOST_TOGETHER: Final = 5


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of the candidates, the likeliest first, and by clue how many documents have it."""

    ids: Sequence[str]
    totals: Sequence[int]

    @property
    def weights(self) -> list[Fraction]:
        """What each clue weighs: the rarer, the more."""
        return [rarity(total) for total in self.totals]


async def gather(engine: Engine, index: Index, wanted: Sequence[Clue], filters: tuple[Filter, ...], more: int) -> Found:
    """At most `MOST` and `more` candidates. Raises `EngineDown`.

    Each clue is a search of its own: what has one of them is a candidate. Where a clue has more documents than are
    taken, those that have it together with another are looked for too, so that the best are among them.
    """
    each = min(EACH + more, DEEPEST)

    async def ask(text: Parsed) -> tuple[Sequence[str], int]:
        answer = await engine.search(index, Query(text, filters, limit=each))
        return ([], 0) if answer.loosely else (answer.ids, answer.total)

    alone = await asyncio.gather(*(ask(clue.read) for clue in wanted))
    totals = [total for _, total in alone]
    frequent = sorted((at for at, total in enumerate(totals) if total > each), key=lambda at: totals[at])
    pairs = list(combinations(sorted(frequent[:_MOST_TOGETHER]), 2))
    joined = await asyncio.gather(*(ask(clues.both(wanted[one], wanted[other])) for one, other in pairs))
    had: dict[str, set[int]] = {}
    asked = [((at,), ids) for at, (ids, _) in enumerate(alone)]
    for which, ids in (*zip(pairs, (ids for ids, _ in joined), strict=True), *asked):
        for found in ids:
            had.setdefault(found, set()).update(which)
    weights = [rarity(total) for total in totals]
    best = sorted(had, key=lambda found: -sum(weights[at] for at in had[found]))
    return Found(best[: MOST + more], totals)
