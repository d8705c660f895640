"""A query as a `tsquery`: what GIN answers alone."""

from collections.abc import Iterable

from search.engine import Between, Filter, OneOf
from search.indexes import Index
from search.postgres.rows import LONGEST_LEXEME
from search.text import words
from search.text.folding import is_han
from search.text.queries import Parsed, Term

_LEAST_SOUND = 2
"""Letters from which on they are taken for pinyin too."""


def strictly(query: Parsed) -> str:
    """Every term is met as typed, anywhere."""
    return _all(_any(_met(term)) for term in query.terms)


def in_lead(query: Parsed) -> str:
    """Every term is met as typed, in the lead or in how a name sounds."""
    return _all(_any(_met(term, "t:")) for term in query.terms)


def whole(query: Parsed) -> str:
    """The lead is what was typed, and nothing else; empty where that is no name."""
    return _lexeme(f"e:{query.row}") if query.row else ""


def together(query: Parsed) -> str:
    """The words as typed stand next to each other in the lead, in this order; empty for a single word."""
    typed = [word for term in query.terms for word in term.forms[0]]
    return _all(_lexeme(f"a:{both}") for both in words.together(typed))


def loosely(query: Parsed) -> str:
    """Every run of Han characters is nearly met in its words, or sounds so, or stands in a name; so are others."""
    near = {term.typed: _any([*_met(term), *_near(term)]) for term in query.terms}
    parts = [met for typed, met in near.items() if not is_han(typed) or not any(typed in run for run in query.runs)]
    for run in query.runs:
        by_words = _all(met for typed, met in near.items() if typed in run)
        by_sound = _lexeme(f"p:{words.pinyin(run)[0]}", begins=True)
        parts.append(_any([by_words, by_sound, _all(_lexeme(f"g:{pair}") for pair in words.pairs(run))]))
    return _all(parts)


def number(query: Parsed) -> str:
    """A number, whole."""
    return _lexeme(f"n:{query.number}")


def narrowed(index: Index, asked: str, filters: Iterable[Filter], *, sample: int = 0) -> str:
    """What was asked, with the filters that compare for equality, within a sample; 0: of all."""
    parts = [asked] if asked else []
    parts += [
        _any(_lexeme(f"f:{index.filters.index(each.field)}={value}") for value in each.values)
        for each in filters
        if isinstance(each, OneOf)
    ]
    return _all([*parts, sampled(sample)])


def sampled(sample: int) -> str:
    """A sample; empty for all."""
    return _lexeme(f"s:{sample}") if sample else ""


def bounds(index: Index, filters: Iterable[Filter], first: int) -> tuple[str, list[object]]:
    """The conditions on ranges, as SQL with its arguments from `$first` on."""
    conditions: list[str] = []
    arguments: list[object] = []
    for each in filters:
        if isinstance(each, Between):
            for sign, value in ((">=", each.least), ("<=", each.most)):
                if value is not None:
                    conditions.append(f"{column(index, each.field)} {sign} ${first + len(arguments)}")
                    arguments.append(value)
    return " AND ".join(conditions), arguments


def column(index: Index, name: str) -> str:
    """The column of a range."""
    return f"n{index.ranges.index(name) + 1}"


def may_be_sound(word: str) -> bool:
    """Whether a word of Latin letters is taken for pinyin too."""
    return word.isascii() and word.isalpha() and len(word) >= _LEAST_SOUND


def _met(term: Term, kind: str = "") -> list[str]:
    found = [_all(_lexeme(kind + word) for word in form) for form in term.forms]
    first = term.forms[0]
    if term.last:
        found.append(_all([*(_lexeme(kind + word) for word in first[:-1]), _lexeme(kind + first[-1], begins=True)]))
    if len(first) == 1 and may_be_sound(first[0]):
        found.append(_lexeme(f"p:{first[0]}", begins=True))
    return found


def _near(term: Term) -> list[str]:
    typed = term.typed
    if is_han(typed):
        return [_lexeme(f"p:{words.pinyin(typed)[0]}", begins=True)] if len(typed) > 1 else []
    return [_lexeme(f"d:{near}") for near in words.nearly(typed)]


def _lexeme(text: str, *, begins: bool = False) -> str:
    """A lexeme, quoted: whatever it holds is a part of it."""
    quoted = text[:LONGEST_LEXEME].replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}':*" if begins else f"'{quoted}'"


def _all(parts: Iterable[str]) -> str:
    return _joined(parts, " & ")


def _any(parts: Iterable[str]) -> str:
    return _joined(parts, " | ")


def _joined(parts: Iterable[str], sign: str) -> str:
    kept = [part for part in parts if part]
    return kept[0] if len(kept) == 1 else f"({sign.join(kept)})" if kept else ""
