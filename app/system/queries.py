"""Reading of the system's own state."""

from datetime import datetime

from sqlalchemy import func, select

from app.core.database import Session
from app.core.history import events


async def feed_position(session: Session) -> tuple[datetime, int]:
    """The exchange's time, and the transaction below which the feed is complete.

    Read before the feed itself, so that whatever lies below it is in what the feed answers.
    """
    row = (await session.execute(select(func.techex_now(), events.SETTLED))).one()
    return row[0], row[1]
