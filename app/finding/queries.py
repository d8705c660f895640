"""All reading of finding: what of each kind is public, by id; which of it a change touches; the log that is followed.

Only what everybody may see is read here (brokers: everybody with a key), as the public reads of each package have it.
"""

# ruff: noqa: S608 — the only names put into SQL are those of our own tables and columns

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Connection, Record
from sqlalchemy import RowMapping, func, select

from app.core.database import Database, Session
from app.core.history.records import REMOVED, WRITTEN
from app.finding.models import LOCK, SearchFeed

# The seat of an organisation on the city's day.
_SEAT: Final = """
    (SELECT d.division_code FROM organisation_divisions d
     WHERE d.organisation_id = {of} AND (techex_now() AT TIME ZONE $2::text)::date
         BETWEEN d.valid_from AND coalesce(d.valid_to, 'infinity') ORDER BY d.valid_from DESC LIMIT 1)
"""
# Rights that stand in a public register: an application, and a secret, are their keeper's own.
_RIGHTS: Final = """
    (SELECT coalesce(json_agg(json_build_object('type', a.type, 'title', a.title, 'number', a.grant_number,
                'application', a.application_number) ORDER BY a.position), '[]'::json)::text
     FROM ip_assets a WHERE a.result_id = {of} AND a.grant_number IS NOT NULL)
"""
# In the latest published list of dormant results (policy, art. 12), and not converted since.
_DORMANT: Final = """
    (SELECT EXISTS (SELECT FROM dormant_results n JOIN results o ON o.id = n.result_id
        WHERE n.result_id = l.result_id AND n.status <> 'corrected' AND o.conversion_begun_on IS NULL
          AND n.list_id = (SELECT id FROM dormant_lists WHERE status = 'published' ORDER BY year DESC LIMIT 1)
          AND NOT EXISTS (SELECT FROM deals d JOIN listings x ON x.id = d.listing_id
              WHERE x.result_id = l.result_id AND d.status IN ('agreed', 'contracted'))))
"""
_OPEN_LISTING: Final = """
    FROM listings l
    JOIN listing_versions v ON v.listing_id = l.id AND v.version = l.version
    JOIN results r ON r.id = l.result_id AND r.secrecy = 'none'
    WHERE l.version > 0 AND l.status IN ('published', 'suspended', 'reserved', 'sold', 'lapsed')
"""
# What may still be met, and what was: a demand that its demander closed is of no use to who searches.
_OPEN_DEMAND: Final = """
    FROM demands d JOIN demand_versions v ON v.demand_id = d.id AND v.version = d.version
    WHERE d.version > 0 AND d.status IN ('published', 'met', 'expired')
"""
_OPEN_DEAL: Final = "FROM deals d WHERE d.price_public_at IS NOT NULL AND d.status IN ('agreed', 'contracted')"
_OPEN_AGENCY: Final = """
    FROM organisations o WHERE o.verification IN ('verified', 'suspended') AND EXISTS (
        SELECT FROM organisation_qualities q WHERE q.organisation_id = o.id
            AND q.quality = 'technology_transfer_agency'
            AND (techex_now() AT TIME ZONE $2::text)::date BETWEEN q.valid_from AND coalesce(q.valid_to, 'infinity'))
"""
_AGENCY_OF_BROKER: Final = """
    LEFT JOIN LATERAL (
        SELECT o.id, o.name FROM employments e JOIN organisations o ON o.id = e.agency_id
        WHERE e.broker_id = b.id AND (techex_now() AT TIME ZONE $2::text)::date
            BETWEEN e.valid_from AND coalesce(e.valid_to, 'infinity') ORDER BY e.valid_from DESC LIMIT 1
    ) agency ON true
"""

READ: Final[Mapping[str, str]] = {
    "listings": f"""
        SELECT l.id, l.status, l.published_at, l.closes_at, l.seller_id, v.content,
               {_SEAT.format(of="l.seller_id")} AS division, {_RIGHTS.format(of="l.result_id")} AS rights,
               {_DORMANT} AS dormant
        {_OPEN_LISTING} AND l.id = ANY($1)
    """,
    "results": f"""
        SELECT DISTINCT ON (l.result_id) l.result_id AS id, l.seller_id, l.published_at, v.content,
               (SELECT json_agg(json_build_object('id', o.id, 'number', o.number, 'status', o.status)
                                ORDER BY o.id)::text
                FROM listings o WHERE o.result_id = l.result_id AND o.version > 0
                    AND o.status IN ('published', 'suspended', 'reserved', 'sold', 'lapsed')) AS listings,
               {_SEAT.format(of="l.seller_id")} AS division, {_RIGHTS.format(of="l.result_id")} AS rights,
               {_DORMANT} AS dormant
        {_OPEN_LISTING} AND l.result_id = ANY($1) ORDER BY l.result_id, l.published_at DESC, l.id DESC
    """,
    "demands": f"""
        SELECT d.id, d.status, d.published_at, d.closes_at, d.valid_to, d.budget, v.content, v.card
        {_OPEN_DEMAND} AND d.id = ANY($1)
    """,
    "agencies": f"""
        SELECT o.id, o.name, o.kind, o.uscc, o.verification, o.created_at, {_SEAT.format(of="o.id")} AS division
        {_OPEN_AGENCY} AND o.id = ANY($1)
    """,
    "brokers": f"""
        SELECT b.id, p.name, b.certificate_number, b.certified_on, agency.id AS agency_id, agency.name AS agency,
               {_SEAT.format(of="agency.id")} AS division
        FROM brokers b JOIN people p ON p.id = b.person_id {_AGENCY_OF_BROKER} WHERE b.id = ANY($1)
    """,
    "deals": f"""
        SELECT d.id, CASE WHEN d.price_source = 'notice' THEN d.price_reference ELSE d.number END AS number,
               d.subject, d.technical_field, d.transfer_mode, d.pricing_mode, d.price, d.price_basis,
               d.price_source, d.price_reference, d.origin, d.price_public_at,
               (d.agreed_at AT TIME ZONE $2::text)::date AS agreed_on
        {_OPEN_DEAL} AND d.id = ANY($1)
    """,
}  # fmt: skip
"""What is public of some documents, by index: `$1` their ids, `$2` the city's time zone where a day counts."""
_IDS: Final[Mapping[str, str]] = {
    "listings": f"SELECT l.id {_OPEN_LISTING} AND l.id > $1 ORDER BY l.id LIMIT $3",
    "results": f"SELECT DISTINCT l.result_id AS id {_OPEN_LISTING} AND l.result_id > $1 ORDER BY 1 LIMIT $3",
    "demands": f"SELECT d.id {_OPEN_DEMAND} AND d.id > $1 ORDER BY d.id LIMIT $3",
    "agencies": f"SELECT o.id {_OPEN_AGENCY} AND o.id > $1 ORDER BY o.id LIMIT $3",
    "brokers": "SELECT b.id FROM brokers b WHERE b.id > $1 ORDER BY b.id LIMIT $3",
    "deals": f"SELECT d.id {_OPEN_DEAL} AND d.id > $1 ORDER BY d.id LIMIT $3",
}
_CARDS: Final[Mapping[str, str]] = {
    "listings": f"SELECT l.id, l.status, v.card {_OPEN_LISTING} AND l.id = ANY($1)",
    "demands": f"SELECT d.id, d.status, v.card {_OPEN_DEMAND} AND d.id = ANY($1)",
}
_LATEST: Final[Mapping[str, str]] = {
    "listings": f"SELECT l.id {_OPEN_LISTING} ORDER BY l.id DESC LIMIT $1",
    "demands": f"SELECT d.id {_OPEN_DEMAND} ORDER BY d.id DESC LIMIT $1",
}
_COUNT: Final[Mapping[str, str]] = {
    "listings": f"SELECT count(*) AS n {_OPEN_LISTING}",
    "demands": f"SELECT count(*) AS n {_OPEN_DEMAND}",
}
# What a changed row touches, by its table: rows of index and id. `$1` the keys of the rows.
_TOUCHED: Final[Mapping[str, str]] = {
    "listings": "SELECT 'listings', unnest($1::uuid[]) "
    "UNION SELECT 'results', l.result_id FROM listings l WHERE l.id = ANY($1)",
    "results": "SELECT 'results', unnest($1::uuid[]) "
    "UNION SELECT 'listings', l.id FROM listings l WHERE l.result_id = ANY($1) AND l.version > 0",
    "demands": "SELECT 'demands', unnest($1::uuid[])",
    "organisations": "SELECT 'agencies', unnest($1::uuid[]) "
    "UNION SELECT 'brokers', e.broker_id FROM employments e WHERE e.agency_id = ANY($1)",
    "organisation_qualities": "SELECT 'agencies', q.organisation_id FROM organisation_qualities q WHERE q.id = ANY($1)",
    "organisation_divisions": """
        WITH moved AS (SELECT organisation_id AS id FROM organisation_divisions WHERE id = ANY($1))
        SELECT 'agencies', id FROM moved
        UNION SELECT 'brokers', e.broker_id FROM employments e JOIN moved ON moved.id = e.agency_id
        UNION SELECT 'listings', l.id FROM listings l JOIN moved ON moved.id = l.seller_id AND l.version > 0
        UNION SELECT 'results', l.result_id FROM listings l JOIN moved ON moved.id = l.seller_id AND l.version > 0
    """,
    "brokers": "SELECT 'brokers', unnest($1::uuid[])",
    "employments": "SELECT 'brokers', e.broker_id FROM employments e WHERE e.id = ANY($1)",
    "people": "SELECT 'brokers', b.id FROM brokers b WHERE b.person_id = ANY($1)",
    "deals": "SELECT 'deals', unnest($1::uuid[])",
    # The list that is published takes the place of the one before.
    "dormant_lists": """
        WITH moved AS (
            SELECT n.result_id AS id FROM dormant_results n WHERE $1::uuid[] IS NOT NULL AND n.list_id IN (
                SELECT id FROM dormant_lists WHERE status = 'published' ORDER BY year DESC LIMIT 2))
        SELECT 'results', id FROM moved
        UNION SELECT 'listings', l.id FROM moved JOIN listings l ON l.result_id = moved.id AND l.version > 0
    """,
}
# What is true from a day until a day, both included: what has begun or ended after `$1`, up to `$2`.
_DATED: Final = ("organisation_qualities", "organisation_divisions", "employments")
_TURNED: Final = """
    SELECT id FROM {table}
    WHERE (valid_from > $1 AND valid_from <= $2) OR (valid_to >= $1 AND valid_to < $2)
"""
_LOG: Final = """
    SELECT e.xid, e.seq, e.subject_type AS of, e.subject_id AS record, e.payload->>'key' AS key, e.occurred_at
    FROM events e
    WHERE (e.xid, e.seq) > ($1, $2) AND e.xid < $3 AND e.type = ANY($4) AND e.subject_type = ANY($5)
    ORDER BY e.xid, e.seq LIMIT $6
"""
_TYPES: Final = [WRITTEN, REMOVED]


async def read_public(database: Database, index: str, ids: Sequence[UUID]) -> Sequence[Record]:
    """What is public of these; one that is not is left out."""
    statement = READ[index]
    zone = [database.city.zone.key] if "$2" in statement else []
    return await database.fetch(statement, ids, *zone)


async def next_ids(database: Database, index: str, after: UUID, limit: int) -> list[UUID]:
    """The ids of the next public ones, in their order."""
    arguments: list[object] = [after, database.city.zone.key, limit]
    statement = _IDS[index]
    if "$2" not in statement:
        arguments.pop(1)
        statement = statement.replace("$3", "$2")
    return [row["id"] for row in await database.fetch(statement, *arguments)]


async def read_on(session: Session, index: str, ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """What is public of these, on the session's own connection: a transaction holds no other."""
    return await _on(session, READ[index], list(ids))


async def cards_on(session: Session, index: str, ids: Sequence[UUID]) -> Sequence[RowMapping]:
    """Of listings or demands that are public, the state and what a list shows."""
    return await _on(session, _CARDS[index], list(ids))


async def next_on(session: Session, index: str, after: UUID, limit: int) -> list[UUID]:
    """The ids of the next public ones, in their order, on the session's own connection."""
    statement = _IDS[index].replace("$3", "$2") if "$2" not in _IDS[index] else _IDS[index]
    return [row["id"] for row in await _on(session, statement, after, limit)]


async def latest_on(session: Session, index: str, limit: int) -> list[UUID]:
    """The ids of the latest listings or demands that are public, the newest first."""
    return [row["id"] for row in await _on(session, _LATEST[index], limit)]


async def count_on(session: Session, index: str) -> int:
    """How many listings or demands are public. It reads them all."""
    return int((await _on(session, _COUNT[index]))[0]["n"])


async def _on(session: Session, statement: str, *arguments: object) -> Sequence[RowMapping]:
    zone = (session.city.zone.key,) if "$2::text" in statement else ()
    first, rest = arguments[:1], arguments[1:]
    rows = await (await session.connection()).exec_driver_sql(statement, (*first, *zone, *rest))
    return rows.mappings().all()


async def touched(database: Database, table: str, keys: Sequence[UUID]) -> list[tuple[str, UUID]]:
    """The documents that changed rows of a table touch: index and id."""
    return [(row[0], row[1]) for row in await database.fetch(_TOUCHED[table], keys)]


async def turned(database: Database, after: date, until: date) -> list[tuple[str, UUID]]:
    """The documents that days alone have changed since a day: index and id."""
    found: list[tuple[str, UUID]] = []
    for table in _DATED:
        rows = await database.fetch(_TURNED.format(table=table), after, until)
        found += await touched(database, table, [row["id"] for row in rows])
    return found


async def settled(database: Database) -> int:
    """The transaction below which the log is complete."""
    row = await database.fetch_row("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid")
    assert row is not None
    xid: int = row["xid"]
    return xid


async def changes(
    database: Database, after: tuple[int, int], until: int, limit: int, tables: Collection[str] = _TOUCHED
) -> Sequence[Record]:
    """The next changes of rows that touch documents, in the order of the log, below transaction `until`."""
    return await database.fetch(_LOG, *after, until, _TYPES, list(tables), limit)


async def lock_feed(session: Session, engine: str, *, wait: bool) -> bool:
    """Hold the feeding of an engine until the transaction ends; without `wait`, False where another process does."""
    key = func.hashtextextended(f"{LOCK}:{engine}", 0)
    if wait:
        await session.execute(select(func.pg_advisory_xact_lock(key)))
        return True
    return bool((await session.execute(select(func.pg_try_advisory_xact_lock(key)))).scalar_one())


async def hold_rebuild(connection: Connection, engine: str) -> bool:
    """Hold the filling of an engine until the connection is closed; False where another process does."""
    held: bool = await connection.fetchval(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"search_rebuild:{engine}"
    )
    return held


async def feed_of(session: Session, engine: str) -> SearchFeed | None:
    """How far an engine has come."""
    return await session.get(SearchFeed, engine, populate_existing=True)


_LATE: Final = """
    SELECT f.engine, coalesce(extract(epoch FROM techex_now() - (
        SELECT e.occurred_at FROM events e
        WHERE (e.xid, e.seq) > (f.xid, f.seq) AND e.type = ANY($1) AND e.subject_type = ANY($2)
        ORDER BY e.xid, e.seq LIMIT 1)) * 1000, 0)::bigint AS milliseconds
    FROM search_feeds f
"""


async def lag(database: Database) -> dict[str, int]:
    """By engine, for how many ms the oldest change waits that it does not have yet; 0 where it has all."""
    rows = await database.fetch(_LATE, _TYPES, list(_TOUCHED))
    return {row["engine"]: max(0, row["milliseconds"]) for row in rows}


_WAITING: Final = """
    SELECT DISTINCT e.payload->>'key' AS key FROM search_feeds f JOIN events e ON (e.xid, e.seq) > (f.xid, f.seq)
    WHERE f.engine = $1 AND e.type = ANY($2) AND e.subject_type = $3 LIMIT $4
"""


async def waiting(database: Database, engine: str, table: str, limit: int) -> list[str]:
    """The keys of the rows of a table whose last changes an engine does not have yet, `limit` at most."""
    return [row["key"] for row in await database.fetch(_WAITING, engine, _TYPES, table, limit)]
