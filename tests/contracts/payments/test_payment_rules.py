"""What must hold of payments, for any figures: exact sums, nothing above what is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.contracts import rules as contract_rules
from app.contracts.amounts import Amounts, Balance, Paid, Terms, balance
from app.contracts.payments import rules
from app.core.problems import Problem
from tests.contracts.test_contract_rules import FEN, MONEY
from tests.support.refusals import refusal

WUHAN = ZoneInfo("Asia/Shanghai")
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


@st.composite
def terms(draw: st.DrawFn, provisional: bool = False) -> Terms:
    total = draw(MONEY)
    technical = Decimal(draw(st.integers(0, int(total * 100)))).scaleb(-2)
    return Terms(total, Amounts(total, technical), provisional)


@st.composite
def attempts(draw: st.DrawFn) -> list[Paid]:
    amounts = draw(st.lists(MONEY, max_size=12))
    return [Paid(a, draw(st.none() | st.integers(0, int(a * 100)).map(lambda f: Decimal(f).scaleb(-2))))
            for a in amounts]  # fmt: skip


@given(terms=terms(), attempts=attempts())
def test_what_is_accepted_never_exceeds_the_total_or_the_technical_amount(terms: Terms, attempts: list[Paid]) -> None:
    accepted: list[Paid] = []
    for payment in attempts:
        before = balance(terms, accepted)
        try:
            rules.check_payment(before, payment)
        except Problem:
            continue
        accepted.append(payment)
    now = balance(terms, accepted)
    assert now.paid == sum((p.amount for p in accepted), Decimal(0)) <= terms.total
    assert now.technical <= Fraction(terms.holding.technical)
    assert now.paid + now.due == terms.total


@given(terms=terms(), attempt=MONEY)
def test_exactly_what_is_due_passes_and_a_fen_more_does_not(terms: Terms, attempt: Decimal) -> None:
    paid = [Paid(attempt, None)] if attempt < terms.total else []
    before = balance(terms, paid)
    rules.check_payment(before, Paid(before.due, None))
    with refusal("payment_above_due", "amount") as caught:
        rules.check_payment(before, Paid(before.due + FEN, None))
    assert f"{before.due}" in caught.value.as_json("en")["detail"]


@given(terms=terms(), attempts=attempts())
def test_a_reversal_undoes_its_payment_exactly(terms: Terms, attempts: list[Paid]) -> None:
    paid = [replace(payment, id=place) for place, payment in enumerate(attempts)]
    reversals = [Paid(-p.amount, None if p.technical is None else -p.technical, reverses=p.id) for p in paid]
    now = balance(terms, [*paid, *reversals])
    assert (now.paid, now.technical, now.due) == (Decimal(0), Fraction(0), terms.total)


@given(terms=terms(provisional=True), factor=st.integers(2, 9))
def test_royalties_may_pass_the_estimate_but_a_stated_technical_part_may_not(terms: Terms, factor: int) -> None:
    before = balance(terms, [])
    rules.check_payment(before, Paid(terms.total * factor, None))
    assert balance(terms, [Paid(terms.total * factor, None)]).due == 0
    with refusal("technical_above_left", "technical_amount"):
        rules.check_payment(before, Paid(terms.total * factor, terms.holding.technical + FEN))


def test_what_a_payment_states_lies_between_what_is_left_and_what_the_rest_can_hold() -> None:
    terms = Terms(Decimal("100.00"), Amounts(Decimal("100.00"), Decimal("50.00")), provisional=False)
    before = balance(terms, [Paid(Decimal("50.00"), Decimal("50.00"))])
    rules.check_payment(before, Paid(Decimal("50.00"), None))
    with refusal("technical_above_left", "technical_amount") as caught:
        rules.check_payment(before, Paid(Decimal("50.00"), FEN))
    assert "at most 0.00" in caught.value.as_json("en")["remedy"]
    with refusal("technical_below_left", "technical_amount") as caught:
        rules.check_payment(balance(terms, []), Paid(Decimal("70.00"), Decimal("19.99")))
    assert "at least 20.00" in caught.value.as_json("en")["remedy"]
    rules.check_payment(balance(terms, []), Paid(Decimal("70.00"), Decimal("20.00")))
    rules.check_payment(before, Paid(Decimal("50.00"), Decimal("0.00")))
    with refusal("technical_above_payment", "technical_amount"):
        rules.check_payment(before, Paid(Decimal("1.00"), Decimal("1.01")))


@given(terms=terms(), attempts=attempts(), amount=MONEY)
def test_the_technical_part_that_a_refusal_names_passes_and_a_fen_more_does_not(
    terms: Terms, attempts: list[Paid], amount: Decimal
) -> None:
    """What is left is a fraction of a fen where parts were counted by the ratio: the figure is rounded down."""
    before = balance(terms, attempts)
    before = replace(before, terms=replace(terms, provisional=True))  # only the technical amount is a bound here
    try:
        rules.check_payment(before, Paid(amount, amount))
    except Problem as refused:
        left = refused.params["left"]
        if left == 0 and before.technical > terms.holding.technical:
            return  # more was paid than the amended contract owes: nothing passes
        rules.check_payment(before, Paid(amount, left))
        with refusal("technical_above_left"):
            rules.check_payment(before, Paid(amount, left + FEN))


def test_a_third_of_a_fen_is_no_room_for_a_fen() -> None:
    amounts = Amounts(Decimal("3.00"), Decimal("1.00"))
    terms = Terms(amounts.total, amounts, provisional=False)
    before = balance(terms, [Paid(Decimal("1.00"), None)])  # a third of 1.00 is taken
    with refusal("technical_above_left", "technical_amount") as caught:
        rules.check_payment(before, Paid(Decimal("2.00"), Decimal("0.67")))
    assert caught.value.params["left"] == Decimal("0.66")
    rules.check_payment(before, Paid(Decimal("2.00"), Decimal("0.66")))


def test_a_receipt_lies_between_the_signing_day_in_wuhan_and_now() -> None:
    signed_on = date(2026, 1, 1)
    first = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    now = datetime(2026, 1, 5, tzinfo=UTC)
    rules.check_received(first, now, signed_on, WUHAN)
    rules.check_received(now, now, signed_on, WUHAN)
    with refusal("dates_out_of_order", "received_at"):
        rules.check_received(first - timedelta(microseconds=1), now, signed_on, WUHAN)
    with refusal("contract_date_in_future", "received_at"):
        rules.check_received(now + timedelta(microseconds=1), now, signed_on, WUHAN)


def test_a_reversal_follows_its_payment() -> None:
    received, now = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 14, tzinfo=UTC)
    rules.check_reversal(received, received, now)
    with refusal("dates_out_of_order", "reversed_at"):
        rules.check_reversal(received, received - timedelta(minutes=1), now)
    with refusal("contract_date_in_future", "reversed_at"):
        rules.check_reversal(received, now + timedelta(minutes=1), now)


def test_invoices_of_a_payment_reach_it_and_not_a_fen_more() -> None:
    rules.check_invoice(Decimal(100), [Decimal(60)], Decimal(40), "amount")
    with refusal("invoice_above_payment", "amount"):
        rules.check_invoice(Decimal(100), [Decimal(60)], Decimal("40.01"), "amount")


def test_an_amendment_covers_what_was_paid_and_keeps_who_paid() -> None:
    paid = [Paid(Decimal("60.00"), Decimal("50.00"))]

    def by(total: str, technical: str, provisional: bool = False) -> Balance:
        return balance(Terms(Decimal(total), Amounts(Decimal(total), Decimal(technical)), provisional), paid)

    both = {"buyers": {A}, "sellers": {B}}
    contract_rules.check_amendment(by("60.00", "50.00"), both, {"buyers": {A, C}, "sellers": {B}})
    contract_rules.check_amendment(by("1.00", "1.00", provisional=True), both, both)
    with refusal("below_paid", "total_amount"):
        contract_rules.check_amendment(by("59.99", "50.00"), both, both)
    with refusal("below_paid", "technical_amount"):
        contract_rules.check_amendment(by("60.00", "49.99"), both, both)
    for missing, kept in (
        ("buyers", {"buyers": {C}, "sellers": {A, B}}),
        ("sellers", {"buyers": {A, B}, "sellers": {C}}),
    ):
        with refusal("paid_party_missing", missing):
            contract_rules.check_amendment(by("60.00", "50.00"), both, kept)
