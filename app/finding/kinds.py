"""The orders that a search can be asked for: pure names, `-` before one that descends."""

from enum import StrEnum


class ListingSort(StrEnum):
    """How found listings are ordered; left out, by relevance."""

    NEWEST = "-published_at"
    OLDEST = "published_at"
    CHEAPEST = "asking_price"
    DEAREST = "-asking_price"
    READIEST = "-readiness_level"
    CLOSING = "closes_at"


class ResultSort(StrEnum):
    """How found results are ordered; left out, by relevance."""

    NEWEST = "-published_at"
    READIEST = "-readiness_level"


class DemandSort(StrEnum):
    """How found demands are ordered; left out, by relevance. Without a budget they come last in the order of it."""

    NEWEST = "-published_at"
    OLDEST = "published_at"
    SMALLEST = "budget"
    LARGEST = "-budget"
    CLOSING = "closes_at"


class DealSort(StrEnum):
    """How found deals are ordered; left out, by relevance."""

    NEWEST = "-agreed_on"
    OLDEST = "agreed_on"
    CHEAPEST = "price"
    DEAREST = "-price"


class Suggested(StrEnum):
    """Of which things titles are suggested."""

    LISTINGS = "listings"
    DEMANDS = "demands"
