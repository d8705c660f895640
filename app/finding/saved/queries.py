"""All reading of saved searches: an organisation sees its own, the auditor all; and which of them documents meet.

Saved searches find only what is public, so each owner may see what its search finds.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.access import Actor, Role
from app.core.database import Database, Session, advisory_lock, read_all, read_one
from app.core.problems import Text
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.finding.models import LOCK
from app.finding.saved.kinds import SavedSearchStatus, SearchedFor
from app.finding.saved.models import SavedSearch, SavedSearchMatch
from search.postgres.percolation import Arrival

SAVED_SEARCH: Final = Text("saved search", "检索订阅")
FEED: Final = "alerts"
"""The name of the place in the log up to which saved searches were told."""
ORDERS: Final = Orders("-id", SavedSearch.id)
MATCHES: Final = Orders("-id", SavedSearchMatch.id)
TABLES: Final = {"listings": SearchedFor.LISTINGS, "demands": SearchedFor.DEMANDS}
"""The tables whose changes make a thing new, with what it is then."""


def _own(actor: Actor) -> Select[SavedSearch]:
    statement = select(SavedSearch)
    return (
        statement if actor.has(Role.AUDITOR) else statement.where(SavedSearch.organisation_id == actor.organisation())
    )


async def get_saved(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """A saved search; raises `not_found`."""
    return await read_one(session, _own(actor).where(SavedSearch.id == search_id), SAVED_SEARCH)


async def lock_saved(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """The same, locked until the transaction ends."""
    statement = _own(actor).where(SavedSearch.id == search_id).with_for_update(key_share=True)
    return await read_one(session, statement, SAVED_SEARCH, fresh=True)


async def lock_to_delete(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """The same, locked against what tells it too."""
    return await read_one(
        session, _own(actor).where(SavedSearch.id == search_id).with_for_update(), SAVED_SEARCH, fresh=True
    )


async def lock_ending(session: Session, search_id: UUID) -> SavedSearch | None:
    """A saved search whose last day has come, locked; None where it was deleted."""
    statement = select(SavedSearch).where(SavedSearch.id == search_id).with_for_update(key_share=True)
    return (await session.execute(statement, execution_options={"populate_existing": True})).scalar_one_or_none()


async def hold_telling(session: Session) -> None:
    """Let no change be told until the transaction ends: a search that begins misses none of what comes after it."""
    await advisory_lock(session, LOCK, FEED, shared=True)


async def list_saved(session: Session, actor: Actor, page: PageRequest) -> Found[SavedSearch]:
    """An organisation's saved searches in every state, newest first; to the auditor, all."""
    return await read_page(session, _own(actor), page, ORDERS)


async def list_matches(session: Session, search_id: UUID, page: PageRequest) -> Found[SavedSearchMatch]:
    """What was found by a saved search, what was found last first."""
    statement = select(SavedSearchMatch).where(SavedSearchMatch.search_id == search_id)
    return await read_page(session, statement, page, MATCHES)


async def count_of(session: Session, organisation_id: UUID) -> int:
    """How many searches an organisation has saved, under the lock of that number."""
    await advisory_lock(session, "saved_searches", organisation_id)
    statement = select(func.count()).where(SavedSearch.organisation_id == organisation_id)
    return (await session.execute(statement)).scalar_one()


async def of_other_form(session: Session, forms: Mapping[SearchedFor, str], limit: int) -> Sequence[SavedSearch]:
    """Saved searches that were kept under other settings of their index."""
    found: list[SavedSearch] = []
    for searched_for, form in forms.items():
        statement = select(SavedSearch).where(SavedSearch.searched_for == searched_for, SavedSearch.form != form)
        found += await read_all(
            session, statement.order_by(SavedSearch.id).limit(limit).with_for_update(key_share=True)
        )
    return found


async def lock_owners(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, UUID]:
    """Who owns some saved searches, held so that none of them is deleted; one that was is left out."""
    statement = select(SavedSearch.id, SavedSearch.organisation_id).where(SavedSearch.id.in_(sorted(set(ids))))
    locked = statement.order_by(SavedSearch.id).with_for_update(read=True, key_share=True)
    return {row[0]: row[1] for row in (await session.execute(locked)).all()}


async def is_any_active(database: Database, searched_for: SearchedFor) -> bool:
    """Whether anybody wants to be told."""
    statement = "SELECT FROM saved_searches WHERE searched_for = $1 AND status = $2 LIMIT 1"
    return bool(await database.fetch(statement, searched_for, SavedSearchStatus.ACTIVE))


@dataclass(frozen=True, slots=True)
class Change:
    """Changes of a thing that are told together: the record of its row, the first of them, and when the last was."""

    record: UUID
    seq: int
    first_at: datetime
    at: datetime


# The ranges: a document without the number is not within them.
_WITHIN: Final = """
    NOT EXISTS (SELECT FROM generate_subscripts(s.least, 1) i
        WHERE NOT coalesce(d.numbers[i] >= s.least[i], s.least[i] IS NULL)
           OR NOT coalesce(d.numbers[i] <= s.most[i], s.most[i] IS NULL))
"""
_MET: Final = f"""
    WITH d AS MATERIALIZED (
        SELECT id, changed_at, array_to_tsvector(lexemes) AS words, anchors, numbers, texts
        FROM jsonb_to_recordset($1::text::jsonb)
            AS r(id uuid, changed_at timestamptz, lexemes text[], anchors text[], numbers numeric[], texts text[])
    )
    SELECT s.id AS search_id, d.id AS thing_id, s.since
    FROM d JOIN saved_searches s ON s.anchors && d.anchors AND d.words @@ s.asked::tsquery
    WHERE s.searched_for = $2 AND s.status = 'active' AND s.ends_on >= $3
      AND d.changed_at >= s.since - make_interval(secs => $4) AND {_WITHIN}
      AND NOT EXISTS (SELECT FROM unnest(s.phrases) phrase
          WHERE NOT EXISTS (SELECT FROM unnest(d.texts) one WHERE position(phrase IN one) > 0))
"""  # noqa: S608 — put together of our own text


async def met(
    database: Database,
    searched_for: SearchedFor,
    arrivals: Collection[Arrival],
    changes: Mapping[UUID, Change],
    today: date,
    grace: int,
) -> dict[tuple[UUID, UUID], datetime]:
    """Which active saved searches documents meet: search and thing, and since when the search is told.

    `grace`: how many seconds before that a change counts too.
    """
    if not arrivals:
        return {}
    given = [
        {
            "id": each.id,
            "changed_at": changes[UUID(each.id)].at.isoformat(),
            "lexemes": each.lexemes,
            "anchors": each.anchors,
            "numbers": [None if number is None else str(number) for number in each.numbers],
            "texts": each.texts,
        }
        for each in arrivals
    ]
    rows = await database.fetch(_MET, json.dumps(given, ensure_ascii=False), searched_for, today, grace)
    return {(row["search_id"], row["thing_id"]): row["since"] for row in rows}


# A thing as it was before its changes: the values of its row by the record before, and what was published of it then.
_BEFORE: Final = """
    FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS c(id, record, seq)
    CROSS JOIN LATERAL (
        SELECT e.payload->'values' AS row FROM events e
        WHERE e.subject_id = c.record AND e.type = 'record.written' AND (e.seq < c.seq OR e.occurred_at < $4)
        ORDER BY e.seq DESC LIMIT 1
    ) was
"""
_TIMES: Final = """
    (was.row->>'published_at')::timestamptz AS published_at, (was.row->>'closes_at')::timestamptz AS closes_at
"""
_WAS: Final[Mapping[SearchedFor, str]] = {
    SearchedFor.LISTINGS: f"""
        SELECT c.id, was.row->>'status' AS status, {_TIMES}, v.content {_BEFORE}
        JOIN listing_versions v ON v.listing_id = c.id AND v.version = (was.row->>'version')::int
        WHERE was.row->>'status' = 'published'
    """,
    SearchedFor.DEMANDS: f"""
        SELECT c.id, was.row->>'status' AS status, {_TIMES}, (was.row->>'valid_to')::date AS valid_to,
               (was.row->>'budget')::numeric AS budget, v.content {_BEFORE}
        JOIN demand_versions v ON v.demand_id = c.id AND v.version = (was.row->>'version')::int
        WHERE was.row->>'status' = 'published'
    """,
}  # fmt: skip


async def before(
    database: Database, searched_for: SearchedFor, changes: Mapping[UUID, Change], at: datetime | None
) -> Mapping[UUID, Mapping[str, Any]]:
    """What was public of some things before their changes, or at a moment between these, by the row's own records."""
    rows = await database.fetch(
        _WAS[searched_for],
        list(changes),
        [change.record for change in changes.values()],
        [change.seq for change in changes.values()],
        at,
    )
    return {row["id"]: dict(row) for row in rows}
