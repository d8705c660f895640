"""Contracts from the outside: drafting, amending, signing, and who may see them."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from tests.contracts.factory import (
    agency_part,
    contract_body,
    contractable_deal,
    drafted_contract,
    sign,
    signed_contract,
    whole,
)
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import today
from tests.support.world import Party, World


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


@pytest.fixture
async def buyer(world: World) -> Party:
    return await world.enterprise()


async def _none_written(world: World, party: Party) -> None:
    assert (await world.api.ok("GET", "/v1/contracts", party))["items"] == []


async def test_a_contract_is_drafted_signed_by_both_and_brings_the_deal_under_contract(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await agreed_deal(world, seller, buyer)
    draft = await drafted_contract(world, seller, buyer, deal=deal, type="licence")
    assert (draft["status"], draft["signed_on"], draft["amounts_provisional"]) == ("draft", None, False)
    half = await sign(world, draft, seller)
    assert half["status"] == "draft"
    whole_ = await sign(world, draft, buyer)
    assert (whole_["status"], whole_["signed_on"]) == ("signed", (await today(world)).isoformat())
    assert (await world.api.ok("GET", f"/v1/deals/{deal['id']}", buyer))["status"] == "contracted"


async def test_the_signing_day_is_the_latest_of_the_parties(world: World, seller: Party, buyer: Party) -> None:
    day = await today(world)
    draft = await drafted_contract(world, seller, buyer)
    await sign(world, draft, buyer, day)
    signed = await sign(world, draft, seller, day - timedelta(days=3))
    assert signed["signed_on"] == day.isoformat()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"technical_amount": "800000.01"}, "technical_amount_mismatch", "technical_amount"),
        ({"technical_amount": "1000000.01"}, "technical_above_total", "technical_amount"),
        ({"total_amount": "2000000.01", "technical_amount": "1800000.01"}, "total_above_price", "total_amount"),
        ({"type": "licence"}, "contract_type_unfit", "type"),
        ({"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, "dates_out_of_order", "valid_to"),
        ({"agency_service": "found the buyer"}, "agency_service_without_agency", "agency_service"),
        ({"industry_code": "40"}, "invalid_input", "industry_code"),
        ({"total_amount": 1000000}, "invalid_input", "total_amount"),
        ({"surprise": 1}, "invalid_input", "surprise"),
        ({"sellers": []}, "invalid_input", "sellers"),
    ],
)
async def test_what_does_not_hold_together_is_refused_and_nothing_is_written(
    world: World, seller: Party, buyer: Party, change: dict[str, Any], code: str, field: str
) -> None:
    deal = await contractable_deal(world, seller, buyer)
    body = await contract_body(world, deal, seller, buyer, **change)
    problem = await world.api.refused(422, code, "POST", "/v1/contracts", seller, json=body)
    assert problem["errors"][0]["field"] == field
    await _none_written(world, seller)


async def test_shares_and_strangers_are_refused(world: World, seller: Party, buyer: Party) -> None:
    stranger = await world.enterprise()
    deal = await contractable_deal(world, seller, buyer)
    for side, code, field in (
        ([whole(buyer) | {"share": "0.9"}], "contract_shares_not_one", "buyers"),
        ([whole(stranger)], "party_not_of_deal", "buyers.0.organisation_id"),
    ):
        body = await contract_body(world, deal, seller, buyer, buyers=side)
        problem = await world.api.refused(422, code, "POST", "/v1/contracts", seller, json=body)
        assert problem["errors"][0]["field"] == field
    await _none_written(world, seller)


async def test_only_a_seller_drafts_and_for_strangers_the_deal_does_not_exist(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await contractable_deal(world, seller, buyer)
    body = await contract_body(world, deal, seller, buyer)
    await world.api.refused(403, "contract_party_only", "POST", "/v1/contracts", buyer, json=body)
    await world.api.refused(404, "not_found", "POST", "/v1/contracts", await world.enterprise(), json=body)
    await world.api.refused(403, "forbidden", "POST", "/v1/contracts", world.registrar, json=body)
    await _none_written(world, seller)


async def test_one_deal_may_have_contracts_of_two_types_up_to_its_price(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await contractable_deal(world, seller, buyer, transfer_mode="exclusive_licence", price="1000000.00")
    plain: dict[str, Any] = {"deductions": [], "total_amount": "600000.00", "technical_amount": "600000.00"}
    first = await signed_contract(world, seller, buyer, deal=deal, type="licence", **plain)
    body = await contract_body(world, deal, seller, buyer, type="development", **plain)
    problem = await world.api.refused(422, "total_above_price", "POST", "/v1/contracts", seller, json=body)
    assert "400000.00" in problem["remedy"]
    rest: dict[str, Any] = {"total_amount": "400000.00", "technical_amount": "400000.00"}
    second = await signed_contract(world, seller, buyer, deal=deal, type="development", **plain | rest)
    assert {first["type"], second["type"]} == {"licence", "development"}
    listed = await world.api.ok("GET", f"/v1/contracts?deal_id={deal['id']}&limit=1", buyer)
    assert [item["id"] for item in listed["items"]] == [first["id"]]
    after = await world.api.ok("GET", f"/v1/contracts?deal_id={deal['id']}&cursor={listed['next_cursor']}", buyer)
    assert [item["id"] for item in after["items"]] == [second["id"]]


async def test_royalties_are_provisional_and_not_bound_by_the_price(world: World, seller: Party, buyer: Party) -> None:
    deal = await contractable_deal(world, seller, buyer, price="0.00")
    draft = await drafted_contract(world, seller, buyer, deal=deal, payment_terms="royalty")
    assert draft["amounts_provisional"] is True


async def test_an_edit_replaces_everything_and_takes_signatures_back(world: World, seller: Party, buyer: Party) -> None:
    deal = await contractable_deal(world, seller, buyer)
    draft = await drafted_contract(world, seller, buyer, deal=deal)
    await sign(world, draft, buyer)
    body = await contract_body(world, deal, seller, buyer, deductions=[], technical_amount="1000000.00")
    del body["deal_id"]
    path = f"/v1/contracts/{draft['id']}"
    await world.api.refused(428, "precondition_required", "PATCH", path, seller, json=body)
    stale = {"If-Match": '"1"'}
    await world.api.refused(412, "precondition_failed", "PATCH", path, seller, json=body, headers=stale)
    await world.api.refused(403, "contract_party_only", "PATCH", path, buyer, json=body, headers={"If-Match": '"2"'})
    edited = await world.api.ok("PATCH", path, seller, json=body, headers={"If-Match": '"2"'})
    assert (edited["deductions"], edited["technical_amount"], edited["revision"]) == ([], "1000000.00", 3)
    assert edited["buyers"][0]["signed_on"] is None
    assert (await world.api.ok("GET", path, buyer)) == edited


async def test_a_signature_is_for_the_text_that_was_read_and_given_once(
    world: World, seller: Party, buyer: Party
) -> None:
    draft = await drafted_contract(world, seller, buyer)
    path, day = f"/v1/contracts/{draft['id']}/signature", await today(world)
    body = {"signed_on": day.isoformat()}
    await world.api.refused(428, "precondition_required", "POST", path, seller, json=body)
    future = {"signed_on": (day + timedelta(days=1)).isoformat()}
    match = {"If-Match": '"1"'}
    await world.api.refused(422, "contract_date_in_future", "POST", path, seller, json=future, headers=match)
    await sign(world, draft, seller)
    await world.api.refused(412, "precondition_failed", "POST", path, buyer, json=body, headers=match)
    match = {"If-Match": '"2"'}
    await world.api.refused(409, "contract_already_signed", "POST", path, seller, json=body, headers=match)
    await sign(world, draft, buyer)
    match = {"If-Match": '"3"'}
    await world.api.refused(409, "contract_not_draft", "POST", path, buyer, json=body, headers=match)


async def test_no_signature_on_an_exchange_deal_before_it_was_agreed(world: World, seller: Party, buyer: Party) -> None:
    deal = await agreed_deal(world, seller, buyer)
    draft = await drafted_contract(world, seller, buyer, deal=deal, type="licence")
    body = {"signed_on": (await today(world) - timedelta(days=1)).isoformat()}
    path = f"/v1/contracts/{draft['id']}/signature"
    problem = await world.api.refused(
        422, "dates_out_of_order", "POST", path, seller, json=body, headers={"If-Match": '"1"'}
    )
    assert problem["errors"][0]["field"] == "signed_on"


async def test_agencies_and_brokers_are_named_with_their_service(world: World, seller: Party, buyer: Party) -> None:
    agency = await world.agency()
    brokers = [await world.broker(agency), await world.broker(agency)]
    part = agency_part(agency, brokers)
    signed = await signed_contract(world, seller, buyer, agencies=[part], agency_service="居间撮合")
    assert signed["agencies"] == [
        {
            "organisation_id": str(agency.id),
            "name": agency.name,
            "share": "1.000000",
            "brokers": [{"broker_id": str(broker.broker_id), "share": "0.500000"} for broker in brokers],
        }
    ]
    for party in (agency, brokers[0]):
        assert (await world.api.ok("GET", f"/v1/contracts/{signed['id']}", party))["id"] == signed["id"]


async def test_agencies_without_service_and_brokers_out_of_place_are_refused(
    world: World, seller: Party, buyer: Party
) -> None:
    agency = await world.agency()
    broker = await world.broker(agency)
    deal = await contractable_deal(world, seller, buyer, agencies=[whole(agency)])

    async def refused(code: str, field: str, **more: Any) -> None:
        body = await contract_body(world, deal, seller, buyer, **more)
        problem = await world.api.refused(422, code, "POST", "/v1/contracts", seller, json=body)
        assert problem["errors"][0]["field"] == field

    part, service = agency_part(agency, [broker]), {"agency_service": "居间撮合"}
    await refused("agency_service_needed", "agency_service", agencies=[part])
    short = part | {"brokers": [part["brokers"][0] | {"share": "0.9"}]}
    await refused("contract_shares_not_one", "agencies.0.brokers", agencies=[short], **service)
    unknown = part | {"brokers": [{"broker_id": str(agency.id), "share": "1"}]}
    await refused("unknown_reference", "agencies.0.brokers.0.broker_id", agencies=[unknown], **service)
    await _none_written(world, seller)


async def test_a_broker_of_another_agency_stops_the_last_signature(world: World, seller: Party, buyer: Party) -> None:
    agency, other = await world.agency(), await world.agency()
    part = agency_part(agency, [await world.broker(other)])
    draft = await drafted_contract(world, seller, buyer, agencies=[part], agency_service="居间撮合")
    await sign(world, draft, seller)
    body = {"signed_on": (await today(world)).isoformat()}
    path = f"/v1/contracts/{draft['id']}/signature"
    await world.api.refused(422, "broker_not_employed", "POST", path, buyer, json=body, headers={"If-Match": '"2"'})
    kept = await world.api.ok("GET", f"/v1/contracts/{draft['id']}", buyer)
    assert (kept["status"], kept["revision"], kept["buyers"][0]["signed_on"]) == ("draft", 2, None)


async def test_a_contract_is_seen_by_its_parties_and_the_staff_and_hidden_from_others(
    world: World, seller: Party, buyer: Party
) -> None:
    draft = await drafted_contract(world, seller, buyer)
    path = f"/v1/contracts/{draft['id']}"
    for party in (seller, buyer, *world.staff.values()):
        assert (await world.api.ok("GET", path, party))["id"] == draft["id"]
    stranger = await world.enterprise()
    for hidden in (path, f"{path}/payments", f"{path}/registration", f"{path}/documents"):
        await world.api.refused(404, "not_found", "GET", hidden, stranger)
        await world.api.refused(401, "unauthenticated", "GET", hidden)
    await _none_written(world, stranger)


async def test_a_recorded_deal_keeps_its_old_dates(world: World, seller: Party, buyer: Party) -> None:
    day = date(2024, 5, 6)
    deal = await contractable_deal(world, seller, buyer, agreed_on="2024-06-01")
    signed = await signed_contract(world, seller, buyer, deal=deal, signed_on=day, valid_from="2024-05-06")
    assert signed["signed_on"] == "2024-05-06"


async def test_a_documents_hash_stays_with_the_contract(world: World, seller: Party, buyer: Party) -> None:
    draft = await drafted_contract(world, seller, buyer)
    uploaded = await world.api.send(
        "POST",
        "/v1/documents",
        seller,
        content=b"%PDF-1.4 contract",
        headers={"Content-Type": "application/pdf", "Content-Disposition": 'attachment; filename="contract.pdf"'},
        params={"filename": "contract.pdf"},
    )
    assert uploaded.status_code == 201, uploaded.text
    body = {"document_id": uploaded.json()["id"], "title": "合同文本"}
    path = f"/v1/contracts/{draft['id']}/documents"
    attached = await world.api.ok("POST", path, seller, json=body)
    assert (await world.api.ok("GET", path, buyer))["items"] == [attached]
    assert (await world.api.ok("GET", f"/v1/documents/{body['document_id']}", buyer))["sha256"]
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{body['document_id']}", stranger)


async def test_two_contracts_at_once_never_exceed_the_price(fresh_world: World) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contractable_deal(world, seller, buyer, price="1500000.00")
    body = await contract_body(world, deal, seller, buyer)
    answers = await asyncio.gather(*(world.api.post("/v1/contracts", seller, json=body) for _ in range(4)))
    codes = sorted("drafted" if answer.is_success else answer.json()["code"] for answer in answers)
    assert codes == ["drafted"] + ["total_above_price"] * 3


async def test_the_last_two_signatures_at_once_conclude_the_contract_once(fresh_world: World) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    draft = await drafted_contract(world, seller, buyer)
    body, match = {"signed_on": (await today(world)).isoformat()}, {"If-Match": '"1"'}
    path = f"/v1/contracts/{draft['id']}/signature"
    answers = await asyncio.gather(
        *(world.api.post(path, party, json=body, headers=match) for party in (seller, buyer))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    read = await world.api.ok("GET", f"/v1/contracts/{draft['id']}", seller)
    late = buyer if read["buyers"][0]["signed_on"] is None else seller
    assert (await sign(world, draft, late))["status"] == "signed"
