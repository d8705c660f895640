"""What must hold of periods: no floor is undercut, however holidays are declared and notices suspended."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.law.calendar.rules import Calendar
from app.law.figures import parameter
from app.law.periods import rules
from app.law.periods.catalogue import RULES
from app.law.periods.kinds import PeriodStatus, Sense, Unit
from app.law.periods.rules import Terms
from tests.support.refusals import refusal

WUHAN = ZoneInfo("Asia/Shanghai")

CALENDAR = Calendar()
DAYS = st.dates(date(2024, 1, 1), date(2027, 6, 30))
OVERRIDES = st.dictionaries(st.dates(date(2024, 1, 1), date(2028, 6, 30)), st.booleans(), max_size=40)


@pytest.mark.parametrize(
    ("unit", "count", "starts_on", "ends_on"),
    [
        (Unit.CALENDAR, 15, date(2024, 2, 1), date(2024, 2, 16)),
        (Unit.WORKING, 20, date(2024, 1, 29), date(2024, 2, 29)),  # over the Spring Festival
        (Unit.WORKING, 5, date(2024, 9, 30), date(2024, 10, 12)),  # 12 October is a worked Saturday
        (Unit.MONTH, 1, date(2024, 1, 31), date(2024, 2, 29)),
        (Unit.MONTH, 1, date(2025, 1, 31), date(2025, 2, 28)),
        (Unit.MONTH, 1, date(2024, 12, 15), date(2025, 1, 15)),
        (Unit.MONTH, 12, date(2024, 2, 29), date(2025, 2, 28)),
    ],
)
def test_the_day_it_begins_on_does_not_count(unit: Unit, count: int, starts_on: date, ends_on: date) -> None:
    assert rules.end_of(Terms(unit, count), starts_on, CALENDAR).day == ends_on


@given(st.integers(0, 60 * 60 * 24 * 365 * 20), st.integers(1, 60))
def test_calendar_days_are_whole_however_late_a_day_it_began(seconds: int, days: int) -> None:
    """`days` whole local days follow the day of, say, a publication."""
    began = datetime(2024, 1, 1, 4, tzinfo=UTC) + timedelta(seconds=seconds)
    starts_on = began.astimezone(WUHAN).date()
    ends_on = rules.end_of(Terms(Unit.CALENDAR, days), starts_on, Calendar()).day
    assert (ends_on - starts_on).days == days
    assert timedelta(days=days) <= rules.end_moment(ends_on, WUHAN) - began <= timedelta(days=days + 1)


def test_it_ends_with_its_last_local_day() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert rules.end_moment(date(2024, 2, 29), zone) == datetime(2024, 3, 1, tzinfo=zone)
    assert not rules.has_run_out(date(2024, 2, 29), date(2024, 2, 29))
    assert rules.has_run_out(date(2024, 2, 29), date(2024, 3, 1))


@given(DAYS, st.integers(1, 40), OVERRIDES)
def test_a_period_of_working_days_has_exactly_its_count(start: date, count: int, overrides: dict[date, bool]) -> None:
    calendar = Calendar(overrides)
    end = rules.end_of(Terms(Unit.WORKING, count), start, calendar).day
    assert calendar.working_days_between(start, end) == count
    assert calendar.is_working_day(end)


@given(DAYS, st.integers(1, 40), OVERRIDES, st.integers(0, 60), st.booleans())
def test_a_declared_day_never_moves_an_end_before_itself_nor_below_the_floor(
    start: date, count: int, overrides: dict[date, bool], ahead: int, is_working: bool
) -> None:
    terms, before = Terms(Unit.WORKING, count), Calendar(overrides)
    old = rules.end_of(terms, start, before).day
    day = start + timedelta(days=1 + ahead)
    after = before.with_override(day, is_working)
    for sense in Sense:
        new = rules.recomputed(terms, sense, start, old, after).day
        assert after.working_days_between(start, new) >= count
        if day > old:
            assert new == old
        else:
            assert new >= day
        if sense is Sense.AT_LEAST:
            assert new >= old
        else:
            assert after.working_days_between(start, new) == count


def test_a_withdrawn_holiday_gives_the_first_end_back_only_where_nobody_relied_on_the_later_one() -> None:
    start, holiday = date(2024, 6, 17), date(2024, 6, 18)
    terms = Terms(Unit.WORKING, 3)
    first = rules.end_of(terms, start, CALENDAR).day
    later = rules.recomputed(terms, Sense.AT_MOST, start, first, CALENDAR.with_override(holiday, False)).day
    assert (first, later) == (date(2024, 6, 20), date(2024, 6, 21))
    assert rules.recomputed(terms, Sense.AT_MOST, start, later, CALENDAR).day == first
    assert rules.recomputed(terms, Sense.AT_LEAST, start, later, CALENDAR).day == later


class Notice(RuleBasedStateMachine):
    """A listing's notice, suspended and resumed on random days; the model notes each day on which it was published."""

    @initialize(start=st.dates(date(2024, 1, 1), date(2026, 3, 1)))
    def publish(self, start: date) -> None:
        self.today, self.start, self.terms = start, start, Terms(Unit.WORKING, 20)
        self.ends_on: date = rules.end_of(self.terms, start, CALENDAR).day
        self.published: set[date] = set()
        self.suspended, self.was_suspended = False, False

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    def _running(self) -> bool:
        return not self.suspended and not rules.has_run_out(self.ends_on, self.today)

    @precondition(_running)
    @rule()
    def suspend(self) -> None:
        whole = {self.start + timedelta(days=n) for n in range(1, (self.today - self.start).days)}
        self.published |= {day for day in whole if CALENDAR.is_working_day(day)}
        passed = rules.passed_whole(Unit.WORKING, self.start, self.today, CALENDAR)
        self.terms = Terms(Unit.WORKING, 20, self.terms.elapsed + passed)
        self.suspended = self.was_suspended = True

    @precondition(lambda self: self.suspended)
    @rule()
    def resume(self) -> None:
        self.terms = Terms(Unit.WORKING, 20, self.terms.elapsed, 10)
        self.start, self.suspended = self.today, False
        self.ends_on = rules.end_of(self.terms, self.start, CALENDAR).day

    @invariant()
    def both_floors_hold(self) -> None:
        if not hasattr(self, "terms") or self.suspended:
            return
        to_come = {self.start + timedelta(days=n) for n in range(1, (self.ends_on - self.start).days + 1)}
        to_come = {day for day in to_come if CALENDAR.is_working_day(day)}
        assert len(self.published | to_come) >= 20
        assert len(self.published & to_come) == 0
        if self.was_suspended:
            assert len(to_come) >= 10
            assert len(to_come) == max(10, 20 - len(self.published)), "and not a day more"


TestNotice = Notice.TestCase
TestNotice.settings = settings(stateful_step_count=15)  # the notice has run out by then


@pytest.mark.parametrize(
    ("suspended_on", "elapsed", "remaining"),
    [
        (date(2024, 3, 4), 0, 20),  # the day it began on
        (date(2024, 3, 5), 0, 20),  # the first day is not whole
        (date(2024, 3, 18), 9, 11),
        (date(2024, 3, 19), 10, 10),
        (date(2024, 3, 20), 11, 10),  # 9 would do for the whole, 10 are still to come
        (date(2024, 4, 1), 19, 10),
    ],
)
def test_what_a_suspension_leaves(suspended_on: date, elapsed: int, remaining: int) -> None:
    passed = rules.passed_whole(Unit.WORKING, date(2024, 3, 4), suspended_on, CALENDAR)
    assert (passed, Terms(Unit.WORKING, 20, passed, 10).remaining) == (elapsed, remaining)


def test_only_what_runs_is_suspended() -> None:
    last = date(2024, 3, 1)
    rules.check_running(PeriodStatus.OPEN, last, last)
    for status, today in ((PeriodStatus.OPEN, date(2024, 3, 2)), (PeriodStatus.SUSPENDED, last)):
        with refusal("period_not_running"):
            rules.check_running(status, last, today)


def test_what_is_announced_keeps_the_figure() -> None:
    notice, release = RULES["listing_notice"], RULES["deposit_release"]
    assert [rules.check_count(notice, 20, wished) for wished in (None, 20, 30)] == [20, 20, 30]
    assert [rules.check_count(release, 5, wished) for wished in (None, 5, 1)] == [5, 5, 1]
    with refusal("period_too_short"):
        rules.check_count(notice, 20, 19)
    for wished in (6, 0):
        with refusal("period_too_long"):
            rules.check_count(release, 5, wished)


@pytest.mark.parametrize(
    ("rule_code", "value", "unit"),
    [
        ("negotiated_notice", 15, Unit.CALENDAR),
        ("listing_notice", 20, Unit.WORKING),
        ("listing_extension", 5, Unit.WORKING),
        ("suspension_max", 1, Unit.MONTH),
        ("resume_remaining", 10, Unit.WORKING),
        ("deposit_release", 5, Unit.WORKING),
        ("certificate", 3, Unit.WORKING),
        ("registration_decision", 15, Unit.WORKING),
    ],
)
def test_the_catalogue_has_the_figures_of_the_sources(rule_code: str, value: int, unit: Unit) -> None:
    found = RULES[rule_code]
    figure = parameter(found.parameters[0], on=date(2026, 5, 1))
    assert (int(figure.value), found.unit) == (value, unit)
    assert figure.mark in "VSD"
    assert figure.reference
    assert found.source.article
    assert set(RULES) == {rule.code for rule in RULES.values()}
