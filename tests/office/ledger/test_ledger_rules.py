"""The pure rules: entries balance, nothing goes below zero, days are counted, steps exist."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from app.core.ids import new_id
from app.core.problems import Problem
from app.law.calendar.rules import Calendar
from app.law.figures import parameter
from app.law.periods.catalogue import RULES
from app.law.periods.rules import Terms, end_moment, end_of
from app.office.ledger import rules
from app.office.ledger.deposits import rules as deposit_rules
from app.office.ledger.deposits.rules import STEPS
from app.office.ledger.kinds import AccountCode, DepositStatus, LedgerSide, MovementKind
from app.office.ledger.rules import BANK, CHART, Line, Movement, Owner

LISTING, DEAL = ("listing", new_id()), ("deal", new_id())
OWNER = Owner(LISTING, new_id())
FIVE = Decimal("5.00")


def entries(movement: Movement) -> list[tuple[str, Decimal]]:
    return [(line.place.code, line.amount) for line in movement.lines]


@pytest.mark.parametrize(
    ("movement", "debit", "credit"),
    [
        (rules.deposit_received(OWNER, FIVE), "bank", "deposit_received"),
        (rules.deposit_held(OWNER, FIVE), "deposit_received", "deposit_held"),
        (rules.deposit_release_due(OWNER, FIVE), "deposit_held", "deposit_repayable"),
        (rules.deposit_released(OWNER, FIVE), "deposit_repayable", "bank"),
        (rules.deposit_forfeited(OWNER, FIVE), "deposit_held", "forfeitures"),
        (rules.fee_charged(OWNER, FIVE), "fee_receivable", "fee_income"),
        (rules.fee_paid(OWNER, FIVE), "bank", "fee_receivable"),
        (rules.price_received(DEAL, FIVE), "bank", "price_settlement"),
        (rules.price_payable(Owner(DEAL, new_id()), FIVE), "price_settlement", "seller_payable"),
        (rules.price_paid_out(Owner(DEAL, new_id()), FIVE), "seller_payable", "bank"),
        (rules.unmatched_in(new_id(), FIVE), "bank", "suspense_in"),
        (rules.unmatched_out(new_id(), FIVE), "suspense_out", "bank"),
        (rules.unmatched_repayable(new_id(), FIVE), "suspense_in", "suspense_repayable"),
        (rules.unmatched_repaid(new_id(), FIVE), "suspense_repayable", "bank"),
    ],
)
def test_what_each_movement_debits_and_credits(movement: Movement, debit: str, credit: str) -> None:
    assert entries(movement) == [(debit, FIVE), (credit, -FIVE)]


def test_the_winners_deposit_pays_the_fee_first_and_then_the_price() -> None:
    movements = rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal("30.00"))
    assert [movement.kind for movement in movements] == ["fee_charged", "fee_paid", "deposit_applied_to_price"]
    assert entries(movements[-1]) == [("deposit_held", Decimal("70.00")), ("price_settlement", Decimal("-70.00"))]
    (only,) = rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal(0))
    assert entries(only) == [("deposit_held", Decimal("100.00")), ("price_settlement", Decimal("-100.00"))]
    with pytest.raises(Problem, match="more_than_held"):
        rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal("100.01"))


def test_a_reversal_is_the_mirror() -> None:
    original = rules.deposit_received(OWNER, FIVE)
    mirror = rules.reversal(LISTING, original.lines)
    assert mirror.kind == MovementKind.CORRECTION
    assert entries(mirror) == [("bank", -FIVE), ("deposit_received", FIVE)]


@pytest.mark.parametrize(
    "amounts", [["1.00"], ["1.00", "-0.99"], ["0.00", "0.00"], ["1.005", "-1.005"], ["1.00", "-1.00", "0.00"]]
)
def test_what_does_not_balance_is_no_movement(amounts: list[str]) -> None:
    with pytest.raises(ValueError, match="entr"):
        Movement(MovementKind.CORRECTION, LISTING, tuple(Line(BANK, Decimal(amount)) for amount in amounts))


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "0.001"])
def test_a_movement_has_an_amount(amount: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        rules.deposit_received(OWNER, Decimal(amount))


def test_what_is_not_there_cannot_be_moved() -> None:
    held = OWNER.place(AccountCode.DEPOSIT_HELD)
    rules.check_enough([rules.deposit_forfeited(OWNER, FIVE)], {held: FIVE})
    with pytest.raises(Problem, match="more_than_held") as caught:
        rules.check_enough([rules.deposit_forfeited(OWNER, FIVE)], {held: Decimal("4.99")})
    assert caught.value.params["held"] == Decimal("4.99")
    twice = [rules.deposit_forfeited(OWNER, FIVE), rules.deposit_release_due(OWNER, FIVE)]
    with pytest.raises(Problem, match="more_than_held"):
        rules.check_enough(twice, {held: Decimal("9.99")})


def test_every_account_but_the_banks_has_a_floor() -> None:
    assert set(CHART) == set(AccountCode)
    assert [code for code, standing in CHART.items() if not standing.non_negative] == [AccountCode.BANK]
    assert rules.shown_balance(LedgerSide.CREDIT, -FIVE) == rules.shown_balance(LedgerSide.DEBIT, FIVE) == FIVE


def test_the_end_is_five_working_days_on_and_at_the_end_of_the_local_day() -> None:
    assert parameter("deposit_release_working_days", on=date(2026, 5, 6)).value == 5
    end = end_of(Terms(RULES["deposit_release"].unit, 5), date(2026, 4, 29), Calendar())
    assert (end.day, end.provisional) == (date(2026, 5, 9), False), "over the holidays of May, to a working Saturday"
    assert end_moment(end.day, ZoneInfo("Asia/Shanghai")) == datetime(2026, 5, 9, 16, tzinfo=UTC)


def test_a_deposit_goes_only_where_its_life_leads() -> None:
    assert set(STEPS) == set(DepositStatus)
    for before in DepositStatus:
        for after in DepositStatus:
            if after not in STEPS[before]:
                with pytest.raises(ValueError, match="does not go"):
                    deposit_rules.check_step(before, after)
    for end in (DepositStatus.APPLIED, DepositStatus.FORFEITED, DepositStatus.CANCELLED):
        assert not STEPS[end]
