"""Holding the rows against the chain: every row says what its last record says, and none is gone or came of itself.

It goes through the tables by key, a page at a time, so that memory does not grow with them; all in one snapshot. What
no record vouches for (`VOLATILE`, `UNRECORDED`) is left to the packages, which provide a check for it to `STATE`.
"""

# ruff: noqa: S608 — the only names put into SQL are those of our own tables and columns

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import MetaData, text

from app.core.database import Session
from app.core.history.audit import AuditReport, Further
from app.core.history.records import REMOVED, WRITTEN, Form, form_of
from app.core.hooks import Port

PAGE: Final = 1000
WINDOW: Final = 20_000
"""Events among which gone rows are looked for at a time."""
MOST: Final = 1000
"""Differences that are named; the others are counted."""
Checker = Callable[[Session], AsyncIterator[str]]
STATE: Final[Port[str, Checker]] = Port("state")
"""By table: what else vouches for its rows. Yields each difference."""
Say = Callable[[str], None]


@dataclass(slots=True)
class StateReport:
    """What the comparison found: how many rows it held against the chain, and each difference."""

    rows: int = 0
    differences: int = 0
    named: list[str] = field(default_factory=list)

    def add(self, difference: str) -> None:
        self.differences += 1
        if len(self.named) < MOST:
            self.named.append(difference)


async def check_state(session: Session, tables: MetaData, say: Say) -> StateReport:
    """Compare every recorded row with its last record, in the caller's snapshot. `say` is told the progress."""
    report = StateReport()
    forms = {form.table: form for table in tables.sorted_tables if (form := form_of(table))}
    for form in forms.values():
        before = report.rows
        await _rows(session, form, report, say)
        if report.rows > before:
            say(f"{form.table}: {report.rows - before} rows")
    await _gone(session, forms, report, say)
    for table, checker in STATE.providers.items():
        say(f"{table}: by their own proof")
        async for difference in checker(session):
            report.add(difference)
    return report


def against_rows(tables: MetaData, say: Say) -> Further:
    """For `audit.verify`: adds every difference to its report."""

    async def check(session: Session, report: AuditReport) -> None:
        found = await check_state(session, tables, say)
        report.rows = found.rows
        report.problems += found.named
        if found.differences > len(found.named):
            report.problems.append(f"… and {found.differences - len(found.named)} differences more")

    return check


async def _rows(session: Session, form: Form, report: StateReport, say: Say) -> None:
    """Each row against its last record."""
    names = [name for name, _ in form.keys]
    after = ", ".join(f"CAST(:a{n} AS {kind})" for n, (_, kind) in enumerate(form.keys))
    page = f"SELECT t.* FROM {form.table} t {{where}} ORDER BY {', '.join(names)} LIMIT {PAGE}"
    compare = f"""
        WITH page AS MATERIALIZED ({page})
        SELECT {", ".join(f"t.{name}" for name in names)}, {form.key("t")} AS shown, last.type, last.found,
          CASE WHEN last.found IS DISTINCT FROM {form.values("t")} THEN {form.values("t")} END AS now
        FROM page t LEFT JOIN LATERAL (
          SELECT e.type, e.payload -> 'values' AS found FROM events e
          WHERE e.subject_id = {form.subject("t")} AND e.subject_type = '{form.table}'
            AND e.type IN ('{WRITTEN}', '{REMOVED}') ORDER BY e.seq DESC LIMIT 1
        ) last ON true
    """
    where, count = "", 0
    bound: dict[str, Any] = {}
    while True:
        rows = (await session.execute(text(compare.replace("{where}", where)), bound)).all()
        for row in rows:
            for difference in _differences(row.type, row.found, row.now):
                report.add(f"{form.table} {row.shown}: {difference}")
        count += len(rows)
        if len(rows) < PAGE:
            break
        where, bound = f"WHERE ({', '.join(names)}) > ({after})", {f"a{n}": rows[-1][n] for n in range(len(names))}
        if count % (10 * PAGE) == 0:
            say(f"{form.table}: {count} rows …")
    report.rows += count


def _differences(last: str | None, found: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> list[str]:
    if now is None:
        return []
    if last != WRITTEN or found is None:
        return ["the row is there; no event tells of it" if last is None else "the row is there; it was removed"]
    # A column that a later release added is recorded when its row is next written.
    return [
        f"{name} is {_shown(now[name])}; its last event says {_shown(found[name])}"
        for name in sorted(now.keys() & found.keys())
        if now[name] != found[name]
    ]


def _shown(value: object) -> str:
    return "null" if value is None else f"`{value}`"


async def _gone(session: Session, forms: Mapping[str, Form], report: StateReport, say: Say) -> None:
    """Rows that were recorded, are not there, and were never removed."""
    last = (await session.execute(text("SELECT coalesce(max(seq), 0) FROM events"))).scalar_one()
    for start in range(0, last, WINDOW):
        window = {"start": start, "end": start + WINDOW}
        tables = text("SELECT DISTINCT subject_type FROM events WHERE seq > :start AND seq <= :end AND type = :type")
        for table in (await session.execute(tables, window | {"type": WRITTEN})).scalars().all():
            form = forms.get(table)
            if form is None:
                continue
            same = " AND ".join(
                f"t.{name} = CAST(e.payload -> 'values' ->> '{name}' AS {kind})" for name, kind in form.keys
            )
            # Of the records of a row only the last one is asked, so that it is named once.
            missing = text(f"""
                SELECT e.payload ->> 'key' FROM events e
                WHERE e.seq > :start AND e.seq <= :end AND e.type = '{WRITTEN}' AND e.subject_type = '{table}'
                  AND NOT EXISTS (SELECT FROM {table} t WHERE {same})
                  AND NOT EXISTS (SELECT FROM events r WHERE r.subject_id = e.subject_id AND r.seq > e.seq)
                ORDER BY e.seq
            """)
            for key in (await session.execute(missing, window)).scalars():
                report.add(f"{table} {key}: the row is gone")
        if start and start % (10 * WINDOW) == 0:
            say(f"events: {start} of {last} looked through for rows that are gone …")
