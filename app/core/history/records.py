"""Records: what a row says after a transaction, as an event of its own, so that the audit chain covers the state.

Events tell what happened; nothing in them vouches for every figure of every row. So the transaction that changes a row
also appends `record.written` with its values, or `record.removed`, as PostgreSQL has them at its end. The chain seals
these like all events, nobody but an auditor reads them, and `techex audit verify --state` holds the rows against them.

Every table is recorded unless its `info` says why not (`UNRECORDED`), and every column, but those that change with no
event of their own (`VOLATILE`: what else vouches for them stands at the column). What is personal or secret (`PRIVATE`)
and what is long is recorded by its SHA-256 together with the row's key. Statements for many rows are seen too; SQL as
text is not: who writes a recorded table so says which rows (`changed`), unless it writes volatile columns alone.
"""

# ruff: noqa: S608 — the only names put into SQL are those of our own tables and columns

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Delete, Insert, Table, Update, event, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, SessionTransaction, object_mapper
from sqlalchemy.orm import Session as OrmSession

WRITTEN, REMOVED = "record.written", "record.removed"
UNRECORDED: Final = "unrecorded"
"""A table's `info`: why its rows are not recorded."""
PRIVATE: Final[dict[Any, Any]] = {"record": "hashed"}
"""A column's `info`: personal or secret."""
VOLATILE: Final[dict[Any, Any]] = {"record": "left out"}
"""A column's `info`: written without an event of its own."""
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_LONG = 64
_CHANGED = "changed rows"


@dataclass(frozen=True, slots=True)
class Form:
    """How the rows of a table are recorded: its key with the SQL types, and the columns that are treated apart."""

    table: str
    keys: tuple[tuple[str, str], ...]
    private: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def key(self, row: str) -> str:
        """SQL for the text of a row's key."""
        return f"concat_ws('/', {', '.join(f'{row}.{name}::text' for name, _ in self.keys)})"

    def subject(self, row: str) -> str:
        """SQL for the id under which a row's records are found: no id of the domain, so nobody meets them unasked."""
        digest = f"sha256(convert_to('{self.table}:' || {self.key(row)}, 'UTF8'))"
        return f"encode(substring({digest} from 1 for 16), 'hex')::uuid"

    def values(self, row: str) -> str:
        """SQL for a row's values as JSON: each as text, or null."""
        hashed = f"'sha256:' || encode(sha256(convert_to({self.key(row)} || ':' || f.value, 'UTF8')), 'hex')"
        return (
            f"(SELECT jsonb_object_agg(f.key, CASE WHEN f.key = ANY('{_array(self.private)}'::text[]) "
            f"OR length(f.value) > {_LONG} THEN {hashed} ELSE f.value END) "
            f"FROM jsonb_each_text(to_jsonb({row}) - '{_array(self.left_out)}'::text[]) f)"
        )

    def all_rows(self) -> str:
        """SQL that records every row there is: for a migration that begins, or that changed values itself."""
        return f"""
            INSERT INTO events (id, type, subject_type, subject_id, audiences, payload)
            SELECT gen_random_uuid(), '{WRITTEN}', '{self.table}', {self.subject("t")}, '{{}}',
              jsonb_build_object('key', {self.key("t")}, 'values', {self.values("t")})
            FROM {self.table} t
        """

    def some_rows(self, place: int) -> str:
        """SQL for the records of the rows whose keys are bound as `k{place}_0`, `k{place}_1`, …"""
        columns = range(len(self.keys))
        arrays = ", ".join(f"CAST(:k{place}_{n} AS {kind}[])" for n, (_, kind) in enumerate(self.keys))
        same = " AND ".join(f"t.{name} = w.{name}" for name, _ in self.keys)
        first, names = self.keys[0][0], ", ".join(self.keys[n][0] for n in columns)
        return f"""
            SELECT CASE WHEN t.{first} IS NULL THEN '{REMOVED}' ELSE '{WRITTEN}' END AS type, '{self.table}' AS subject,
              {self.subject("w")} AS subject_id,
              jsonb_build_object('key', {self.key("w")}, 'values', {self.values("t")}) AS payload
            FROM unnest({arrays}) AS w ({names}) LEFT JOIN {self.table} t ON {same}
            WHERE t.{first} IS NOT NULL OR EXISTS (SELECT FROM events e WHERE e.subject_id = {self.subject("w")})
        """


@lru_cache(maxsize=256)
def form_of(table: Table) -> Form | None:
    """How a table is recorded; None where it is not."""
    if UNRECORDED in table.info:
        return None
    return Form(
        table.name,
        tuple((column.name, column.type.compile(_DIALECT)) for column in table.primary_key.columns),
        tuple(column.name for column in table.columns if column.info == PRIVATE),
        tuple(column.name for column in table.columns if column.info == VOLATILE),
    )


class RecordingSession(OrmSession):
    """The session behind every asynchronous one: it records what its transaction changes."""


def changed(session: AsyncSession, model: type[DeclarativeBase], ids: Iterable[Any]) -> None:
    """Say which rows SQL as text has written: those with these ids."""
    if isinstance(model.__table__, Table):
        _note(session.sync_session, model.__table__, [(row,) for row in ids])


@event.listens_for(RecordingSession, "after_flush")
def _note_objects(session: OrmSession, _context: object) -> None:
    for row in (*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))):
        mapper = object_mapper(row)
        if isinstance(mapper.local_table, Table):
            _note(session, mapper.local_table, [mapper.primary_key_from_instance(row)])


@event.listens_for(RecordingSession, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    statement = state.statement
    if not isinstance(statement, Insert | Update | Delete) or not isinstance(statement.table, Table):
        return
    table = statement.table
    if form_of(table) is None:
        return
    if isinstance(statement, Insert):  # rows come as parameters, with their keys; else `KeyError`
        given: Any = state.parameters if isinstance(state.parameters, list) else [state.parameters or {}]
        _note(state.session, table, [[row[column.key] for column in table.primary_key] for row in given])
        return
    criteria = [] if statement.whereclause is None else [statement.whereclause]
    _note(state.session, table, state.session.execute(select(*table.primary_key).where(*criteria)).all())


@event.listens_for(RecordingSession, "before_commit")
def _record(session: OrmSession) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changed: dict[Table, dict[tuple[Any, ...], None]] = session.info.pop(_CHANGED, {})
    if not changed:
        return
    parts, bound = [], _who(session)
    for place, (table, keys) in enumerate(sorted(changed.items(), key=lambda item: item[0].name)):
        form = form_of(table)
        if form is not None:
            parts.append(form.some_rows(place))
            bound |= {f"k{place}_{n}": list(column) for n, column in enumerate(zip(*keys, strict=True))}
    session.execute(text(_INSERT.format(parts=" UNION ALL ".join(parts))), bound)


_INSERT = """
INSERT INTO events (id, type, subject_type, subject_id, audiences, payload, actor_person_id, actor_organisation_id,
  actor_key_id, actor_roles, request_id)
SELECT gen_random_uuid(), r.type, r.subject, r.subject_id, '{{}}', r.payload, CAST(:person AS uuid),
  CAST(:organisation AS uuid), CAST(:key AS uuid), CAST(:roles AS text[]), CAST(:request AS text)
FROM ({parts}) r
"""


@event.listens_for(RecordingSession, "after_soft_rollback")
def _forget(session: OrmSession, ended: SessionTransaction) -> None:
    if not ended.nested:
        session.info.pop(_CHANGED, None)


def _note(session: OrmSession, table: Table, keys: Iterable[Iterable[Any]]) -> None:
    found = dict.fromkeys(map(tuple, keys))
    if found and form_of(table) is not None:
        session.info.setdefault(_CHANGED, {}).setdefault(table, {}).update(found)


def _who(session: OrmSession) -> dict[str, Any]:
    actor = session.info.get("actor")
    return {
        "person": actor and actor.person_id,
        "organisation": actor and actor.organisation_id,
        "key": actor and actor.key_id,
        "roles": actor and actor.told_roles,
        "request": session.info.get("request_id"),
    }


def _array(names: Iterable[str]) -> str:
    return "{" + ",".join(names) + "}"
