"""Money never gains or loses a fen."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import allot, ceil_fen, exact, is_whole_fen, proportion, round_fen

D = Decimal
amounts = st.decimals(min_value=0, max_value=D("9999999999999999.99"), places=2)
weights = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3), st.decimals(min_value=0, max_value=1, places=6), min_size=1, max_size=8
)


@pytest.mark.parametrize(
    ("value", "rounded", "raised"),
    [
        (D("0.005"), "0.01", "0.01"),
        (D("0.0049999999999999999999999999999999999"), "0.00", "0.01"),
        (D("-0.005"), "-0.01", "0.00"),
        (D("1.015"), "1.02", "1.02"),
        (D("2"), "2.00", "2.00"),
        (Fraction(1, 3), "0.33", "0.34"),
        (D("9999999999999999.995"), "10000000000000000.00", "10000000000000000.00"),
        (D("1234567890123456789012345678901234.565"), "1234567890123456789012345678901234.57", None),
    ],
)
def test_rounding(value: Decimal | Fraction, rounded: str, raised: str | None) -> None:
    assert str(round_fen(value)) == rounded
    if raised is not None:
        assert str(ceil_fen(value)) == raised


@pytest.mark.parametrize("value", [D("NaN"), D("Infinity"), D("-Infinity"), D("sNaN")])
def test_what_is_not_a_number_is_refused(value: Decimal) -> None:
    assert not is_whole_fen(value)
    with pytest.raises(ValueError, match="finite"):
        exact(value)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        round_fen(0.1)  # type: ignore[arg-type]


@given(amounts, st.decimals(min_value=0, max_value=1, places=8))
def test_the_largest_amount_times_a_rate_is_exact(amount: Decimal, rate: Decimal) -> None:
    product = proportion(amount, rate, D(1))
    assert product * 10**10 == int(amount * 100) * int(rate * 10**8)


def test_a_proportion_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="denominator"):
        proportion(D(1), D(1), D(0))


def test_the_odd_fens_go_to_the_largest_remainders() -> None:
    shares = [("a", D("0.333333")), ("b", D("0.333333")), ("c", D("0.333334"))]
    assert allot(D("100.00"), shares) == {"a": D("33.33"), "b": D("33.33"), "c": D("33.34")}


def test_of_equal_remainders_the_smaller_key_gets_the_fen() -> None:
    assert allot(D("0.05"), [("c", D(1)), ("b", D(1)), ("a", D(1))]) == {"c": D("0.01"), "b": D("0.02"), "a": D("0.02")}
    assert list(allot(D("0.05"), [("c", D(1)), ("a", D(1))])) == ["c", "a"], "the input's order is kept"


@pytest.mark.parametrize(
    ("total", "split"),
    [
        (D("0.001"), [("a", D(1))]),
        (D("-1"), [("a", D(1))]),
        (D("NaN"), [("a", D(1))]),
        (D("1"), [("a", D(1)), ("a", D(1))]),
        (D("1"), [("a", D(-1)), ("b", D(2))]),
        (D("1"), [("a", D(0))]),
        (D("1"), []),
    ],
)
def test_a_split_that_means_nothing_is_refused(total: Decimal, split: list[tuple[str, Decimal]]) -> None:
    with pytest.raises(ValueError, match=r"fens|twice|negative|zero"):
        allot(total, split)


def test_nothing_splits_into_nothing() -> None:
    assert allot(D(0), [("a", D(0)), ("b", D(0))]) == {"a": D("0.00"), "b": D("0.00")}


@given(amounts, weights, st.randoms(use_true_random=False))
def test_parts_add_up_stay_near_and_ignore_order(total: Decimal, split: dict[str, Decimal], random: object) -> None:
    if not any(split.values()):
        total = D(0)
    parts = allot(total, list(split.items()))
    assert sum(parts.values(), D(0)) == total
    whole = sum(map(Fraction, split.values()), Fraction(0))
    for key, part in parts.items():
        assert is_whole_fen(part)
        ideal = Fraction(total) * Fraction(split[key]) / whole if whole else Fraction(0)
        assert abs(Fraction(part) - ideal) < Fraction(1, 100)
    shuffled = list(split.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert allot(total, shuffled) == parts
