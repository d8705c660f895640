"""What a saved search looks for, and where it stands: pure."""

from enum import StrEnum


class SearchedFor(StrEnum):
    """What a saved search looks for; the name of its index."""

    LISTINGS = "listings"
    DEMANDS = "demands"


class SavedSearchStatus(StrEnum):
    """Where a saved search stands. Only an active one is told anything."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class SavedSearchMove(StrEnum):
    """What its owner does with a saved search, besides changing and deleting it."""

    PAUSE = "pause"
    RESUMPTION = "resumption"
