"""The feed loses nothing, in the one case where `seq > cursor` does: writers that commit out of order."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.access import Actor, Role
from app.core.database import Database
from app.core.history import events
from app.core.ids import new_id

WRITERS = 8
EACH = 60
SUBJECT = ("thing", UUID(int=7))
AUDITOR = Actor(UUID(int=1), UUID(int=2), None, frozenset({Role.AUDITOR}), frozenset({"*:*"}))


def test_c3_a_role_of_the_market_hears_what_is_meant_for_it_alone() -> None:
    heard = {
        role: events.audiences_of(Actor(UUID(int=1), UUID(int=2), None, frozenset({role}), frozenset()))
        for role in (*events.BY_ROLE, Role.AUDITOR)
    }
    assert heard == {role: [events.PUBLIC, own] for role, own in events.BY_ROLE.items()} | {Role.AUDITOR: None}
    member = Actor(UUID(int=1), UUID(int=2), UUID(int=3), frozenset({Role.MEMBER}), frozenset())
    assert (events.audiences_of(None), events.audiences_of(member)) == ([events.PUBLIC], [events.PUBLIC, UUID(int=3)])


async def _write(database: Database, writer: int) -> None:
    dice = random.Random(writer)
    for number in range(EACH):
        async with database.transaction() as session:
            payload = {"n": number, "w": writer}
            events.append(session, "thing.happened", SUBJECT, audience=[events.PUBLIC], payload=payload)
            await session.flush()
            for _ in range(dice.randrange(4)):
                await session.execute(text("SELECT 1"))
                await asyncio.sleep(0)


async def _read(database: Database, writing: asyncio.Event, seen: list[UUID]) -> None:
    cursor: tuple[int, int] | None = None
    while True:
        done = writing.is_set()
        async with database.reading() as session:
            page = await events.read_feed(session, AUDITOR, cursor, 50)
        cursor = (page[-1].xid, page[-1].seq) if page else cursor
        seen += [event.id for event in page]
        if done and not page:
            return
        assert len(seen) <= WRITERS * EACH, "the feed gives an event again"


async def test_a_reader_misses_no_event_of_eight_concurrent_writers(fresh_database: Database) -> None:
    seen: list[UUID] = []
    ended = asyncio.Event()
    reader = asyncio.create_task(_read(fresh_database, ended, seen))
    await asyncio.gather(*(_write(fresh_database, writer) for writer in range(WRITERS)))
    ended.set()
    await reader
    assert len(seen) == len(set(seen)) == WRITERS * EACH


async def test_an_event_that_commits_late_is_still_delivered(fresh_database: Database) -> None:
    """The deterministic form: a plain `seq > cursor` would have passed the first event by."""
    slow = fresh_database.session()
    await slow.begin()
    events.append(slow, "thing.slow", SUBJECT, audience=[events.PUBLIC])
    await slow.flush()
    async with fresh_database.transaction() as fast:
        events.append(fast, "thing.fast", SUBJECT, audience=[events.PUBLIC])
    async with fresh_database.reading() as reader:
        assert await events.read_feed(reader, None, None, 10) == []
    await slow.commit()
    await slow.close()
    async with fresh_database.reading() as reader:
        page = await events.read_feed(reader, None, None, 10)
    assert [event.type for event in page] == ["thing.slow", "thing.fast"]


async def test_the_log_refuses_to_be_changed(fresh_database: Database) -> None:
    async with fresh_database.transaction() as session:
        events.append(session, "thing.happened", SUBJECT, audience=[events.PUBLIC])
    for statement in ("UPDATE events SET type = 'a.b'", "DELETE FROM events", "TRUNCATE events CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with fresh_database.transaction() as session:
                await session.execute(text(statement))


async def test_an_actor_reads_only_what_is_addressed_to_them(fresh_database: Database) -> None:
    mine, other = new_id(), new_id()
    async with fresh_database.transaction() as session:
        for audience in (events.PUBLIC, events.REGISTRAR, events.OPERATOR, mine, other):
            events.append(session, "thing.happened", SUBJECT, audience=[audience])

    def member(organisation_id: UUID) -> Actor:
        return Actor(new_id(), new_id(), organisation_id, frozenset({Role.MEMBER}), frozenset())

    def staff(role: Role) -> Actor:
        return Actor(new_id(), new_id(), None, frozenset({role}), frozenset())

    actors = (None, member(mine), staff(Role.REGISTRAR), staff(Role.AUDITOR))
    async with fresh_database.reading() as session:
        counts = [len(await events.read_feed(session, actor, None, 10)) for actor in actors]
    assert counts == [1, 2, 2, 5]


def test_a_type_that_is_not_thing_happened_is_refused() -> None:
    with pytest.raises(ValueError, match="not of the form"):
        events.append(None, "Listing Published", SUBJECT, audience=[])  # type: ignore[arg-type]
