"""Rights from the outside: sealed with the listing, fixed while on offer, granted once, shown to whom they concern."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.core.history import events
from tests.catalogue.results.factory import new_patent, recorded_result
from tests.contracts.factory import drafted_contract, registration_step, signed_contract
from tests.contracts.settlement.factory import signed, worked
from tests.market.deals.factory import purchase, recorded_body, recorded_deal
from tests.market.listings.factory import draft_listing, published_listing, submitted_listing
from tests.support.world import Party, World

Json = dict[str, Any]
SECRET = {"type": "technical_secret", "title": "示例工艺"}
ANY = {"If-Match": "*"}


async def offered(world: World, seller: Party, **listing: Any) -> tuple[Json, Json]:
    """A result on offer, from a public record without completers, and its listing."""
    result = await recorded_result(world, seller, completers=[], source_url="https://example.org/1")
    return result, await published_listing(world, seller, result_id=result["id"], **listing)


async def listable(world: World, seller: Party, result: Json, mode: str) -> list[str]:
    path = f"/v1/results/{result['id']}/listability?transfer_mode={mode}"
    return [reason["code"] for reason in (await world.api.ok("GET", path, seller))["reasons"]]


async def told(world: World, result: Json, party: Party) -> list[str]:
    """The events of the first right of a result that a party is told, in order."""
    async with world.database.transaction() as session:
        rows = await events.of_subjects(session, [UUID(result["ip_assets"][0]["asset_id"])])
        return [row.type for row in rows if party.id in row.audiences]


async def record(world: World, caller: Party, result: Json, **event: Any) -> Json:
    asset = result["ip_assets"][0]["asset_id"]
    body = {"kind": "lapsed", "happened_on": "2026-01-05", "source": "示例登记簿副本"} | event
    made: Json = await world.api.ok("POST", f"/v1/ip-assets/{asset}/events", caller, json=body)
    return made


async def test_a_listing_says_what_is_sold_up_to_the_certificate(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result, listing = await offered(world, seller)
    published = (await world.api.ok("GET", f"/v1/listings/{listing['id']}"))["published"]
    (asset,) = published["assets"]
    stated = result["ip_assets"][0]
    for name in ("type", "title", "application_number", "grant_number", "filed_on", "granted_on", "expires_on"):
        assert asset[name] == stated[name]
    assert (asset["asset_id"], asset["holders"], asset["status"]) == (stated["asset_id"], [seller.name], "in_force")
    said = published["result"]
    assert (said["abstract"], said["publicly_funded"], said["revision"]) == (result["abstract"], False, 1)
    assert [(owner["name"], owner["share"]) for owner in said["owners"]] == [(seller.name, "1.000000")]
    deal = await purchase(world, buyer, listing)
    contract = await signed(world, deal, seller, buyer, field_of_use="示例领域", sublicensing=False)
    assert deal["assets"] == contract["assets"] == published["assets"]
    dossier = await world.api.ok("GET", f"/v1/deals/{deal['id']}/dossier", seller)
    assert stated["grant_number"] in str(dossier)


@pytest.mark.parametrize("state", ["submitted", "published", "suspended", "reserved"])
async def test_what_is_on_offer_does_not_change(world: World, state: str) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result = await recorded_result(world, seller)
    make = submitted_listing if state == "submitted" else published_listing
    listing = await make(world, seller, result_id=result["id"])
    if state == "suspended":
        await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json={"reason": "示例"})
    if state == "reserved":
        await purchase(world, buyer, listing)
    path = f"/v1/results/{result['id']}"
    owners = [{"organisation_id": str(seller.id), "share": "0.4"}, {"organisation_id": None, "share": "0.6"}]
    for change in ({"ip_assets": [SECRET]}, {"completers": [{"name": "示例乙"}]}, {"owners": owners}):
        refused = await world.api.refused(409, "result_on_offer", "PATCH", path, seller, json=change, headers=ANY)
        assert refused["rule"]["article"] == "500"
    same = {"ip_assets": [new_patent() | _bare(result["ip_assets"][0])], "title": "示例新名称"}
    assert (await world.api.ok("PATCH", path, seller, json=same, headers=ANY))["title"] == "示例新名称"
    if state != "reserved":
        await world.api.ok("POST", f"/v1/listings/{listing['id']}/withdrawal", seller)
        await world.api.ok("PATCH", path, seller, json={"ip_assets": [SECRET]}, headers=ANY)


def _bare(asset: Json) -> Json:
    return {name: value for name, value in asset.items() if name not in ("id", "asset_id")}


async def test_a_change_and_a_publication_at_once_agree(fresh_world: World) -> None:
    """The first with the lock of the result decides: what is published is what stands."""
    world = fresh_world
    seller = await world.institution()
    for _ in range(3):
        result = await recorded_result(world, seller)
        listing = await draft_listing(world, seller, result_id=result["id"])
        path = f"/v1/results/{result['id']}"
        await asyncio.gather(
            world.api.post(f"/v1/listings/{listing['id']}/submission", seller),
            world.api.patch(path, seller, json={"ip_assets": [SECRET]}, headers=ANY),
        )
        found = await world.api.post(f"/v1/listings/{listing['id']}/publication", world.operator)
        assert found.status_code == 200, found.text
        now = (await world.api.ok("GET", path, seller))["ip_assets"]
        sealed = found.json()["published"]["assets"]
        assert [asset["asset_id"] for asset in sealed] == [asset["asset_id"] for asset in now]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"kind": "lapsed"}, "asset_lapsed"),
        ({"kind": "invalidated"}, "asset_invalidated"),
        ({"kind": "pledged"}, "asset_pledged"),
        ({"kind": "licensed_elsewhere", "licence": {"mode": "ordinary_licence", "holder": "示例"}}, "asset_granted"),
    ],
)
async def test_what_happens_to_a_right_takes_it_off_sale(world: World, event: Json, reason: str) -> None:
    seller, agency = await world.institution(), await world.agency()
    result, listing = await offered(world, seller, agency_id=str(agency.id))
    made = await record(world, seller, result, **event)
    await worked(world)
    shown = await world.api.ok("GET", f"/v1/listings/{listing['id']}", seller)
    assert shown["status"] == "suspended"
    assert "示例登记簿副本" not in str(await world.api.ok("GET", f"/v1/listings/{listing['id']}"))
    assert await told(world, result, agency) == ["asset.event_recorded"]
    assert await listable(world, seller, result, "exclusive_licence") == [reason]
    resume = f"/v1/listings/{listing['id']}/resumption"
    await world.api.refused(409, "result_not_listable", "POST", resume, world.operator)
    await record(world, seller, result, kind="correction", about_id=made["id"])
    await world.api.ok("POST", resume, world.operator)
    again = {"kind": "correction", "about_id": made["id"], "happened_on": "2026-01-05", "source": "示例"}
    path = f"/v1/ip-assets/{result['ip_assets'][0]['asset_id']}/events"
    await world.api.refused(409, "asset_event_ended", "POST", path, seller, json=again)


async def test_a_right_is_one_row_and_others_do_not_record_its_events(world: World) -> None:
    first, second, stranger = [await world.institution() for _ in range(3)]
    patent = new_patent()
    mine = await recorded_result(world, first, ip_assets=[patent])
    spelled = patent | {"grant_number": patent["grant_number"].replace("ZL", "ＺＬ ")}
    theirs = await recorded_result(world, second, ip_assets=[spelled])
    asset = mine["ip_assets"][0]["asset_id"]
    assert theirs["ip_assets"][0]["asset_id"] == asset
    assert theirs["ip_assets"][0]["grant_number"] != patent["grant_number"]
    body = {"kind": "lapsed", "happened_on": "2026-01-05", "source": "示例"}
    path = f"/v1/ip-assets/{asset}/events"
    await world.api.refused(409, "asset_of_others", "POST", path, first, json=body)
    await world.api.refused(404, "not_found", "POST", path, stranger, json=body)
    await world.api.ok("POST", path, world.operator, json=body)
    assert await listable(world, second, theirs, "assignment") == ["asset_lapsed"]


async def test_an_exclusive_licence_is_sold_once(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result, listing = await offered(world, seller, territory="CN")
    deal = await purchase(world, buyer, listing)
    contract = await signed(world, deal, seller, buyer, valid_to="2031-01-31")
    for mode in ("exclusive_licence", "ordinary_licence"):
        assert await listable(world, seller, result, mode) == ["asset_granted"]
        draft = await draft_listing(world, seller, result_id=result["id"], transfer_mode=mode, territory="湖北省")
        submit = f"/v1/listings/{draft['id']}/submission"
        refused = await world.api.refused(409, "result_not_listable", "POST", submit, seller)
        assert "24, 25" in refused["errors"][0]["reason"]
    await submitted_listing(world, seller, result_id=result["id"], transfer_mode="ordinary_licence", territory="DE")
    shown = await world.api.ok("GET", f"/v1/ip-assets/{result['ip_assets'][0]['grant_number']}", buyer)
    (grant,) = shown["grants"]
    expected = ("exclusive_licence", "CN", "2031-01-31", contract["id"], [str(buyer.id)], True)
    names = ("mode", "territory", "valid_to", "contract_id", "grantee_ids", "holds")
    assert tuple(grant[name] for name in names) == expected
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    amounts = {name: contract[name] for name in ("total_amount", "technical_amount")}
    await registration_step(world, contract, "approval", world.registrar, **amounts)
    await registration_step(world, contract, "cancellation", world.registrar, reason="示例", contract_ended=True)
    assert await listable(world, seller, result, "exclusive_licence") == []


async def test_an_assignment_is_sold_subject_to_its_licences(world: World) -> None:
    seller, user, buyer = await world.institution(), await world.enterprise(), await world.enterprise()
    result, listing = await offered(world, seller, transfer_mode="ordinary_licence")
    await signed(world, await purchase(world, user, listing), seller, user, valid_to="2031-01-31")
    body = {"result_id": result["id"], "transfer_mode": "assignment"}
    sale = await published_listing(world, seller, **body)
    (asset,) = sale["published"]["assets"]
    assert asset["subject_to_licences"]
    assert [licence["valid_to"] for licence in asset["licences"]] == ["2031-01-31"]
    deal = await purchase(world, buyer, sale)
    await signed(world, deal, seller, buyer, type="transfer")
    assert await told(world, result, user) == [
        "asset.granted",
        "asset.offered",
        "asset.granted",
    ]
    assert await listable(world, seller, result, "ordinary_licence") == ["asset_granted"]


async def test_who_sees_what_of_a_right(world: World) -> None:
    seller, buyer, stranger = await world.institution(), await world.enterprise(), await world.enterprise()
    hidden = await recorded_result(world, seller)
    path = f"/v1/ip-assets/{hidden['ip_assets'][0]['asset_id']}"
    assert (await world.api.ok("GET", path, seller))["still_free"]
    for caller in (stranger, None):
        await world.api.refused(404, "not_found", "GET", path, caller)
    contract = await signed_contract(
        world, seller, buyer, deal=await _deal_of(world, seller, buyer, hidden), type="licence"
    )
    seen = await world.api.ok("GET", path, buyer)
    assert [grant["contract_id"] for grant in seen["grants"]] == [contract["id"]]
    assert (seen["events"], seen["stated"], seen["still_free"]) == ([], [], None)
    await world.api.refused(404, "not_found", "GET", path, stranger)
    result, listing = await offered(world, seller)
    path = f"/v1/ip-assets/{result['ip_assets'][0]['grant_number'].lower()}"
    public = await world.api.ok("GET", path)
    assert [item["listing_id"] for item in public["published"]] == [listing["id"]]
    assert (public["stated"], public["events"], public["grants"]) == ([], [], [])
    mine = (await world.api.ok("GET", f"/v1/ip-assets?result_id={result['id']}", seller))["items"]
    assert [item["id"] for item in mine] == [result["ip_assets"][0]["asset_id"]]
    assert (await world.api.ok("GET", "/v1/ip-assets", stranger))["items"] == []


async def _deal_of(world: World, seller: Party, buyer: Party, result: Json) -> Json:
    return await recorded_deal(
        world, seller, buyer, result_id=result["id"], transfer_mode="ordinary_licence", price="2000000.00"
    )


async def test_a_second_grant_over_the_first_is_not_signed(world: World) -> None:
    """Whatever let the second deal come so far: the signing decides under the lock of the right."""
    seller, one, other = await world.institution(), await world.enterprise(), await world.enterprise()
    result = await recorded_result(world, seller)
    exclusive = {"transfer_mode": "exclusive_licence"}
    deals = [
        await world.api.ok(
            "POST", "/v1/deals/recorded", world.operator,
            json=await recorded_body(world, seller, buyer) | exclusive | {"result_id": result["id"]},
        )
        for buyer in (one, other)
    ]  # fmt: skip
    await signed_contract(world, seller, one, deal=deals[0], type="licence")
    contract = await drafted_contract(world, seller, other, deal=deals[1], type="licence")
    path, body = f"/v1/contracts/{contract['id']}/signature", {"signed_on": contract["valid_from"]}
    await world.api.ok("POST", path, seller, json=body, headers={"If-Match": '"1"'})
    await world.api.refused(409, "grant_excluded", "POST", path, other, json=body, headers={"If-Match": '"2"'})


async def test_a_secret_under_a_grant_does_not_leave_its_result(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result = await recorded_result(world, seller, ip_assets=[SECRET])
    await signed_contract(world, seller, buyer, deal=await _deal_of(world, seller, buyer, result), type="licence")
    path = f"/v1/results/{result['id']}"
    await world.api.refused(409, "asset_granted", "PATCH", path, seller, json={"ip_assets": []}, headers=ANY)
    renamed = {"ip_assets": [SECRET | {"title": "示例新工艺"}]}
    now = await world.api.ok("PATCH", path, seller, json=renamed, headers=ANY)
    assert now["ip_assets"][0]["asset_id"] == result["ip_assets"][0]["asset_id"]
