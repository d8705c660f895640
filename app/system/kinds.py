"""In which capacity somebody acted."""

from enum import StrEnum


class ActorCapacity(StrEnum):
    """For an organisation, as staff of the market, or as a broker in person."""

    ORGANISATION = "organisation"
    MARKET = "market"
    PERSON = "person"
