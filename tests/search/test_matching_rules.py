"""The score of a match: each part from 0 to 1 and explained, monotone in each, the same in whatever order."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.demands.kinds import SolutionWay
from app.catalogue.demands.responses.kinds import DeclineReason
from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.problems import Problem, Text
from app.finding.matching import rules
from app.finding.matching.kinds import Feedback, Part
from app.finding.matching.rules import Judged, Need, Offer

SHARES = st.fractions(0, 1, max_denominator=1000)
WEIGHTS = st.fixed_dictionaries({part: st.fractions(Fraction(1, 100), 1, max_denominator=100) for part in Part})
PRICES = st.decimals("0.01", "9999999999999.99", places=2)
CITIES = st.none() | st.sampled_from(["420100", "420111", "429004", "310100"])
FIELDS = st.sampled_from(list(TechnicalField))
NEEDS = st.builds(
    Need, FIELDS, st.sampled_from(["C3849", "A01", "N77"]), st.frozensets(st.sampled_from(SolutionWay), min_size=1),
    st.none() | PRICES, CITIES,
)  # fmt: skip
OFFERS = st.builds(
    Offer, FIELDS, st.none() | st.integers(1, 9), PRICES, st.sampled_from(list(TransferMode)), CITIES
)  # fmt: skip


MET = st.lists(st.tuples(st.text(max_size=3), SHARES, SHARES), max_size=5)


def judged(values: dict[Part, Fraction]) -> list[Judged]:
    return [Judged(part, value, Text("a", "a")) for part, value in values.items()]


@given(
    NEEDS, OFFERS, st.lists(st.tuples(st.text(max_size=3), SHARES, SHARES), max_size=5), st.none() | st.integers(0, 9)
)
def test_each_part_is_a_share_and_told_in_both_languages(need, offer, met, count) -> None:  # type: ignore[no-untyped-def]
    parts = rules.compare(need, offer, rules.words(met), count)
    assert [each.part for each in parts] == list(Part)
    for each in (*parts, *rules.mediate(need, None, need.city, rules.words(met), count or 0)):
        assert 0 <= each.value <= 1
        assert each.reason.en.endswith(".")
        assert each.reason.zh.endswith("。")
        assert each.known or each.value == Fraction(1, 2)


@given(st.fixed_dictionaries(dict.fromkeys(Part, SHARES)), WEIGHTS, st.sampled_from(Part), SHARES, st.randoms())
def test_the_score_is_monotone_in_each_part_and_knows_no_order(values, weights, part, other, draw) -> None:  # type: ignore[no-untyped-def]
    parts = judged(values)
    score = rules.score(parts, weights)
    assert 0 <= score <= 1
    higher = rules.score(judged(values | {part: max(other, values[part])}), weights)
    assert higher >= score
    draw.shuffle(parts)
    assert rules.score(parts, weights) == score
    assert rules.score(judged(dict.fromkeys(Part, Fraction(1))), weights) == 1


@given(PRICES, PRICES, PRICES, st.integers(1, 8))
def test_what_is_dearer_or_less_ready_fits_no_better(budget, price, more, level) -> None:  # type: ignore[no-untyped-def]
    assert rules.budget(budget, max(price, more)).value <= rules.budget(budget, price).value
    assert rules.budget(budget, budget).value == 1
    assert rules.budget(budget, 2 * budget).value == 0
    ways = [SolutionWay.TRANSFER_OR_LICENCE]
    assert rules.readiness(level, ways).value <= rules.readiness(level + 1, ways).value
    assert rules.readiness(level, [*ways, SolutionWay.CONSULTING_OR_SERVICE]).value == 1


def test_the_price_above_a_budget_is_told_rounded_up() -> None:
    assert rules.budget(Decimal(300), Decimal("300.01")).reason.en == "The asking price is 1% above the budget."
    assert rules.budget(Decimal(300), Decimal(375)).value == Fraction(3, 4)


@given(WEIGHTS, st.dictionaries(st.sampled_from(DeclineReason), st.integers(1, 60)))
def test_a_reason_to_decline_weighs_more_from_then_on_and_at_most_twice(weights, declines) -> None:  # type: ignore[no-untyped-def]
    raised = rules.raised(weights, declines, Fraction(1, 4))
    assert all(weights[part] <= raised[part] <= 2 * weights[part] for part in Part)
    assert (raised[Part.BUDGET] > weights[Part.BUDGET]) == (DeclineReason.PRICE in declines)
    assert raised[Part.FIELD] == weights[Part.FIELD]


@given(st.lists(st.sampled_from(Feedback), max_size=8))
def test_what_is_said_is_written_once_and_a_decline_is_the_end(said) -> None:  # type: ignore[no-untyped-def]
    standing, written = None, []
    for each in said:
        if standing == Feedback.DECLINED and each in {Feedback.ASKED, Feedback.AGREED}:
            with pytest.raises(Problem, match="match_declined"):
                rules.follows(standing, each)
        elif rules.follows(standing, each):
            written.append(each)
            standing = each
    assert written == sorted(set(written), key=list(Feedback).index)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rarer_word_weighs_more(one: int, other: int) -> None:
    assert 0 < rules.rarity(max(one, other)) <= rules.rarity(min(one, other)) <= 1
