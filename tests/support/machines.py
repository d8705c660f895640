"""What the random machines share: how much they do, and the world they do it in.

A short form runs in `make test`, a long one in `make chaos` (`TECHEX_CHAOS=long`).
"""

import asyncio
import os
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, ClassVar, TypeVar

from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import text

from app.core.database import Database
from app.core.settings import Settings
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import World

T = TypeVar("T")
LONG = os.environ.get("TECHEX_CHAOS") == "long"


def runs(*, short: tuple[int, int], long: tuple[int, int]) -> settings:
    """The settings of a machine: how many examples, and of how many steps each.

    A failure is made smaller in the long form alone: that takes minutes, and the short one gives its verdict at once.
    """
    if LONG:
        return settings(max_examples=long[0], stateful_step_count=long[1])
    return settings(max_examples=short[0], stateful_step_count=short[1], phases=[Phase.explicit, Phase.generate])


async def fresh_world(stack: AsyncExitStack, configured: Settings, database: Database) -> World:
    """A world in one outer transaction, rolled back when the stack is left."""
    connection = await stack.enter_async_context(database.engine.connect())
    outer = await connection.begin()
    stack.push_async_callback(outer.rollback)
    bound = Database(database.engine.url.render_as_string(hide_password=False), CITY, bound=connection)
    api = await stack.enter_async_context(Api(application(configured, bound)))
    return await World.create(bound, api)


async def let_keys_last(world: World) -> None:
    """A long example passes years, and every key is over after one."""
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE api_keys SET expires_at = expires_at + interval '50 years'"))


class WorldMachine(RuleBasedStateMachine):
    """A machine whose steps speak to the API of a world of its own. `driven` gives its class what it runs on."""

    runner: ClassVar[asyncio.Runner]
    database: ClassVar[Database]
    settings: ClassVar[Settings]
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.stack = AsyncExitStack()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())

    async def _rows(self, statement: str) -> list[Any]:
        async with self.world.database.reading() as session:
            return list((await session.execute(text(statement))).all())


@contextmanager
def driven(machine: type[WorldMachine], url: str, configured: Settings) -> Iterator[None]:
    """Let machines of a class run on a database of their own. Each example rolls back what it wrote."""

    async def begin() -> Database:
        return Database(url, CITY, pool_size=2)

    with asyncio.Runner() as runner:
        machine.runner, machine.settings, machine.database = runner, configured, runner.run(begin())
        try:
            yield
        finally:
            runner.run(machine.database.close())
