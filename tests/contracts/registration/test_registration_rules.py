"""What must hold of a registration in any order of steps: the period, the amounts, the end."""

import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.contracts.kinds import Regime, RegistrationStatus
from app.contracts.registration import rules
from app.contracts.registration.kinds import Step, Taker
from app.contracts.registration.rules import STEPS
from app.law.calendar.rules import Calendar
from app.law.figures import parameter
from app.law.periods.kinds import Unit
from app.law.periods.rules import Terms, end_of
from tests.support.refusals import refusal
from tests.support.served import ROOT

S = RegistrationStatus
OPENAPI = ROOT / "openapi" / "openapi.json"
CALENDAR = Calendar()
LARGE = Decimal("5000000.00")


class Steps(RuleBasedStateMachine):
    """Random steps on random days; the model knows only the last acceptance."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.today, self.days, self.expected_days = S.SUBMITTED, date(2024, 1, 1), 15, 15
        self.ends_on: date | None = None
        self.last_acceptance: date | None = None
        self.passed: list[RegistrationStatus] = [S.SUBMITTED]

    @initialize(
        technical=st.sampled_from([Decimal("1.00"), LARGE - Decimal("0.01"), LARGE]),
        experts=st.booleans(),
        start=st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    )
    def submit(self, technical: Decimal, experts: bool, start: date) -> None:
        self.today = start
        self.days = int(parameter(rules.decision_figure(start, technical, experts), on=start).value)
        self.expected_days = 30 if technical >= LARGE or experts else 15

    @rule(days=st.integers(0, 40))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    def _go(self, step: Step, to: RegistrationStatus, *needed: RegistrationStatus) -> bool:
        if self.status not in needed:
            with refusal("registration_step"):
                rules.check_step(step, self.status)
            return False
        rules.check_step(step, self.status)
        assert STEPS[step].target is to
        self.status = to
        self.passed.append(to)
        return True

    def _begin(self) -> None:
        self.ends_on = end_of(Terms(Unit.WORKING, self.days), self.today, CALENDAR).day
        self.last_acceptance = self.today

    @rule()
    def accept(self) -> None:
        if self._go(Step.ACCEPTANCE, S.ACCEPTED, S.SUBMITTED):
            self._begin()

    @rule()
    def ask_for_supplements(self) -> None:
        self._go(Step.SUPPLEMENT_REQUEST, S.SUPPLEMENTS_REQUESTED, S.SUBMITTED, S.ACCEPTED)

    @rule()
    def resubmit(self) -> None:
        if self._go(Step.RESUBMISSION, S.ACCEPTED, S.SUPPLEMENTS_REQUESTED):
            self._begin()

    @rule()
    def register(self) -> None:
        self._go(Step.APPROVAL, S.REGISTERED, S.ACCEPTED)

    @rule()
    def refuse(self) -> None:
        self._go(Step.REFUSAL, S.REFUSED, S.SUBMITTED, S.ACCEPTED, S.SUPPLEMENTS_REQUESTED)

    @rule()
    def cancel(self) -> None:
        self._go(Step.CANCELLATION, S.CANCELLED, S.REGISTERED)

    @invariant()
    def the_due_day_is_counted_from_the_last_acceptance(self) -> None:
        if self.ends_on is None or self.last_acceptance is None:
            return
        assert CALENDAR.is_working_day(self.ends_on)
        assert CALENDAR.working_days_between(self.last_acceptance, self.ends_on) == self.expected_days

    @invariant()
    def nothing_is_registered_without_acceptance_or_cancelled_without_registration(self) -> None:
        for before, after in pairwise(self.passed):
            assert after is not S.REGISTERED or before is S.ACCEPTED
            assert after is not S.CANCELLED or before is S.REGISTERED


TestSteps = Steps.TestCase
TestSteps.settings = settings(stateful_step_count=15)  # the registration has reached an end by then


def test_every_step_has_a_route_for_those_who_take_it_and_no_route_is_left_over() -> None:
    own = "/v1/contracts/{contract_id}/registration"
    found = {
        path.rpartition("/")[2]: set(methods["post"]["x-access"]["roles"])
        for path, methods in json.loads(OPENAPI.read_text(encoding="utf-8"))["paths"].items()
        if path.startswith(own) and "post" in methods
    }
    assert found == {
        step: {"registrar"} if row.by is Taker.REGISTRAR else {"member", "admin"} for step, row in STEPS.items()
    }


@pytest.mark.parametrize(
    ("signed_on", "regime"),
    [(date(2026, 2, 28), Regime.MEASURES_2000), (date(2026, 3, 1), Regime.MEASURES_2026)],
)
def test_the_regime_follows_the_contracts_own_date(signed_on: date, regime: Regime) -> None:
    assert rules.regime_of(signed_on) is regime


def test_a_contract_older_than_any_measures_is_refused_and_not_an_error() -> None:
    with refusal("registration_no_rules"):
        rules.regime_of(date(1999, 12, 31))


def test_the_period_runs_over_the_national_day_holiday() -> None:
    """2025: 1 to 8 October are off, 28 September and 11 October are worked."""
    end = end_of(Terms(Unit.WORKING, 15), date(2025, 9, 26), CALENDAR)
    assert (end.day, end.provisional) == (date(2025, 10, 23), False)


def test_the_registrar_confirms_the_total_and_says_why_less_is_recognised() -> None:
    total, technical = Decimal("100.00"), Decimal("80.00")
    rules.check_recognised(total, technical, total, technical, None)
    rules.check_recognised(total, technical, total, Decimal("79.99"), "carriers")
    with refusal("registration_reason_needed", "reason"):
        rules.check_recognised(total, technical, total, Decimal("79.99"), None)
    with refusal("technical_above_contract", "technical_amount"):
        rules.check_recognised(total, technical, total, Decimal("80.01"), "more")
    with refusal("total_not_confirmed", "total_amount"):
        rules.check_recognised(total, technical, Decimal("99.99"), technical, "less")


def test_once_and_again_only_after_an_amendment() -> None:
    rules.check_application(None, 0, 3)
    rules.check_application(S.REFUSED, 3, 5)
    for status, applied, revision in ((S.REFUSED, 3, 3), (S.SUBMITTED, 3, 5), (S.CANCELLED, 3, 5)):
        with refusal("registration_exists"):
            rules.check_application(status, applied, revision)


@pytest.mark.parametrize("division", [None, "710000", "810000", "820000"])
def test_a_seller_without_a_mainland_division_is_out_of_scope(division: str | None) -> None:
    rules.check_applicant("420111", date(2026, 3, 1))
    with refusal("applicant_out_of_scope"):
        rules.check_applicant(division, date(2026, 3, 1))


def test_the_division_is_that_of_the_day() -> None:
    moved = [("420111", date(2020, 1, 1), date(2024, 12, 31)), ("430102", date(2025, 1, 1), None)]
    days = (date(2019, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert [rules.division_on(moved, day) for day in days] == [None, "420111", "430102"]


def test_the_number_has_sixteen_digits() -> None:
    assert rules.registry_number("4201", "01", 2026, 42) == "4201012026000042"
    with pytest.raises(ValueError, match="six digits"):
        rules.registry_number("4201", "01", 2026, 1_000_000)
