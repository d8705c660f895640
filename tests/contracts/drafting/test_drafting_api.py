"""The contract that comes from the deal, from the outside: what may be left out, and what departs."""

from typing import Any

import pytest

from tests.contracts.factory import draft_of, sign, whole
from tests.market.deals.factory import agreed_deal, recorded_deal
from tests.market.listings.factory import today
from tests.office.documents.factory import uploaded
from tests.pricing.negotiated.factory import agreed, terms
from tests.support.world import Party, World

Json = dict[str, Any]
ROYALTY: Json = {"kind": "royalty", "base": "sales", "rate": {"kind": "fixed", "rate": "0.05"}, "entry_fee": "50000.00"}


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


@pytest.fixture
async def buyer(world: World) -> Party:
    return await world.enterprise()


async def negotiated(world: World, seller: Party, buyer: Party, *payment: Json, **more: Any) -> Json:
    """A deal on what was agreed, without a notice."""
    made = await agreed(world, seller, buyer, terms=terms(*payment, public_notice=False, **more))
    deal: Json = await world.api.ok("GET", f"/v1/deals/{made['deal_id']}", buyer)
    return deal


async def least(world: World, deal: Json, **said: Any) -> Json:
    """What nobody but the parties can say, and what else is `said`."""
    return {"deal_id": deal["id"], "valid_from": (await today(world)).isoformat()} | said


async def supplement(world: World, seller: Party, *fields: str) -> Json:
    document = await uploaded(world, seller)
    return {"document_id": document["id"], "title": "补充协议", "fields": list(fields)}


async def test_the_draft_tells_each_field_and_its_source(world: World, seller: Party, buyer: Party) -> None:
    deal = await agreed_deal(world, seller, buyer)
    draft = await draft_of(world, deal, buyer)
    fields = {row["field"]: (row["value"], row["source"]) for row in draft["fields"]}
    assert draft["departures"] == "refused"
    assert fields["type"] == ("licence", "deal")
    assert fields["total_amount"] == ("1000000.00", "deal")
    assert fields["territory"] == ("中国境内", "published")
    assert fields["sellers"][0] == [{"organisation_id": str(seller.id), "share": "1.000000"}]
    assert [row["field"] for row in draft["missing"]] == ["payment_terms", "valid_from"]
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "GET", f"/v1/deals/{deal['id']}/contract-draft", stranger)


async def test_a_contract_says_only_what_the_deal_does_not(world: World, seller: Party, buyer: Party) -> None:
    deal = await negotiated(world, seller, buyer, years=5)
    contract = await world.api.ok("POST", "/v1/contracts", seller, json=await least(world, deal))
    assert (contract["type"], contract["payment_terms"], contract["total_amount"], contract["technical_amount"]) == (
        "licence",
        "lump_sum",
        deal["price"],
        deal["price"],
    )
    assert contract["name"] == deal["subject"]
    assert contract["valid_to"] is not None
    assert (contract["departures"], contract["supplement"]) == ([], None)
    assert [row["organisation_id"] for row in contract["buyers"]] == [str(buyer.id)]


async def test_what_nobody_says_is_missing(world: World, seller: Party, buyer: Party) -> None:
    deal = await agreed_deal(world, seller, buyer)
    body = await least(world, deal)
    problem = await world.api.refused(422, "contract_field_missing", "POST", "/v1/contracts", seller, json=body)
    assert problem["errors"][0]["field"] == "payment_terms"


@pytest.mark.parametrize("type_", ["consulting", "service"])
async def test_advice_and_service_are_no_contract_on_a_licence(
    world: World, seller: Party, buyer: Party, type_: str
) -> None:
    deal = await agreed_deal(world, seller, buyer)
    body = await least(world, deal, type=type_, payment_terms="instalments", total_amount="10000.00")
    problem = await world.api.refused(422, "contract_type_unfit", "POST", "/v1/contracts", seller, json=body)
    assert "licence" in problem["remedy"]
    recorded = await recorded_deal(world, seller, buyer)
    body = await least(world, recorded, type=type_, payment_terms="lump_sum", technical_field="advanced_manufacturing")
    await world.api.refused(422, "contract_type_unfit", "POST", "/v1/contracts", seller, json=body)


async def test_after_a_public_competition_the_price_stands_and_no_supplement_helps(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await agreed_deal(world, seller, buyer)
    body = await least(world, deal, payment_terms="lump_sum", total_amount="10000.00")
    problem = await world.api.refused(422, "contract_departs", "POST", "/v1/contracts", seller, json=body)
    assert problem["departures"] == [
        {"field": "total_amount", "agreed": "1000000.00", "stated": "10000.00", "rule": "refused"}
    ]
    assert "1000000.00" in problem["remedy"]
    body["supplement"] = await supplement(world, seller, "total_amount")
    await world.api.refused(422, "contract_departs", "POST", "/v1/contracts", seller, json=body)
    del body["supplement"], body["total_amount"]
    assert (await world.api.ok("POST", "/v1/contracts", seller, json=body))["total_amount"] == "1000000.00"


async def test_an_agreed_royalty_of_five_years_becomes_no_lump_sum_of_twenty_in_silence(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await negotiated(world, seller, buyer, ROYALTY, years=5)
    day = await today(world)
    far = day.replace(year=day.year + 20, day=1).isoformat()
    said = await least(world, deal, payment_terms="lump_sum", total_amount="50000.00", valid_to=far)
    problem = await world.api.refused(422, "departure_without_supplement", "POST", "/v1/contracts", seller, json=said)
    assert [row["field"] for row in problem["departures"]] == ["payment_terms", "valid_to"]
    said["supplement"] = await supplement(world, seller, "payment_terms")
    problem = await world.api.refused(422, "departure_without_supplement", "POST", "/v1/contracts", seller, json=said)
    assert problem["errors"][0]["field"] == "valid_to"
    said["supplement"]["fields"] = ["payment_terms", "valid_to", "type"]
    await world.api.refused(422, "supplement_without_departure", "POST", "/v1/contracts", seller, json=said)
    said["supplement"]["fields"] = ["valid_to", "payment_terms"]
    contract = await world.api.ok("POST", "/v1/contracts", seller, json=said)
    assert [(row["field"], row["agreed"], row["rule"]) for row in contract["departures"]] == [
        ("payment_terms", "royalty_with_entry_fee", "supplement"),
        ("valid_to", contract["departures"][1]["agreed"], "supplement"),
    ]
    read = await world.api.ok("GET", f"/v1/documents/{said['supplement']['document_id']}", buyer)
    assert read["id"] == contract["supplement"]["document_id"]


async def test_amending_holds_a_contract_to_the_deal_too_and_takes_signatures_back(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await negotiated(world, seller, buyer)
    contract = await world.api.ok("POST", "/v1/contracts", seller, json=await least(world, deal))
    contract = await sign(world, contract, buyer)
    path = f"/v1/contracts/{contract['id']}"
    body = {
        name: contract[name]
        for name in ("type", "name", "technical_field", "valid_from", "total_amount", "technical_amount")
    } | {"payment_terms": "instalments", "sellers": [whole(seller)], "buyers": [whole(buyer)]}
    match = {"If-Match": f'"{contract["revision"]}"'}
    await world.api.refused(422, "departure_without_supplement", "PATCH", path, seller, json=body, headers=match)
    body["supplement"] = await supplement(world, seller, "payment_terms")
    amended = await world.api.ok("PATCH", path, seller, json=body, headers=match)
    assert amended["buyers"][0]["signed_on"] is None
    again = {"If-Match": f'"{amended["revision"]}"'}
    kept = await world.api.ok("PATCH", path, seller, json=body, headers=again)
    assert kept["supplement"] == amended["supplement"]
    attached = await world.api.ok("GET", f"{path}/documents", buyer)
    assert [row["document"]["id"] for row in attached["items"]] == [amended["supplement"]["document_id"]]
