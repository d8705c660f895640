"""The contract of a search engine. The tests in `tests/search` hold every engine to these docstrings."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol

from search.documents import Document
from search.indexes import Index
from search.text.queries import Parsed

EXACT_TO: Final = 1_000
"""Up to here a total and the counts of facets are exact; beyond, an engine may estimate them."""
DEEPEST: Final = 1_000
"""How many hits can be paged through; beyond, narrow the search."""
MOST_VALUES: Final = 100
"""Values of one facet that are counted, those with the most documents."""


class EngineDown(Exception):  # noqa: N818 — a state of the world, no fault of the code
    """The engine does not answer, or answers that it cannot. What was asked may or may not have been done."""


class Place(Enum):
    """Where documents go: what is searched, or what takes its place once it is whole."""

    LIVE = "live"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A filter: the field has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A filter: the range is not below `least` and not above `most`; None is open."""

    field: str
    least: Decimal | int | None = None
    most: Decimal | int | None = None


Filter = OneOf | Between


@dataclass(frozen=True, slots=True)
class Order:
    """By a range of the index; a document without it comes last."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked. Without `text` everything is found that the filters let through, the newest first.

    `facets` are those to count. `limit` 0: only the counts. `order` None: by relevance. `offset + limit` is at most
    `DEEPEST`. `without`: ids that are neither found nor counted. `near` False: only what is met as typed is found.
    `counted` False: the total may be no more than how many ids were found, and no facet is counted.
    """

    text: Parsed | None = None
    filters: tuple[Filter, ...] = ()
    facets: tuple[str, ...] = ()
    order: Order | None = None
    offset: int = 0
    limit: int = 20
    without: tuple[str, ...] = ()
    near: bool = True
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: the ids of a page, best first; how many in all, and whether that is exact; the counts.

    A facet counts the documents found, by value; one without a document is left out. `loosely`: nothing was met as
    typed, and this is what is near it: other characters of the same sound, one letter wrong, a part of a name.
    """

    ids: Sequence[str]
    total: int
    exact: bool = True
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    loosely: bool = False


class Engine(Protocol):
    """Finds documents. Any number of processes use one at a time; every method may raise `EngineDown`.

    **What is met.** Text is folded first (`text/folding.py`): width, case, compatibility characters, brackets and
    punctuation make no difference, and no sign of a query is syntax but quotation marks. A query's terms must all be
    met, in any field that is searched, each by a word, by another name of the same thing (`terms/`), or, in a field
    that is `partial`, by pinyin or its first letters; the last term also by what begins with it. A phrase must stand so
    in one field. A query that is a number is looked for as one first. Where nothing is met so, what is near is met.

    **Order.** What meets the query in its lead comes before what meets it elsewhere, and of these, what has its words
    next to each other; between equals the newer comes first. The order stays the same while no document changes.
    """

    name: str

    async def prepare(self, index: Index) -> bool:
        """Make the index ready, empty where there is none; answers whether it has to be filled again.

        That is so where it is new, or was filled by other settings. Calling it again changes nothing.
        """
        ...

    async def search(self, index: Index, query: Query) -> Answer:
        """What a query finds. A query without a word (only signs) finds nothing."""
        ...

    async def suggest(self, index: Index, text: str, limit: int) -> Sequence[str]:
        """The ids of documents whose lead has words, pinyin or first letters that begin so, the newer first."""
        ...

    async def apply(
        self, index: Index, put: Sequence[Document], remove: Sequence[str], place: Place = Place.LIVE
    ) -> None:
        """Put documents in place of those with their ids, and remove others; done and searchable when it returns.

        To put a document twice is the same as once; to remove what is not there does nothing.
        """
        ...

    async def begin(self, index: Index) -> None:
        """Make `Place.NEXT` empty, with today's settings. What is searched stays as it is."""
        ...

    async def swap(self, index: Index) -> None:
        """Let `Place.NEXT` take the place of what is searched, at one moment: every search sees one or the other."""
        ...

    def stored(self, index: Index) -> AsyncIterator[tuple[str, str]]:
        """Every document that is searched: its id and its digest, in any order."""
        ...

    async def close(self) -> None:
        """Give back its connections."""
        ...
