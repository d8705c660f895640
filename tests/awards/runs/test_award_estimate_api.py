"""What a deal would earn, asked before there is a contract."""

from datetime import timedelta

import pytest

from tests.awards.factory import Json, deal_with_agency, estimate_of
from tests.market.deals.factory import agreed_deal, recorded_deal
from tests.market.listings.factory import today
from tests.support.world import Party, World


def _totals(found: Json) -> dict[str, str]:
    return {statement["role"]: statement["total"] for statement in found["statements"]}


def _codes(found: Json) -> set[str]:
    return {exclusion["code"] for exclusion in found["exclusions"]}


async def _relate(world: World, first: Party, second: Party, **period: str) -> None:
    body = {
        "first_id": str(first.id), "second_id": str(second.id), "kind": "shareholding", "detail": "示例持股",
        "source": "https://example.org/filing",
    }  # fmt: skip
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=body | period)


async def test_a_deal_is_estimated_for_its_parties_alone(world: World) -> None:
    seller, buyer, agency = await world.institution(), await world.enterprise(), await world.agency()
    deal = await deal_with_agency(world, seller, buyer, agency)
    found = await estimate_of(world, buyer, deal)
    assert _totals(found) == {"buyer": "160000.00", "seller": "40000.00", "agency": "20000.00"}
    assert (found["year"], found["programme_id"]) == ((await today(world)).year, "wuhan-art14")
    assert _codes(found) == {"no_broker_recorded"}
    for reader in (seller, agency, world.auditor):
        assert await estimate_of(world, reader, deal) == found
    path = f"/v1/deals/{deal['id']}/award-estimate"
    await world.api.refused(404, "not_found", "GET", path, await world.enterprise())
    await world.api.refused(401, "unauthenticated", "GET", path)
    assert (await world.api.ok("GET", "/v1/award-runs", world.auditor))["items"] == []


async def test_the_cap_shows_in_an_estimate(world: World) -> None:
    buyer = await world.enterprise()
    deal = await recorded_deal(world, await world.university(), buyer, price="100000000.00")
    found = await estimate_of(world, buyer, deal)
    assert _totals(found) == {"buyer": "1000000.00", "seller": "1000000.00"}
    assert [statement["cap_applied"] for statement in found["statements"]] == [True, True]


async def test_related_parties_would_earn_nothing(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    await _relate(world, buyer, seller)
    found = await estimate_of(world, buyer, await agreed_deal(world, seller, buyer))
    assert (found["statements"], _codes(found)) == ([], {"related_party"})
    assert all("示例持股" in exclusion["reason_zh"] for exclusion in found["exclusions"])


async def test_parties_are_related_by_the_day_of_the_agreement(world: World) -> None:
    """A finding that began in the middle of the year bars a deal made after it, and not one made before."""
    seller, buyer = await world.institution(), await world.enterprise()
    day = await today(world)
    deal = await recorded_deal(world, seller, buyer)
    earlier = await recorded_deal(world, seller, buyer, agreed_on=(day - timedelta(days=1)).isoformat())
    await _relate(world, seller, buyer, valid_from=day.isoformat())
    assert _codes(await estimate_of(world, buyer, deal)) == {"related_party"}
    assert set(_totals(await estimate_of(world, buyer, earlier))) == {"buyer", "seller"}


@pytest.mark.parametrize("mode", ["consulting", "service"])
async def test_consulting_and_service_would_earn_nothing(world: World, mode: str) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    found = await estimate_of(world, buyer, await recorded_deal(world, seller, buyer, transfer_mode=mode))
    assert (found["statements"], _codes(found)) == ([], {"contract_type"})
    assert all(exclusion["article"]["zh"] for exclusion in found["exclusions"])


async def test_a_deal_that_makes_no_contract_has_nothing_to_estimate(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    for change in ({"transfer_mode": "equity_contribution"}, {"price": "0"}):
        found = await estimate_of(world, buyer, await recorded_deal(world, seller, buyer, **change))
        assert (found["statements"], found["exclusions"]) == ([], [])
        assert "nothing to estimate" in found["note"]


async def test_an_estimate_for_another_year(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await recorded_deal(world, seller, buyer)
    assert (await estimate_of(world, buyer, deal, year=2025))["year"] == 2025
    path = f"/v1/deals/{deal['id']}/award-estimate"
    await world.api.refused(422, "no_programme", "GET", f"{path}?year=2009", buyer)
    await world.api.refused(422, "invalid_input", "GET", f"{path}?year=999999", buyer)
