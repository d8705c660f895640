"""`PostgresEngine`: the contract of `search/engine.py` on tables of the exchange's own database.

What has to be ranked is bounded. The better answers are few, and GIN knows them; the next best are read only where
these do not fill the page. Totals and facets beyond 2 000 are estimated from samples, which are lexemes: to read every
match of a frequent word took 30 to 100 ms among 100 000 documents, 3 to 4 ms so.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import asyncpg

from search import terms
from search.documents import Document
from search.engine import MOST_VALUES, Answer, Engine, Order, Place, Query
from search.indexes import Index
from search.postgres import asking, sampling
from search.postgres.pool import Connections
from search.postgres.rows import Row, row
from search.text.queries import Parsed, parse

FORM: Final = "2"
"""Raise it when `rows.py` makes other rows of the same document: every index is then filled again."""
SLOTS: Final = ("a", "b")
SLOT_SECONDS: Final = 0.5
"""How long a process may go on searching the tables of before a swap; they stay as they are until the next filling."""
SIZE_SECONDS: Final = 60
"""How long a table's size is held for the same."""
_BULK = "SET LOCAL gin_pending_list_limit = '4MB'"
# Documents with the same values are counted together first: 7 ms instead of 13 for 5 700.
_COUNT = """
    SELECT f, sum(n)::bigint AS n
    FROM (SELECT facets, count(*) AS n FROM search.{table} d {where} GROUP BY facets) same,
        unnest(facets || '*'::text) f
    GROUP BY f
"""
_TOTAL = "SELECT '*' AS f, count(*) AS n FROM search.{table} d {where}"
_SIZE = "SELECT count(*) AS n FROM search.{table} WHERE words @@ $1::tsquery"
_ORDERED = "SELECT id FROM search.{table} d {where} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
_PHRASE = """EXISTS (SELECT FROM search.{table}_texts t, unnest(t.texts) one
    WHERE t.id = d.id AND position(${place} IN one) > 0)"""
_PUT = """
    INSERT INTO search.{table} (id, newest, digest, words, facets, n1, n2, n3, n4, n5, n6)
    VALUES ($1, $2, $3, $4::text::tsvector, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, digest = excluded.digest, words = excluded.words,
        facets = excluded.facets, n1 = excluded.n1, n2 = excluded.n2, n3 = excluded.n3, n4 = excluded.n4,
        n5 = excluded.n5, n6 = excluded.n6
"""
_PUT_TEXTS = """
    INSERT INTO search.{table}_texts (id, texts) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET texts = excluded.texts
"""
_FIRST = "INSERT INTO search.indexes (name, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A way to meet a query: what is asked, as a `tsquery`, and within that the better answers, the best first."""

    asked: str
    tiers: tuple[str, ...] = ()
    loosely: bool = False


class PostgresEngine(Engine):
    """Searches tables of the database that `connections` reach. Needs no extension, and no words at rest."""

    name = "postgresql"

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._slots: Mapping[str, str] = {}
        self._slots_until = 0.0
        self._sizes: dict[str, tuple[float, int]] = {}

    async def prepare(self, index: Index) -> bool:
        rows = await self._connections.fetch("SELECT settings FROM search.indexes WHERE name = $1", index.name)
        return not rows or rows[0]["settings"] != _digest(index)

    async def search(self, index: Index, query: Query) -> Answer:
        table = await self._table(index)
        answer = Answer((), 0)
        for attempt in _attempts(query.text):
            if attempt.loosely and not query.near:
                break
            answer = await self._answer(index, table, query, attempt)
            if answer.total:
                break
        return answer

    async def suggest(self, index: Index, text: str, limit: int) -> Sequence[str]:
        read = parse(text)
        if not read.terms:
            return ()
        table = await self._table(index)
        return await self._page(index, table, Query(limit=limit), asking.in_lead(read))

    async def apply(
        self, index: Index, put: Sequence[Document], remove: Sequence[str], place: Place = Place.LIVE
    ) -> None:
        rows = await asyncio.to_thread(lambda: [row(index, document) for document in put])
        gone = [UUID(each) for each in remove]
        async with self._connections.transaction() as connection:
            table = await self._locked(connection, index, place)
            if place is Place.NEXT:
                await connection.execute(_BULK)
            if gone:
                await connection.execute(f"DELETE FROM search.{table} WHERE id = ANY($1)", gone)  # noqa: S608
                await connection.execute(f"DELETE FROM search.{table}_texts WHERE id = ANY($1)", gone)  # noqa: S608
            await _store(connection, table, rows)

    async def begin(self, index: Index) -> None:
        async with self._connections.transaction() as connection:
            table = await self._locked(connection, index, Place.NEXT)
            await connection.execute(f"TRUNCATE search.{table}, search.{table}_texts")
            await connection.execute(
                "UPDATE search.indexes SET next_settings = $2 WHERE name = $1", index.name, _digest(index)
            )

    async def swap(self, index: Index) -> None:
        async with self._connections.transaction() as connection:
            table = await self._locked(connection, index, Place.NEXT)
            await _flush(connection, table)
            await connection.execute(
                "UPDATE search.indexes SET slot = $2, settings = next_settings WHERE name = $1",
                index.name,
                table.rpartition("_")[2],
            )
        self._slots_until = 0.0

    async def stored(self, index: Index) -> AsyncIterator[tuple[str, str]]:
        self._slots_until = 0.0
        table = await self._table(index)
        after = _NOBODY
        while True:
            rows = await self._connections.fetch(
                f"SELECT id, digest FROM search.{table} WHERE id > $1 ORDER BY id LIMIT 5000",  # noqa: S608
                after,
            )
            for found in rows:
                yield str(found["id"]), found["digest"]
            if not rows:
                return
            after = rows[-1]["id"]

    async def close(self) -> None:
        await self._connections.close()

    async def _table(self, index: Index) -> str:
        """The tables that are searched. They are looked up twice a second."""
        if time.monotonic() >= self._slots_until:
            rows = await self._connections.fetch("SELECT name, slot FROM search.indexes")
            self._slots = {found["name"]: found["slot"] for found in rows}
            self._slots_until = time.monotonic() + SLOT_SECONDS
        return f"{index.name}_{self._slots.get(index.name, SLOTS[0])}"

    async def _locked(self, connection: asyncpg.Connection, index: Index, place: Place) -> str:
        """The tables that are written, which no swap changes while the transaction lasts."""
        how = "FOR SHARE" if place is Place.LIVE else "FOR UPDATE"
        statement = f"SELECT slot FROM search.indexes WHERE name = $1 {how}"  # noqa: S608
        slot = await connection.fetchval(statement, index.name)
        if slot is None:
            await connection.execute(_FIRST, index.name, SLOTS[0])
            slot = await connection.fetchval(statement, index.name)
        if place is Place.NEXT:
            slot = next(other for other in SLOTS if other != slot)
        return f"{index.name}_{slot}"

    async def _answer(self, index: Index, table: str, query: Query, attempt: _Attempt) -> Answer:
        if not query.facets and query.limit:
            ids = await self._hits(index, table, query, attempt)
            whole = len(ids) < query.limit and (ids or not query.offset)
            if whole or not query.counted:
                return Answer(ids, query.offset + len(ids), bool(whole), loosely=attempt.loosely and bool(ids))
            total, exact, facets = await self._count(index, table, query, attempt.asked)
            return Answer(ids, total, exact, facets, loosely=attempt.loosely)
        total, exact, facets = await self._count(index, table, query, attempt.asked)
        if not total or not query.limit:
            return Answer((), total, exact, facets, loosely=attempt.loosely and total > 0)
        ids = await self._hits(index, table, query, attempt)
        return Answer(ids, total, exact, facets, loosely=attempt.loosely)

    async def _hits(self, index: Index, table: str, query: Query, attempt: _Attempt) -> Sequence[str]:
        """A page. By relevance one tier follows the other, and the next is read only where the page is not full yet:

        then those before it were read to their ends.
        """
        if query.order is not None or not attempt.tiers:
            return await self._page(index, table, query, attempt.asked)
        found: list[str] = []
        need = query.offset + query.limit
        for tier in attempt.tiers:
            part = replace(query, offset=0, limit=need - len(found))
            found += await self._page(index, table, part, tier, without=found)
            if len(found) >= need:
                break
        return found[query.offset : need]

    async def _page(
        self, index: Index, table: str, query: Query, asked: str, *, without: Sequence[str] = ()
    ) -> Sequence[str]:
        where, arguments = _where(index, table, query, asked, without=without)
        places = {"limit": f"${len(arguments) + 1}::int", "offset": f"${len(arguments) + 2}::int"}
        statement = _ORDERED.format(table=table, where=where, order=_order(index, query.order), **places)
        rows = await self._connections.fetch(statement, *arguments, query.limit, query.offset)
        return [str(found["id"]) for found in rows]

    async def _count(
        self, index: Index, table: str, query: Query, asked: str
    ) -> tuple[int, bool, dict[str, dict[str, int]]]:
        """How many, and the counts of the facets: of all, or estimated of a sample that is large enough."""
        sample: int | None = sampling.first(await self._size(table))
        used = 0
        counted: dict[str, int] = {}
        while sample is not None:
            used = sample
            counted = await self._counted(index, table, query, asked, sample)
            sample = sampling.following(sample, counted.get("*", 0))
        total = counted.pop("*", 0) << used
        facets: dict[str, dict[str, int]] = {name: {} for name in query.facets}
        for coded, count in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
            at, _, value = coded.partition("=")
            values = facets.get(index.facets[int(at)])
            if values is not None and len(values) < MOST_VALUES:
                values[value] = count << used
        return total, used == 0, facets

    async def _size(self, table: str) -> int:
        """About how many documents a table has."""
        until, size = self._sizes.get(table, (0.0, 0))
        if time.monotonic() >= until:
            rows = await self._connections.fetch(_SIZE.format(table=table), asking.sampled(sampling.SMALLEST))
            size = rows[0]["n"] << sampling.SMALLEST
            self._sizes[table] = (time.monotonic() + SIZE_SECONDS, size)
        return size

    async def _counted(self, index: Index, table: str, query: Query, asked: str, sample: int) -> dict[str, int]:
        where, arguments = _where(index, table, query, asked, sample=sample)
        statement = (_COUNT if query.facets else _TOTAL).format(table=table, where=where)
        rows = await self._connections.fetch(statement, *arguments)
        return {found["f"]: found["n"] for found in rows}


def _attempts(text: Parsed | None) -> Iterator[_Attempt]:
    """What is tried, one after the other, until something is met."""
    if text is None:
        yield _Attempt("")
        return
    if text.number:
        yield _Attempt(asking.number(text))
    if text.terms:
        strictly = asking.strictly(text)
        tiers = (asking.whole(text), asking.together(text), asking.in_lead(text), strictly)
        yield _Attempt(strictly, tuple(filter(None, tiers)))
        if (loosely := asking.loosely(text)) != strictly:
            yield _Attempt(loosely, loosely=True)


def _where(
    index: Index, table: str, query: Query, asked: str, *, sample: int = 0, without: Sequence[str] = ()
) -> tuple[str, list[object]]:
    narrowed = asking.narrowed(index, asked, query.filters, sample=sample)
    arguments: list[object] = [narrowed] if narrowed else []
    parts = ["words @@ $1::tsquery"] if narrowed else []
    if not_these := [*query.without, *without]:
        arguments.append(list(map(UUID, not_these)))
        parts.append(f"d.id <> ALL(${len(arguments)}::uuid[])")
    conditions, more = _conditions(index, table, query, len(arguments) + 1)
    parts += [conditions] if conditions else []
    return f"WHERE {' AND '.join(parts)}" if parts else "", [*arguments, *more]


def _conditions(index: Index, table: str, query: Query, first: int) -> tuple[str, list[object]]:
    """What GIN does not decide: ranges and phrases."""
    bounds, arguments = asking.bounds(index, query.filters, first)
    phrases = query.text.phrases if query.text else ()
    parts = [bounds] if bounds else []
    for phrase in phrases:
        parts.append(_PHRASE.format(table=table, place=first + len(arguments)))
        arguments.append(phrase)
    return " AND ".join(parts), arguments


def _order(index: Index, order: Order | None) -> str:
    if order is None:
        return "newest DESC, id DESC"
    way = "DESC" if order.descending else "ASC"
    return f"{asking.column(index, order.field)} {way} NULLS LAST, newest DESC, id DESC"


async def _store(connection: asyncpg.Connection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        await connection.executemany(
            _PUT.format(table=table),
            [(r.id, r.newest, r.digest, r.words, r.facets, *r.numbers) for r in rows],
        )
        await connection.executemany(_PUT_TEXTS.format(table=table), [(r.id, r.texts) for r in rows])


async def _flush(connection: asyncpg.Connection, table: str) -> None:
    """Let GIN take in what was written last; a write does it, also one that is taken back."""
    undone = connection.transaction()
    await undone.start()
    nothing: tuple[object, ...] = (_NOBODY, 0, "", "'s:-'", [], *[None] * 6)
    await connection.execute(_PUT.format(table=table), *nothing)
    await undone.rollback()


def _digest(index: Index) -> str:
    return f"{FORM}-{index.digest}-{terms.digest()}"
