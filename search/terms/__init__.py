"""The words of the field: `terms.tsv` has a line a thing, and on it all its names, Chinese and English, tab by tab."""

import hashlib
from functools import cache
from pathlib import Path

from search.text.folding import fold

_FILE = Path(__file__).with_name("terms.tsv")


@cache
def groups() -> tuple[tuple[str, ...], ...]:
    """The lines of the file: names of one thing, folded. Raises `ValueError` for a name that stands twice."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    found = [tuple(fold(name) for name in line.split("\t")) for line in lines if line and not line.startswith("#")]
    seen: set[str] = set()
    for name in (name for group in found for name in group):
        if name in seen:
            raise ValueError(f"{_FILE.name}: {name!r} stands twice")
        seen.add(name)
    return tuple(found)


@cache
def names() -> tuple[str, ...]:
    """Every name, in the order of the file."""
    return tuple(name for group in groups() for name in group)


@cache
def equals() -> dict[str, tuple[str, ...]]:
    """The other names of a thing, by each of its names."""
    return {name: tuple(other for other in group if other != name) for group in groups() for name in group if group[1:]}


@cache
def digest() -> str:
    """Changes with the file."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:16]
