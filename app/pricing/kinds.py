"""Kinds that the pricing modes share: pure, so that rules may know them without a database."""

from enum import StrEnum


class ContestForm(StrEnum):
    """How the entrants bid: ascending and open (加价), or one sealed bid each (一次报价)."""

    ENGLISH = "english"
    SEALED = "sealed"
