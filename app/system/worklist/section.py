"""What a section of the worklist says of one kind of matter. Pure: `queries.py` makes the statements of them."""

from dataclasses import dataclass
from typing import Final

from app.core.access import ORGANISATION_ROLES, Role
from app.core.problems import Rule, Text
from app.system.worklist.kinds import MatterKind, Side, Unit, Viewer

FOREVER: Final = "'9999-12-31 00:00:00+00'::timestamptz"
LAST_DAY: Final = "'9999-12-31'::date"
"""When a matter is due that has no day: written as in the indexes, for the planner knows an expression by its text."""


@dataclass(frozen=True, slots=True)
class Due:
    """When it is due: a column (or expression) that is never null, ordered by an index where there may be many."""

    unit: Unit
    column: str = ""


NEVER: Final = Due(Unit.NEVER)


def at(column: str, *, may_miss: bool = False) -> Due:
    """Due at a moment. `may_miss`: the column may be null, and is compared as its index has it."""
    return Due(Unit.MOMENT, f"coalesce({column}, {FOREVER})" if may_miss else column)


def on(column: str, *, may_miss: bool = False) -> Due:
    """Due with the end of a local day."""
    return Due(Unit.DAY, f"coalesce({column}, {LAST_DAY})" if may_miss else column)


@dataclass(frozen=True, slots=True)
class View:
    """Who reads the matter, on which side, which rows, and who the counterpart is (an expression of an id).

    `source`: where its rows are found from its own side, if not by the section's. `roles`: those that may read the
    subject; a view of an organisation is for all of its roles unless it says less.
    """

    viewer: Viewer
    side: Side
    where: str
    counterpart: str = "NULL::uuid"
    roles: frozenset[Role] = ORGANISATION_ROLES
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of matter: what it asks for, by which rule and call, and where its rows are.

    `read` and `path` name `{subject_id}`, `{id}` and `{key}`: the subject of the matter, the row that waits, and what
    else the path needs. `source` is FROM and WHERE; the rest are expressions over it.
    """

    kind: MatterKind
    asks: Text
    rule: Rule | None
    scope: str
    subject: str
    read: str
    method: str
    path: str
    source: str
    where: str
    views: tuple[View, ...]
    due: Due = NEVER
    id: str = "m.id"
    subject_id: str = "m.id"
    number: str = "m.number"
    title: str = "NULL::text"
    amount: str = "NULL::numeric"
