"""What every process of an installation does before it works; the worker has no need of FastAPI, so it is not here."""

from app import wiring
from app.core import keys
from app.core.clock import is_moved
from app.core.database import Database
from app.core.settings import Environment, Settings
from app.pricing.auction.proof import logbook as auction_logbook


class ClockMovedError(RuntimeError):
    """A production process was pointed at a database whose clock a sandbox has moved."""


def open_database(settings: Settings, database: Database | None = None) -> Database:
    """The process's connections (`database` where there are some), with the packages wired and the keys at hand.

    Raises `ValueError` where neither `database` nor the settings name one.
    """
    wiring.connect()
    keys.configure(settings)
    if database is not None:
        return database
    if settings.database_url is None:
        raise ValueError("no database: set DATABASE_URL, or use `techex run`")
    return Database(settings.database_url.get_secret_value(), pool_size=settings.database_pool_size)


async def begin(settings: Settings, database: Database) -> None:
    """What every process does before it works; raises `ClockMovedError`."""
    await refuse_moved_clock(settings, database)
    await auction_logbook.introduce(settings, database)


async def refuse_moved_clock(settings: Settings, database: Database) -> None:
    """Production must not serve from a database whose clock was moved; raises `ClockMovedError`."""
    if settings.environment is Environment.PRODUCTION:
        async with database.reading() as session:
            if await is_moved(session):
                raise ClockMovedError("this database's clock was moved in a sandbox; production will not serve from it")
