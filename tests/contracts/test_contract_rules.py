"""What must hold of a contract's amounts, shares, dates and brokers, for any figures."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.results.kinds import TransferMode
from app.contracts import rules
from app.contracts.kinds import ContractType
from app.market.deals.kinds import PartyRole
from tests.support.refusals import refusal

FEN = Decimal("0.01")
MONEY = st.integers(1, 10**15).map(lambda fen: Decimal(fen).scaleb(-2))
A, B, C = (UUID(int=n) for n in (1, 2, 3))


@given(technical=MONEY, deductions=st.lists(MONEY, max_size=8))
def test_the_technical_amount_is_the_total_less_the_deductions_and_nothing_else(
    technical: Decimal, deductions: list[Decimal]
) -> None:
    total = technical + sum(deductions, Decimal(0))
    rules.check_amounts(total, technical, deductions)
    with refusal("technical_amount_mismatch", "technical_amount") as caught:
        rules.check_amounts(total, technical - FEN, deductions)
    assert f"Send {technical:.2f}" in caught.value.as_json("en")["remedy"]


@given(total=MONEY, above=MONEY)
def test_no_technical_amount_or_deduction_above_the_total(total: Decimal, above: Decimal) -> None:
    with refusal("technical_above_total", "technical_amount"):
        rules.check_amounts(total, total + above, [])
    with refusal("deductions_above_total", "deductions"):
        rules.check_amounts(total, Decimal(0), [total, above])


@given(cuts=st.sets(st.integers(1, 999_999), max_size=6))
def test_shares_that_sum_to_one_pass_and_a_millionth_less_does_not(cuts: set[int]) -> None:
    bounds = [0, *sorted(cuts), 1_000_000]
    shares = [Decimal(after - before).scaleb(-6) for before, after in pairwise(bounds)]
    parts = [rules.Part(UUID(int=n), share) for n, share in enumerate(shares)]
    rules.check_shares("sellers", parts)
    short = [rules.Part(parts[0].id, parts[0].share - Decimal("0.000001")), *parts[1:]]
    with refusal("contract_shares_not_one", "sellers"):
        rules.check_shares("sellers", short)


def test_nobody_is_named_twice() -> None:
    half = Decimal("0.5")
    with refusal("contract_party_twice", "buyers.1"):
        rules.check_shares("buyers", [rules.Part(A, half), rules.Part(A, half)])


def test_a_whole_side_keeps_the_shares_of_the_deal_and_a_part_of_it_has_its_own() -> None:
    deal = {A: Decimal("0.6"), B: Decimal("0.4")}
    rules.check_side("sellers", PartyRole.SELLER, [rules.Part(B, Decimal("0.4")), rules.Part(A, Decimal("0.6"))], deal)
    rules.check_side("sellers", PartyRole.SELLER, [rules.Part(B, Decimal(1))], deal)
    half = Decimal("0.5")
    with refusal("share_not_of_deal", "sellers.0.share"):
        rules.check_side("sellers", PartyRole.SELLER, [rules.Part(A, half), rules.Part(B, half)], deal)
    with refusal("party_not_of_deal", "sellers.1.organisation_id"):
        rules.check_side("sellers", PartyRole.SELLER, [rules.Part(A, half), rules.Part(C, half)], deal)


@pytest.mark.parametrize("mode", TransferMode)
def test_every_transfer_mode_has_its_contract_types(mode: TransferMode) -> None:
    allowed = rules.TYPES_BY_MODE[mode]
    assert allowed
    for type_ in ContractType:
        with nullcontext() if type_ in allowed else refusal("contract_type_unfit", "type"):
            rules.check_type(type_, mode)


def test_development_stands_beside_a_licence_but_a_transfer_does_not() -> None:
    licence = rules.TYPES_BY_MODE[TransferMode.EXCLUSIVE_LICENCE]
    assert {ContractType.LICENCE, ContractType.DEVELOPMENT} <= licence
    assert ContractType.TRANSFER not in licence


@given(price=MONEY, others=MONEY)
def test_contracts_together_reach_the_price_and_not_a_fen_more(price: Decimal, others: Decimal) -> None:
    left = price - others
    if left > 0:
        rules.check_price(price, others, left)
    with refusal("total_above_price", "total_amount"):
        rules.check_price(price, others, max(left, Decimal(0)) + FEN)


def test_dates_in_order() -> None:
    day, before = date(2026, 3, 2), date(2026, 3, 1)
    rules.check_validity(day, day, agreed_on=day)
    with refusal("dates_out_of_order", "valid_to"):
        rules.check_validity(day, before, agreed_on=None)
    with refusal("dates_out_of_order", "valid_from"):
        rules.check_validity(before, None, agreed_on=day)
    rules.check_signing(day, today=day, valid_to=day, agreed_on=day)
    with refusal("contract_date_in_future", "signed_on"):
        rules.check_signing(day, today=before, valid_to=None, agreed_on=None)
    with refusal("dates_out_of_order", "signed_on"):
        rules.check_signing(before, today=day, valid_to=None, agreed_on=day)
    with refusal("dates_out_of_order", "signed_on"):
        rules.check_signing(day, today=day, valid_to=before, agreed_on=None)


def test_a_broker_is_employed_and_certified_on_the_signing_day_itself() -> None:
    first, last = date(2025, 1, 1), date(2025, 6, 30)
    broker = rules.Employed(A, certified_on=date(2025, 2, 1), periods=((first, last),))
    assert [broker.on(day) for day in (first, date(2025, 2, 1), last, date(2025, 7, 1))] == [False, True, True, False]
    with refusal("broker_not_employed"):
        rules.check_broker("brokers.0", broker, date(2025, 7, 1))


def test_an_agency_and_its_service_go_together() -> None:
    agency = [rules.Part(A, Decimal(1))]
    rules.check_agency_service(agency, "found the buyer")
    rules.check_agency_service([], None)
    with refusal("agency_service_needed", "agency_service"):
        rules.check_agency_service(agency, None)
    with refusal("agency_service_without_agency", "agency_service"):
        rules.check_agency_service([], "found the buyer")
