"""Stages: databases in which something was played already, once a test process. Tests get copies.

To play the same listing, auction or sale before each test cost a tenth of the whole run. A test names the stage it
begins on by a fixture: `world` (the market's staff), or one of `PLAYS`.
"""

import asyncio
import copy
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from app.core.access import Role
from app.core.database import Database
from app.core.settings import Environment, Settings
from app.run.postgres.embedded import DATABASE, EmbeddedPostgres
from tests.awards.factory import sale
from tests.pricing.auction.factory import running
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY, execute
from tests.support.world import Party, World

Play = Callable[[World], Awaitable[Any]]
EMPTY: Final = ""
WORLD: Final = "world"


async def _nothing(_world: World) -> None:
    """The staff alone."""


PLAYS: Final[Mapping[str, Play]] = {WORLD: _nothing, "scene": running, "registered_sale": sale}
"""What can be played before a test, by the fixture that asks for it and is given what the play answers."""


@dataclass(frozen=True)
class Stage:
    """A database that nobody is connected to (PostgreSQL copies no other), and what its play answered and filed."""

    name: str
    database: str
    files: Path
    world: World | None = None
    found: Any = None

    @property
    def staff(self) -> Mapping[Role, Party]:
        assert self.world is not None, "a stage without a world"
        return self.world.staff

    def for_test(self, world: World) -> Any:
        """What the play answered, as the test's own copy that speaks through the test's world."""
        return copy.deepcopy(self.found, {id(self.world): world})

    def lend_files(self, data_dir: Path) -> None:
        """Put copies of the files of the play where the test's own are."""
        shutil.copytree(self.files, data_dir, dirs_exist_ok=True)


class Stages:
    """The stages of this test process, on its server."""

    def __init__(self, server: EmbeddedPostgres, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._made: dict[str, Stage] = {}
        self._shared: dict[str, str] = {}

    def for_test(self, fixtures: list[str]) -> Stage:
        """The stage that a test with these fixtures begins on."""
        plays = [name for name in fixtures if name in PLAYS and name != WORLD]
        assert len(plays) <= 1, f"one stage a test, not {plays}"
        known = WORLD if {"world", "fresh_world"}.intersection(fixtures) else EMPTY
        return self._of(plays[0] if plays else known)

    def shared(self, stage: Stage) -> str:
        """The address of the copy that tests use one after the other, each rolled back."""
        if stage.name not in self._shared:
            self._shared[stage.name] = self.copy(stage, f"{stage.database}_shared")
        return self._shared[stage.name]

    def copy(self, stage: Stage, name: str) -> str:
        """Copy a stage; answers the address. In memory it takes 20 ms of CPU."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {stage.database} STRATEGY file_copy")
        return self._server.url(name)

    def execute(self, statement: str) -> None:
        """Run a statement on the server."""
        asyncio.run(execute(self._server.url("postgres"), statement))

    def _of(self, name: str) -> Stage:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> Stage:
        made = Stage(name, f"stage_{name or 'empty'}", self._folder / (name or "empty"))
        made.files.mkdir()
        self.execute(f"CREATE DATABASE {made.database} TEMPLATE {DATABASE} STRATEGY file_copy")
        return made if name == EMPTY else asyncio.run(_played(made, self._server.url(made.database)))


async def _played(stage: Stage, url: str) -> Stage:
    settings = Settings(environment=Environment.SANDBOX, data_dir=stage.files, log_level="ERROR")
    database = Database(url, CITY)
    try:
        async with Api(application(settings, database)) as api:
            world = await World.create(database, api)
            return replace(stage, world=world, found=await PLAYS[stage.name](world))
    finally:
        await database.close()
