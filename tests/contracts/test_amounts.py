"""Which amounts of a contract hold, and the technical part of a payment."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.contracts.amounts import Amounts, Paid, Terms, balance, holding, sums, technical_part
from app.contracts.payments.rules import check_payment
from app.core.money import FEN, exact
from app.core.problems import Problem

NOTHING = sums(Amounts(Decimal(1), Decimal(1)), [])
STATED = Amounts(Decimal("1200.00"), Decimal("1200.00"))


def test_what_the_registrar_recognised_holds_as_a_pair() -> None:
    """After an amendment the contract's total may differ from the registered one: a ratio never mixes the two."""
    registered = holding(STATED, Decimal("1000.00"), Decimal("900.00"))
    assert registered == Amounts(Decimal("1000.00"), Decimal("900.00"))
    assert technical_part(registered, NOTHING, Paid(Decimal("500.00"), None)) == Fraction(450)


def test_before_the_registration_the_contract_holds() -> None:
    for half in ((None, None), (Decimal("1000.00"), None), (None, Decimal("900.00"))):
        assert holding(STATED, *half) is STATED


def test_a_stated_part_is_taken_as_stated_and_an_unstated_one_exactly() -> None:
    thirds = Amounts(Decimal("3.00"), Decimal("1.00"))
    assert technical_part(thirds, NOTHING, Paid(Decimal("1.00"), Decimal("0.20"))) == Fraction(1, 5)
    assert technical_part(thirds, NOTHING, Paid(Decimal("1.00"), Decimal(0))) == 0
    assert technical_part(thirds, NOTHING, Paid(Decimal("1.00"), None)) == Fraction(1, 3)


def test_the_contracts_own_total_is_owed_and_only_what_is_shown_is_rounded() -> None:
    terms = Terms(Decimal("1200.00"), Amounts(Decimal("3.00"), Decimal("1.00")), provisional=False)
    found = balance(terms, iter([Paid(Decimal("2.00"), None)]))
    assert (found.paid, found.due) == (Decimal("2.00"), Decimal("1198.00"))
    assert (found.technical, found.technical_paid) == (Fraction(2, 3), Decimal("0.67"))


def test_nothing_is_due_where_more_was_paid_than_estimated() -> None:
    terms = Terms(Decimal("1.00"), STATED, provisional=True)
    assert balance(terms, [Paid(Decimal("1.50"), None)]).due == 0


def test_a12_what_a_payment_states_moves_the_rest() -> None:
    """A12: 100 000 for the machine alone, so the other 900 000 are for the technology."""
    amounts = Amounts(Decimal("1000000.00"), Decimal("900000.00"))
    paid = [Paid(Decimal("100000.00"), Decimal("0.00")), Paid(Decimal("900000.00"), None)]
    assert sums(amounts, paid).technical == 900_000


def test_a12_royalties_beyond_the_estimate_count_in_its_ratio() -> None:
    amounts = Amounts(Decimal("1000.00"), Decimal("900.00"))
    assert sums(amounts, [Paid(Decimal("1500.00"), None)]).technical == 1350


@given(st.data())
def test_a12_the_parts_of_a_paid_up_contract_are_its_technical_amount(data: st.DataObject) -> None:
    """A12: whatever payments state, in whatever order, and whatever the bank takes back in between."""
    total = data.draw(st.integers(1, 1000), "total")
    technical = data.draw(st.integers(0, total), "technical")
    terms = Terms(Decimal(total), Amounts(Decimal(total), Decimal(technical)), provisional=False)
    paid: list[Paid] = []
    standing: list[Paid] = []
    for step in range(data.draw(st.integers(0, 8), "steps")):
        before = balance(terms, paid)
        if standing and data.draw(st.booleans(), "back"):
            back = standing.pop(data.draw(st.integers(0, len(standing) - 1)))
            stated = None if back.technical is None else -back.technical
            paid.append(Paid(-back.amount, stated, step, back.id))
            continue
        if before.due == 0:
            continue
        amount = Decimal(data.draw(st.integers(1, int(before.due)), "amount"))
        stated = data.draw(st.none() | st.integers(0, int(amount)).map(Decimal), "stated")
        try:
            check_payment(before, Paid(amount, stated))
        except Problem as problem:
            # The figure of the remedy passes.
            stated = Decimal(problem.params.get("least") or problem.params["left"])
            check_payment(before, Paid(amount, stated))
        standing.append(Paid(amount, stated, step))
        paid.append(standing[-1])
    before = balance(terms, paid)
    if before.due:
        check_payment(before, Paid(before.due, None))
        paid.append(Paid(before.due, None, "last"))
    after = balance(terms, paid)
    fraction = FEN if paid and paid[-1].technical is not None else 0
    assert 0 <= technical - after.technical <= fraction
    assert all(0 <= after.sums.parts[item.id] <= exact(item.amount) for item in standing)
