"""Reading what was done with keys: events of the log, and bids, which have a log of their own."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.core.database import Session
from app.core.web.pages import Found, PageRequest, cut, moment

_ACTS = text("""
SELECT * FROM (
    SELECT occurred_at AS at, 'event' AS kind, id::text AS reference, type, subject_type, subject_id,
           actor_key_id AS key_id, payload
    FROM events WHERE actor_key_id = ANY(:keys) AND type NOT IN ('record.written', 'record.removed')
    UNION ALL
    SELECT at, 'bid', auction_id || ':' || lpad(seq::text, 12, '0'), 'auction.bid', 'auction', auction_id,
           key_id, content::jsonb
    FROM auction_entries WHERE key_id = ANY(:keys)
) acts
WHERE CAST(:at AS timestamptz) IS NULL OR (at, reference) > (CAST(:at AS timestamptz), CAST(:reference AS text))
ORDER BY at, reference LIMIT :limit
""")


async def acts_of(session: Session, key_ids: Iterable[UUID], page: PageRequest) -> Found[Row[Any]]:
    """A page of what was done with some keys, oldest first."""
    at, reference = page.after(moment, str) or (None, None)
    wanted = {"keys": sorted(set(key_ids)), "at": at, "reference": reference, "limit": page.limit + 1}
    rows = (await session.execute(_ACTS, wanted)).all()
    return cut(rows, page, lambda row: (row.at, row.reference))
