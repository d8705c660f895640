"""What each index is: a file a kind of thing, which both engines read."""

import hashlib
import json
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import yaml

_FOLDER: Final = Path(__file__).parent
NAMES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
MOST_RANGES: Final = 6
"""The columns that the PostgreSQL engine has for numbers."""


@dataclass(frozen=True)
class Index:
    """What the fields of a kind of document are for.

    `lead`: what names the thing; a word there counts more than one elsewhere. `texts`: what else is searched, the
    weightier first. `partial`: of these, the ones that are also found by pinyin, first letters, a part from the middle,
    and with a letter wrong. `numbers`: found as a whole, in any spelling. `filters`: compared for equality. `ranges`:
    compared as numbers. `facets`: of the filters, those that are counted. `sorts`: of the ranges, those that order.
    `newest`: the range that decides between equals, the higher first.
    """

    name: str
    lead: tuple[str, ...]
    texts: tuple[str, ...]
    partial: tuple[str, ...]
    numbers: tuple[str, ...]
    filters: tuple[str, ...]
    ranges: tuple[str, ...]
    facets: tuple[str, ...]
    sorts: tuple[str, ...]
    newest: str

    def __post_init__(self) -> None:
        wrong = [
            *set(self.partial).difference(self.searched),
            *set(self.facets).difference(self.filters),
            *{*self.sorts, self.newest}.difference(self.ranges),
            *set(self.filters).intersection(self.ranges),
        ]
        if wrong or not self.lead or len(self.ranges) > MOST_RANGES:
            raise ValueError(f"{self.name}.yaml: {wrong or 'no lead, or too many ranges'}")

    @property
    def searched(self) -> tuple[str, ...]:
        """What is searched by words, the weightiest first."""
        return (*self.lead, *self.texts)

    @cached_property
    def digest(self) -> str:
        """Changes with the settings."""
        return hashlib.sha256(json.dumps([str(self), _FOLDER.name]).encode()).hexdigest()[:16]


@cache
def index(name: str) -> Index:
    """The settings of an index. Raises `ValueError` for a file that does not fit, `KeyError` for no such index."""
    if name not in NAMES:
        raise KeyError(name)
    written = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    expected = {field.name for field in fields(Index)} - {"name"}
    if set(written) != expected:
        raise ValueError(f"{name}.yaml: {sorted(expected.symmetric_difference(written))}")
    newest = written.pop("newest")
    return Index(name=name, newest=newest, **{key: tuple(value or ()) for key, value in written.items()})
