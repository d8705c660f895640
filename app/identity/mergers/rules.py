"""Pure decisions about mergers: who stands for whom on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from app.identity.mergers.kinds import MergerStatus
from app.identity.problems import NOTHING_TO_CONFIRM

Key = TypeVar("Key", UUID, str)
Successions = Mapping[UUID, tuple[UUID, date]]
"""Merged to its successor and the first day on which that stands for it."""


def heir_on(successions: Mapping[Key, tuple[Key, date]], organisation: Key, day: date) -> Key:
    """Who stands for an organisation on a day: itself, or after its merger its successor, and so on.

    `successions`: merged to its successor and the first day on which that stands for it. Mergers make no ring.
    """
    found = successions.get(organisation)
    while found is not None and found[1] <= day:
        organisation = found[0]
        found = successions.get(organisation)
    return organisation


def family(successions: Successions, organisations: Iterable[UUID]) -> frozenset[UUID]:
    """Some organisations with all that merged with them, before and after."""
    return frozenset(organisations).union(successions, (successor for successor, _ in successions.values()))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a merger has come."""

    confirmed_by: UUID | None
    done_at: datetime | None
    taken_back_at: datetime | None

    @property
    def status(self) -> MergerStatus:
        if self.taken_back_at is not None:
            return MergerStatus.TAKEN_BACK
        if self.done_at is not None:
            return MergerStatus.DONE
        return MergerStatus.ASKED if self.confirmed_by is None else MergerStatus.CONFIRMED


def check_asked(status: MergerStatus) -> None:
    """Raises `nothing_to_confirm` for a merger that waits for no confirmation."""
    if status is not MergerStatus.ASKED:
        raise NOTHING_TO_CONFIRM()
