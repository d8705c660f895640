"""What results announce: `(session, result_id, parts)`; the result is locked."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.core.database import Session
from app.core.hooks import Hook

parts_change: Final[Hook[[Session, UUID, Sequence[str]]]] = Hook("result.parts_change")
"""Owners, completers or IP assets are about to change; a follower that relies on them refuses."""
