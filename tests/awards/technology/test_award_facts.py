"""Impossible facts are refused when they are made, frozen ones are read strictly, estimates are computations."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.awards.runs.frozen import facts_as_json, facts_from_json
from app.awards.technology.rules.countable import countables
from app.awards.technology.rules.facts import DivisionPeriod, FactError, Facts
from app.awards.technology.rules.shares import estimate
from tests.awards.technology import award_world as world

SAID: dict[str, Any] = {
    "organisations": {
        "buyer": {"kind": "enterprise", "division": "420106"},
        "university": {"kind": "university", "division": "420111"},
        "agency": {"kind": "technology_transfer_agency", "division": "420111"},
    },
    "contracts": {"C1": {"total": "100.00", "agencies": {"agency": {"brokers": {"li": "0.50", "wu": "0.5"}}}}},
    "payments": {"P1": {"received": "2024-01-01T00:00:00+08:00", "amount": "100.00"}},
}


def _with(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    said = copy.deepcopy(SAID)
    change(said)
    return said


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s["contracts"]["C1"].update(technical="100.01"), "technical amount above the total"),
        (lambda s: s["contracts"]["C1"].update(total="0"), "above zero"),
        (lambda s: s["contracts"]["C1"].update(total="1.001"), "whole fens"),
        (lambda s: s["contracts"]["C1"].update(total="NaN"), "whole fens"),
        (lambda s: s["contracts"]["C1"].update(buyers={"buyer": "0.9"}), "shares sum to 0.9"),
        (lambda s: s["contracts"]["C1"].update(buyers={}), "no buyer"),
        (lambda s: s["contracts"]["C1"].update(buyers={"buyer": "2", "university": "-1"}), "above zero"),
        (lambda s: s["contracts"]["C1"].update(buyers={"nobody": "1"}), "unknown organisation nobody"),
        (lambda s: s["contracts"]["C1"]["agencies"]["agency"].update(brokers={"li": "0.4"}), "brokers of agency"),
        (lambda s: s["payments"]["P1"].update(contract="C2"), "unknown contract C2"),
        (lambda s: s["payments"]["P1"].update(technical="100.01"), "technical part above"),
        (lambda s: s["payments"]["P1"].update(received="2024-01-01T00:00:00"), "time zone"),
        (lambda s: s["payments"]["P1"].update(amount="-1"), "above zero"),
        (lambda s: s["payments"]["P1"].update(invoiced="-1"), "zero or more"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused(change: Callable[[dict[str, Any]], object], reason: str) -> None:
    with pytest.raises(FactError, match=reason):
        world.facts(_with(change))


def test_a_fact_given_twice_is_refused() -> None:
    facts = world.facts(SAID)
    with pytest.raises(FactError, match="payment P1 is given twice"):
        Facts.of(facts.contracts, facts.payments * 2, facts.organisations)


def test_a_division_cannot_end_before_it_begins() -> None:
    with pytest.raises(FactError, match="ends before"):
        DivisionPeriod("420106", date(2024, 1, 2), date(2024, 1, 1))


def test_the_division_of_a_day_is_the_latest_that_had_begun() -> None:
    periods = [{"code": "420106", "from": "2020-01-01", "to": "2024-06-30"}]
    one = world.organisation("a", {"kind": "enterprise", "division": periods})
    assert one.division_on(date(2019, 12, 31)) is None
    assert one.division_on(date(2024, 6, 30)) == "420106"
    assert one.division_on(date(2024, 7, 1)) is None
    moved = replace(one, divisions=(*one.divisions, DivisionPeriod("420502", date(2024, 6, 30), None)))
    assert moved.division_on(date(2024, 6, 30)) == "420502"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d["contracts"][0].update(colour="red"), "contracts.0.colour"),
        (lambda d: d["contracts"][0].pop("technical_amount"), "contracts.0.technical_amount"),
        (lambda d: d["payments"][0].update(amount="-1.00"), "amount must be above zero"),
        (lambda d: d["organisations"][0].update(kind="bank"), "organisations.0.kind"),
    ],
)
def test_frozen_facts_are_read_strictly(change: Callable[[dict[str, Any]], object], reason: str) -> None:
    facts = world.facts(SAID)
    frozen = facts_as_json(facts.contracts, facts.payments, facts.organisations)
    assert facts_from_json(frozen) == facts
    change(frozen)
    with pytest.raises(FactError, match=reason):
        facts_from_json(frozen)


def test_equal_facts_freeze_to_one_text() -> None:
    facts = world.facts(SAID)
    frozen = facts_as_json(facts.contracts, facts.payments, facts.organisations)
    brokers = frozen["contracts"][0]["agencies"][0]["brokers"]
    assert [broker["share"] for broker in brokers] == ["0.5", "0.5"]
    assert frozen["payments"][0]["received_at"] == "2023-12-31T16:00:00.000000+00:00"
    assert frozen["payments"][0]["amount"] == "100.00"


def test_an_invoice_covers_later_payments_by_what_it_is_more_than_its_own() -> None:
    """Half of the first 100 is technology; its invoice of 120 leaves 20 for the second payment, not 70."""
    facts = world.facts(
        _with(
            lambda s: s.update(
                contracts={"C1": {"total": "200.00", "technical": "150.00"}},
                payments={
                    "P1": {"received": "2024-02-01T09:00:00+08:00", "amount": "100.00", "technical": "50.00",
                           "invoiced": "120.00"},
                    "P2": {"received": "2024-03-01T09:00:00+08:00", "amount": "100.00", "technical": "100.00",
                           "invoiced": "0.00", "invoice": None},
                },
            )
        )
    )  # fmt: skip
    found = countables(facts.contracts[0], facts.payments, 2024, world.WUHAN)
    assert [(row.amount, row.bound) for row in found] == [(50, "received"), (20, "invoiced")]


def test_an_estimate_is_the_computation_of_one_full_payment() -> None:
    facts = world.facts(_with(lambda s: s["contracts"]["C1"].update(total="1000000.00", technical="500000.00")))
    found = estimate(world.wuhan_programme(), facts.contracts[0], facts.organisations, 2024, zone=world.WUHAN)
    assert {s.role: s.total for s in found.statements} == {
        "buyer": Decimal("40000.00"),
        "seller": Decimal("10000.00"),
        "agency": Decimal("5000.00"),
    }


def test_an_estimate_has_the_same_exclusions() -> None:
    facts = world.facts(_with(lambda s: s["contracts"]["C1"].update(type="service", registered=None)))
    found = estimate(world.wuhan_programme(), facts.contracts[0], facts.organisations, 2024, zone=world.WUHAN)
    assert found.statements == ()
    assert {e.code for e in found.exclusions} == {"contract_type", "not_registered"}
