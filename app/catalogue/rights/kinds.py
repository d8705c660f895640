"""The kinds and states of IP assets and of what is granted in them: pure."""

from enum import StrEnum


class AssetStatus(StrEnum):
    """The legal status of a right (法律状态), as far as anybody recorded it."""

    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    INVALIDATED = "invalidated"
    EXPIRED = "expired"


class AssetEventKind(StrEnum):
    """What happened to a right, or what was found of it.

    `checked`: found in force in the register. A pledge ends with its release, a licence elsewhere with its end, and a
    correction takes back an event that was recorded wrongly.
    """

    CHECKED = "checked"
    LAPSED = "lapsed"
    INVALIDATED = "invalidated"
    PLEDGED = "pledged"
    PLEDGE_RELEASED = "pledge_released"
    LICENSED_ELSEWHERE = "licensed_elsewhere"
    LICENCE_ENDED = "licence_ended"
    CORRECTION = "correction"


ENDS = {
    AssetEventKind.PLEDGE_RELEASED: AssetEventKind.PLEDGED,
    AssetEventKind.LICENCE_ENDED: AssetEventKind.LICENSED_ELSEWHERE,
}
"""Which kind of event another one ends: it names that event."""
BURDENS = frozenset(
    {AssetEventKind.LAPSED, AssetEventKind.INVALIDATED, AssetEventKind.PLEDGED, AssetEventKind.LICENSED_ELSEWHERE}
)
"""What takes the listings that hang on the right off sale."""


class GrantOrigin(StrEnum):
    """Where a grant comes from: a contract on the exchange, or a licence that was given elsewhere and recorded here."""

    CONTRACT = "contract"
    ELSEWHERE = "elsewhere"


class GrantEnd(StrEnum):
    """Why a grant ended before its term."""

    CANCELLED = "cancelled"
    REPLACED = "replaced"
    PASSED_ON = "passed_on"
    ENDED_ELSEWHERE = "ended_elsewhere"
    CORRECTED = "corrected"
