"""Over any history of grants, ends and lapses, no two grants that exclude each other hold on one day."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.results.kinds import TransferMode
from app.catalogue.rights.rules.exclusion import (
    DISPOSALS,
    LICENCES,
    OUTRIGHT,
    Granted,
    in_the_way,
    passed_on,
    still_free,
)
from app.catalogue.rights.rules.territory import overlap, places

START = date(2026, 1, 1)
DAYS = range(60)
WHO = [UUID(int=number) for number in range(1, 4)]
days = st.integers(0, len(DAYS) - 1).map(lambda number: START + timedelta(days=number))
grants = st.builds(
    lambda mode, by, to, field, place, first, length, deal: Granted(
        mode, frozenset({by}), frozenset({to}), field, place, first,
        None if length is None or mode in OUTRIGHT else first + timedelta(days=length), deal,
    ),
    st.sampled_from(sorted(DISPOSALS)), st.sampled_from(WHO), st.sampled_from(WHO),
    st.sampled_from([None, "光伏", "储能"]),
    st.sampled_from([None, "CN", "湖北省", "湖南", "DE"]), days, st.one_of(st.none(), st.integers(0, 20)),
    st.sampled_from([UUID(int=number) for number in range(90, 99)]),
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), grants),
        st.tuples(st.just("end"), st.tuples(st.integers(0, 9), days)),
        st.tuples(st.just("lapse"), days),
    ),
    max_size=14,
)


class Register:
    """The register of one right, as the service keeps it, without a database."""

    def __init__(self) -> None:
        self.rows: list[Granted] = []
        self.before: dict[int, Granted] = {}
        """By place: the acquisition that a grant passed on."""
        self.lapsed = date.max

    def grant(self, wanted: Granted) -> None:
        if in_the_way(wanted, self.rows):
            return
        for over in passed_on(wanted, self.rows):
            place = self.rows.index(over)
            self.before[len(self.rows)] = over
            self.rows[place] = replace(over, last=wanted.first - timedelta(days=1))
        self.rows.append(wanted)

    def end(self, place: int, day: date) -> None:
        """Cancelled on a day; who had passed the right on by it holds it again. What was passed on stays so."""
        if place >= len(self.rows) or (self.rows[place].mode in OUTRIGHT and self.rows[place].last is not None):
            return
        row = self.rows[place]
        last = max(day, row.first) - timedelta(days=1)
        if row.last is None or last < row.last:
            self.rows[place] = replace(row, last=last)
        over = self.before.pop(place, None)
        if over is not None:
            self.rows.append(replace(over, first=max(day, row.first), last=None))

    def holding(self, day: date) -> list[Granted]:
        return [] if day >= self.lapsed else [row for row in self.rows if row.holds(day)]


def wrong_together(one: Granted, other: Granted) -> bool:
    """Said again, in other words than the rule's."""
    if one.deal_id == other.deal_id:
        return False
    if {one.mode, other.mode} <= OUTRIGHT:
        return True
    if not {one.mode, other.mode} <= LICENCES:
        return False
    apart = None not in (one.field_of_use, other.field_of_use) and one.field_of_use != other.field_of_use
    ordinary = one.mode == other.mode == TransferMode.ORDINARY_LICENCE
    return not apart and not ordinary and overlap(one.territory, other.territory)


@given(steps)
def test_no_two_that_exclude_each_other_hold_on_one_day(history: list[tuple[str, object]]) -> None:
    register = Register()
    for what, about in history:
        if what == "grant":
            assert isinstance(about, Granted)
            register.grant(about)
        elif what == "end":
            assert isinstance(about, tuple)
            register.end(*about)
        else:
            assert isinstance(about, date)
            register.lapsed = min(register.lapsed, about)
    for number in (*DAYS, 10_000):
        held = register.holding(START + timedelta(days=number))
        assert not [pair for pair in combinations(held, 2) if wrong_together(*pair)]


@given(grants, grants)
def test_what_is_free_can_be_granted(first: Granted, wanted: Granted) -> None:
    """What is free for the whole right is free for each part of it."""
    held = [first]
    (grantor,) = wanted.grantors
    if wanted.mode in still_free(held, grantor, wanted.first):
        assert not in_the_way(wanted, held)


@pytest.mark.parametrize(
    ("territory", "expected"),
    [
        (None, [()]),
        ("全球", [()]),
        ("中国境内", [("CN",)]),
        ("ＣＮ、de", [("CN",), ("DE",)]),
        ("湖北省/湖南", [("CN", "42"), ("CN", "43")]),
        ("内蒙古", [("CN", "15")]),
        ("中国、长江经济带", [()]),
    ],
)
def test_places(territory: str | None, expected: list[tuple[str, ...]]) -> None:
    assert sorted(places(territory)) == expected
