"""`Idempotency-Key`: a retry of a POST gets the first answer, stored in the transaction that did the work.

The claim is the row itself: of two at once the second waits on the unique index until the first has ended, and then
either replays its answer or, if it was rolled back, does the work.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Index,
    LargeBinary,
    SmallInteger,
    delete,
    false,
    literal,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core.canonical import sha256
from app.core.database import Base, Session
from app.core.history.records import UNRECORDED
from app.core.hooks import Port
from app.core.problems import IDEMPOTENCY_KEY_INVALID, IDEMPOTENCY_KEY_REUSED

HEADER = "idempotency-key"
REPLAYED = "Idempotency-Replayed"
KEPT_DAYS = 30
_KEY = re.compile(r"[!#-~]{1,128}")


class StoredAnswer(Base):
    """The answer a key got. Kept for 30 days, then the key may be used again."""

    __tablename__ = "idempotency_answers"
    __table_args__ = (
        Index("ix_idempotency_answers_created_at", "created_at"),
        {"info": {UNRECORDED: "answers kept for retries, and forgotten"}},
    )

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))


def check_key(key: str) -> str:
    """The key that the header holds; raises `idempotency_key_invalid`.

    `"k"` and `k` are one key: the IETF draft of the header writes a quoted string, most clients do not.
    """
    bare = key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key
    if not _KEY.fullmatch(bare):
        raise IDEMPOTENCY_KEY_INVALID(field="Idempotency-Key")
    return bare


def request_hash(method: str, path: str, query: str, body: bytes) -> bytes:
    return sha256(b"\x00".join([method.encode(), path.encode(), query.encode(), body]))


Held = Callable[[UUID, str], ColumnElement[bool]]
"""Whether an API key's idempotency key is held in another table, as a condition of SQL."""
HELD_ELSEWHERE: Final[Port[str, Held]] = Port("idempotency.held_elsewhere")


async def claim(session: Session, principal_id: UUID, key: str, digest: bytes) -> StoredAnswer | None:
    """Claim a key for this transaction, or answer what it got before. Raises `idempotency_key_reused`.

    One key is for one request, whatever the route. A key that two requests of different tables send in the very same
    moment may serve both: neither is committed when the other looks. Each is done once, and its retry gets its answer.
    """
    held = [condition(principal_id, key) for condition in HELD_ELSEWHERE.providers.values()]
    free = select(
        literal(principal_id).label("principal_id"), literal(key).label("key"), literal(digest).label("request_hash")
    ).where(not_(or_(false(), *held)))
    statement = insert(StoredAnswer).from_select(["principal_id", "key", "request_hash"], free)
    claimed = await session.execute(statement.on_conflict_do_nothing().returning(StoredAnswer.key))
    if claimed.scalar_one_or_none() is not None:
        return None
    stored = (
        await session.execute(
            select(StoredAnswer).where(StoredAnswer.principal_id == principal_id, StoredAnswer.key == key)
        )
    ).scalar_one_or_none()
    if stored is None or stored.request_hash != digest:
        raise IDEMPOTENCY_KEY_REUSED(field="Idempotency-Key")
    return stored


async def store(
    session: Session, principal_id: UUID, key: str, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Keep the answer next to the work, in the same transaction."""
    kept = {name: value for name, value in headers.items() if name in {"content-type", "etag", "location"}}
    await session.execute(
        update(StoredAnswer)
        .where(StoredAnswer.principal_id == principal_id, StoredAnswer.key == key)
        .values(status=status, headers=kept, body=body)
    )


async def purge(session: Session) -> None:
    """Forget the answers older than 30 days."""
    limit = text(f"techex_now() - interval '{KEPT_DAYS} days'")
    await session.execute(delete(StoredAnswer).where(StoredAnswer.created_at < limit))
