"""Rows by rule in each table of the models, in bulk: for the filters of lists, and for lists with 100 000 rows.

Row `i` of a table belongs to row `i` of those that it refers to, so that deal 7 has contract 7 and the parties 7. Who
does what is drawn: an organisation that is given as the owner does every `rare`-th. The last value of each list of
values comes every `rare`-th time too, the others in turn.
"""

import zlib
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, get_args, get_type_hints
from uuid import UUID

from sqlalchemy import Column, Table

from app import wiring
from app.core.database import Base
from app.office.documents.rules import TYPES
from tests.support.rows import KEPT

Run = Callable[[str], Awaitable[Any]]
LEFT: Final = KEPT | {"idempotency_answers", "api_keys", "deadlines", "appointments", "exchange_keys"}
"""Whose rows mean something by being there, or let somebody in."""
ORGANISATIONS: Final = 40
_BY_TYPE: Final[dict[Any, str]] = {
    UUID: "gen_random_uuid()", str: "'示例 ' || i", bool: "i % 3 = 0", int: "1 + i % 9", Decimal: "1000 + i",
    datetime: "TIMESTAMPTZ '2026-01-01 00:00+08' + i * interval '7 hours'", date: "DATE '2026-01-01' + i % 1000",
    dict[str, Any]: "'{}'", dict: "'{}'", list: "'{}'", bytes: "decode(md5(i::text), 'hex')",
}  # fmt: skip
_CITIES: Final = ("420106", "420111", "110108", "310115")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "documents.media_type": tuple(TYPES),
    "award_statements.role": ("buyer", "seller", "agency"),
    "organisation_divisions.division_code": _CITIES,
}
"""Columns of few values whose type does not say them."""
RULES: Final[dict[str, str]] = {}
"""What a column holds, where its type does not say it; `i` is the number of the row."""


def id_of(table: str, row: str = "i") -> str:
    """The id of a row of a table, by its number."""
    return f"('{zlib.crc32(table.encode()):08x}-0000-7000-8000-' || lpad(to_hex({row}), 12, '0'))::uuid"


async def fill(run: Run, rows: int, owner: UUID, *, rare: int) -> None:
    """Fill every table; `run` runs a statement. What must hold between rows and columns is not asked."""
    models = {model.local_table: model.class_ for model in _mapped()}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT and table in models:
            count = ORGANISATIONS if table.name == "organisations" else rows
            await run(_insert(table, models[table], count, owner, rare))


def _mapped() -> list[Any]:
    wiring.tables()
    return list(Base.registry.mappers)


def _insert(table: Table, model: type, rows: int, owner: UUID, rare: int) -> str:
    kinds = {name: _plain(get_args(kind)[0]) for name, kind in get_type_hints(model).items() if get_args(kind)}
    columns = [column for column in table.columns if column.computed is None and column.identity is None]
    values = [_value(table, column, kinds.get(column.key), owner, rare) for column in columns]
    names = ", ".join(column.name for column in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)} FROM generate_series(1, {rows}) i"


def _plain(kind: Any) -> Any:
    """A type without its None."""
    given = [part for part in get_args(kind) if part is not type(None)]
    return given[0] if len(given) == 1 and type(None) in get_args(kind) else kind


def _value(table: Table, column: Column[Any], kind: Any, owner: UUID, rare: int) -> str:
    name = f"{table.name}.{column.name}"
    if name in RULES:
        return RULES[name]
    refers = {key.column.table.name for key in column.foreign_keys}
    if refers:
        return _reference(table, column, *refers, owner=owner, rare=rare)
    if column.primary_key and kind is UUID and column.name == "id":
        return id_of(table.name)
    words = _WORDS.get(name) or (tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ())
    if words:
        return _one_of(words, name, rare)
    if kind is str and column.unique:
        return f"'{column.name} ' || i"
    if str(column.type).endswith("[]"):
        return "'{}'"
    return _BY_TYPE[kind] if kind in _BY_TYPE else "NULL" if column.nullable else _BY_TYPE[column.type.python_type]


def _reference(table: Table, column: Column[Any], to: str, *, owner: UUID, rare: int) -> str:
    if to == "organisations":
        drawn = id_of(to, f"1 + abs(hashint4(i + {_salt(column.name)})) % {ORGANISATIONS}")
        return f"CASE WHEN i % {rare} = {_salt(column.name) % 3} THEN '{owner}'::uuid ELSE {drawn} END"
    if to == table.name:
        return "NULL"
    return id_of(to)


def _one_of(words: tuple[str, ...], name: str, rare: int) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    common = f"1 + abs(hashint4(i + {_salt(name)})) % {max(1, len(words) - 1)}"
    return f"(ARRAY[{listed}])[CASE WHEN i % {rare} = 0 THEN {len(words)} ELSE {common} END]"


def _salt(name: str) -> int:
    return zlib.crc32(name.encode()) % 100_000
