"""E4: the head of the audit chain is kept outside each day, and shows a chain that was rewritten as a whole."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import select, text, update

from app import worker
from app.core import clock, deadlines, keys
from app.core.database import Database
from app.core.deadlines import Deadline, run_due
from app.core.history import audit, events
from app.core.history.audit import GENESIS, AuditReport, Seal, link
from app.core.history.events import Event
from app.core.settings import Settings
from app.pricing.auction.proof.receipts import Signer
from app.system.anchors import rules, sending, service
from app.system.anchors.checking import against_anchors, known_keys
from app.system.anchors.kinds import AnchorTarget
from tests.support.patience import PATIENCE
from tests.system.test_audit_command import verify_command

Json = dict[str, Any]


@contextmanager
def keeper(statuses: list[int]) -> Iterator[tuple[str, list[Json], threading.Event]]:
    """A server on loopback that answers with these statuses, one after another, and keeps what it is sent."""
    kept: list[Json] = []
    came = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(statuses.pop(0))
            self.end_headers()
            came.set()

        def log_message(self, *_: Any) -> None:
            """Keep the output of the tests clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/anchors", kept, came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def anchoring(settings: Settings, **where: Any) -> Iterator[Settings]:
    """This process as a worker with these settings."""
    made = settings.model_copy(update=where)
    keys.configure(made)
    sending.configure(made)
    yield made
    sending.configure(settings)


async def later(database: Database, by: timedelta | None = None) -> None:
    """The worker does what is due, now or after a while."""
    if by is not None:
        async with database.transaction() as session:
            await clock.move_clock(session, await clock.read_clock(session) + by)
    while await run_due(database):
        pass


async def happens(database: Database, count: int) -> None:
    for number in range(count):
        async with database.transaction() as session:
            payload = {"n": number, "名": "值"}
            events.append(session, "thing.happened", ("thing", UUID(int=7)), audience=[events.PUBLIC], payload=payload)
    await audit.seal_all(database)


async def recorded(database: Database) -> list[Event]:
    async with database.reading() as session:
        found = select(Event).where(Event.type == "audit.anchored").order_by(Event.seq)
        return list((await session.execute(found)).scalars())


async def held(database: Database, lines: list[str], settings: Settings) -> AuditReport:
    async with database.snapshot() as session:
        report = await audit.check_chain(session)
        await against_anchors(lines, known_keys(settings, ()))(session, report)
        return report


async def rewrite(database: Database) -> None:
    """Change one event and compute every seal again, as someone with full rights on the database would."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(update(Event.__table__).where(Event.__table__.c.seq == 2).values(payload={"n": 1_000}))
        previous = GENESIS
        sealed = select(Seal, Event).join(Event, Event.seq == Seal.event_seq).order_by(Seal.position)
        for seal, event in (await session.execute(sealed)).all():
            previous = link(previous, event, seal.version)
            table = Seal.__table__
            await session.execute(update(table).where(table.c.position == seal.position).values(hash=previous))


async def test_e4_the_head_goes_out_once_a_day_and_is_tried_again(
    fresh_database: Database, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    await happens(fresh_database, 3)
    with (
        keeper([500, 302, 204, 204]) as (url, kept, _),
        anchoring(settings, anchor_file=file, anchor_url=SecretStr(url)) as made,
    ):
        for _ in range(2):
            await service.arrange(fresh_database)
        await later(fresh_database)
        assert [event.payload["target"] for event in await recorded(fresh_database)] == ["file"], "500 is no receipt"
        async with fresh_database.reading() as session:
            failing = select(Deadline.kind, Deadline.last_error).where(Deadline.last_error.is_not(None))
            assert (await session.execute(failing)).all() == [("audit_anchor_url", "HTTPStatusError")]
        await later(fresh_database, timedelta(seconds=2))
        await later(fresh_database, timedelta(seconds=4))
        assert [event.payload["target"] for event in await recorded(fresh_database)] == ["file", "url"]
        await service.arrange(fresh_database)
        await later(fresh_database)
        assert len(kept) == 3, "once a day"
        await happens(fresh_database, 1)
        await later(fresh_database, timedelta(days=1))

    lines = file.read_text("utf-8").splitlines()
    first, second = map(json.loads, lines)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (first["position"], kept[2]["position"], second["position"]) == (3, 3, 6)
    assert kept[3] == second
    assert first["day"] < second["day"]
    told = await recorded(fresh_database)
    assert told[0].payload == {"target": "file"} | first
    assert {tuple(event.audiences) for event in told} == {(events.OPERATOR,)}, "the auditor reads all"
    assert (await held(fresh_database, lines, made)).problems == []


async def test_e4_the_worker_anchors_when_it_starts(
    fresh_database: Database, settings: Settings, fresh_url: str
) -> None:
    with keeper([204]) as (url, kept, came):
        where = {"anchor_url": SecretStr(url), "database_url": SecretStr(fresh_url)}
        with anchoring(settings, **where) as made:
            stop = asyncio.Event()
            running = asyncio.create_task(worker.run(made, stop=stop))
            assert await asyncio.to_thread(came.wait, PATIENCE)
            stop.set()
            await running
    (told,) = await recorded(fresh_database)
    assert told.payload == {"target": "url"} | kept[0]


async def test_e4_a_target_is_left_where_it_is_not_set_and_taken_up_again(
    fresh_database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Its last day is known: another worker does not anchor the same day again."""
    file = tmp_path / "anchors.jsonl"
    with anchoring(settings, anchor_file=file):
        await service.arrange(fresh_database)
        await later(fresh_database)
    await later(fresh_database, timedelta(days=1))
    with file.open("ab") as end:
        end.write(b'{"day":"20')  # the machine stopped while another wrote
    with anchoring(settings, anchor_file=file):
        await service.arrange(fresh_database)
        await later(fresh_database)
        await service.arrange(fresh_database)
        await later(fresh_database)
        async with fresh_database.transaction() as session:
            await deadlines.cancel(session, service.kind_of(AnchorTarget.FILE), service.CHAIN)
        await service.arrange(fresh_database)
        await later(fresh_database)
    first, cut, second = file.read_text("utf-8").splitlines()
    assert (json.loads(first)["day"] < json.loads(second)["day"], cut) == (True, '{"day":"20')
    assert len(await recorded(fresh_database)) == 2
    await later(fresh_database, timedelta(days=3))
    (gap,) = (await held(fresh_database, [first, second], settings)).notes
    begins = date.fromisoformat(json.loads(second)["day"]) + timedelta(days=1)
    assert gap.startswith(f"no anchor of {begins} to {begins + timedelta(days=1)}, 2 days: ")


async def test_e4_a_chain_rewritten_as_a_whole_is_found(
    fresh_database: Database, settings: Settings, fresh_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    with anchoring(settings, anchor_file=file) as made:
        await service.arrange(fresh_database)
        for count in (1, 3, 2):
            await happens(fresh_database, count)
            await later(fresh_database, timedelta(days=1))
    lines = file.read_text("utf-8").splitlines()
    assert (await held(fresh_database, lines, made)).ok
    for changed, problem in (
        ([], "there is no anchor"),
        ([lines[0], "{}"], "line 2: cannot be read"),
        ([lines[0].replace(json.loads(lines[0])["day"], "2020-01-01"), lines[1]], "line 1: its signature is wrong"),
        ([re.sub(r'"position":(\d)', r'"position":1\1', lines[2])], "line 1: its signature is wrong"),
    ):
        report = await held(fresh_database, changed, made)
        assert (len(report.problems), problem in report.problems[0]) == (1, True), report.problems
    assert "is not known" in (await held(fresh_database, lines, Settings(data_dir=tmp_path))).problems[0]

    await audit.seal_all(fresh_database)
    await rewrite(fresh_database)
    async with fresh_database.reading() as session:
        assert (await audit.check_chain(session)).ok, "the chain holds in itself"
    public_key = Signer(keys.load(made).signing_seed).public_key.hex()
    broken = verify_command(fresh_url, "--anchors", str(file), "--key", public_key)
    assert "no anchor of" not in broken.stdout
    assert (broken.returncode, "3 anchors held against the chain" in broken.stdout) == (1, True), broken.stderr
    assert "anchor in line 2: position" in broken.stderr
    assert "… and 1 anchors more do not hold" in broken.stderr

    async with fresh_database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM audit_seals WHERE position > 1"))
    assert "is not in the chain: its end was cut off" in (await held(fresh_database, lines[2:], made)).problems[-1]


@pytest.mark.parametrize("url", ["http://192.0.2.1/", "ftp://a.example/", "https:///path", "x"])
def test_e4_an_anchor_goes_by_a_private_way(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(anchor_url=SecretStr(url))
    assert "https://host/path" in str(refused.value)
    assert Settings(anchor_url=SecretStr("http://[::1]:1/a")).anchor_url


DAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("days", "today", "gaps"),
    [
        ([], 9, []),
        ([1], 1, []),
        ([1], 2, []),
        ([1], 3, [(2, 2)]),
        ([3, 1, 2, 2], 4, []),
        ([5, 1, 2], 8, [(3, 4), (6, 7)]),
        ([1, 4], 2, [(2, 3)]),
    ],
)
def test_e4_a_gap_in_the_days_is_told(days: list[int], today: int, gaps: list[tuple[int, int]]) -> None:
    found = rules.missing([DAY.replace(day=day) for day in days], DAY.replace(day=today))
    assert [(first.day, last.day) for first, last in found] == gaps
