"""What identity announces."""

from datetime import datetime
from typing import Final

from app.core.database import Session
from app.core.hooks import Hook
from app.identity.models import Organisation

stopped: Final[Hook[[Session, Organisation, datetime]]] = Hook("organisation.stopped")
"""An organisation was suspended or refused; it is locked. Locks nothing: what must be locked is left to a deadline."""
