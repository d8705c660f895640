"""What rights announce and ask."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.catalogue.rights.models import AssetEvent
from app.catalogue.rights.schemas import PublishedAsset
from app.core.database import Session
from app.core.hooks import Hook, Port

recorded: Final[Hook[[Session, AssetEvent, datetime]]] = Hook("asset.recorded")
"""Something happened to a right: `(session, event, now)`; the right is locked."""
CONCERNED: Final[Port[str, Callable[[Session, UUID], Awaitable[Collection[UUID]]]]] = Port("assets.concerned")
"""By package: the organisations that something that happens to a right concerns."""
PUBLISHED: Final[Port[str, Callable[[Session, UUID], Awaitable[Sequence[PublishedAsset]]]]] = Port("assets.published")
"""By package: what everybody may read of a right."""
