"""The audit chain finds every way of tampering with the log."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.history import audit, events

SUBJECT = ("thing", UUID(int=7))


async def _append(database: Database, count: int) -> None:
    for number in range(count):
        async with database.transaction() as session:
            payload = {"n": number, "名": "值", "amount": "1.00"}
            events.append(session, "thing.happened", SUBJECT, audience=[events.PUBLIC], payload=payload)


async def _check(database: Database, head: str | None = None) -> audit.AuditReport:
    async with database.reading() as session:
        return await audit.check_chain(session, head)


async def _tamper(database: Database, *statements: str) -> None:
    """As someone with full rights on the database would."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await session.execute(text(statement))


async def test_an_untouched_log_holds(fresh_database: Database) -> None:
    await _append(fresh_database, 5)
    await audit.seal_all(fresh_database)
    await _append(fresh_database, 2)
    report = await _check(fresh_database)
    assert (report.ok, report.sealed, report.unsealed) == (True, 5, 2)


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE events SET payload = '{\"n\": 9}' WHERE seq = 2", "is not what was sealed"),
        ("UPDATE events SET occurred_at = occurred_at - interval '1 day' WHERE seq = 2", "is not what was sealed"),
        ("UPDATE events SET actor_key_id = gen_random_uuid() WHERE seq = 2", "is not what was sealed"),
        ("DELETE FROM events WHERE seq = 2", "is gone"),
        ("DELETE FROM audit_seals WHERE position = 2", "missing from the chain"),
        ("UPDATE audit_seals SET hash = sha256('x') WHERE position = 3", "is not what was sealed"),
        (
            "INSERT INTO events (seq, xid, id, type, subject_type, subject_id, audiences, payload) "
            "OVERRIDING SYSTEM VALUE SELECT 900, xid, gen_random_uuid(), type, subject_type, subject_id, audiences, "
            "payload "
            "FROM events WHERE seq = 1",
            "put in behind",
        ),
    ],
)
async def test_tampering_is_found(fresh_database: Database, tampering: str, found: str) -> None:
    await _append(fresh_database, 4)
    await audit.seal_all(fresh_database)
    await _tamper(fresh_database, tampering)
    report = await _check(fresh_database)
    assert not report.ok
    assert any(found in problem for problem in report.problems), report.problems


async def test_exchanging_two_events_is_found(fresh_database: Database) -> None:
    await _append(fresh_database, 4)
    await audit.seal_all(fresh_database)
    await _tamper(
        fresh_database,
        "UPDATE audit_seals SET event_seq = 100 WHERE position = 1",
        "UPDATE audit_seals SET event_seq = 1 WHERE position = 2",
        "UPDATE audit_seals SET event_seq = 2 WHERE position = 1",
    )
    assert not (await _check(fresh_database)).ok


async def test_a_cut_end_is_found_by_a_head_noted_outside(fresh_database: Database) -> None:
    await _append(fresh_database, 4)
    await audit.seal_all(fresh_database)
    noted = (await _check(fresh_database)).head
    await _tamper(fresh_database, "DELETE FROM audit_seals WHERE position = 4", "DELETE FROM events WHERE seq = 4")
    assert (await _check(fresh_database)).ok
    assert not (await _check(fresh_database, noted)).ok


async def test_several_sealers_at_once_make_one_chain(fresh_database: Database) -> None:
    await _append(fresh_database, 30)
    await asyncio.gather(*(audit.seal_all(fresh_database) for _ in range(4)))
    report = await _check(fresh_database)
    assert (report.ok, report.sealed) == (True, 30)
