"""What every process of an installation does before it works; the worker has no need of FastAPI, so it is not here."""

from app import wiring
from app.core import keys
from app.core.clock import refuse_moved_clock
from app.core.database import Database, connect
from app.core.settings import Settings
from app.pricing.auction.proof import logbook as auction_logbook
from app.system.anchors import sending as anchors


def open_database(settings: Settings, database: Database | None = None) -> Database:
    """The process's connections (`database` where there are some), with the packages wired and the keys at hand.

    Raises `ValueError` where neither `database` nor the settings name one.
    """
    wiring.connect()
    keys.configure(settings)
    anchors.configure(settings)
    return database or connect(settings)


async def begin(settings: Settings, database: Database) -> None:
    """What every process does before it works; raises `ClockMovedError`."""
    await refuse_moved_clock(settings, database)
    await auction_logbook.introduce(settings, database)
