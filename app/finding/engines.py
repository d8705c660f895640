"""The engines of an installation: PostgreSQL always, and Meilisearch where the settings name one."""

import math

from app.core.database import Database
from app.core.settings import Settings
from app.finding import queries
from search.engine import Engine
from search.postgres.engine import PostgresEngine
from search.postgres.pool import Pool
from search.standby import Standby

LATE_MILLISECONDS = 500
"""How far Meilisearch may lag behind before PostgreSQL answers in its place: within a second a change is found."""


def postgres(database: Database) -> PostgresEngine:
    """The engine on the exchange's own database, with a few connections of its own."""
    url = database.engine.url.set(drivername="postgresql")
    return PostgresEngine(Pool(url.render_as_string(hide_password=False)))


def configured(settings: Settings) -> Engine | None:
    """Meilisearch, where the settings name one."""
    if settings.meili_url is None:
        return None
    from search.meili.engine import MeilisearchEngine  # noqa: PLC0415 — most installations do without

    key = settings.meili_key
    return MeilisearchEngine(settings.meili_url, key.get_secret_value() if key else None)


def every(settings: Settings, database: Database) -> list[Engine]:
    """Every engine that is fed."""
    first = configured(settings)
    return [postgres(database), *([first] if first else [])]


def standby(settings: Settings, database: Database) -> Standby:
    """Who is asked: Meilisearch where there is one and it is up to date, else PostgreSQL."""
    first, second = configured(settings), postgres(database)

    async def is_late() -> bool:
        assert first is not None
        waits = await queries.lag(database)
        return waits.get(first.name, math.inf) > max(LATE_MILLISECONDS, waits.get(second.name, 0))

    return Standby(first, second, is_late)
