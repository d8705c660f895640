"""The answers everybody gets: JSON text around the bytes that were published, so that those leave as they were sealed.

Building the text takes no model and no encoder; a test holds it to the documented schema.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.market.listings.models import ListingVersion
from app.market.listings.schemas import ListingPeriodOut, WorkingCopy


def rfc3339(moment: datetime) -> str:
    """A moment in UTC as the rest of the API writes it: with `Z`."""
    return moment.isoformat().replace("+00:00", "Z")


def weak_etag(revision: int) -> str:
    """The tag of a public answer: weak, for `server_time` differs each time."""
    return f'W/"{revision}"'


def listing_json(
    listing_id: UUID,
    status: str,
    version: int,
    published_at: datetime | None,
    closes_at: datetime | None,
    now: datetime,
    sha256: str | None,
    content: str | None,
    periods: Sequence[ListingPeriodOut],
) -> str:
    """`ListingOut` without its working copy."""
    return (
        f'{{"id":"{listing_id}","status":"{status}","version":{version},'
        f'"published_at":{_moment(published_at)},"closes_at":{_moment(closes_at)},"server_time":"{rfc3339(now)}",'
        f'"sha256":{_text(sha256)},"published":{content or "null"},'
        f'"periods":[{",".join(period.model_dump_json() for period in periods)}]}}'
    )


def full_json(
    copy: WorkingCopy, sealed: ListingVersion | None, now: datetime, periods: Sequence[ListingPeriodOut]
) -> str:
    """`ListingOut` with the working copy, for those who may see it."""
    published = listing_json(
        copy.id, copy.status, copy.version, copy.published_at, copy.closes_at, now,
        sealed.sha256 if sealed else None, sealed.content if sealed else None,
        periods,
    )  # fmt: skip
    return f'{published[:-1]},"working_copy":{copy.model_dump_json()}}}'


def card_json(listing_id: UUID, status: str, published_at: datetime, closes_at: datetime, card: str) -> str:
    """`CardOut`."""
    return (
        f'{{"id":"{listing_id}","status":"{status}","published_at":"{rfc3339(published_at)}",'
        f'"closes_at":"{rfc3339(closes_at)}","card":{card}}}'
    )


def page_json(cards: Sequence[str], next_cursor: str | None, now: datetime) -> str:
    """`ListingPage`."""
    return f'{{"items":[{",".join(cards)}],"next_cursor":{_text(next_cursor)},"server_time":"{rfc3339(now)}"}}'


def _moment(value: datetime | None) -> str:
    return f'"{rfc3339(value)}"' if value else "null"


def _text(value: str | None) -> str:
    return "null" if value is None else json.dumps(value)
