"""Documents whose commands are run: one installation plays them all, and what they print is what they show.

A block of `sh` is run; a block of `json` or `text` right below it is what it printed. Blocks of another kind are not
run. `TECHEX_RECORD=1 pytest tests/test_readme.py tests/test_docs.py` writes the outputs into the documents anew.
"""

import asyncio
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.clock import move_clock, read_clock
from app.core.database import Database
from app.run.postgres.embedded import EmbeddedPostgres, running_url
from tests.support import seed, vouched
from tests.support.databases import CITY
from tests.support.patience import PATIENCE
from tests.support.served import ROOT, free_port

# In the order in which they are played, each in a shell of its own; all from the integration guide on move the clock.
WALKS = ("README", "negotiated", "listed", "appraised", "auction", "after-the-price")
DOCUMENTS = (
    "README.md",
    "docs/guides/operations.md",
    "docs/guides/integration.md",
    "docs/guides/demands.md",
    "docs/guides/worklist.md",
    *(f"docs/tutorial/{walk}.md" for walk in WALKS),
    "docs/guides/finding.md",
)
RECORDING = bool(os.environ.get("TECHEX_RECORD"))
BLOCK = re.compile(r"```sh\n(?P<command>.*?)```\n(?:```(?P<kind>json|text)\n(?P<shown>.*?)```\n)?", re.DOTALL)
# What differs from run to run: identifiers, times, hashes, keys, cursors.
VARYING = (
    (
        re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "01890000-0000-7000-8000-000000000000",
    ),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)"), "2026-11-22T09:00:00+08:00"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "2026-11-22"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "0" * 64),
    (re.compile(r"\b(WH-[A-Z]+)-\d{4}-(?=\d{6}\b)"), r"\1-2026-"),
    (re.compile(r"(?<=\")420101\d{10}(?=\")"), "4201012026000001"),
    (re.compile(r"\btx_[\w-]{6,}"), "tx_000000"),
    (re.compile(r"\bWyI[\w-]+=*"), "WyIxMDAwIiwgIjIwIl0="),
    (re.compile(r'(?<=")(paddle|leader|winner)": \d+\b'), r'\1": 117'),
)


@dataclass
class Played:
    """What the one installation printed at its start, what the blocks of each document printed, its event feed, and
    what a check of its rows found (`vouched.unseen`).
    """

    printed: str = ""
    outputs: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, Any] = field(default_factory=dict)


def plain(text: str) -> str:
    """A text with what varies put to one value."""
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


def blocks(document: str) -> list[re.Match[str]]:
    return list(BLOCK.finditer((ROOT / document).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The documents, played once a test run: whichever test process comes first plays, the others read what it got."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    result = shared / "recorded-docs.json"
    with (shared / "recorded-docs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_text(json.dumps(asdict(_play())), encoding="utf-8")
    return Played(**json.loads(result.read_text(encoding="utf-8")))


def _play() -> Played:
    folder = seed.short_folder()
    data_dir, port, done = folder / "data", free_port(), Played()
    try:
        _begin_in_march(data_dir)
        with running(data_dir, port) as done.printed:
            for document in DOCUMENTS:
                try:
                    done.outputs[document] = session(document, port, data_dir, folder)
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    done.failures[document] = str(error)
            auditor = json.loads((data_dir / "demo-keys.json").read_text(encoding="utf-8"))["auditor"]
            done.events = list(_feed(port, auditor))
            done.rows = asyncio.run(vouched.unseen(str(running_url(data_dir))))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done


def _begin_in_march(data_dir: Path) -> None:
    """A migrated database without rows whose clock stands at the next 1 March, so that the play crosses no year.

    It is a copy: `tests/run` makes and migrates some.
    """

    async def move(url: str) -> None:
        database = Database(url, CITY, pool_size=1)
        try:
            async with database.transaction() as session:
                now = (await read_clock(session)).astimezone(CITY.zone)
                march = now.replace(month=3, day=1, hour=9, minute=0)
                await move_clock(session, march if march > now else march.replace(year=now.year + 1))
        finally:
            await database.close()

    seed.copy_to(data_dir)
    with EmbeddedPostgres(data_dir) as server:
        asyncio.run(move(server.url()))


@contextmanager
def running(data_dir: Path, port: int) -> Iterator[str]:
    """`make run`'s own command with the demonstration; what it printed by the time it was ready."""
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=ROOT, env=_environment(data_dir, port), stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        printed = ""
        try:
            for line in process.stdout:
                printed += line
                if "running; stop with Ctrl-C" in line:
                    break
            yield printed
        finally:
            process.terminate()
            process.stdout.read()
            assert process.wait(PATIENCE) == 0


def _environment(data_dir: Path, port: int) -> Mapping[str, str]:
    named = {"TECHEX_DATA_DIR": str(data_dir), "TECHEX_PORT": str(port), "COLUMNS": "160", "PYTHONPATH": str(ROOT)}
    # This very Python, which a shell then finds without the detours of version managers.
    environment = os.environ | named | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("DATABASE_URL", None)
    return environment


def session(document: str, port: int, data_dir: Path, folder: Path) -> list[str]:
    """Run every block of a document in one shell; answers what each printed, in plain form."""
    script = "set -e\n"
    for block in blocks(document):
        script += f"{block['command']}\nprintf '\\n\\036'\n"
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(".data/", f"{data_dir}/")
    script = script.replace("docs/tutorial/walk.sh", str(ROOT / "docs/tutorial/walk.sh"))
    script = script.replace(".venv/bin/python", sys.executable)
    ran = subprocess.run(
        ["bash", "-c", script],
        cwd=folder, env=_environment(data_dir, port), capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return [plain(part.strip("\n") + "\n") for part in ran.stdout.split("\036")[:-1]]


def _feed(port: int, key: str) -> Iterator[dict[str, Any]]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/v1", headers={"Authorization": f"Bearer {key}"}) as client:
        cursor: dict[str, str] = {}
        while items := (page := client.get("/events", params={"limit": "100"} | cursor).json())["items"]:
            yield from items
            assert page["next_cursor"] != cursor.get("cursor"), "the feed stands still"
            cursor = {"cursor": page["next_cursor"]}


def agrees(document: str, played: Played, source: str | None = None) -> None:
    """Each block of a document shows what the same block of `source` (else of itself) printed; or records it."""
    source = source or document
    assert source not in played.failures, played.failures[source]
    outputs = played.outputs[source]
    found = blocks(document)
    assert len(found) == len(outputs)
    if RECORDING:
        _record(document, found, outputs)
        return
    for block, output in zip(found, outputs, strict=True):
        if block["kind"]:
            assert output == plain(block["shown"]), block["command"]


def _record(document: str, found: Sequence[re.Match[str]], outputs: Sequence[str]) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for block, output in zip(reversed(found), reversed(outputs), strict=True):
        if block["kind"]:
            text = text[: block.start("shown")] + output + text[block.end("shown") :]
    (ROOT / document).write_text(text, encoding="utf-8")
