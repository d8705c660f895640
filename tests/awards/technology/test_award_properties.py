"""What holds for the awards of any year, whatever the facts."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.awards.runs.frozen import facts_as_json, facts_from_json, freeze, recompute
from app.awards.technology.rules.facts import (
    Agency,
    Broker,
    ContractFacts,
    ContractType,
    DivisionPeriod,
    Facts,
    OrganisationFacts,
    OrganisationKind,
    Party,
    PaymentFacts,
    RelatedParties,
)
from app.awards.technology.rules.outcome import Computation
from app.awards.technology.rules.shares import compute
from app.core.money import ceil_fen
from tests.awards.technology.award_world import WUHAN, wuhan_programme

PROGRAMME = wuhan_programme()
YEAR = 2024
TERMS = PROGRAMME.terms(YEAR)
KINDS = {
    "buyer_a": OrganisationKind.ENTERPRISE,
    "buyer_b": OrganisationKind.ENTERPRISE,
    "seller_a": OrganisationKind.UNIVERSITY,
    "seller_b": OrganisationKind.MEDICAL_INSTITUTION,
    "agency_a": OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY,
    "agency_b": OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY,
}
NAMES = list(KINDS)
BUYERS, SELLERS, AGENCIES = NAMES[:2], NAMES[2:4], NAMES[4:]
# Half of the worlds are without faults, and faults are rare in the others, so that there are awards to speak about.
RARELY = st.sampled_from([False] * 11 + [True])
NEVER = st.just(False)
Rarity = st.SearchStrategy[bool]
# Two of the starting points lie an hour before a new year, which the minutes added to them may cross.
MOMENTS = [
    datetime(2023, 7, 1, tzinfo=WUHAN),
    datetime(2023, 12, 31, 23, tzinfo=WUHAN),
    *[datetime(2024, 3, 1, tzinfo=WUHAN)] * 4,
    datetime(2024, 12, 31, 23, tzinfo=WUHAN),
]
FEN = Fraction(1, 100)


def money(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(1, most * 100).map(lambda fens: Decimal(fens) / 100)


@st.composite
def shares(draw: st.DrawFn, names: list[str], least: int = 1) -> list[tuple[str, Decimal]]:
    chosen = draw(st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=3))
    if not chosen:
        return []
    cuts = sorted(draw(st.sets(st.integers(1, 999_999), min_size=len(chosen) - 1, max_size=len(chosen) - 1)))
    edges = [0, *cuts, 1_000_000]
    parts = [Decimal(b - a) / 1_000_000 for a, b in pairwise(edges)]
    return list(zip(chosen, parts, strict=True))


@st.composite
def organisations(draw: st.DrawFn, rarely: Rarity) -> list[OrganisationFacts]:
    found = []
    for name, kind in KINDS.items():
        moved = draw(st.dates(date(2022, 1, 1), date(2026, 1, 1))) if draw(rarely) else None
        divisions = [DivisionPeriod("310115" if draw(rarely) else "420106", date(2010, 1, 1), moved)]
        if moved:
            divisions.append(DivisionPeriod("420502", moved + timedelta(days=1), None))
        recorded = draw(st.sampled_from(OrganisationKind)) if draw(rarely) else kind
        found.append(OrganisationFacts(name, f"示例{name}", recorded, tuple(divisions)))
    return found


@st.composite
def contract(draw: st.DrawFn, identifier: str, rarely: Rarity) -> ContractFacts:
    large = draw(st.sampled_from([None, Decimal("12500000.00"), Decimal("180000000.07"), Decimal("250000000.00")]))
    total = large or draw(money(1_000))
    technical = (total * draw(st.sampled_from([100, 99, 67, 33, 1])) / 100).quantize(
        Decimal("0.01"), rounding="ROUND_DOWN"
    )
    buyers = draw(shares(NAMES if draw(rarely) else BUYERS))
    sellers = draw(shares(NAMES if draw(rarely) else SELLERS))
    agencies = [
        Agency(
            name,
            share,
            None if draw(rarely) else "撮合",
            tuple(Broker(*b) for b in draw(shares(["x", "y", "z"], 0))),
        )
        for name, share in draw(shares(NAMES if draw(rarely) else AGENCIES, 0))
    ]
    related = [RelatedParties(buyers[0][0], sellers[0][0], "共同控制")] if draw(rarely) else []
    registered = (
        draw(st.one_of(st.none(), st.dates(date(2022, 1, 1), date(2025, 6, 1)))) if draw(rarely) else date(2022, 1, 2)
    )
    return ContractFacts(
        id=identifier,
        number=f"WH-{identifier}",
        name="示例合同",
        type=draw(st.sampled_from(ContractType)) if draw(rarely) else ContractType.LICENCE,
        signed_on=date(2022, 1, 1),
        registered_on=registered,
        registration_number="1" if registered else None,
        total_amount=total,
        technical_amount=technical,
        sellers=tuple(Party(*s) for s in sellers),
        buyers=tuple(Party(*b) for b in buyers),
        agencies=tuple(agencies),
        related=tuple(related),
        cancelled_on=draw(st.dates(date(2024, 6, 1), date(2026, 1, 1))) if draw(rarely) else None,
    )


@st.composite
def payment(draw: st.DrawFn, identifier: str, contracts: list[ContractFacts], rarely: Rarity) -> PaymentFacts:
    of = draw(st.sampled_from(contracts))
    part = of.total_amount * draw(st.sampled_from([7, 20, 33, 50, 100])) / 100
    amount = max(part.quantize(Decimal("0.01")), Decimal("0.01"))
    moment = draw(st.sampled_from(MOMENTS)) + timedelta(minutes=draw(st.integers(0, 119)))
    stated = draw(st.sampled_from([None, None, amount, Decimal("0.01")]))
    return PaymentFacts(
        id=identifier,
        contract_id=of.id,
        received_at=moment,
        amount=amount,
        technical_amount=stated,
        invoiced_amount=draw(st.one_of(st.just(amount), st.just(amount), money(200_000_000))),
        invoice_number=None if draw(rarely) else "FP-1",
        payer_id=draw(st.sampled_from(NAMES)) if draw(rarely) else of.buyers[0].organisation_id,
        rewarded_elsewhere=(draw(st.sampled_from(NAMES)),) if draw(rarely) else (),
        reversed_on=draw(st.dates(date(2024, 1, 1), date(2025, 6, 1))) if draw(rarely) else None,
    )


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    rarely = draw(st.sampled_from([NEVER, RARELY]))
    contracts = [draw(contract(f"c{index}", rarely)) for index in range(draw(st.integers(1, 3)))]
    payments = [draw(payment(f"p{index}", contracts, rarely)) for index in range(draw(st.integers(1, 6)))]
    return Facts.of(contracts, payments, draw(organisations(rarely)))


def run(facts: Facts, year: int = YEAR) -> Computation:
    return compute(PROGRAMME, year, facts.contracts, facts.payments, facts.organisations, zone=WUHAN)


def written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def totals(result: Computation) -> dict[tuple[str, str], Decimal]:
    return {(s.role, s.organisation_id): s.total for s in result.statements}


def lines_add_up_and_no_total_passes_the_cap(result: Computation) -> None:
    for statement in result.statements:
        assert sum((line.awarded for line in statement.lines), Decimal(0)) == statement.total
        assert statement.total <= statement.cap == TERMS.caps[statement.role]
        assert (
            abs(Fraction(statement.total) - Fraction(min(statement.raw_total, statement.cap))) <= FEN / 2 + FEN / 10**4
        )
        assert statement.cap_applied == (statement.raw_total > statement.cap)
        for line in statement.lines:
            assert line.countable == min(line.received, line.invoiced, line.left) == getattr(line, line.bound)
            # The total may be rounded up by half a fen, and the line be handed one of the odd fens.
            assert line.awarded <= line.raw + Decimal("0.015001")


def brokers_get_at_least_their_part_and_never_more_than_the_award(result: Computation) -> None:
    for statement in result.statements:
        assert (statement.brokers is not None) == (statement.role == "agency")
        if statement.brokers is None:
            continue
        paid = sum((part.amount for part in statement.brokers.allotments), Decimal(0)) + statement.brokers.held
        assert paid == ceil_fen(statement.total * TERMS.broker_minimum_share) >= statement.total * Decimal("0.3")
        assert paid <= statement.total


def every_receipt_of_the_year_is_answered_for_everyone(facts: Facts, result: Computation) -> None:
    earned = {(s.role, s.organisation_id, line.payment_id) for s in result.statements for line in s.lines}
    refused = {(e.role, e.organisation_id, e.payment_id or e.contract_id) for e in result.exclusions}
    for item in facts.contracts:
        parties = [("buyer", p.organisation_id) for p in item.buyers]
        parties += [("seller", p.organisation_id) for p in item.sellers]
        parties += [("agency", a.organisation_id) for a in item.agencies]
        for paid in facts.payments:
            if paid.contract_id == item.id and paid.received_at.astimezone(WUHAN).year == YEAR:
                for role, who in parties:
                    assert {(role, who, paid.id)} & earned or {(role, who, paid.id), (role, who, item.id)} & refused


def the_order_of_the_facts_changes_no_byte(facts: Facts, result: Computation, random: Any) -> None:
    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(items, len(items)))

    contracts = shuffled(
        tuple(
            replace(c, buyers=shuffled(c.buyers), sellers=shuffled(c.sellers), agencies=shuffled(c.agencies))
            for c in facts.contracts
        )
    )
    payments, known = shuffled(facts.payments), shuffled(facts.organisations)
    again = compute(PROGRAMME, YEAR, contracts, payments, known, zone=WUHAN)
    assert written(again.as_json()) == written(result.as_json())
    plain = facts_as_json(facts.contracts, facts.payments, facts.organisations)
    assert written(facts_as_json(contracts, payments, known)) == written(plain)


def frozen_inputs_give_the_same_bytes_again(facts: Facts, result: Computation) -> None:
    frozen = freeze(PROGRAMME, YEAR, facts, WUHAN)
    stored = json.loads(written(frozen))
    assert facts_from_json(stored["facts"]) == facts
    assert written(recompute(stored).as_json()) == written(result.as_json())
    assert written(freeze(PROGRAMME, YEAR, facts_from_json(stored["facts"]), WUHAN)) == written(frozen)


def a_later_payment_lowers_nobody_and_changes_no_earlier_year(
    facts: Facts, result: Computation, extra: PaymentFacts
) -> None:
    """It must be the last of its contract: an earlier one may use up the technical amount at somebody's cost."""
    same = [p.received_at for p in facts.payments if p.contract_id == extra.contract_id]
    extra = replace(extra, received_at=max([extra.received_at, *(moment + timedelta(seconds=1) for moment in same)]))
    more = run(Facts.of(facts.contracts, [*facts.payments, extra], facts.organisations))
    after = totals(more)
    assert all(after[who] >= amount for who, amount in totals(result).items())
    if extra.received_at.astimezone(WUHAN).year > YEAR:
        assert written(more.as_json()) == written(result.as_json())


def together_nobody_earns_more_than_the_rates_allow(facts: Facts) -> None:
    """Per role and contract at most rate times the countable amount; that, over all years, at most the registered.

    Without reversals: money that a later year's bank reversal takes back frees technical amount counted before.
    """
    kept = [replace(p, reversed_on=None) for p in facts.payments]
    facts = Facts.of(facts.contracts, kept, facts.organisations)
    by_contract: dict[str, Fraction] = {}
    for year in (2023, 2024, 2025):
        result = run(facts, year)
        for role in ("buyer", "seller", "agency"):
            for item in facts.contracts:
                lines = [
                    line for s in result.statements if s.role == role for line in s.lines if line.contract_id == item.id
                ]
                countable = sum(
                    (Fraction(c) for c in {line.payment_id: line.countable for line in lines}.values()), Fraction(0)
                )
                awarded = sum((Fraction(line.awarded) for line in lines), Fraction(0))
                assert awarded <= countable * Fraction(TERMS.rates[role]) + FEN * 2 * len(lines)
                if role == "buyer":
                    by_contract[item.id] = by_contract.get(item.id, Fraction(0)) + countable
    for item in facts.contracts:
        assert by_contract[item.id] <= Fraction(item.technical_amount) + FEN


def test_what_holds_of_the_awards_of_any_year() -> None:
    """Each world is made and computed once, and held against all the laws.

    Properties of nothing would always hold: the worlds must reach what the laws are about.
    """
    seen: Counter[str] = Counter()

    @settings(max_examples=150)
    @given(worlds(), st.randoms(use_true_random=False), st.data())
    def look(facts: Facts, random: Any, data: st.DataObject) -> None:
        result = run(facts)
        seen["award"] += bool(result.statements)
        seen["several lines"] += any(len(s.lines) > 1 for s in result.statements)
        seen["cap"] += any(s.cap_applied for s in result.statements)
        seen["brokers"] += any(s.brokers and s.brokers.allotments for s in result.statements)

        lines_add_up_and_no_total_passes_the_cap(result)
        brokers_get_at_least_their_part_and_never_more_than_the_award(result)
        every_receipt_of_the_year_is_answered_for_everyone(facts, result)
        the_order_of_the_facts_changes_no_byte(facts, result, random)
        frozen_inputs_give_the_same_bytes_again(facts, result)
        extra = data.draw(payment("p9", list(facts.contracts), RARELY))
        a_later_payment_lowers_nobody_and_changes_no_earlier_year(facts, result, extra)
        together_nobody_earns_more_than_the_rates_allow(facts)

    look()
    assert {what for what, times in seen.items() if times >= 3} == {"award", "several lines", "cap", "brokers"}, seen
