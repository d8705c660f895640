"""What identity announces."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.database import Session
from app.core.hooks import Hook
from app.identity.models import Organisation

stopped: Final[Hook[[Session, Organisation, datetime]]] = Hook("organisation.stopped")
"""An organisation was suspended or refused; it is locked. Locks nothing: what must be locked is left to a deadline."""

key_stolen: Final[Hook[[Session, UUID, datetime]]] = Hook("key.stolen")
"""An incident of a key of this organisation was reported. Locks nothing: what must be locked is left to a deadline."""
