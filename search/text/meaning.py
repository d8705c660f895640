"""Did you mean: what a query that met nothing as typed was taken for, read off the titles that were found."""

from collections.abc import Sequence

from search.text import words
from search.text.folding import fold, is_han, runs
from search.text.queries import Parsed


def meant(query: Parsed, titles: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The query as it was met, and the words of it that are new; None where it was met as typed.

    A Han word is met by one that sounds the same, another by one with a letter wrong, in the titles found first.
    """
    found: list[str] = []
    changed: list[str] = []
    known = [fold(title) for title in titles]
    for term in query.terms:
        if any(all(word in title for word in form) for form in term.forms for title in known):
            found.append(term.typed)
            continue
        other = next((other for title in known if (other := _like(term.typed, title))), None)
        found.append(other or term.typed)
        changed += [other] if other else []
    return (_written(found), tuple(changed)) if changed else None


def _like(typed: str, title: str) -> str | None:
    if is_han(typed):
        sound, length = words.pinyin(typed)[0], len(typed)
        for run in runs(title):
            for at in range(len(run) - length + 1) if is_han(run) else ():
                if words.pinyin(run[at : at + length])[0] == sound:
                    return run[at : at + length]
        return None
    near = set(words.nearly(typed))
    return next((run for run in runs(title) if not is_han(run) and near.intersection(words.nearly(run))), None)


def _written(parts: Sequence[str]) -> str:
    """Words next to each other, with a space where one is not Han."""
    written = ""
    for part in parts:
        apart = written and not (is_han(part) and is_han(written[-1]))
        written += f" {part}" if apart else part
    return written
