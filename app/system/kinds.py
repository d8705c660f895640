"""In which capacity somebody acted."""

from enum import StrEnum


class ActorCapacity(StrEnum):
    """For an organisation, or as staff of the market."""

    ORGANISATION = "organisation"
    MARKET = "market"
