"""Deadlines run once, at the exchange's time, whatever number of workers run."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import deadlines, events
from app.core.clock import move_clock, read_clock
from app.core.database import Database, advisory_lock
from app.core.ids import new_id

FAILING: set[UUID] = set()
WAITING: dict[UUID, asyncio.Event] = {}
REPEATING: set[UUID] = set()


@deadlines.handles("test.noted")
async def _note(session: AsyncSession, subject_id: UUID, now: datetime) -> None:
    if subject_id in WAITING:
        WAITING[subject_id].set()
        await advisory_lock(session, "subject", subject_id)
    events.append(session, "test.noted", ("test", subject_id), audience=[events.PUBLIC])
    await session.flush()
    if subject_id in FAILING:
        raise RuntimeError("handler fails")
    if subject_id in REPEATING:
        await deadlines.schedule(session, "test.noted", subject_id, now + timedelta(days=1))


async def _noted(database: Database) -> list[UUID]:
    async with database.reading() as session:
        return list((await session.execute(text("SELECT subject_id FROM events ORDER BY seq"))).scalars())


async def _schedule(database: Database, count: int, after: timedelta) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    async with database.transaction() as session:
        due = await read_clock(session) + after
        for subject in subjects:
            await deadlines.schedule(session, "test.noted", subject, due)
    return subjects


async def test_nothing_happens_before_the_time_and_everything_once_after(fresh_database: Database) -> None:
    subjects = await _schedule(fresh_database, 120, timedelta(days=20))
    assert await deadlines.run_due(fresh_database) == 0
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(days=20, seconds=1))

    async def worker() -> None:
        while await deadlines.run_due(fresh_database, limit=7):
            pass

    await asyncio.gather(*(worker() for _ in range(4)))
    assert sorted(await _noted(fresh_database)) == sorted(subjects)


async def test_a_failing_handler_leaves_no_trace_and_is_tried_again(fresh_database: Database) -> None:
    good, bad = await _schedule(fresh_database, 2, timedelta(0))
    FAILING.add(bad)
    assert await deadlines.run_due(fresh_database) == 2
    assert await _noted(fresh_database) == [good]
    assert await deadlines.run_due(fresh_database) == 0, "not at once: it backs off"
    FAILING.discard(bad)
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(seconds=10))
    assert await deadlines.run_due(fresh_database) == 1
    assert await _noted(fresh_database) == [good, bad]


async def test_moving_and_cancelling(fresh_database: Database) -> None:
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    async with fresh_database.transaction() as session:
        later = await read_clock(session) + timedelta(days=1)
        await deadlines.schedule(session, "test.noted", subject, later)
    assert await deadlines.run_due(fresh_database) == 0
    async with fresh_database.transaction() as session:
        await deadlines.cancel(session, "test.noted", subject)
        await move_clock(session, later + timedelta(days=1))
    assert await deadlines.run_due(fresh_database) == 0
    assert await _noted(fresh_database) == []


async def test_a_kind_without_a_handler_is_refused(fresh_database: Database) -> None:
    async with fresh_database.transaction() as session:
        with pytest.raises(ValueError, match="no handler"):
            await deadlines.schedule(session, "test.unknown", new_id(), await read_clock(session))


async def test_a_command_on_the_subject_and_its_deadline_at_once_do_not_deadlock(fresh_database: Database) -> None:
    """The command holds the subject and cancels the deadline while a worker has begun to run it."""
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    WAITING[subject] = asyncio.Event()
    async with fresh_database.transaction() as session:
        await advisory_lock(session, "subject", subject)
        worker = asyncio.create_task(deadlines.run_due(fresh_database))
        await asyncio.wait_for(WAITING[subject].wait(), 10)
        await session.execute(text("SET LOCAL lock_timeout = '500ms'"))
        await deadlines.cancel(session, "test.noted", subject)
    assert await worker == 0
    assert await _noted(fresh_database) == [], "what was cancelled meanwhile leaves no trace"


async def test_a_failing_deadline_does_not_hold_up_the_others_however_often_it_failed(
    fresh_database: Database,
) -> None:
    good, bad = await _schedule(fresh_database, 2, timedelta(0))
    FAILING.add(bad)
    async with fresh_database.transaction() as session:
        await session.execute(text("UPDATE deadlines SET attempts = 60"))
        before = await read_clock(session)
    assert await deadlines.run_due(fresh_database) == 2
    FAILING.discard(bad)
    assert await _noted(fresh_database) == [good]
    async with fresh_database.reading() as session:
        next_attempt = text("SELECT next_attempt_at FROM deadlines WHERE settled_at IS NULL")
        wait = (await session.execute(next_attempt)).scalar_one() - before
    assert timedelta(minutes=59) < wait < timedelta(minutes=61)


async def test_a_handler_may_set_its_subjects_next_deadline_of_the_same_kind(fresh_database: Database) -> None:
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    REPEATING.add(subject)
    assert [await deadlines.run_due(fresh_database) for _ in range(2)] == [1, 0]
    REPEATING.discard(subject)
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(days=1, seconds=1))
    assert [await deadlines.run_due(fresh_database) for _ in range(2)] == [1, 0]
    assert await _noted(fresh_database) == [subject, subject]
