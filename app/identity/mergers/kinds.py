"""The kinds and states of mergers."""

from enum import StrEnum


class MergerKind(StrEnum):
    """How organisations merge: one takes up the other (吸收合并), or both end in a new one (新设合并)."""

    ABSORPTION = "absorption"
    NEW = "new"


class MergerStatus(StrEnum):
    """Where a merger stands: one operator asks, another confirms, and on its day it is done."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DONE = "done"
    TAKEN_BACK = "taken_back"
