"""Which links of a chain a thing belongs on, and why.

A thing belongs on a link by its industry (that of a demand: a listing has none) or by a term that is found in its
public text; where the link names technical fields, only if its own is one of them. A term of Han characters is found
anywhere, other letters and digits as whole words: `AI` is not in `chair`. Width, case and signs do not count.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from app.catalogue.results.kinds import TechnicalField
from search.text.folding import fold, is_han, runs


@dataclass(frozen=True, slots=True)
class LinkRule:
    """The rule of a link: beginnings of industry codes (GB/T 4754), technical fields, and terms."""

    code: str
    industries: tuple[str, ...]
    fields: frozenset[TechnicalField]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """What is public of a thing, as far as the rule asks. `text` is `readable`."""

    field: TechnicalField
    industry: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Why a thing is on a link: the beginning of a code that its industry has, its field where the link names any, and
    the terms that were found, as the document writes them.
    """

    industry: str | None = None
    field: TechnicalField | None = None
    terms: tuple[str, ...] = ()


def readable(texts: Iterable[str]) -> str:
    """Texts in the one spelling in which terms are found: runs of Han characters or of others, a space between."""
    return " ".join(["", *(run for text in texts for run in runs(fold(text))), ""])


def pattern_of(term: str) -> str:
    """How a term stands in a readable text: where it begins or ends with other letters than Han, a word does too."""
    found = runs(fold(term))
    if not found:
        return ""
    before, after = ("" if is_han(run) else " " for run in (found[0], found[-1]))
    return f"{before}{' '.join(found)}{after}"


@dataclass(frozen=True)
class Chain:
    """The rules of a chain, made ready. Of each term only its first two characters are looked for at first: however
    many terms there are, a text is gone through once.
    """

    links: Sequence[LinkRule]
    _begins: Mapping[str, Sequence[tuple[str, str]]] = field(repr=False)

    @classmethod
    def of(cls, links: Iterable[LinkRule]) -> Self:
        """The chain with these links, in their order."""
        links = tuple(links)
        begins: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
        for term in dict.fromkeys(term for link in links for term in link.terms):
            pattern = pattern_of(term)
            begins[pattern[:2]][term, pattern] = None
        return cls(links, {two: tuple(terms) for two, terms in begins.items()})

    def place(self, thing: Thing) -> dict[str, Parts]:
        """The links that a thing belongs on, each with the reasons."""
        text = thing.text
        twos = {text[at : at + 2] for at in range(len(text) - 1)}
        found = {term for two in twos & self._begins.keys() for term, pattern in self._begins[two] if pattern in text}
        placed = {}
        for link in self.links:
            if link.fields and thing.field not in link.fields:
                continue
            industry = next((code for code in link.industries if (thing.industry or "").startswith(code)), None)
            terms = tuple(term for term in link.terms if term in found)
            if industry or terms:
                placed[link.code] = Parts(industry, thing.field if link.fields else None, terms)
        return placed
