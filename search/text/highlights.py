"""What of a text a query met, marked: the same for both engines, made of the text that is shown."""

import html
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from search.text import words
from search.text.folding import fold, is_han

BEGIN, END = "<em>", "</em>"
ELLIPSIS: Final = "…"
_BEFORE: Final = 20


def forms(terms: Iterable[Sequence[Sequence[str]]]) -> tuple[str, ...]:
    """What may be marked of some terms' forms: their words, the longest first."""
    found = {word for term in terms for form in term for word in form if word not in words.STOP}
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


def mark(text: str, wanted: Sequence[str], *, length: int | None = None) -> str | None:
    """The text as HTML with what is wanted in `<em>`, cut to about `length` characters; None where nothing is met.

    Han words are met anywhere, others from the beginning of a word on. Everything else is escaped.
    """
    if not wanted:
        return None
    folded, places = _folded(text)
    spans = _merged([(places[m.start()], places[m.end() - 1] + 1) for m in _pattern(tuple(wanted)).finditer(folded)])
    if not spans:
        return None
    start, end = 0, len(text)
    if length is not None and len(text) > length:
        start = max(0, min(spans[0][0] - _BEFORE, len(text) - length))
        end = start + length
    parts, at = [ELLIPSIS if start else ""], start
    for left, right in spans:
        if left >= start and right <= end:
            parts += [html.escape(text[at:left]), BEGIN, html.escape(text[left:right]), END]
            at = right
    return "".join([*parts, html.escape(text[at:end]), ELLIPSIS if end < len(text) else ""])


@lru_cache(maxsize=64)
def _pattern(wanted: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern a query."""
    return re.compile(
        "|".join(re.escape(word) if is_han(word) else rf"(?<![^\W_]){re.escape(word)}" for word in wanted)
    )


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place of the one it comes from."""
    whole = fold(text)
    if len(whole) == len(text):
        return whole, range(len(text))
    pieces = [fold(character) for character in text]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for left, right in spans:
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged
