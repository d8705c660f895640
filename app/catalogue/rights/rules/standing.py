"""The standing of a right on a day, from what was recorded of it; and what may be recorded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.catalogue.rights.kinds import ENDS, AssetEventKind, AssetStatus
from app.catalogue.rights.problems import EVENT_NOT_FOUND, EVENT_TAKEN_BACK, LICENCE_MISPLACED
from app.identity.rules import check_not_future

K = AssetEventKind


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of a right. `about_id`: the event that it ends or takes back."""

    id: UUID
    kind: AssetEventKind
    day: date
    about_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The legal status and since when, the day when it was last found out, and the pledges that hold."""

    status: AssetStatus
    since: date | None
    checked_on: date | None
    pledges: tuple[Recorded, ...] = ()

    @property
    def is_dead(self) -> bool:
        """Whether it gives no right any more."""
        return self.status != AssetStatus.IN_FORCE


def valid_events(events: Iterable[Recorded]) -> list[Recorded]:
    """What stands: neither corrections, nor what they take back."""
    every = list(events)
    taken_back = {event.about_id for event in every if event.kind is K.CORRECTION}
    return [event for event in every if event.kind is not K.CORRECTION and event.id not in taken_back]


def standing(events: Iterable[Recorded], expires_on: date | None, day: date) -> Standing:
    """How a right stands on a day.

    An invalidated right never was (Patent Law art. 47), so no later finding mends it; a lapsed one may be restored, and
    is in force again from the day when that was found. Its stated term ends it in any case.
    """
    known = [event for event in valid_events(events) if event.day <= day]
    released = {event.about_id for event in known if event.kind is K.PLEDGE_RELEASED}
    pledges = tuple(event for event in known if event.kind is K.PLEDGED and event.id not in released)
    found = [event.day for event in known if event.kind in {K.CHECKED, K.LAPSED, K.INVALIDATED}]
    checked_on = max(found, default=None)
    invalidated = [event.day for event in known if event.kind is K.INVALIDATED]
    if invalidated:
        return Standing(AssetStatus.INVALIDATED, min(invalidated), checked_on, pledges)
    if expires_on is not None and expires_on < day:
        return Standing(AssetStatus.EXPIRED, expires_on, checked_on, pledges)
    found_of_it = [(event.day, event.id, event.kind) for event in known if event.kind in {K.CHECKED, K.LAPSED}]
    last = max(found_of_it, default=None, key=lambda item: item[:2])
    if last is not None and last[2] is K.LAPSED:
        return Standing(AssetStatus.LAPSED, last[0], checked_on, pledges)
    return Standing(AssetStatus.IN_FORCE, None, checked_on, pledges)


def check_recordable(
    kind: AssetEventKind,
    day: date,
    about_id: UUID | None,
    known: Sequence[Recorded],
    *,
    states_licence: bool,
    today: date,
) -> None:
    """Whether an event may be recorded after the known ones.

    Raises `date_in_future`, `licence_misplaced`, `asset_event_unknown` for one that ends or takes back nothing that
    stands, and `asset_event_ended` for what was ended or taken back already.
    """
    check_not_future("happened_on", day, today)
    if states_licence != (kind is K.LICENSED_ELSEWHERE):
        raise LICENCE_MISPLACED(field="licence", kind=kind)
    needs_other = kind in ENDS or kind is K.CORRECTION
    other = next((event for event in known if event.id == about_id), None)
    wrong = other is not None and (other.kind is K.CORRECTION or (kind in ENDS and other.kind is not ENDS[kind]))
    if needs_other != (about_id is not None) or (needs_other and other is None) or wrong:
        raise EVENT_NOT_FOUND(field="about_id", kind=kind)
    if other is not None:
        ended = kind in ENDS and any(event.about_id == other.id for event in valid_events(known))
        if ended or other not in valid_events(known):
            raise EVENT_TAKEN_BACK(field="about_id")
