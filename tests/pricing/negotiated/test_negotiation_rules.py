"""The pure rules of negotiations: turns, acceptance, the days of a notice, what blocks; and of terms."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.core.problems import Problem
from app.market.deals.kinds import PriceBasis
from app.market.gates.kinds import GateKind
from app.market.gates.rules import KINDS, OpenGate
from app.pricing.negotiated import rules
from app.pricing.negotiated.kinds import NegotiationSide
from app.pricing.negotiated.rules import OfferFacts, RunningNotice
from app.pricing.negotiated.terms import rules as terms_rules
from app.pricing.negotiated.terms.shapes import Terms

WUHAN = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
TODAY = date(2026, 3, 1)
ONE, OTHER = UUID(int=1), UUID(int=2)
Json = dict[str, Any]


def terms(*payment: Json, **overrides: Any) -> Terms:
    return Terms.model_validate({"payment": list(payment), "territory": {"countries": ["CN"]}} | overrides)


def lump(amount: str = "100.00") -> Json:
    return {"kind": "lump_sum", "amount": amount}


def code_of(call: Any, *args: Any, **kwargs: Any) -> str | None:
    try:
        call(*args, **kwargs)
    except Problem as problem:
        return problem.kind.code
    return None


@given(
    st.integers(-3600, 3600),
    st.sampled_from(NegotiationSide),
    st.sampled_from(NegotiationSide),
    st.sampled_from([ONE, OTHER]),
)
def test_only_the_other_sides_standing_offer_is_accepted(
    seconds: int, by: NegotiationSide, side: NegotiationSide, named: UUID
) -> None:
    offer = OfferFacts(ONE, 1, side, NOON)
    code = code_of(rules.check_acceptance, offer, by, named, NOON + timedelta(seconds=seconds))
    assert (code is None) == (named == ONE and by != side and seconds < 0)


@given(st.integers(-3600, 3600), st.sampled_from(NegotiationSide), st.sampled_from(NegotiationSide))
def test_a_side_is_bound_exactly_while_its_own_offer_stands(
    seconds: int, by: NegotiationSide, side: NegotiationSide
) -> None:
    code = code_of(rules.check_not_bound, OfferFacts(ONE, 1, side, NOON), by, NOON + timedelta(seconds=seconds))
    assert (code == "offer_binding") == (by == side and seconds < 0)


def test_objections_are_taken_up_to_the_last_moment() -> None:
    last_day = date(2026, 3, 16)
    ends = datetime(2026, 3, 17, tzinfo=WUHAN)
    rules.check_notice_runs(last_day, ends, ends - timedelta(microseconds=1))
    with pytest.raises(Problem) as caught:
        rules.check_notice_runs(last_day, ends, ends)
    assert (caught.value.kind.code, caught.value.extra["last_day"]) == ("notice_ended", "2026-03-16")


@pytest.mark.parametrize(
    ("hours", "objections", "gates", "code"),
    [
        (-1, 0, [], "notice_running"),
        (-1, 1, [GateKind.FIRST_REFUSAL], "notice_running"),
        (0, 1, [GateKind.FIRST_REFUSAL], "objection_open"),
        (0, 0, [GateKind.FIRST_REFUSAL, GateKind.RELATED_PARTY_APPROVAL], "related_party_needs_approval"),
        (0, 0, [GateKind.FIRST_REFUSAL], "gate_open"),
        (0, 0, [], None),
    ],
)
def test_what_blocks_closing(hours: int, objections: int, gates: list[GateKind], code: str | None) -> None:
    notice = RunningNotice("N", TODAY, NOON, objections)
    found = rules.block(
        notice, [OpenGate(ONE, kind, "-", None) for kind in gates], OTHER, NOON + timedelta(hours=hours)
    )
    assert (found.kind.code if found else None) == code


def test_every_gate_names_its_rule_and_who_settles_it() -> None:
    assert set(KINDS) == set(GateKind)
    assert all(kind.closers and kind.rule.article for kind in KINDS.values())


@pytest.mark.parametrize(
    ("optional", "founded", "code"),
    [(True, False, None), (True, True, "notice_mandatory"), (True, None, "notice_mandatory"),
     (False, False, "notice_mandatory")],
)  # fmt: skip
def test_who_may_leave_out_the_notice(optional: bool, founded: bool | None, code: str | None) -> None:
    facts: Json = {"state_founded": founded, "optional": optional, "seller": "-", "days": 15}
    assert code_of(rules.check_notice_choice, public_notice=False, **facts) == code
    assert code_of(rules.check_notice_choice, public_notice=True, **facts) is None


AMOUNTS = st.integers(1, 10**12).map(lambda fens: Decimal(fens) / 100)


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.integers(-1, 1))
def test_instalments_pass_exactly_when_they_sum(parts: list[Decimal], off: int) -> None:
    total = sum(parts) + Decimal(off) / 100
    if total <= 0:
        return
    body = {
        "kind": "instalments",
        "total": str(total),
        "parts": [{"amount": str(part), "due": {"event": "-"}} for part in parts],
    }
    assert code_of(terms_rules.check_terms, terms(body), TODAY) == ("parts_do_not_sum" if off else None)


def royalty(rate: Json, **facts: Any) -> Json:
    return {"kind": "royalty", "base": "sales", "rate": rate} | facts


FIXED = {"kind": "fixed", "rate": "0.1"}
UNKNOWN = {"kind": "trial", "free_until": {"event": "-"}, "then": None}
SHARED = {"kind": "cost_sharing", "detail": "-"}
USD = {"currency": "USD", "rate": "7", "source": "-"}


@pytest.mark.parametrize(
    ("made", "code", "field"),
    [
        (terms(SHARED, lump()), "payment_not_alone", "terms.payment.0"),
        (terms(lump(), UNKNOWN), "payment_not_alone", "terms.payment.1"),
        (
            terms(royalty({"kind": "tiered", "tiers": [{"above": "1", "rate": "0.1"}, {"above": "2", "rate": "0.2"}]})),
            "tiers_out_of_order",
            "terms.payment.0.rate.tiers",
        ),
        (
            terms(royalty({"kind": "tiered", "tiers": [{"above": "0", "rate": "0.1"}, {"above": "0", "rate": "0.2"}]})),
            "tiers_out_of_order",
            "terms.payment.0.rate.tiers",
        ),
        (
            terms(royalty({"kind": "band", "lowest": "0.2", "highest": "0.1", "decided_by": "-"})),
            "bounds_out_of_order",
            "terms.payment.0.rate.highest",
        ),
        (terms(royalty(FIXED, entry_fee="2", ceiling="1")), "bounds_out_of_order", "terms.payment.0.ceiling"),
        (
            terms({"kind": "milestones", "parts": [{"event": "-", "amount": "1"}], "ceiling": "2"}),
            "bounds_out_of_order",
            "terms.payment.0.ceiling",
        ),
        (terms(lump() | {"due": {"on": "2026-02-28"}}), "due_in_past", "terms.payment.0.due"),
        (terms(lump(), conversion=USD | {"total_cny": "700.01"}), "conversion_mismatch", "terms.conversion.total_cny"),
        (
            terms(lump(), bundle=[{"title": "-", "type": "patent", "count": 3, "amount": "33"}]),
            "bundle_does_not_sum",
            "terms.bundle",
        ),
        (terms(lump(), proceeds=[{"to": "-", "share": "0.9"}]), "proceeds_do_not_sum", "terms.proceeds"),
        (
            terms(lump(), territory={"countries": ["CN"], "except_countries": ["CN"]}),
            "territory_contradicts",
            "terms.territory.except_countries",
        ),
    ],
)
def test_terms_that_contradict_themselves(made: Terms, code: str, field: str) -> None:
    """Each refusal names the field, its article, and what would pass."""
    with pytest.raises(Problem) as caught:
        terms_rules.check_terms(made, TODAY)
    problem = caught.value.as_json("en")
    assert (problem["code"], problem["errors"][0]["field"]) == (code, field)
    assert problem["rule"]["article"]
    assert problem["remedy"]


@pytest.mark.parametrize(
    ("made", "price", "basis"),
    [
        (terms(lump()), "100.00", PriceBasis.FIXED),
        (terms(lump(), royalty(FIXED)), "100.00", PriceBasis.FIXED_AND_CONTINGENT),
        (terms(royalty(FIXED)), "0.00", PriceBasis.CONTINGENT),
        (terms(royalty(FIXED, entry_fee="5", minimum_first="7")), "12.00", PriceBasis.FIXED_AND_CONTINGENT),
        (terms(UNKNOWN), "0.00", PriceBasis.UNKNOWN),
        (terms(UNKNOWN | {"then": [lump("3")]}), "3.00", PriceBasis.FIXED),
        (terms(SHARED), "0.00", PriceBasis.NONE),
        (terms({"kind": "equity", "share": "0.3"}), "0.00", PriceBasis.CONTINGENT),
        (terms({"kind": "equity", "valuation": "9", "cash_top_up": "1"}), "10.00", PriceBasis.FIXED),
        (terms(lump(), conversion=USD | {"total_cny": "700.00"}), "700.00", PriceBasis.FIXED),
        (terms(lump(), donation={"amount": "50", "to": "-"}), "100.00", PriceBasis.FIXED),
    ],
)
def test_what_is_certain_of_a_price(made: Terms, price: str, basis: PriceBasis) -> None:
    terms_rules.check_terms(made, TODAY)
    assert (terms_rules.price_of(made), terms_rules.basis_of(made)) == (Decimal(price), basis)


@pytest.mark.parametrize(
    "payment",
    [
        {"kind": "lump_sum", "amount": 100},
        {"kind": "lump_sum", "amount": "0"},
        {"kind": "lump_sum", "amount": "1", "due": {"on": "2026-04-01", "event": "-"}},
        {"kind": "lump_sum", "amount": "1", "rate": "1"},
        {"kind": "barter"},
        {"kind": "equity"},
        {"kind": "cost_sharing", "detail": "a\x00b"},
    ],
)
def test_a_part_that_is_none(payment: Json) -> None:
    with pytest.raises(ValidationError):
        terms(payment)
