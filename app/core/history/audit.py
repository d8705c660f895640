"""The audit chain: every event sealed in the order of the feed by a hash over itself and the seal before it.

Writers do not wait for each other: they append events, and the one who seals (the worker, each second; `techex audit
verify` before it checks) walks what has settled. A hash over the chain's head inside each writer's transaction would
have put all writers of the exchange in one queue. Changing, dropping, inserting or reordering an event, or a seal, is
found; cutting off the newest end is found by comparing with a head noted outside (`GET /v1/audit/head`).

Two versions of a seal are in use, each checked by its own form for good. Version 1 left out the transaction id, by
which the feed is ordered and an event can be hidden: there the order of the chain alone holds it. Version 2 covers it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC
from itertools import count
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    SmallInteger,
    func,
    literal_column,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.core.canonical import canonical_json, sha256
from app.core.database import Base, Database, Session, advisory_lock, connect
from app.core.history.events import Event, settled_after
from app.core.history.records import UNRECORDED
from app.core.settings import Settings

GENESIS = bytes(32)
BATCH = 1000
VERSION: Final = 3
"""The form of the seals that are made now."""
_NEXT_XID: ColumnElement[int] = literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


class Seal(Base):
    """The seal of one event: its place in the chain and the hash of the chain up to it. Append-only."""

    __tablename__ = "audit_seals"
    __table_args__ = ({"info": {UNRECORDED: "seals seal themselves"}},)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_seq: Mapped[int] = mapped_column(ForeignKey("events.seq"), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))


@dataclass(slots=True)
class AuditReport:
    """What a check of the chain found. `problems` is empty when the log is as it was written; `notes` prove nothing."""

    sealed: int = 0
    unsealed: int = 0
    head: str = GENESIS.hex()
    rows: int | None = None
    anchors: int | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def link(previous: bytes, event: Event, version: int = VERSION) -> bytes:
    """SHA-256 over the seal before and the event in canonical JSON (RFC 8785)."""
    return link_content(previous, content_of(event, version))


def link_content(previous: bytes, content: Any) -> bytes:
    """The same over the content of an event that left the exchange, such as in a price dossier."""
    return sha256(previous + canonical_json(content))


def content_of(event: Event, version: int = VERSION) -> dict[str, Any]:
    """What the seal of an event covers, times in UTC: all of it.

    Version 2 leaves out the roles of who acted, version 1 the transaction's id too.
    """

    def text_of(value: object) -> str | None:
        return None if value is None else str(value)

    content: dict[str, Any] = {
        "seq": str(event.seq),
        "id": str(event.id),
        "type": event.type,
        "subject_type": event.subject_type,
        "subject_id": str(event.subject_id),
        "audiences": [str(audience) for audience in event.audiences],
        "payload": event.payload,
        "actor_person_id": text_of(event.actor_person_id),
        "actor_organisation_id": text_of(event.actor_organisation_id),
        "actor_key_id": text_of(event.actor_key_id),
        "request_id": event.request_id,
        "occurred_at": event.occurred_at.astimezone(UTC).isoformat(),
    }
    if version >= 2:
        content |= {"version": version, "xid": str(event.xid)}
    if version >= 3:
        content["actor_roles"] = event.actor_roles
    return content


async def seal_settled(session: Session) -> int:
    """Seal up to one batch of settled events; returns how many. One process seals at a time, and others wait."""
    await advisory_lock(session, "audit", "chain")
    tail = (
        await session.execute(
            select(Seal.position, Seal.hash, Event.xid, Event.seq)
            .join(Event, Event.seq == Seal.event_seq)
            .order_by(Seal.position.desc())
            .limit(1)
        )
    ).one_or_none()
    position, previous, cursor = (tail.position, tail.hash, (tail.xid, tail.seq)) if tail else (0, GENESIS, None)
    rows = []
    for event in (await session.execute(settled_after(cursor).limit(BATCH))).scalars():
        position += 1
        previous = link(previous, event)
        rows.append({"position": position, "event_seq": event.seq, "hash": previous, "version": VERSION})
    if rows:
        await session.execute(insert(Seal), rows)
    return len(rows)


async def seal_all(database: Database, *, batches: int | None = None) -> None:
    """Seal until nothing settled is left, or that many batches are sealed."""
    for _ in count() if batches is None else range(batches):
        async with database.transaction() as session:
            if await seal_settled(session) < BATCH:
                return


async def head(session: Session) -> tuple[int, str]:
    """Length and hash of the chain. Noted elsewhere, they show whether its end was cut off later."""
    row = (
        await session.execute(select(Seal.position, Seal.hash).order_by(Seal.position.desc()).limit(1))
    ).one_or_none()
    return (row.position, row.hash.hex()) if row else (0, GENESIS.hex())


@dataclass(frozen=True, slots=True)
class Link:
    """A seal with the hash before it: `hash` is `link(previous, event, version)`."""

    position: int
    previous: str
    hash: str
    version: int


async def links_of(session: Session, seqs: Iterable[int]) -> dict[int, Link]:
    """The links of some events by their `seq`; one that is not sealed yet has none."""
    before = aliased(Seal)
    statement = (
        select(Seal.event_seq, Seal.position, Seal.hash, Seal.version, before.hash)
        .outerjoin(before, before.position == Seal.position - 1)
        .where(Seal.event_seq.in_(sorted(set(seqs))))
    )
    return {
        seq: Link(position, (previous or GENESIS).hex(), digest.hex(), version)
        for seq, position, digest, version, previous in await session.execute(statement)
    }


async def _sealed(session: Session) -> AsyncIterator[tuple[Seal, Event | None]]:
    after = 0
    while True:
        statement = (
            select(Seal, Event)
            .outerjoin(Event, Event.seq == Seal.event_seq)
            .where(Seal.position > after)
            .order_by(Seal.position)
            .limit(BATCH)
            .execution_options(populate_existing=True)
        )
        rows = (await session.execute(statement)).all()
        for seal, event in rows:
            yield seal, event
            after = seal.position
        session.expunge_all()
        if len(rows) < BATCH:
            return


async def check_chain(session: Session, noted_head: str | None = None) -> AuditReport:
    """Recompute every seal from its event. `noted_head` must be among the chain's hashes."""
    report, previous, last, noted = AuditReport(), GENESIS, (0, 0), noted_head is None
    async for seal, event in _sealed(session):
        report.sealed += 1
        if seal.position != report.sealed:
            report.problems.append(f"position {report.sealed} is missing from the chain")
            report.sealed = seal.position
        if event is None:
            report.problems.append(f"position {seal.position}: its event {seal.event_seq} is gone")
        else:
            if link(previous, event, seal.version) != seal.hash:
                report.problems.append(f"position {seal.position}: event {event.id} is not what was sealed")
            if (event.xid, event.seq) <= last:
                report.problems.append(
                    f"position {seal.position}: event {event.id} stands before the one sealed before it"
                )
            last = (event.xid, event.seq)
        previous = seal.hash
        noted |= seal.hash.hex() == noted_head
    report.head = previous.hex()
    if not noted:
        report.problems.append(f"the noted head {noted_head} is not in the chain: its end was cut off or rewritten")
    await _count_unsealed(session, last, report)
    return report


async def _count_unsealed(session: Session, last: tuple[int, int], report: AuditReport) -> None:
    unsealed = (
        select(func.count())
        .select_from(Event)
        .outerjoin(Seal, Seal.event_seq == Event.seq)
        .where(Seal.position.is_(None))
    )
    behind = (await session.execute(unsealed.where(tuple_(Event.xid, Event.seq) <= last))).scalar_one()
    if behind:
        report.problems.append(f"{behind} event(s) were put in behind the sealed end of the chain")
    report.unsealed = (await session.execute(unsealed)).scalar_one() - behind
    hidden = (await session.execute(unsealed.where(Event.xid >= _NEXT_XID))).scalar_one()
    if hidden:
        report.problems.append(
            f"{hidden} event(s) bear a transaction id that was never given: no feed shows them, no seal covers them"
        )


Further = Callable[[Session, AuditReport], Awaitable[None]]
"""Adds what it finds to a report, in the snapshot in which the chain was checked."""


async def verify(settings: Settings, noted_head: str | None = None, further: Iterable[Further] = ()) -> AuditReport:
    """Seal what has settled, then check the whole chain of the database in `settings`, and what is asked `further`."""
    database = connect(settings)
    try:
        await seal_all(database)
        async with database.snapshot() as session:
            report = await check_chain(session, noted_head)
            for check in further:
                await check(session, report)
            return report
    finally:
        await database.close()
