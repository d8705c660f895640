"""What somebody typed, read once for both engines."""

import re
from dataclasses import dataclass
from typing import Final

from search import terms
from search.text import words
from search.text.folding import fold, is_han, runs, squeeze
from search.text.numbers import as_number

MOST_WORDS: Final = 12
"""Words of a query that count; a longer one is cut there."""
LONGEST_RUN: Final = 60
"""Characters of a query that are compared with a name."""
_QUOTED: Final = re.compile(r"[\"“”„‟«»]([^\"“”„‟«»]+)[\"“”„‟«»]")
_LONGEST_NAME: Final = 4
"""Words of the longest foreign name in `terms.tsv`."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a query: `forms` are what may stand for it, each a row of words that must all be there.

    The first form is as typed. `last`: nothing follows it, so that it may be the beginning of a word.
    """

    forms: tuple[tuple[str, ...], ...]
    last: bool = False

    @property
    def typed(self) -> str:
        """As it was typed, folded."""
        first = self.forms[0]
        return "".join(first) if is_han(first[0]) else " ".join(first)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query: terms that must all be met, phrases that must stand so, and the number that it is, if it is one.

    `row` is the whole query squeezed, empty where no name is it; `runs` are its runs of two Han characters or more.
    """

    terms: tuple[Term, ...]
    phrases: tuple[str, ...] = ()
    number: str | None = None
    row: str = ""
    runs: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it has no word; then nothing is found by it."""
        return not self.terms and self.number is None


def parse(text: str) -> Parsed:
    """Read a query. Quotation marks make a phrase; no other sign means anything, whatever an engine makes of it."""
    written = fold(text)
    phrases = tuple(phrase for phrase in dict.fromkeys(map(squeeze, _QUOTED.findall(written))) if phrase)
    every = runs(written)
    found = [word for run in every for word in (words.cut(run) if is_han(run) else [run])]
    kept = [word for word in found if word not in words.STOP] or found
    read = _terms(kept[:MOST_WORDS], open_ended=written[-1:].isalnum())
    han = tuple(run[:LONGEST_RUN] for run in every if is_han(run) and len(run) > 1)[:MOST_WORDS]
    return Parsed(tuple(read), phrases, as_number(written), squeeze(written)[:LONGEST_RUN], han)


def _terms(found: list[str], *, open_ended: bool) -> list[Term]:
    read: dict[tuple[str, ...], Term] = {}
    at = 0
    while at < len(found):
        name = _name(found, at)
        others = terms.equals().get(_joined(name), ())
        last = at + len(name) == len(found) and open_ended
        forms = (name, *(tuple(words.worth(words.words(other))) for other in others))
        read[name] = Term(forms, last)
        at += len(name)
    return list(read.values())


def _name(found: list[str], at: int) -> tuple[str, ...]:
    """The longest name of the field that begins here, or the one word."""
    for length in range(min(_LONGEST_NAME, len(found) - at), 1, -1):
        name = tuple(found[at : at + length])
        if _joined(name) in terms.equals():
            return name
    return (found[at],)


def _joined(name: tuple[str, ...]) -> str:
    return "".join(name) if is_han(name[0]) else " ".join(name)
