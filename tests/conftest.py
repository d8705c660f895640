"""Fixtures: one real PostgreSQL a test process, and the API on it.

Most tests join one outer transaction by savepoints, rolled back at the end. Tests that need real commits (races, the
feed, restarts) take `fresh_url`: a database of their own. Both begin on a stage (`tests/support/stages.py`).
"""

import gc
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine, event
from xdist.scheduler import LoadScopeScheduling

from app import wiring
from app.core.database import Database
from app.core.logs import configure_logging
from app.core.settings import Environment, Settings
from app.main import create_app, open_context
from app.run.postgres.embedded import EmbeddedPostgres
from tests.awards.factory import Sale
from tests.pricing.auction.factory import Scene
from tests.support import emitted, locks, recorded_answers, seed
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY, send_savepoints_plainly, share_compiled
from tests.support.machines import LONG
from tests.support.stages import Stage, Stages
from tests.support.world import World

SERVERS = {"postgres", "durable", "data_dir", "played"}

# What takes more than 5 s on a machine of its own.
LONGEST = (
    "tests/test_access_matrix.py",
    "tests/test_contract_fuzz.py",
    "tests/test_python_client.py",
    "tests/chaos/",
    "tests/run/processes/",
    "tests/run/test_cli.py",
    "tests/office/ledger/test_ledger_properties.py",
    "tests/pricing/negotiated/test_negotiation_machine.py",
    "tests/pricing/listed/test_listed_sale_machine.py",
)

# Nothing here outlives the run, so nothing waits for a disk, is kept for a standby, or is tidied.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "8GB",
}

# `make test` draws the same examples each time: one commit has one verdict, on every machine. `make chaos` draws others
# each time, and prints how to draw them again. A loaded machine is no fault of the code, so time fails nothing. Tests
# that take a fixture and examples clear up after each example themselves. The phase `explain` is left out: it repeats a
# failing example many times, which takes minutes where each asks a database.
hypothesis.settings.register_profile(
    "techex",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate, hypothesis.Phase.shrink],
    derandomize=not LONG,
    database=None,
    print_blob=True,
)
hypothesis.settings.load_profile("techex")

wiring.connect()
share_compiled()
send_savepoints_plainly()


@event.listens_for(Engine, "do_connect")
def _keep_statements(_dialect: object, _record: object, _arguments: object, parameters: dict[str, object]) -> None:
    """The one connection of most tests asks what the whole API asks: 100 prepared statements would be made anew."""
    parameters["prepared_statement_cache_size"] = 1000


def pytest_configure(config: pytest.Config) -> None:
    for plugin in (emitted, recorded_answers, seed):
        config.pluginmanager.register(plugin)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first, so that no process ends with one while the others have nothing left to do.

    `make check` runs the tests that start no server: those that take none of these fixtures.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for item in items:
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("database")


def pytest_collection_finish() -> None:
    """What was collected stays to the end: not looking at it again at each collection of garbage saves 7 % of CPU.

    To look for garbage less often saves as much again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class _Scheduler(LoadScopeScheduling):  # type: ignore[misc] — xdist is not typed
    """Every test on its own, but the documents together, and those of the search engines: one process plays them.

    `--dist loadgroup` would say this with a mark, and does nothing with pytest 9.2 (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(("tests/test_docs.py", "tests/test_readme.py")):
            return "documents"
        return "engines" if nodeid.startswith("tests/search/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> _Scheduler:
    return _Scheduler(config, log)


@pytest.fixture(autouse=True)
def locks_in_order() -> Iterator[None]:
    """Every transaction of a test takes its locks in the documented order."""
    yield
    faults = locks.WATCH.take()
    assert not faults, "\n".join(faults)


@pytest.fixture(autouse=True)
def events_reach_their_audience() -> Iterator[None]:
    """Every event of a test is told to those of the table of audiences, and to nobody else (C3)."""
    yield
    faults = emitted.take_misled()
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test process. Its database `techex` is migrated, and as `template` it is copied."""
    folder = seed.short_folder()
    seed.copy_to(folder)
    with EmbeddedPostgres(folder, FAST) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stages(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    return Stages(postgres, tmp_path_factory.mktemp("stages"))


@pytest.fixture
def stage(request: pytest.FixtureRequest, stages: Stages) -> Stage:
    """The database that the test begins on: empty, or one in which something was played."""
    return stages.for_test(request.fixturenames)


@pytest.fixture
def fresh_url(stages: Stages, stage: Stage) -> Iterator[str]:
    """A database of the test's own, for real commits."""
    name = f"fresh_{uuid.uuid4().hex}"
    yield stages.copy(stage, name)
    stages.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(environment=Environment.SANDBOX, data_dir=tmp_path, log_level="ERROR")
    configure_logging(made)
    return made


@pytest.fixture
def stage_url(stages: Stages, stage: Stage) -> str:
    """The database for the tests that roll back."""
    return stages.shared(stage)


@pytest.fixture(scope="session")
async def connected() -> AsyncIterator[dict[str, Database]]:
    """The databases for the tests that roll back, by address: their connections are kept from test to test."""
    kept: dict[str, Database] = {}
    yield kept
    for database in kept.values():
        await database.close()


@pytest.fixture
async def database(stage_url: str, connected: dict[str, Database]) -> AsyncIterator[Database]:
    """A database whose every session joins one outer transaction, rolled back after the test."""
    if stage_url not in connected:
        connected[stage_url] = Database(stage_url, CITY)
    async with connected[stage_url].engine.connect() as connection:
        outer = await connection.begin()
        await connection.exec_driver_sql("SELECT 1")  # with its first statement the transaction begins
        yield Database(stage_url, CITY, bound=connection)
        await outer.rollback()


@pytest.fixture
def app(settings: Settings, database: Database, stage: Stage) -> FastAPI:
    stage.lend_files(settings.data_dir)
    return application(settings, database)


@pytest.fixture
def own_app(settings: Settings, database: Database) -> FastAPI:
    """An application of the test's own, which it may add routes to."""
    made = create_app(settings, database)
    made.state.context = open_context(settings, database)
    return made


@pytest.fixture
async def api(app: FastAPI) -> AsyncIterator[Api]:
    async with Api(app) as client:
        yield client


@pytest.fixture
def world(database: Database, api: Api, stage: Stage) -> World:
    """Parties to play with: `await world.enterprise()`, `world.operator`, …"""
    return World(database, api, stage.staff)


@pytest.fixture
async def fresh_database(fresh_url: str) -> AsyncIterator[Database]:
    """A database with real commits."""
    database = Database(fresh_url, CITY)
    yield database
    await database.close()


@pytest.fixture
async def fresh_app(settings: Settings, fresh_database: Database, fresh_url: str, stage: Stage) -> FastAPI:
    """The API on a database with real commits."""
    stage.lend_files(settings.data_dir)
    return application(settings.model_copy(update={"database_url": SecretStr(fresh_url)}), fresh_database, "fresh")


@pytest.fixture
async def fresh_world(fresh_app: FastAPI, fresh_database: Database, stage: Stage) -> AsyncIterator[World]:
    """Parties on a database with real commits."""
    async with Api(fresh_app) as client:
        yield World(fresh_database, client, stage.staff)


@pytest.fixture
def scene(request: pytest.FixtureRequest, stage: Stage) -> Scene:
    """An auction whose bidding has begun, with its seller and two bidders."""
    return _played(request, stage)


@pytest.fixture
def registered_sale(request: pytest.FixtureRequest, stage: Stage) -> Sale:
    """A registered transfer for 1 000 000 of which 800 000 is technology, with an agency and its broker."""
    return _played(request, stage)


def _played(request: pytest.FixtureRequest, stage: Stage) -> Any:
    """What the stage's play answered, in the world of the test."""
    return stage.for_test(request.getfixturevalue("fresh_world" if "fresh_world" in request.fixturenames else "world"))
