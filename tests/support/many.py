"""Rows by rule in each table of the models, in bulk: for the filters of lists, and for lists with 100 000 rows.

Row `i` of a table belongs to row `i` of those that it refers to, so that deal 7 has contract 7 and the parties 7. Who
does what is drawn: an organisation that is given as the owner does every `rare`-th. The last value of each list of
values comes every `rare`-th time too, the others in turn.
"""

import json
import zlib
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints
from uuid import UUID

from sqlalchemy import Column, Numeric, Table, Uuid

from app import wiring
from app.core.database import Base
from app.identity.corrections.kinds import Corrected
from app.law.periods.catalogue import RULES as PERIODS
from app.office.documents.rules import TYPES
from tests.support.rows import KEPT

EXAMPLES: Final = Path(__file__).parents[2] / "openapi" / "examples.json"
Run = Callable[[str], Awaitable[Any]]
LEFT: Final = KEPT | {"api_keys", "appointments", "deadlines", "exchange_keys", "organisation_mergers"}
"""Whose rows mean something by being there, or let somebody in."""
_FEN: Final = 2
_BY_TYPE: Final[dict[Any, str]] = {
    UUID: "gen_random_uuid()", str: "'示例 ' || i", bool: "i % 3 = 0", int: "1 + i % 9", Decimal: "1000 + i",
    datetime: "TIMESTAMPTZ '2026-01-01 00:00+08' + i * interval '7 hours'", date: "DATE '2026-01-01' + i % 1000",
    object: "'{}'", list: "'{}'", bytes: "decode(md5(i::text), 'hex')",
    timedelta: "interval '0'",
}  # fmt: skip
_CITIES: Final = ("420106", "420111", "110108", "310115")
_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "documents.media_type": tuple(TYPES),
    "identity_corrections.subject_type": tuple(Corrected),
    "award_statements.role": ("buyer", "seller", "agency"),
    "organisation_divisions.division_code": _CITIES,
}
"""Columns of few values whose type does not say them."""
_PUBLIC: Final = "ARRAY['00000000-0000-7000-8000-000000000001'::uuid]"
_CARDS: Final = """
UPDATE listing_versions v SET card = (card::jsonb || jsonb_build_object('technical_field', l.technical_field,
    'transfer_mode', l.transfer_mode, 'pricing_mode', l.pricing_mode, 'asking_price', l.asking_price::text,
    'seller', card::jsonb->'seller' || jsonb_build_object('id', l.seller_id)))::text
FROM listings l WHERE l.id = v.listing_id;
UPDATE demand_versions v SET card = (card::jsonb || jsonb_build_object('kind', d.kind, 'budget', d.budget::text,
    'technical_field', d.technical_field, 'demander', card::jsonb->'demander' || jsonb_build_object('id', d.demander_id)
    ))::text
FROM demands d WHERE d.id = v.demand_id
"""
"""What is published of a row says the same as the row."""


def id_of(table: str, row: str = "i") -> str:
    """The id of a row of a table, by its number."""
    return f"('{zlib.crc32(table.encode()):08x}-0000-7000-8000-' || lpad(to_hex({row}), 12, '0'))::uuid"


_UNCHECKED: Final = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT conrelid::regclass AS owner, conname FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conrelid <> 0
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.owner, found.conname); END LOOP;
END $$
"""


def _example(operation: str, *path: str) -> str:
    """A part of the first item of a recorded answer, as a literal."""
    found = json.loads(EXAMPLES.read_text())[operation]["answer"]["items"][0]
    for name in path:
        found = found[name]
    return "'" + json.dumps(found, ensure_ascii=False).replace("'", "''") + "'"


RULES: Final[dict[str, str]] = {
    "award_runs.year": "2020 + i % 7",
    "award_runs.outcome": """'{"exclusions": []}'""",
    "award_statements.content": "NULL",
    "certificates.content": _example("list_certificates", "content"),
    "demand_versions.card": _example("list_demands", "card"),
    "demand_versions.version": "1",
    "demands.form": _example("list_demands_for_staff", "form"),
    "demands.industry_code": "'C3849'",
    "demands.solutions": "ARRAY['transfer_or_licence', 'joint_development']",
    "demands.version": "1",
    "demands.name_hidden": "false",
    "identity_corrections.before": """'{"detail": "示例"}'""",
    "identity_corrections.after": """'{"detail": "示例更正"}'""",
    "listing_versions.card": _example("list_listings", "card"),
    "listing_versions.version": "1",
    "listings.version": "1",
    "bank_confirmations.deposit_id": "NULL",
    "bank_confirmations.instruction_id": "NULL",
    "confirmation_resolutions.confirmation_id": id_of("bank_confirmations", "2 * i"),
    "dormant_lists.year": "2000 + i",
    "gate_closures.gate_id": id_of("gates", "2 * i"),
    "memberships.ended_at": "NULL",
    "notices.ends_at": "techex_now() + i * interval '7 hours'",
    "notices.content": _example("list_notices", "content"),
    "organisation_divisions.organisation_id": id_of("organisations"),
    "organisation_divisions.valid_from": "DATE '2020-01-01'",
    "organisation_divisions.valid_to": "CASE WHEN i % 3 = 0 THEN DATE '2024-12-31' END",
    "organisation_former_names.organisation_id": id_of("organisations"),
    "organisation_qualities.organisation_id": id_of("organisations"),
    "organisation_qualities.valid_from": "DATE '2020-01-01'",
    "organisation_qualities.valid_to": "CASE WHEN i % 3 = 0 THEN DATE '2024-12-31' END",
    "organisation_duplicates.decided_at": "CASE WHEN i % 3 = 0 THEN techex_now() END",
    "organisation_duplicates.finding": "CASE WHEN i % 3 = 0 THEN 'different' END",
    "periods.audiences": _PUBLIC,
    "periods.rule": f"(ARRAY{list(PERIODS)})[1 + i % {len(PERIODS)}]",
    "periods.subject_id": id_of("listings", "1 + i / 8"),
}
"""What a column holds, where its type does not say it; `i` is the number of the row."""


def written_id(table: str, row: int) -> str:
    """The same in Python."""
    return f"{zlib.crc32(table.encode()):08x}-0000-7000-8000-{row:012x}"


async def fill(run: Run, rows: int, owner: UUID, *, rare: int) -> None:
    """Fill every table; `run` runs a statement, all in one transaction.

    What must hold between rows and columns is not asked: the database has no checks of tables afterwards.
    """
    await run(_UNCHECKED)
    await run("SET LOCAL session_replication_role = replica")
    models = {model.local_table: model.class_ for model in _mapped()}
    for table in Base.metadata.sorted_tables:
        if table.name not in LEFT and table in models:
            await run(_insert(table, models[table], rows, owner, rare))
    for statement in _CARDS.split(";"):
        await run(statement)
    await run("SET LOCAL session_replication_role = origin")


def _mapped() -> list[Any]:
    wiring.tables()
    return list(Base.registry.mappers)


def _insert(table: Table, model: type, rows: int, owner: UUID, rare: int) -> str:
    kinds = {name: _plain(get_args(kind)[0]) for name, kind in get_type_hints(model).items() if get_args(kind)}
    columns = [column for column in table.columns if column.computed is None and column.identity is None]
    values = [_value(table, column, kinds.get(column.key), owner, (rows, rare)) for column in columns]
    names = ", ".join(column.name for column in columns)
    drawn = f"SELECT {', '.join(values)} FROM generate_series(1, {rows}) i"
    return f"INSERT INTO {table.name} ({names}) {drawn} ON CONFLICT DO NOTHING"


def _plain(kind: Any) -> Any:
    """A type without its None."""
    given = [part for part in get_args(kind) if part is not type(None)]
    return given[0] if len(given) == 1 and type(None) in get_args(kind) else kind


def _value(table: Table, column: Column[Any], kind: Any, owner: UUID, counts: tuple[int, int]) -> str:
    name = f"{table.name}.{column.name}"
    refers = {key.column.table.name for key in column.foreign_keys}
    words = _WORDS.get(name) or (tuple(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else ())
    if name in RULES:
        found = RULES[name]
    elif refers and isinstance(column.type, Uuid):
        found = _reference(table, column, min(refers), owner, counts)
    elif words:
        found = _one_of(words, name, counts[1])
    elif column.name == "id":
        found = id_of(table.name)
    elif isinstance(column.type, Numeric) and column.type.scale != _FEN:
        found = "1"
    else:
        found = _BY_TYPE[kind if kind in _BY_TYPE else column.type.python_type]
    return found


def _reference(table: Table, column: Column[Any], to: str, owner: UUID, counts: tuple[int, int]) -> str:
    rows, rare = counts
    if to == "organisations":
        drawn = id_of(to, f"1 + abs(hashint4(i + {_salt(column.name)})) % {rows}")
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
