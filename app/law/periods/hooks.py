"""What keeps a copy of a period's end follows the calendar: the package that owns the subject says how."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from app.core.database import Session
from app.core.hooks import Port

Recount = Callable[[Session, UUID, bool], Awaitable[bool]]
"""`(session, subject_id, wait)`: lock the subject, read its current periods again, and take over their ends.

Without `wait` it answers False where another transaction holds the subject, and is called again later: a change of the
calendar holds the calendar, and must not wait for a subject whose holder may wait for the calendar.
"""
RECOUNTED: Final[Port[str, Recount]] = Port("period.recounted")
"""By type of subject: what happens to a subject whose periods were counted again."""


async def recounted(session: Session, subject_type: str, subject_id: UUID, wait: bool) -> bool:
    """Let a subject take over the new end of its periods; False: it is held, do it later."""
    recount = RECOUNTED.find(subject_type)
    return True if recount is None else await recount(session, subject_id, wait)
