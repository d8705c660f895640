"""The kinds of matches, of what decides them, and of what is said of them: pure."""

from enum import StrEnum


class DemandMatchKind(StrEnum):
    """What may meet a demand. Teams: units whose people completed results; agencies and brokers: who offers them."""

    RESULTS = "results"
    LISTINGS = "listings"
    TEAMS = "teams"
    AGENCIES = "agencies"
    BROKERS = "brokers"


class ListingMatchKind(StrEnum):
    """Who may want what a listing offers. Enterprises: those that ask, or asked, under their name."""

    DEMANDS = "demands"
    ENTERPRISES = "enterprises"


MatchKind = DemandMatchKind | ListingMatchKind


class Part(StrEnum):
    """What a score is made of."""

    WORDS = "words"
    FIELD = "field"
    INDUSTRY = "industry"
    READINESS = "readiness"
    BUDGET = "budget"
    WAY = "way"
    PLACE = "place"
    DEALS = "deals"


class Feedback(StrEnum):
    """What was said of a match by who asked for it; of a pair, the later of this row holds."""

    SEEN = "seen"
    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
