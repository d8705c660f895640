"""Bids that are none, or not allowed: each a problem document that says why, an audit entry, and no place in the log.

What was decided (too low, too late) is in the log instead, with a receipt.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.core import keys
from app.core.access import Role
from app.identity.models import Appointment
from app.pricing.auction.bidding import admission
from app.pricing.auction.proof import log, receipts
from app.pricing.auction.proof.receipts import Signer
from app.pricing.auction.proof.transcript import verify_transcript
from tests.market.deals.test_deals import related
from tests.market.listings.factory import move_clock_to
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_api import transcript
from tests.support.world import Party, World

AMOUNTS: list[Any] = [
    "-1.00", "0.00", "0", "NaN", "Infinity", "-Infinity", "1" * 19, "100000.005", "", "1e5x", 100000, 1.5, None, True,
    [], {},
]  # fmt: skip
OK = {"amount": "100000.00"}


async def rejections(world: World) -> list[str]:
    """The codes of the audit entries, oldest first."""
    async with world.database.reading() as session:
        statement = "SELECT payload ->> 'code' FROM events WHERE type = 'auction.bid_rejected' ORDER BY seq"
        return list((await session.execute(text(statement))).scalars())


async def logged(world: World) -> int:
    async with world.database.reading() as session:
        return int(
            (await session.execute(text("SELECT count(*) FROM auction_entries WHERE kind = 'bid'"))).scalar_one()
        )


async def check_refusal(scene: Scene, caller: Party | None, problem: dict[str, Any], sent: object) -> None:
    """D8: who sent what is no bid holds a signed refusal: the amount, what would have passed, and the moment."""
    assert caller is not None
    held, signer = problem["refusal"], Signer(keys.current().signing_seed)
    content = held["content"]
    shown = await scene.world.api.ok("GET", f"{scene.path}/live")
    assert (content["code"], content["organisation_id"]) == (problem["code"], str(caller.id) if caller.id else None)
    assert (content["minimum"], content["status"]) == (shown["minimum"], shown["status"])
    if sent == OK:
        assert content["amount"] == OK["amount"]
    since = datetime.fromisoformat(shown["server_time"]) - datetime.fromisoformat(content["at"])
    assert timedelta(0) <= since < timedelta(minutes=1)
    assert held["key_id"] == signer.key_id
    assert receipts.verify_refusal(signer.public_key, log.canonical(content), held["signature"])


async def refused(
    scene: Scene, caller: Party | None, status: int, code: str, *, audited: bool = True, path: str = "", **sent: Any
) -> dict[str, Any]:
    """A refusal that leaves nothing in the log, said in both languages."""
    before, entries = await rejections(scene.world), await logged(scene.world)
    if not {"json", "content"} & sent.keys():
        sent["json"] = OK
    for language in ("en", "zh"):
        headers = {"Accept-Language": language} | sent.get("headers", {})
        answer = await scene.world.api.post(path or f"{scene.path}/bids", caller, **sent | {"headers": headers})
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"].startswith(language)
        assert problem["title"]
        assert problem["detail"]
        assert problem["remedy"]
    if audited and code != "body_too_large":
        await check_refusal(scene, caller, problem, sent.get("json"))
    else:
        assert "refusal" not in problem
    assert await rejections(scene.world) == before + [code] * (2 if audited else 0)
    assert await logged(scene.world) == entries
    return problem


@pytest.fixture
async def scene(world: World) -> Scene:
    return await factory.running(world)


async def test_amounts_that_are_none(scene: Scene) -> None:
    for amount in AMOUNTS:
        problem = await refused(scene, scene.bidders[0], 422, "invalid_input", json={"amount": amount})
        assert problem["errors"][0]["field"] == "amount", problem
    for body in ({}, {"amount": "1.00", "maximum": "-1.00"}, {"amount": "1.00", "more": 1}, []):
        await refused(scene, scene.bidders[0], 422, "invalid_input", json=body)


async def test_what_is_no_request_for_a_bid(scene: Scene) -> None:
    bidder, json_type = scene.bidders[0], {"Content-Type": "application/json"}
    await refused(scene, bidder, 400, "malformed_json", content=b"{", headers=json_type)
    await refused(scene, bidder, 400, "malformed_json", content=b"", headers=json_type)
    await refused(scene, bidder, 415, "unsupported_media_type", content=b"{}", headers={"Content-Type": "text/plain"})
    await refused(scene, bidder, 413, "body_too_large", content=b" " * (2**20 + 1), headers=json_type)
    await refused(scene, bidder, 400, "idempotency_key_invalid", headers={"Idempotency-Key": "x" * 129})
    answer = await scene.world.api.client.post(
        f"{scene.path}/bids", json=OK, headers={"Authorization": f"Bearer {bidder.secret}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert (await rejections(scene.world))[-1] == "idempotency_key_required"
    file, refusal = await transcript(scene), answer.json()["refusal"]
    assert verify_transcript(file, [refusal]).ok
    for name, value in (("amount", "1.00"), ("minimum", "1.00"), ("auction_id", str(uuid4()))):
        forged = refusal | {"content": refusal["content"] | {name: value}}
        assert len(verify_transcript(file, [forged]).problems) == 1, name


async def test_who_may_not_bid(scene: Scene) -> None:
    world = scene.world
    outsider = await world.enterprise()
    await refused(scene, None, 401, "unauthenticated", audited=False)
    await refused(scene, outsider, 403, "not_a_bidder")
    await refused(scene, scene.seller, 403, "bidder_barred")
    await refused(scene, world.operator, 403, "forbidden")
    await refused(scene, await world.enterprise(scopes=["auctions:read"]), 403, "scope_missing")
    await refused(scene, scene.bidders[0], 403, "bid_on_behalf", json=OK | {"organisation_id": str(outsider.id)})
    own = {"organisation_id": str(scene.bidders[0].id)}
    assert (await scene.bid(scene.bidders[0], "100000.00", **own)).status_code == 201
    staff = await world.colleague(scene.bidders[0])
    async with world.database.transaction() as session:
        session.add(Appointment(person_id=staff.person_id, role=Role.REGISTRAR))
    await refused(scene, staff, 403, "bidder_barred")


async def test_the_sellers_side_and_the_staff_do_not_register(world: World) -> None:
    seller, agency, relative = await world.institution(), await world.agency(), await world.enterprise()
    listing = await factory.published_listing(
        world, seller, pricing_mode="auction", allocation=None, transfer_mode="exclusive_licence",
        agency_id=str(agency.id),
    )  # fmt: skip
    made = await factory.proposed_auction(world, seller, listing)
    path = f"/v1/auctions/{made['id']}"
    scene = Scene(world, seller, listing, made, [])
    await refused(scene, relative, 404, "not_found", audited=False)
    await world.api.ok("POST", f"{path}/announcement", world.operator)
    await related(world, relative, seller)
    body = {"listing_version": 1, "terms_accepted": True}
    for party in (seller, agency, relative):
        await world.api.refused(403, "bidder_barred", "POST", f"{path}/bidders", party, json=body)
    await scene.begin()
    await refused(scene, agency, 403, "bidder_barred")
    await refused(scene, relative, 403, "not_a_bidder")


async def test_what_is_not_taken_at_its_time(world: World) -> None:
    scene = await factory.announced(world, bidders=2)
    paid, gone = scene.bidders
    unpaid = await world.enterprise()
    await factory.registered(world, scene.id, unpaid)
    await world.api.ok("POST", f"{scene.path}/bidders/own/withdrawal", gone)
    problem = await refused(scene, paid, 409, "auction_not_begun")
    assert datetime.fromisoformat(problem["starts_at"]) > datetime.fromisoformat(problem["server_time"])
    await refused(scene, gone, 403, "not_a_bidder")
    await refused(scene, unpaid, 409, "deposit_missing")
    await scene.begin()
    await world.api.ok("POST", f"{scene.path}/suspension", world.operator, json={"reason": "示例"})
    await refused(scene, paid, 409, "auction_state")


async def test_auctions_that_are_not_there(scene: Scene) -> None:
    bidder, world = scene.bidders[0], scene.world
    for wrong in (str(uuid4()), "0" * 36):
        path = f"/v1/auctions/{wrong}/bids"
        status, code = (404, "not_found") if wrong.count("-") else (422, "invalid_input")
        await refused(scene, bidder, status, code, audited=False, path=path)
    listing = await factory.auction_listing(world, scene.seller)
    proposed = await factory.proposed_auction(world, scene.seller, listing)
    await refused(scene, bidder, 404, "not_found", audited=False, path=f"/v1/auctions/{proposed['id']}/bids")
    await world.api.ok(
        "POST", f"/v1/auctions/{proposed['id']}/cancellation", scene.seller, json={"reason": "示例"}
    )  # it was never announced: nobody's business still
    await refused(scene, bidder, 404, "not_found", audited=False, path=f"/v1/auctions/{proposed['id']}/bids")


async def test_a_key_that_is_none_any_more(scene: Scene) -> None:
    world, (first, second) = scene.world, scene.bidders
    await scene.accepted(first, "100000.00")
    async with world.database.transaction() as session:
        revoking = text("UPDATE api_keys SET revoked_at = techex_now() WHERE person_id = :person")
        await session.execute(revoking, {"person": first.person_id})
    await refused(scene, first, 401, "unauthenticated", audited=False)
    async with world.database.transaction() as session:
        ending = text("UPDATE api_keys SET expires_at = techex_now() WHERE person_id = :person")
        await session.execute(ending, {"person": second.person_id})
    await refused(scene, second, 401, "unauthenticated", audited=False)


async def test_what_was_decided_is_in_the_log(scene: Scene) -> None:
    first, second = scene.bidders
    await scene.accepted(first, "100000.00")
    ends_at = datetime.fromisoformat(scene.auction["ends_at"])
    for bidder, body, status, code in (
        (second, {"amount": "100999.99"}, 409, "bid_too_low"),
        (second, {"amount": "101000.00", "maximum": "100999.99"}, 422, "bid_maximum_below_amount"),
        (first, {"amount": "120000.00"}, 409, "bid_already_leading"),
        (second, {"amount": "101000.00"}, 409, "bid_too_late"),
    ):
        if code == "bid_too_late":
            await move_clock_to(scene.world, ends_at + timedelta(seconds=1))
        before = await logged(scene.world)
        answer = await scene.world.api.post(f"{scene.path}/bids", bidder, json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), answer.text
        assert problem["receipt"]["seq"] == problem["seq"]
        assert problem["detail"]
        assert problem["remedy"]
        assert await logged(scene.world) == before + 1
    assert not await rejections(scene.world)


async def test_c5_malformed_bids_leave_a_bounded_trace(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission.NOTED, "_most", 3)
    scene = await factory.announced(world, bidders=1)
    for _ in range(5):
        await world.api.refused(422, "invalid_input", "POST", f"{scene.path}/bids", scene.bidders[0], json={})
    assert await rejections(world) == ["invalid_input"] * 3
