"""What holds for the awards of any year, whatever the facts."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.awards.facts import (
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
from app.awards.frozen import facts_as_json, facts_from_json, freeze, recompute
from app.awards.outcome import Computation
from app.awards.rules import compute
from app.core.money import ceil_fen
from tests.awards.award_world import WUHAN, wuhan_programme

PROGRAMME = wuhan_programme()
YEAR = 2024
TERMS = PROGRAMME.terms(YEAR)
NAMES = [f"org{index}" for index in range(8)]
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
def organisations(draw: st.DrawFn) -> list[OrganisationFacts]:
    kinds = st.sampled_from(["enterprise", "university", "hospital", "technology_transfer_agency"])
    names = {"hospital": "medical_institution"}
    found = []
    for name in NAMES:
        kind = draw(kinds)
        moved = draw(st.one_of(st.none(), st.dates(date(2022, 1, 1), date(2026, 1, 1))))
        home = "420106" if draw(st.integers(0, 4)) else "310115"
        divisions = [DivisionPeriod(home, date(2010, 1, 1), moved)]
        if moved:
            divisions.append(DivisionPeriod("420502", moved + timedelta(days=1), None))
        found.append(OrganisationFacts(name, f"示例{name}", OrganisationKind(names.get(kind, kind)), tuple(divisions)))
    return found


@st.composite
def contract(draw: st.DrawFn, identifier: str) -> ContractFacts:
    total = draw(money(200_000_000))
    technical = (total * draw(st.integers(0, 100)) / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    buyers, sellers = draw(shares(NAMES)), draw(shares(NAMES))
    agencies = [
        Agency(
            name,
            share,
            draw(st.sampled_from(["撮合", None])),
            tuple(Broker(*b) for b in draw(shares(["x", "y", "z"], 0))),
        )
        for name, share in draw(shares(NAMES, 0))
    ]
    related = [RelatedParties(buyers[0][0], sellers[0][0], "共同控制")] if draw(st.integers(0, 5)) == 0 else []
    registered = draw(st.one_of(st.none(), st.dates(date(2022, 1, 1), date(2025, 6, 1))))
    return ContractFacts(
        id=identifier,
        number=f"WH-{identifier}",
        name="示例合同",
        type=draw(st.sampled_from(ContractType)),
        signed_on=date(2022, 1, 1),
        registered_on=registered,
        registration_number="1" if registered else None,
        total_amount=total,
        technical_amount=technical,
        sellers=tuple(Party(*s) for s in sellers),
        buyers=tuple(Party(*b) for b in buyers),
        agencies=tuple(agencies),
        related=tuple(related),
        cancelled_on=draw(st.one_of(st.none(), st.dates(date(2024, 6, 1), date(2026, 1, 1)))),
    )


@st.composite
def payment(draw: st.DrawFn, identifier: str, contracts: list[ContractFacts]) -> PaymentFacts:
    of = draw(st.sampled_from(contracts))
    amount = min(draw(money(200_000_000)), of.total_amount)
    moment = draw(st.datetimes(datetime(2022, 6, 1), datetime(2025, 6, 1)))  # noqa: DTZ001 - made aware below
    stated = draw(st.one_of(st.none(), st.just(amount), st.just(Decimal("0.01"))))
    return PaymentFacts(
        id=identifier,
        contract_id=of.id,
        received_at=moment.replace(tzinfo=WUHAN),
        amount=amount,
        technical_amount=stated,
        invoiced_amount=draw(st.one_of(st.just(amount), money(200_000_000), st.just(Decimal(0)))),
        invoice_number=draw(st.sampled_from(["FP-1", None])),
        payer_id=draw(st.sampled_from([None, None, *(b.organisation_id for b in of.buyers), "org0"])),
        rewarded_elsewhere=tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=1))),
        reversed_on=draw(st.one_of(st.none(), st.none(), st.dates(date(2024, 1, 1), date(2025, 6, 1)))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> Facts:
    contracts = [draw(contract(f"c{index}")) for index in range(draw(st.integers(1, 4)))]
    payments = [draw(payment(f"p{index}", contracts)) for index in range(draw(st.integers(0, 8)))]
    return Facts.of(contracts, payments, draw(organisations()))


def run(facts: Facts, year: int = YEAR) -> Computation:
    return compute(PROGRAMME, year, facts.contracts, facts.payments, facts.organisations, zone=WUHAN)


def written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def totals(result: Computation) -> dict[tuple[str, str], Decimal]:
    return {(s.role, s.organisation_id): s.total for s in result.statements}


@given(worlds())
def test_lines_add_up_and_no_total_passes_the_cap(facts: Facts) -> None:
    for statement in run(facts).statements:
        assert sum((line.awarded for line in statement.lines), Decimal(0)) == statement.total
        assert statement.total <= statement.cap == TERMS.caps[statement.role]
        assert (
            abs(Fraction(statement.total) - Fraction(min(statement.raw_total, statement.cap))) <= FEN / 2 + FEN / 10**4
        )
        assert statement.cap_applied == (statement.raw_total > statement.cap)
        for line in statement.lines:
            assert line.countable == min(line.received, line.invoiced, line.left) == getattr(line, line.bound)
            assert line.awarded <= line.raw + Decimal("0.01")


@given(worlds())
def test_brokers_get_at_least_their_part_and_never_more_than_the_award(facts: Facts) -> None:
    for statement in run(facts).statements:
        assert (statement.brokers is not None) == (statement.role == "agency")
        if statement.brokers is None:
            continue
        paid = sum((part.amount for part in statement.brokers.allotments), Decimal(0)) + statement.brokers.held
        assert paid == ceil_fen(statement.total * TERMS.broker_minimum_share) >= statement.total * Decimal("0.3")
        assert paid <= statement.total


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_no_byte(facts: Facts, random: Any) -> None:
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
    assert written(again.as_json()) == written(run(facts).as_json())
    plain = facts_as_json(facts.contracts, facts.payments, facts.organisations)
    assert written(facts_as_json(contracts, payments, known)) == written(plain)


@given(worlds())
def test_frozen_inputs_give_the_same_bytes_again(facts: Facts) -> None:
    frozen = freeze(PROGRAMME, YEAR, facts, WUHAN)
    stored = json.loads(written(frozen))
    assert facts_from_json(stored["facts"]) == facts
    assert written(recompute(stored).as_json()) == written(run(facts).as_json())
    assert written(freeze(PROGRAMME, YEAR, facts_from_json(stored["facts"]), WUHAN)) == written(frozen)


@given(worlds(), st.data())
def test_a_later_payment_lowers_nobody_and_changes_no_earlier_year(facts: Facts, data: st.DataObject) -> None:
    """It must be the last of its contract: an earlier one may use up the technical amount at somebody's cost."""
    extra = data.draw(payment("p9", list(facts.contracts)))
    same = [p.received_at for p in facts.payments if p.contract_id == extra.contract_id]
    extra = replace(extra, received_at=max([extra.received_at, *(moment + timedelta(seconds=1) for moment in same)]))
    more = Facts.of(facts.contracts, [*facts.payments, extra], facts.organisations)
    before, after = totals(run(facts)), totals(run(more))
    assert all(after[who] >= amount for who, amount in before.items())
    if extra.received_at.astimezone(WUHAN).year > YEAR:
        assert written(run(more).as_json()) == written(run(facts).as_json())


@given(worlds())
def test_together_nobody_earns_more_than_the_rates_allow(facts: Facts) -> None:
    """Per role and contract at most rate times the countable amount; that, over all years, at most the registered."""
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
                assert awarded <= countable * Fraction(TERMS.rates[role]) + FEN * len(lines)
                if role == "buyer":
                    by_contract[item.id] = by_contract.get(item.id, Fraction(0)) + countable
    for item in facts.contracts:
        assert by_contract[item.id] <= Fraction(item.technical_amount) + FEN


@given(worlds())
@settings(max_examples=60)
def test_every_receipt_of_the_year_is_answered_for_everyone(facts: Facts) -> None:
    result = run(facts)
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
