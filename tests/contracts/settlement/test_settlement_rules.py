"""How a price falls into parts, a fee is found, a deposit is spent: to the fen, whatever the figures."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.kinds import PaymentTerms
from app.contracts.settlement import rules
from app.contracts.settlement.kinds import PartKind
from app.contracts.settlement.rules import NIL, Ordered, Part, Receipt
from app.core.money import ceil_fen, exact
from app.pricing.negotiated.terms.rules import price_of
from app.pricing.negotiated.terms.shapes import Terms

FLOOR = Decimal("0.30")
MONEY = st.integers(0, 10**12).map(lambda fens: Decimal(fens) / 100)
KEYS = [UUID(int=number) for number in range(1, 6)]
SHARES = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(
    lambda weights: [(key, Decimal(weight)) for key, weight in zip(KEYS, weights, strict=False)]
)
SIGNED, USUAL = date(2026, 11, 24), date(2026, 12, 1)


def terms(*payment: dict[str, Any], **more: Any) -> Terms:
    return Terms.model_validate({"payment": list(payment), "territory": {"countries": ["CN"]}} | more)


def amounts(parts: list[Part]) -> list[str]:
    return [f"{part.amount:.2f}" for part in parts]


def instalments(*parts: str) -> dict[str, Any]:
    total = sum((Decimal(part) for part in parts), NIL)
    return {
        "kind": "instalments",
        "total": f"{total:.2f}",
        "parts": [{"amount": part, "due": {"event": f"示例 {index}"}} for index, part in enumerate(parts)],
    }


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        (PaymentTerms.LUMP_SUM, ["1000.01"]),
        (PaymentTerms.INSTALMENTS, ["300.01", "700.00"]),
        (PaymentTerms.ROYALTY, ["300.01", "700.00"]),
    ],
)
def test_a_fixed_price_is_paid_as_the_contract_says(payment: PaymentTerms, expected: list[str]) -> None:
    parts = rules.parts_by_contract(Decimal("1000.01"), payment, FLOOR)
    assert amounts(parts) == expected
    assert rules.first_of(parts) == 0
    assert rules.parts_by_contract(NIL, payment, FLOOR) == []


@pytest.mark.parametrize(
    ("payment", "expected", "first"),
    [
        ([{"kind": "lump_sum", "amount": "900000.00"}], ["900000.00"], 0),
        ([instalments("400.00", "600.00")], ["400.00", "600.00"], 0),
        ([instalments("100.00", "150.00", "750.00")], ["300.00", "700.00"], 0),  # the floor takes from what follows
        ([instalments("100.00", "900.00")], ["300.00", "700.00"], 0),
        (
            [{"kind": "royalty", "base": "sales", "rate": {"kind": "fixed", "rate": "0.05"}, "entry_fee": "100.00"}],
            ["100.00"],
            0,
        ),
        (
            [{"kind": "royalty", "base": "sales", "rate": {"kind": "fixed", "rate": "0.05"}, "minimum_first": "5.00"}],
            ["5.00"],
            None,
        ),
        ([{"kind": "royalty", "base": "sales", "rate": {"kind": "fixed", "rate": "0.05"}}], [], None),
        ([{"kind": "milestones", "parts": [{"event": "示例", "amount": "9.00"}]}], [], None),
        ([{"kind": "equity", "share": "0.1", "valuation": "700.00", "cash_top_up": "300.00"}], ["300.00"], 0),
        ([{"kind": "cost_sharing", "detail": "示例"}], [], None),
        ([{"kind": "trial", "free_until": {"on": "2027-06-30"}}], [], None),
        (
            [{"kind": "trial", "free_until": {"event": "示例"}, "then": [{"kind": "lump_sum", "amount": "80.00"}]}],
            ["80.00"],
            None,
        ),
    ],
)
def test_a_negotiated_price_is_paid_as_its_terms_say(
    payment: list[dict[str, Any]], expected: list[str], first: int | None
) -> None:
    agreed = terms(*payment)
    parts = rules.parts_by_terms(price_of(agreed), agreed, FLOOR)
    assert (amounts(parts), rules.first_of(parts)) == (expected, first)


def test_a_foreign_price_is_split_as_its_printed_sum() -> None:
    conversion = {"currency": "USD", "total_cny": "1000.00", "source": "示例"}
    agreed = terms(instalments("1.00", "1.00", "1.00"), conversion=conversion)
    assert amounts(rules.parts_by_terms(Decimal("1000.00"), agreed, FLOOR)) == ["333.34", "333.33", "333.33"]


@pytest.mark.parametrize(
    ("due", "is_first", "expected"),
    [
        (None, True, USUAL),
        (None, False, None),
        ({"on": "2027-03-01"}, True, date(2027, 3, 1)),
        ({"on": "2026-11-01"}, False, USUAL),  # a day that had passed when the contract was signed
        ({"event": "示例"}, True, USUAL),
        ({"event": "示例"}, False, None),
    ],
)
def test_when_a_part_is_due(due: dict[str, str] | None, is_first: bool, expected: date | None) -> None:
    part = Part(PartKind.LUMP_SUM, Decimal(1), rules.Due.model_validate(due) if due else None)
    assert rules.due_day(part, is_first, SIGNED, USUAL) == expected


@given(st.lists(MONEY.filter(bool), min_size=1, max_size=6), st.sampled_from([NIL, FLOOR, Decimal(1)]))
def test_parts_add_up_and_the_first_is_not_below_its_floor(given_parts: list[Decimal], floor: Decimal) -> None:
    price = sum(given_parts, NIL)
    parts = rules.parts_by_terms(price, terms(instalments(*(f"{part:.2f}" for part in given_parts))), floor)
    assert sum((part.amount for part in parts), NIL) == price
    assert parts[0].amount == max(given_parts[0], ceil_fen(exact(price) * exact(floor)))


@given(MONEY, st.sampled_from(["0", "0.001", "0.01", "0.5"]), MONEY)
def test_a_fee_lies_between_its_minimum_and_the_price(price: Decimal, rate: str, minimum: Decimal) -> None:
    fee = rules.fee_of(price, Decimal(rate), minimum)
    assert NIL <= fee <= price
    if Decimal(rate) and price:
        assert fee == price or fee >= minimum
    else:
        assert fee == 0


@given(MONEY, MONEY, MONEY)
def test_a_deposit_is_spent_to_the_fen(deposit: Decimal, fee: Decimal, owed: Decimal) -> None:
    use = rules.use_deposit(deposit, fee, owed)
    assert use.fee + use.credited + use.returned == deposit
    assert (use.fee <= fee, use.credited <= owed, use.returned >= 0) == (True, True, True)
    assert use.returned == 0 or (use.fee, use.credited) == (fee, owed)


@given(st.lists(MONEY, max_size=5), SHARES, MONEY, MONEY)
def test_deposit_and_what_is_asked_for_are_the_price(
    parts: list[Decimal], shares: rules.Shares, deposit: Decimal, fee: Decimal
) -> None:
    """Of every buyer: what its deposit paid, and what is asked for, is its part of the price, to the fen."""
    split = [rules.by_share(part, shares) for part in parts]
    assert sum((sum(share.values(), NIL) for share in split), NIL) == sum(parts, NIL)
    for key, _ in shares:
        owed = [share[key] for share in split]
        use = rules.use_deposit(deposit, fee, sum(owed, NIL))
        left = rules.left_of(owed, use.credited)
        assert sum(left, NIL) + use.credited == sum(owed, NIL)
        assert min(left, default=NIL) >= 0


DAY = datetime(2026, 11, 24, tzinfo=UTC)


def _receipt(serial: int, payer: int, payee: int, amount: str, reverses: int | None = None) -> Receipt:
    """Recorded in the hour of its serial number."""
    at = DAY + timedelta(hours=serial)
    reversed_id = None if reverses is None else UUID(int=100 + reverses)
    return Receipt(UUID(int=100 + serial), KEYS[payer], KEYS[payee], Decimal(amount), at, at, reversed_id)


def _payout(serial: int, payee: int, amount: str) -> Ordered:
    return Ordered(KEYS[payee], Decimal(amount), DAY + timedelta(hours=serial))


@pytest.mark.parametrize(
    ("receipts", "payouts", "expected"),
    [
        ([_receipt(1, 0, 2, "300")], [], ["300", "0"]),
        ([_receipt(2, 0, 2, "300")], [_payout(1, 2, "300")], ["0", "0"]),
        ([_receipt(1, 0, 2, "300")], [_payout(1, 2, "300")], ["0", "0"]),  # ordered at that very moment
        ([_receipt(1, 0, 2, "300")], [_payout(2, 2, "300")], ["300", "0"]),  # recorded before: it was not that payout
        ([_receipt(1, 0, 2, "300"), _receipt(3, 0, 2, "50")], [_payout(2, 2, "50")], ["300", "0"]),
        ([_receipt(2, 0, 2, "300")], [_payout(1, 2, "200")], ["100", "0"]),
        ([_receipt(2, 0, 2, "300")], [_payout(1, 3, "300")], ["300", "0"]),  # another seller's
        ([_receipt(1, 0, 2, "300"), _receipt(2, 0, 2, "-300", reverses=1)], [], ["0", "0"]),
        (
            [_receipt(2, 0, 2, "300"), _receipt(3, 0, 2, "-300", reverses=2), _receipt(4, 1, 2, "300")],
            [_payout(1, 2, "300")],
            ["0", "0"],
        ),
    ],
)
def test_what_the_exchange_paid_out_is_not_counted_again(
    receipts: list[Receipt], payouts: list[Ordered], expected: list[str]
) -> None:
    direct = rules.paid_directly(receipts, payouts)
    sums = [sum((row.amount for row in direct if row.payer_id == KEYS[payer]), NIL) for payer in (0, 1)]
    assert sums == [Decimal(amount) for amount in expected]


@given(
    st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([2, 3]), MONEY.filter(bool)), max_size=6),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from([2, 3]), MONEY.filter(bool)), max_size=3),
)
def test_no_money_counts_twice(rows: list[tuple[int, int, Decimal]], orders: list[tuple[int, int, Decimal]]) -> None:
    """Recorded money is direct or a payout; a seller's payouts take no more than was ordered, in whatever order."""
    receipts = [_receipt(serial, *row) for serial, row in enumerate(rows, 1)]  # type: ignore[arg-type]
    payouts = [_payout(*row) for row in orders]  # type: ignore[arg-type]
    direct = rules.paid_directly(receipts, payouts)
    recorded, ordered = sum((row.amount for row in receipts), NIL), sum((row.amount for row in payouts), NIL)
    total = sum((row.amount for row in direct), NIL)
    assert max(recorded - ordered, NIL) <= total <= recorded
    assert all(row.amount >= NIL for row in direct)
    late = [_payout(9, *row[1:]) for row in orders]  # type: ignore[arg-type]
    assert sum((row.amount for row in rules.paid_directly(receipts, late)), NIL) == recorded


@pytest.mark.parametrize(
    ("amounts", "since"),
    [
        (["300"], 0),
        (["299.99", "0.01", "50"], 1),
        (["300", "-300"], None),
        (["300", "-300", "100", "200"], 3),  # what was taken back begins anew
        (["400", "-50", "10"], 0),
        ([], None),
    ],
)
def test_since_when_the_price_has_arrived(amounts: list[str], since: int | None) -> None:
    moments = [DAY + timedelta(hours=hour) for hour in range(len(amounts))]
    arrivals = [rules.Arrival(KEYS[0], Decimal(amount), at) for amount, at in zip(amounts, moments, strict=True)]
    assert rules.reached(reversed(arrivals), Decimal(300)) == (None if since is None else moments[since])
