"""Pure decisions about days of the worklist."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def due_day(due_at: datetime, zone: ZoneInfo) -> date:
    """The last local day on which something is in time that is due at a moment: midnight ends the day before it."""
    return (due_at.astimezone(zone) - timedelta(microseconds=1)).date()
