"""Searches that are kept, and documents that come to them: the engine's contract, asked the other way round.

A document meets a kept search exactly where the engine would find it by that search as typed: the same lexemes, the
same `tsquery`, the same bounds and phrases. What is only near is not met: it would be told to people who did not ask.

Of each kept search a few lexemes are its *anchors*: a document without any of them cannot meet it. An index over the
anchors finds, for a document, the few searches that must be asked, however many are kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from search import terms
from search.documents import Document
from search.engine import Between, OneOf, Query
from search.indexes import MOST_RANGES, Index
from search.postgres import asking, rows
from search.postgres.engine import FORM
from search.text.queries import Parsed, Term

_BEGINS: Final = "^"
"""Before an anchor that is how a word begins."""
_LONGEST_BEGINNING: Final = 2
_SOUND: Final = "p:"
_WANTED: Final = ("p:", "n:", "f:")
"""The kinds of lexeme that a search as typed asks for, with words."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A search as it is kept. `least` and `most` are the bounds by the place of the range; None is open."""

    asked: str
    anchors: tuple[str, ...]
    phrases: tuple[str, ...]
    least: tuple[Decimal | None, ...]
    most: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document as the kept searches are asked about it."""

    id: str
    lexemes: tuple[str, ...]
    anchors: tuple[str, ...]
    numbers: Sequence[Decimal | None]
    texts: Sequence[str]


def form(index: Index) -> str:
    """Changes with all that `keep` and `arrival` read besides the search: then what is kept is made again."""
    return f"{FORM}-{index.digest}-{terms.digest()}"


def meets_nothing(query: Query) -> bool:
    """Whether no document can meet it: it has words, and none of them says anything."""
    return query.text is not None and query.text.is_empty


def keep(index: Index, query: Query) -> Kept:
    """A search as it is kept. It must have words or a filter for equality: it is found by these.

    Raises `ValueError` for one that meets nothing.
    """
    if meets_nothing(query):
        raise ValueError("a search without a word meets nothing")
    least: list[Decimal | None] = [None] * MOST_RANGES
    most: list[Decimal | None] = [None] * MOST_RANGES
    for each in query.filters:
        if isinstance(each, Between):
            place = index.ranges.index(each.field)
            least[place] = _higher(least[place], each.least)
            most[place] = _lower(most[place], each.most)
    return Kept(
        asked=asking.narrowed(index, _words(query.text), query.filters),
        anchors=tuple(dict.fromkeys(_anchors(index, query))),
        phrases=query.text.phrases if query.text else (),
        least=tuple(least),
        most=tuple(most),
    )


def arrival(index: Index, document: Document) -> Arrival:
    """A document as the kept searches are asked about it."""
    every = rows.lexemes(index, document)
    lexemes = tuple(each for each in every if each[1:2] != ":" or each.startswith(_WANTED))
    beginnings = (begun for each in lexemes for begun in _beginnings(each))
    return Arrival(
        id=document.id,
        lexemes=lexemes,
        anchors=tuple(dict.fromkeys((*lexemes, *beginnings))),
        numbers=rows.numbers(index, document),
        texts=rows.texts(index, document),
    )


def _words(text: Parsed | None) -> str:
    if text is None:
        return ""
    parts = [asking.number(text)] if text.number else []
    parts += [asking.strictly(text)] if text.terms else []
    return f"({' | '.join(parts)})"


def _anchors(index: Index, query: Query) -> list[str]:
    """One part of the search that must be met, in each of its forms: its longest term, else the narrowest filter."""
    text = query.text
    if text is None:
        filters = [each for each in query.filters if isinstance(each, OneOf)]
        narrowest = min(filters, key=lambda each: len(each.values))
        place = index.filters.index(narrowest.field)
        return [f"f:{place}={value}"[: rows.LONGEST_LEXEME] for value in narrowest.values]
    found = [f"n:{text.number}"] if text.number else []
    if text.terms:
        found += _of_term(max(text.terms, key=lambda term: len(term.typed.encode())))
    return found


def _of_term(term: Term) -> Iterator[str]:
    for form_ in filter(None, term.forms):
        yield max(form_, key=len)[: rows.LONGEST_LEXEME]
    first = term.forms[0]
    if term.last and len(first) == 1:
        yield from _beginnings(first[0])[-1:]
    elif term.last:
        yield max(first[:-1], key=len)[: rows.LONGEST_LEXEME]
    if len(first) == 1 and asking.may_be_sound(first[0]):
        yield from _beginnings(_SOUND + first[0])[-1:]


def _beginnings(lexeme: str) -> list[str]:
    """How a lexeme begins, the longest last: a beginning that a search asks for is longer than one of these."""
    if lexeme[1:2] == ":" and not lexeme.startswith(_SOUND):
        return []
    kind = _SOUND if lexeme.startswith(_SOUND) else ""
    word = lexeme.removeprefix(kind)
    return [f"{_BEGINS}{kind}{word[:length]}" for length in range(1, min(_LONGEST_BEGINNING, len(word)) + 1)]


def _higher(one: Decimal | None, other: Decimal | int | None) -> Decimal | None:
    return one if other is None else Decimal(other) if one is None else max(one, Decimal(other))


def _lower(one: Decimal | None, other: Decimal | int | None) -> Decimal | None:
    return one if other is None else Decimal(other) if one is None else min(one, Decimal(other))
