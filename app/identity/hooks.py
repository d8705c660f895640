"""What identity announces."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.database import Session
from app.core.hooks import Hook
from app.identity.models import Organisation

stopped: Final[Hook[[Session, Organisation, datetime]]] = Hook("organisation.stopped")
"""An organisation was suspended or refused; it is locked. Locks nothing: what must be locked is left to a deadline."""

verified: Final[Hook[[Session, Organisation, datetime]]] = Hook("organisation.verified")
"""An organisation was verified, or is so again; it is locked, and the same holds."""
key_stolen: Final[Hook[[Session, UUID, datetime]]] = Hook("key.stolen")
"""An incident of a key of this organisation was reported. Locks nothing: what must be locked is left to a deadline."""

merging: Final[Hook[[Session, Organisation, Organisation]]] = Hook("organisation.merging")
"""A merger is asked for or confirmed: the one that ends, the successor, both locked. A follower may refuse it."""

merged: Final[Hook[[Session, Organisation, UUID, datetime]]] = Hook("organisation.merged")
"""A merger is done: the one that ended is locked, the other is who stands for it. Locks nothing, as `stopped`."""
