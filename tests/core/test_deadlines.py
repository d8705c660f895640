"""Deadlines run once, at the exchange's time, whatever number of workers run."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import deadlines
from app.core.clock import move_clock, read_clock
from app.core.database import Database, Session, advisory_lock
from app.core.deadlines import run_due
from app.core.history import events
from app.core.ids import new_id
from tests.support.patience import PATIENCE

FAILING: set[UUID] = set()
WAITING: dict[UUID, asyncio.Event] = {}
REPEATING: set[UUID] = set()


async def _note(session: Session, subject_id: UUID, now: datetime) -> None:
    if subject_id in WAITING:
        WAITING[subject_id].set()
        await advisory_lock(session, "subject", subject_id)
    events.append(session, "test.noted", ("test", subject_id), audience=[events.PUBLIC])
    await session.flush()
    if subject_id in FAILING:
        raise RuntimeError("handler fails")
    if subject_id in REPEATING:
        await deadlines.schedule(session, "test.noted", subject_id, now + timedelta(days=1))


async def _note_later(session: Session, subject_id: UUID, now: datetime) -> None:
    events.append(session, "test.later", ("test", subject_id), audience=[events.PUBLIC])


deadlines.HANDLERS.provide("test.noted", _note)
deadlines.HANDLERS.provide("test.later", _note_later)


async def _noted(database: Database) -> list[UUID]:
    async with database.reading() as session:
        return list((await session.execute(text("SELECT subject_id FROM events ORDER BY seq"))).scalars())


async def _until(done: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(10):
        while True:
            if await done():
                return
            await asyncio.sleep(0.005)


async def _schedule(database: Database, count: int, after: timedelta) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    async with database.transaction() as session:
        due = await read_clock(session) + after
        for subject in subjects:
            await deadlines.schedule(session, "test.noted", subject, due)
    return subjects


async def test_nothing_happens_before_the_time_and_everything_once_after(fresh_database: Database) -> None:
    subjects = await _schedule(fresh_database, 120, timedelta(days=20))
    assert await run_due(fresh_database) == 0
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(days=20, seconds=1))

    async def worker() -> None:
        while await run_due(fresh_database, limit=7):
            pass

    await asyncio.gather(*(worker() for _ in range(4)))
    assert sorted(await _noted(fresh_database)) == sorted(subjects)


async def test_a_failing_handler_leaves_no_trace_and_is_tried_again(fresh_database: Database) -> None:
    good, bad = await _schedule(fresh_database, 2, timedelta(0))
    FAILING.add(bad)
    assert await run_due(fresh_database) == 2
    assert await _noted(fresh_database) == [good]
    assert await run_due(fresh_database) == 0, "not at once: it backs off"
    FAILING.discard(bad)
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(seconds=10))
    assert await run_due(fresh_database) == 1
    assert await _noted(fresh_database) == [good, bad]


async def test_moving_and_cancelling(fresh_database: Database) -> None:
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    async with fresh_database.transaction() as session:
        later = await read_clock(session) + timedelta(days=1)
        await deadlines.schedule(session, "test.noted", subject, later)
        await deadlines.schedule(session, "test.later", subject, later)
    assert await run_due(fresh_database) == 0
    async with fresh_database.transaction() as session:
        await deadlines.cancel(session, "test.noted", subject)
        await move_clock(session, later + timedelta(days=1))
    assert await run_due(fresh_database) == 1, "the subject's other deadline stays"
    async with fresh_database.reading() as session:
        assert (await session.execute(text("SELECT type FROM events"))).scalars().all() == ["test.later"]


async def test_a_kind_without_a_handler_is_refused(fresh_database: Database) -> None:
    async with fresh_database.transaction() as session:
        with pytest.raises(KeyError, match=r"nobody provides for test\.unknown"):
            await deadlines.schedule(session, "test.unknown", new_id(), await read_clock(session))


@pytest.mark.parametrize("moved", [False, True])
async def test_a_command_on_the_subject_and_its_deadline_at_once_do_not_deadlock(
    fresh_database: Database, moved: bool
) -> None:
    """The command holds the subject and cancels or moves the deadline while a worker has begun to run it."""
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    WAITING[subject] = asyncio.Event()
    async with fresh_database.transaction() as session:
        await advisory_lock(session, "subject", subject)
        worker = asyncio.create_task(run_due(fresh_database))
        await asyncio.wait_for(WAITING[subject].wait(), PATIENCE)
        await session.execute(text("SET LOCAL lock_timeout = '500ms'"))
        if moved:
            later = await read_clock(session) + timedelta(days=1)
            await deadlines.schedule(session, "test.noted", subject, later)
        else:
            await deadlines.cancel(session, "test.noted", subject)
    assert await worker == 0
    assert await _noted(fresh_database) == [], "what was cancelled or moved meanwhile leaves no trace"
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(days=1, seconds=1))
    assert await run_due(fresh_database) == moved
    assert await _noted(fresh_database) == [subject] * moved


async def test_a_worker_takes_what_no_other_has_begun(fresh_database: Database) -> None:
    (held,) = await _schedule(fresh_database, 1, timedelta(0))
    others = await _schedule(fresh_database, 3, timedelta(0))
    WAITING[held] = asyncio.Event()
    async with fresh_database.transaction() as session:
        await advisory_lock(session, "subject", held)
        first = asyncio.create_task(run_due(fresh_database, limit=1))
        await asyncio.wait_for(WAITING[held].wait(), PATIENCE)
        assert await run_due(fresh_database) == 3, "neither waits for the one, nor tries it"
        assert sorted(await _noted(fresh_database)) == sorted(others)
    assert await first == 1
    assert sorted(await _noted(fresh_database)) == sorted([held, *others])


async def test_one_that_waits_does_not_hold_up_the_others_of_its_worker(fresh_database: Database) -> None:
    (held,) = await _schedule(fresh_database, 1, timedelta(0))
    others = await _schedule(fresh_database, 20, timedelta(0))
    WAITING[held] = asyncio.Event()
    async with fresh_database.transaction() as session:
        await advisory_lock(session, "subject", held)
        worker = asyncio.create_task(run_due(fresh_database))

        async def others_are_done() -> bool:
            return len(await _noted(fresh_database)) == len(others)

        await _until(others_are_done)
    assert await worker == 21


async def test_even_without_claims_each_happens_once(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims save work; what makes it once is the tick. Here every worker believes that every row is its own."""
    unclaimed = str(deadlines._CLAIM).replace("pg_try_advisory_xact_lock(", "0 <> 1 OR pg_try_advisory_xact_lock(")
    monkeypatch.setattr(deadlines, "_CLAIM", text(unclaimed))
    subjects = await _schedule(fresh_database, 60, timedelta(0))
    taken = await asyncio.gather(*(run_due(fresh_database) for _ in range(2)))
    assert sum(taken) == 60
    assert sorted(await _noted(fresh_database)) == sorted(subjects)


async def test_deadlines_of_one_subject_run_in_the_order_they_fell_due(fresh_database: Database) -> None:
    subjects = await _schedule(fresh_database, 8, timedelta(minutes=-1))
    async with fresh_database.transaction() as session:
        for subject in subjects:
            await deadlines.schedule(session, "test.later", subject, await read_clock(session))
    assert await run_due(fresh_database) == 16
    async with fresh_database.reading() as session:
        told = (await session.execute(text("SELECT subject_id, type FROM events ORDER BY xid, seq"))).all()
    for subject in subjects:
        assert [row.type for row in told if row.subject_id == subject] == ["test.noted", "test.later"]


STUCK = """
import asyncio, sys
from app.core import deadlines, hooks
from app.core.database import Database
from app.core.history import events
from app.core.settings import get_settings

async def stuck(session, subject_id, now):
    events.append(session, "test.noted", ("test", subject_id), audience=[events.PUBLIC])
    await session.flush()
    print("begun", flush=True)
    await asyncio.sleep(60)

deadlines.HANDLERS.provide("test.noted", stuck)
hooks.finish_wiring()
asyncio.run(deadlines.run_due(Database(sys.argv[1], get_settings().city)))
"""


async def test_what_a_killed_worker_had_begun_is_done_by_another_at_once(
    fresh_database: Database, fresh_url: str
) -> None:
    subjects = await _schedule(fresh_database, 10, timedelta(0))
    command = [sys.executable, "-c", STUCK, fresh_url]
    worker = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert await worker.stdout.readline() == b"begun\n"
    assert await run_due(fresh_database) == 0, "all are claimed"
    worker.kill()
    await worker.wait()
    await _until(lambda: run_due(fresh_database))  # once the server has noticed
    assert sorted(await _noted(fresh_database)) == sorted(subjects)
    async with fresh_database.reading() as session:
        attempts = (await session.execute(text("SELECT attempts FROM deadlines"))).scalars()
    assert set(attempts) == {1}


async def test_a_failing_deadline_does_not_hold_up_the_others_however_often_it_failed(fresh_database: Database) -> None:
    good, bad = await _schedule(fresh_database, 2, timedelta(0))
    FAILING.add(bad)
    async with fresh_database.transaction() as session:
        await session.execute(text("UPDATE deadlines SET attempts = 60"))
        before = await read_clock(session)
    assert await run_due(fresh_database) == 2
    FAILING.discard(bad)
    assert await _noted(fresh_database) == [good]
    async with fresh_database.reading() as session:
        next_attempt = text("SELECT next_attempt_at FROM deadlines WHERE settled_at IS NULL")
        wait = (await session.execute(next_attempt)).scalar_one() - before
    assert timedelta(minutes=59) < wait < timedelta(minutes=61)


async def test_a_handler_may_set_its_subjects_next_deadline_of_the_same_kind(fresh_database: Database) -> None:
    (subject,) = await _schedule(fresh_database, 1, timedelta(0))
    REPEATING.add(subject)
    assert [await run_due(fresh_database) for _ in range(2)] == [1, 0]
    REPEATING.discard(subject)
    async with fresh_database.transaction() as session:
        await move_clock(session, await read_clock(session) + timedelta(days=1, seconds=1))
    assert [await run_due(fresh_database) for _ in range(2)] == [1, 0]
    assert await _noted(fresh_database) == [subject, subject]
