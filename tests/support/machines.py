"""What the random machines share: how much they do, and the world they do it in.

A short form runs in `make test`, a long one in `make chaos` (`TECHEX_CHAOS=long`).
"""

import os
from contextlib import AsyncExitStack

from hypothesis import Phase, settings
from sqlalchemy import text

from app.core.database import Database
from app.core.settings import Settings
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import World

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
