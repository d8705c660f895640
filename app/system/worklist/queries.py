"""Reading a worklist: one statement, a part a view of each section, each cut to the page before they are put together.

Nothing here decides who may see what beyond the views of the sections: those say the same as the lists of their
packages, and a test reads every subject that a worklist names.
"""

# ruff: noqa: S608 — what is put together is what the sections say, and no word of a request

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from app.core.access import ORGANISATION_ROLES, Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.web.pages import Found, PageRequest, cut, moment
from app.system.worklist.kinds import MatterKind, Side, Unit, Viewer
from app.system.worklist.section import FOREVER, Section, View
from app.system.worklist.sections import SECTIONS

LAST: Final = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
_LEAST, _GREATEST = UUID(int=0), UUID(int=2**128 - 1)
MOST_COUNTED: Final = 1000
Part = tuple[int, int]
"""A view by the place of its section in `SECTIONS`, and its own in the section."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a worklist is asked for."""

    kinds: frozenset[MatterKind] = frozenset()
    side: Side | None = None
    due_until: date | None = None
    overdue: bool = False
    subject_id: UUID | None = None

    @property
    def dated(self) -> bool:
        """Whether only what has a day is asked for."""
        return self.overdue or self.due_until is not None


def viewers(actor: Actor) -> frozenset[Viewer]:
    """As whom an actor reads: everybody in person, and for the organisation or in the roles that the key has."""
    found = {Viewer.PERSON}
    if actor.organisation_id is not None and actor.has(*ORGANISATION_ROLES):
        found.add(Viewer.ORGANISATION)
    for role, viewer in _STAFF.items():
        if actor.has(role):
            found.add(viewer)
    return frozenset(found)


_STAFF: Final = {
    Role.OPERATOR: Viewer.OPERATOR,
    Role.REGISTRAR: Viewer.REGISTRAR,
    Role.AWARD_OFFICER: Viewer.AWARD_OFFICER,
}


def parts_for(actor: Actor, wanted: Wanted) -> tuple[Part, ...]:
    """The views that an actor's roles and scopes open, as far as they are asked for."""
    as_whom = viewers(actor)
    return tuple(
        (place, number)
        for place, section in enumerate(SECTIONS)
        if actor.holds_scope(section.scope)
        and (not wanted.kinds or section.kind in wanted.kinds)
        and not (wanted.dated and section.due.unit is Unit.NEVER)
        for number, view in enumerate(section.views)
        if view.viewer in as_whom and wanted.side in (None, view.side) and _is_for(view, actor)
    )


def _is_for(view: View, actor: Actor) -> bool:
    return view.viewer is not Viewer.ORGANISATION or actor.has(*view.roles)


async def list_matters(session: Session, actor: Actor, page: PageRequest, wanted: Wanted) -> Found[Row[Any]]:
    """A page of what is open for an actor: by the moment it is due, what has none last; then by id and kind."""
    parts = parts_for(actor, wanted)
    if not parts:
        page.after(moment, UUID, int)
        return Found([], None)
    asked = _asked(session, actor, await read_clock(session), page, wanted)
    statement = _page(parts, one_subject=wanted.subject_id is not None)
    rows: Sequence[Row[Any]] = (await session.execute(statement, asked)).all()
    return cut(rows, page, lambda row: (row.due_at, row.id, row.place))


async def count_matters(session: Session, actor: Actor, wanted: Wanted) -> Sequence[Row[Any]]:
    """How many there are of each kind and side, each counted up to a bound."""
    parts = parts_for(actor, wanted)
    if not parts:
        return []
    asked = _asked(session, actor, await read_clock(session), PageRequest(MOST_COUNTED, None), wanted)
    statement = _counts(parts, one_subject=wanted.subject_id is not None)
    return (await session.execute(statement, asked)).all()


def _asked(session: Session, actor: Actor, now: datetime, page: PageRequest, wanted: Wanted) -> dict[str, Any]:
    """The parameters of a statement. What is due with a day is due at the midnight that ends it."""
    zone = session.city.zone
    at, after, place = page.after(moment, UUID, int) or (datetime.min.replace(tzinfo=now.tzinfo), _LEAST, -1)
    undated = at >= LAST
    day, midnight = date.max, True
    if not undated:
        local = (at + timedelta(days=1) if at.year < 2 else at).astimezone(zone)
        day, midnight = local.date() - timedelta(days=1), local.time() == time()
    until = LAST - timedelta(days=1) if wanted.dated else LAST
    if wanted.due_until is not None:
        until = min(until, datetime.combine(wanted.due_until + timedelta(days=1), time(), zone))
    if wanted.overdue:
        until = min(until, now)
    return {
        "own": actor.organisation_id,
        "person": actor.person_id,
        "now": now,
        "zone": str(zone),
        "subject": wanted.subject_id,
        "at": at,
        "id": after,
        "place": place,
        "day": day,
        "day_id": after if midnight else _GREATEST,
        "floor_id": after if undated else _LEAST,
        "floor_place": place if undated else -1,
        "until": until,
        "until_day": date.max if until == LAST else until.astimezone(zone).date() - timedelta(days=1),
        "limit": page.limit + 1,
    }


_TYPES: Final = {
    "own": "uuid", "person": "uuid", "now": "timestamptz", "zone": "text", "subject": "uuid", "at": "timestamptz",
    "id": "uuid", "place": "int", "day": "date", "day_id": "uuid", "floor_id": "uuid", "floor_place": "int",
    "until": "timestamptz", "until_day": "date", "limit": "bigint",
}  # fmt: skip
"""PostgreSQL does not guess them in every place."""


@cache
def _page(parts: tuple[Part, ...], *, one_subject: bool) -> TextClause:
    united = " UNION ALL ".join(f"({_part(*part, one_subject)})" for part in parts)
    return _typed(
        f"SELECT m.*, o.name AS counterpart_name FROM (SELECT * FROM ({united}) u "
        "ORDER BY due_at, id, place LIMIT :limit) m "
        "LEFT JOIN organisations o ON o.id = m.counterpart_id ORDER BY m.due_at, m.id, m.place"
    )


@cache
def _counts(parts: tuple[Part, ...], *, one_subject: bool) -> TextClause:
    united = " UNION ALL ".join(
        f"SELECT '{SECTIONS[place].kind}' AS kind, '{SECTIONS[place].views[number].side}' AS side, "
        f"count(*) AS count FROM ({_part(place, number, one_subject)}) c"
        for place, number in parts
    )
    return _typed(
        f"SELECT kind, side, CAST(sum(count) AS int) AS count FROM ({united}) u GROUP BY kind, side "
        "HAVING sum(count) > 0 ORDER BY kind, side"
    )


def _typed(statement: str) -> TextClause:
    """With the type of each parameter, as in `CAST(:now AS timestamptz)`."""
    return text(_PARAMETER.sub(lambda found: f"CAST(:{found[1]} AS {_TYPES[found[1]]})", statement))


_PARAMETER: Final = re.compile(r"(?<![:\w]):([a-z_]+)")


def _part(place: int, number: int, one_subject: bool) -> str:
    """The rows of one view in their own order, from the cursor on, at most a page of them."""
    section, view = SECTIONS[place], SECTIONS[place].views[number]
    # Two views of a section never show one row twice, so that its place alone is no worse than theirs.
    conditions = [section.where, f"({view.where})", _after(section, place)]
    if section.due.unit is Unit.MOMENT:
        conditions.append(f"{section.due.column} <= :until")
    elif section.due.unit is Unit.DAY:
        conditions.append(f"{section.due.column} <= :until_day")
    if one_subject:
        conditions.append(f"{section.subject_id} = :subject")
    return (
        f"SELECT {place} AS place, '{view.side}' AS side, {section.id} AS id, {section.subject_id} AS subject_id, "
        f"{_due(section)} AS due_at, {section.number} AS number, {section.title} AS title, "
        f"CAST({section.amount} AS numeric) AS amount, {view.counterpart} AS counterpart_id "
        f"FROM {view.source or section.source} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {', '.join(_order(section))} LIMIT :limit"
    )


def _order(section: Section) -> Iterable[str]:
    return (section.id,) if section.due.unit is Unit.NEVER else (section.due.column, section.id)


def _due(section: Section) -> str:
    if section.due.unit is Unit.MOMENT:
        return section.due.column
    if section.due.unit is Unit.DAY:
        column = section.due.column
        return (
            f"CASE WHEN {column} >= '9999-12-31' THEN {FOREVER} "
            f"ELSE CAST({column} + 1 AS timestamp) AT TIME ZONE :zone END"
        )
    return FOREVER


def _after(section: Section, place: int) -> str:
    if section.due.unit is Unit.MOMENT:
        return f"({section.due.column}, {section.id}, {place}) > (:at, :id, :place)"
    if section.due.unit is Unit.DAY:
        return f"({section.due.column}, {section.id}, {place}) > (:day, :day_id, :place)"
    return f"({section.id}, {place}) > (:floor_id, :floor_place)"
