"""Fixtures of the tests that kill processes."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.core.database import Database
from app.core.logs import configure_logging
from app.core.settings import Environment, Settings
from app.run.postgres.embedded import EmbeddedPostgres
from tests.support import meilisearch, seed
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import World


@pytest.fixture
def durable() -> Iterator[EmbeddedPostgres]:
    """A server with the durability of production: what it acknowledged survives its own death."""
    folder = seed.short_folder(on_disk=True)
    seed.copy_to(folder)
    with EmbeddedPostgres(folder) as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def meili() -> Iterator[meilisearch.Server]:
    """A Meilisearch of the test's own, or a skip with the reason."""
    try:
        with meilisearch.server() as started:
            yield started
    except meilisearch.UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture
async def world_before(durable: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[World]:
    """Parties and listings made before the trouble begins."""
    database = Database(durable.url(), CITY)
    settings = Settings(environment=Environment.SANDBOX, data_dir=tmp_path, log_level="ERROR")
    configure_logging(settings)
    async with Api(application(settings, database, "before")) as api:
        yield await World.create(database, api)
    await database.close()
