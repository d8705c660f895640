"""An index's settings and documents in the form that Meilisearch wants."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from search import terms
from search.documents import Document
from search.engine import DEEPEST, MOST_VALUES, Between, Filter, OneOf
from search.indexes import Index
from search.text import words
from search.text.folding import fold, is_han
from search.text.numbers import spellings
from search.text.queries import Parsed

FORM: Final = "2"
"""Raise it when `written` makes other documents of the same: every index is then filled again."""
SOUNDS, WITHIN, PARTS, NUMBERS, SORTED, DIGEST = "_sounds", "_within", "_parts", "_numbers", "_newest", "_digest"


def settings(index: Index, *, filled: bool) -> dict[str, Any]:
    """What Meilisearch is told of an index, where that differs from its defaults. An index keeps it for life."""
    return {
        "searchableAttributes": [*index.lead, SOUNDS, *index.texts, WITHIN, PARTS],
        "filterableAttributes": ["id", *index.filters, *index.ranges, NUMBERS],
        "sortableAttributes": sorted({*index.sorts, SORTED}),
        "displayedAttributes": displayed(index, filled=filled),
        "rankingRules": ["sort", "words", "typo", "attribute", "proximity", "exactness", f"{SORTED}:desc"],
        "stopWords": sorted(words.STOP),
        "synonyms": {name: list(others) for name, others in sorted(terms.equals().items())},
        "dictionary": sorted(name for name in terms.names() if is_han(name)),
        "typoTolerance": {"disableOnNumbers": True, "disableOnAttributes": [SOUNDS, PARTS]},
        "faceting": {"maxValuesPerFacet": MOST_VALUES},
        # Nobody searches within the values of a facet: a quarter of the time that a single document takes.
        "facetSearch": False,
        "pagination": {"maxTotalHits": DEEPEST},
        "localizedAttributes": [{"attributePatterns": ["*"], "locales": ["cmn", "eng"]}],
    }


def displayed(index: Index, *, filled: bool) -> list[str]:
    """What a hit may show; and, no field, by which settings the index was filled, or that it was not."""
    form = f"{FORM}-{index.digest}-{terms.digest()}" if filled else "not yet"
    return sorted(["id", DIGEST, f"_filled {form}"])


def written(index: Index, document: Document) -> dict[str, Any]:
    """A document as it is sent."""
    fields = {name: _plain(document.fields.get(name)) for name in (*index.filters, *index.ranges)}
    texts = {name: fold(document.text(name)) for name in index.searched}
    partial = [document.text(name) for name in index.partial]
    newest = document.fields.get(index.newest)
    kept = {name: value for name, value in (fields | texts).items() if value not in (None, "", [])}
    return kept | {
        "id": document.id,
        WITHIN: " ".join(dict.fromkeys(word for text in texts.values() for word in _within(text))),
        SOUNDS: " ".join(sound for text in partial for sound in _sounds(text)),
        PARTS: " ".join(part(pair) for text in partial for pair in words.pairs(text)),
        NUMBERS: [number for name in index.numbers for value in document.values(name) for number in spellings(value)],
        SORTED: _plain(newest) if newest is not None else 0,
        DIGEST: document.digest,
    }


def _sounds(text: str) -> list[str]:
    """Rows of words, and each word alone: only the last word of a query may be a beginning."""
    alone = [
        sound for word in words.row(text) if is_han(word) and word not in words.STOP for sound in words.pinyin(word)
    ]
    return list(dict.fromkeys([*words.sounds(text), *alone]))


def _within(text: str) -> list[str]:
    """The words within longer ones: Meilisearch cuts a text once."""
    cut = set(words.row(text))
    return [word for word in words.worth(words.words(text)) if word not in cut]


def part(pair: str) -> str:
    """Two characters as a word of letters, which Meilisearch does not take apart."""
    return "x" + "".join(f"{ord(character):x}" for character in pair)


def filtered(filters: Iterable[Filter]) -> list[str | list[str]]:
    """Filters as Meilisearch has them: all of the list, one of a list within it."""
    found: list[str | list[str]] = []
    for each in filters:
        if isinstance(each, OneOf):
            found.append(f"{each.field} IN [{', '.join(map(_quoted, each.values))}]")
        elif isinstance(each, Between):
            found += [f"{each.field} >= {each.least}"] if each.least is not None else []
            found += [f"{each.field} <= {each.most}"] if each.most is not None else []
    return found


def others(ids: Iterable[str]) -> str:
    """The filter for all but these."""
    return f"id NOT IN [{', '.join(map(_quoted, ids))}]"


def numbered(number: str) -> str:
    """The filter by which a number is found."""
    return f"{NUMBERS} = {_quoted(number)}"


def asked(query: Parsed) -> str:
    """The words of a query, with nothing in them that Meilisearch takes for syntax but its phrases."""
    return " ".join([*(f'"{phrase}"' for phrase in query.phrases), *(term.typed for term in query.terms)])


def sounding(query: Parsed) -> list[str]:
    """The query as it sounds, other words as typed: runs of Han characters as one word, and word by word."""
    han = [term.typed for term in query.terms if is_han(term.typed)]
    by = (query.runs, han) if query.runs else ()
    return list(dict.fromkeys(" ".join([*(words.pinyin(each)[0] for each in parts), *_others(query)]) for parts in by))


def middle(query: Parsed) -> str:
    """The runs of Han characters, two by two, and the other words: the middle of a name."""
    pairs = [part(pair) for run in query.runs for pair in words.pairs(run)]
    return " ".join([*pairs, *_others(query)]) if pairs else ""


def _others(query: Parsed) -> list[str]:
    return [term.typed for term in query.terms if not is_han(term.typed)]


def facets(distribution: Mapping[str, Mapping[str, int]], wanted: Sequence[str]) -> dict[str, dict[str, int]]:
    """The counts of the wanted facets, those with the most documents first."""
    return {
        name: dict(sorted(distribution.get(name, {}).items(), key=lambda each: (-each[1], each[0]))) for name in wanted
    }


def _plain(value: object) -> object:
    """A value as JSON has it; money of a trillion to the fen is exact in its numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value if isinstance(value, str | int) or value is None else list(value)  # type: ignore[call-overload]


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
