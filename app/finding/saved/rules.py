"""What may be saved, how long, and which steps a saved search takes. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from app.finding.saved import problems
from app.finding.saved.kinds import SavedSearchMove, SavedSearchStatus
from search.engine import Between, Filter

_STEPS = {
    SavedSearchMove.PAUSE: (SavedSearchStatus.ACTIVE, SavedSearchStatus.PAUSED),
    SavedSearchMove.RESUMPTION: (SavedSearchStatus.PAUSED, SavedSearchStatus.ACTIVE),
}


def after(move: SavedSearchMove, status: SavedSearchStatus) -> SavedSearchStatus:
    """The state after a step; raises `saved_search_transition_refused`."""
    source, target = _STEPS[move]
    if status != source:
        raise problems.SAVED_SEARCH_NOT_SO(status=status, move=move)
    return target


def last_day(wanted: date | None, today: date, days: int) -> date:
    """The last day of a search, at most `days` from today, which is what none stands for.

    Raises `search_end_out_of_range`.
    """
    latest = today + timedelta(days)
    if wanted is None:
        return latest
    if not today <= wanted <= latest:
        raise problems.END_OUT_OF_RANGE(field="ends_on", ends_on=wanted, earliest=today, latest=latest)
    return wanted


def check_bounds(filters: Iterable[Filter]) -> None:
    """Raises `search_finds_nothing` where the least that is wanted is above the most."""
    ranges = [each for each in filters if isinstance(each, Between)]
    for field in {each.field for each in ranges}:
        least = max((each.least for each in ranges if each.field == field and each.least is not None), default=None)
        most = min((each.most for each in ranges if each.field == field and each.most is not None), default=None)
        if least is not None and most is not None and least > most:
            raise problems.SEARCH_FINDS_NOTHING(field="search")
