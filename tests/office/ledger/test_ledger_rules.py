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
from app.office.ledger.kinds import AccountCode, DepositStatus, LedgerSide, MovementKind, Undo
from app.office.ledger.rules import CHART, MOVEMENTS, Line, Movement, Owner, Place, movement

LISTING, DEAL = ("listing", new_id()), ("deal", new_id())
OWNER = Owner(LISTING, new_id())
FIVE = Decimal("5.00")
FORFEITED = movement(MovementKind.DEPOSIT_FORFEITED, OWNER, FIVE)


def entries(made: Movement) -> list[tuple[str, Decimal]]:
    return [(line.place.code, line.amount) for line in made.lines]


def test_every_movement_debits_and_credits_the_accounts_of_its_row() -> None:
    """Or one that the row names beside them; the table itself stands in docs/reference/ledger.md."""
    assert set(MOVEMENTS) == set(MovementKind) - {MovementKind.CORRECTION}
    others = Owner(DEAL, new_id())
    for kind, row in MOVEMENTS.items():
        assert entries(movement(kind, OWNER, FIVE)) == [(row.debit[0], FIVE), (row.credit[0], -FIVE)]
        for code in CHART:
            beside = others.place(code)
            if code in row.debit or code in row.credit:
                lines = {line.place: line.amount for line in movement(kind, OWNER, FIVE, beside).lines}
                assert lines[beside] == (FIVE if code in row.debit else -FIVE)
            else:
                with pytest.raises(ValueError, match="does not move"):
                    movement(kind, OWNER, FIVE, beside)


def test_an_account_is_its_holders() -> None:
    nobodys = Owner(LISTING)
    assert nobodys.place(AccountCode.BANK) == OWNER.place(AccountCode.BANK)
    assert nobodys.place(AccountCode.PRICE_SETTLEMENT) == OWNER.place(AccountCode.PRICE_SETTLEMENT)
    with pytest.raises(ValueError, match="belongs to an organisation"):
        nobodys.place(AccountCode.DEPOSIT_HELD)


def test_the_winners_deposit_pays_the_fee_first_and_then_the_price() -> None:
    movements = rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal("30.00"))
    assert [made.kind for made in movements] == ["fee_charged", "fee_paid", "deposit_applied_to_price"]
    assert entries(movements[-1]) == [("deposit_held", Decimal("70.00")), ("price_settlement", Decimal("-70.00"))]
    (only,) = rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal(0))
    assert entries(only) == [("deposit_held", Decimal("100.00")), ("price_settlement", Decimal("-100.00"))]
    whole = rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal("100.00"))
    assert [made.kind for made in whole] == ["fee_charged", "fee_paid"], "a fee may take all of it"
    with pytest.raises(Problem, match="more_than_held"):
        rules.deposit_applied(OWNER, Decimal("100.00"), DEAL, Decimal("100.01"))


def test_a_reversal_is_the_mirror_of_what_its_row_lets_be_undone() -> None:
    original = movement(MovementKind.DEPOSIT_RECEIVED, OWNER, FIVE)
    mirror = rules.reversal(original.kind, LISTING, original.lines, Undo.BANK)
    assert mirror.kind == MovementKind.CORRECTION
    assert entries(mirror) == [("bank", -FIVE), ("deposit_received", FIVE)]
    for kind in MovementKind:
        allowed = MOVEMENTS[kind].undone_by if kind in MOVEMENTS else None
        for by in set(Undo) - {allowed}:
            with pytest.raises(ValueError, match="is not undone"):
                rules.reversal(kind, LISTING, original.lines, by)


@pytest.mark.parametrize(
    "amounts", [["1.00"], ["1.00", "-0.99"], ["0.00", "0.00"], ["1.005", "-1.005"], ["1.00", "-1.00", "0.00"]]
)
def test_what_does_not_balance_is_no_movement(amounts: list[str]) -> None:
    with pytest.raises(ValueError, match="entr"):
        Movement(
            MovementKind.CORRECTION,
            LISTING,
            tuple(Line(Place(AccountCode.BANK), Decimal(amount)) for amount in amounts),
        )


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "0.001"])
def test_a_movement_has_an_amount(amount: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        movement(MovementKind.DEPOSIT_RECEIVED, OWNER, Decimal(amount))


def test_what_is_not_there_cannot_be_moved() -> None:
    held = OWNER.place(AccountCode.DEPOSIT_HELD)
    rules.check_enough([FORFEITED], {held: FIVE})
    with pytest.raises(Problem, match="more_than_held") as caught:
        rules.check_enough([FORFEITED], {held: Decimal("4.99")})
    assert caught.value.params["held"] == Decimal("4.99")
    twice = [FORFEITED, movement(MovementKind.DEPOSIT_RELEASE_DUE, OWNER, FIVE)]
    with pytest.raises(Problem, match="more_than_held"):
        rules.check_enough(twice, {held: Decimal("9.99")})


def test_every_account_but_the_banks_has_a_floor() -> None:
    assert set(CHART) == set(AccountCode)
    assert [code for code, row in CHART.items() if not row.non_negative] == [AccountCode.BANK]
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
