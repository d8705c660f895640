"""The kinds and states of the industry map: pure, so that rules may know them without a database."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a link stands in its chain (上游, 中游, 下游), in this order."""

    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"


class Placed(StrEnum):
    """What is placed on a link: listings, which are the public face of results, demands, and whose they are."""

    LISTING = "listing"
    DEMAND = "demand"
    ENTERPRISE = "enterprise"
    AGENCY = "agency"


class ChainStatus(StrEnum):
    """Whether a chain is on the map."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class MapState(StrEnum):
    """Where the map of a version stands. It is `placed` for at most one version of a chain, and that one is shown."""

    PLACING = "placing"
    PLACED = "placed"
    REPLACED = "replaced"


class Gap(StrEnum):
    """What a link lacks: a result on offer where there is demand, or a demand where a result is on offer."""

    NO_RESULT = "no_result"
    NO_DEMAND = "no_demand"


THINGS = {"listings": Placed.LISTING, "demands": Placed.DEMAND}
"""What is placed by its own words, by the kind of document that says what is public of it; listings come first."""
