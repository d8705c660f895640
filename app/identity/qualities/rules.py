"""Pure decisions about qualities: who was recognised as what on which days."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from app.core.problems import Text
from app.identity import rules
from app.identity.kinds import Quality
from app.identity.problems import QUALITY_ENDS, QUALITY_HELD
from app.identity.rules import Period


class Recognised(Protocol):
    """A quality and its days, as the record or a frozen fact holds it."""

    @property
    def quality(self) -> Quality: ...

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date | None: ...


def periods_of(held: Iterable[Recognised], quality: Quality) -> list[Period]:
    """The days on which somebody has a quality."""
    return [Period(row.valid_from, row.valid_to) for row in held if row.quality == quality]


def holds(held: Iterable[Recognised], quality: Quality, day: date) -> bool:
    """Whether somebody has a quality on a day."""
    return any(period.holds(day) for period in periods_of(held, quality))


def check_free(new: Period, held: Iterable[Period]) -> None:
    """A quality is recorded once for a day; raises `quality_held`."""
    rules.check_free(new, held, QUALITY_HELD, Text("until further notice", "长期有效"))


def check_end(last_day: date, valid_to: date | None) -> None:
    """What ends by a finding ends earlier than by its paper. Raises `quality_ends`."""
    if valid_to is not None and last_day >= valid_to:
        raise QUALITY_ENDS(field="last_day", last=valid_to)
