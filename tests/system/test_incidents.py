"""C8: who did what, with which key, and what a stolen key did, is asked of the exchange and not of its database."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.history.events import Event
from tests.office.documents.factory import uploaded
from tests.pricing.auction import factory as auctions
from tests.support.world import Party, World

Json = dict[str, Any]


async def _issued(world: World, caller: Party, **body: Any) -> tuple[Json, Party]:
    made = await world.api.ok("POST", "/v1/api-keys", caller, json={"name": "k"} | body)
    return made, Party("", caller.id, UUID(made["person_id"]), made["secret"])


async def test_c8_an_incident_ends_all_that_came_from_a_key_and_tells_what_was_done(world: World) -> None:
    admin, stranger = await world.enterprise(), await world.enterprise()
    member = await world.colleague(admin)
    stolen, thief = await _issued(world, admin)
    of_member = {"person_id": str(member.person_id), "organisation_id": str(admin.id)}
    issued, _ = await _issued(world, thief, **of_member)
    invited = await world.api.ok("POST", "/v1/invitations", thief, json=of_member)
    body = {"secret": invited["secret"], "name": "k"}
    redeemed = await world.api.ok("POST", "/v1/invitations/redemption", json=body)
    waiting = await world.api.ok("POST", "/v1/invitations", thief, json=of_member)
    rotated = await world.api.ok("POST", f"/v1/api-keys/{stolen['id']}/rotation", thief)
    path = f"/v1/api-keys/{stolen['id']}"
    await world.api.refused(404, "not_found", "POST", f"{path}/incident", stranger, json={"reason": "示例"})
    told = await world.api.ok("POST", f"{path}/incident", admin, json={"reason": "a lost laptop"})
    family = {made["id"] for made in (stolen, issued, redeemed, rotated)}
    assert set(told["key_ids"]) == set(told["ended_key_ids"]) == family
    assert told["revoked_invitation_ids"] == [waiting["id"]]
    types = [act["type"] for act in told["acts"]]
    assert {"api_key.issued", "invitation.made", "invitation.redeemed", "api_key.rotated"} <= set(types)
    for secret in (stolen["secret"], issued["secret"], redeemed["secret"], rotated["secret"]):
        await world.api.refused(401, "unauthenticated", "GET", "/v1/me", Party("", None, UUID(int=1), secret))
    await world.api.ok("GET", "/v1/me", admin)
    again = await world.api.ok("POST", f"{path}/incident", world.operator, json={"reason": "again"})
    assert (set(again["key_ids"]), again["ended_key_ids"]) == (family, [])
    paged, cursor = [], ""
    while cursor is not None:
        page = await world.api.ok("GET", f"{path}/acts?limit=2{cursor and '&cursor=' + cursor}", world.auditor)
        paged += [act["reference"] for act in page["items"]]
        cursor = page["next_cursor"]
    assert paged[: len(told["acts"])] == [act["reference"] for act in told["acts"]]


async def test_c8_a_bid_is_among_what_a_key_did(world: World) -> None:
    scene = await auctions.announced(world, bidders=1)
    await scene.begin()
    (bidder,) = scene.bidders
    made, key = await _issued(world, bidder, scopes=["auctions:*"])
    await world.api.ok("POST", f"{scene.path}/bids", key, json={"amount": "100000.00"})
    told = await world.api.ok("POST", f"/v1/api-keys/{made['id']}/incident", bidder, json={"reason": "示例"})
    assert [(act["kind"], act["subject_id"]) for act in told["acts"]] == [("bid", str(scene.id))]
    await scene.bid(scene.seller, "100000.00")
    async with world.database.reading() as session:
        refused = select(Event.actor_roles).where(Event.type == "auction.bid_rejected")
        assert (await session.execute(refused)).scalars().all() == [["admin"]]


async def test_c8_the_feed_says_who_to_the_auditor_and_the_own_admin(fresh_world: World) -> None:
    world = fresh_world
    admin, other = await world.enterprise(), await world.enterprise()
    member = await world.colleague(admin)
    await uploaded(world, member)
    await uploaded(world, admin)

    async def feed(caller: Party, **query: Any) -> list[Json]:
        items: list[Json] = (await world.api.ok("GET", "/v1/events", caller, params=query))["items"]
        return items

    of_member = {"person_id": str(member.person_id), "type": "document.uploaded"}
    for caller in (world.auditor, admin):
        (event,) = await feed(caller, **of_member)
        assert (event["actor_person_id"], event["actor_capacity"]) == (str(member.person_id), "organisation")
        assert event["actor_roles"] == ["member"]
        assert await feed(caller, key_id=event["actor_key_id"], type="document.uploaded") == [event]
        assert await feed(caller, subject_id=event["subject_id"], until=event["occurred_at"]) == []
        assert event in await feed(caller, subject_id=event["subject_id"], since=event["occurred_at"])
    assert await feed(other, **of_member) == []
    for caller in (member, world.operator, world.registrar):
        await world.api.refused(403, "forbidden", "GET", "/v1/events", caller, params=of_member)
    shown = await feed(member, type="document.uploaded")
    assert [event for event in shown if event["actor_person_id"] or event["actor_roles"]] == []
    # Roles that ended, or came since, are not those in which it was done.
    path = f"/v1/organisations/{admin.id}/people/{member.person_id}"
    await world.api.ok("DELETE", path, admin)
    (event,) = await feed(world.auditor, **of_member)
    assert event["actor_roles"] == ["member"]
    written = await feed(world.auditor, person_id=str(admin.person_id), type="record.written")
    assert {tuple(event["actor_roles"]) for event in written} == {("admin",)}


async def test_c8_a_read_of_what_is_private_is_an_event_for_the_auditor(fresh_world: World) -> None:
    world = fresh_world
    party = await world.enterprise()
    document = await uploaded(world, party)
    for caller in (party, world.operator):
        assert (await world.api.get(f"/v1/documents/{document['id']}/content", caller)).is_success
    await world.api.ok("GET", "/v1/people", world.operator)
    for type_ in ("document.opened", "person.names_read"):
        told = await world.api.ok("GET", f"/v1/events?type={type_}", world.auditor)
        (event,) = told["items"]
        assert event["actor_person_id"] == str(world.operator.person_id)
        assert (await world.api.ok("GET", f"/v1/events?type={type_}", world.operator))["items"] == []


async def test_c8_each_read_of_a_sealed_reserve_is_an_event_for_the_auditor(fresh_world: World) -> None:
    world = fresh_world
    body = await auctions.auction_body(world, reserve_price="150000.00")
    scene = await auctions.announced(world, bidders=1, body=body)
    open_one = await auctions.announced(world, bidders=0)
    colleague = await world.colleague(scene.seller)

    async def told(caller: Party) -> list[Json]:
        items: list[Json] = (await world.api.ok("GET", "/v1/events?type=auction.reserve_read", caller))["items"]
        return items

    for stranger in (*scene.bidders, world.operator, world.auditor, None):
        assert (await world.api.ok("GET", scene.path, stranger))["reserve_price"] is None
    await open_one.shown()
    assert await told(world.auditor) == [], "nothing sealed was shown"
    for reader in (scene.seller, colleague, colleague):
        assert (await scene.shown(reader))["reserve_price"] == "150000.00"
    events = await told(world.auditor)
    readers = [scene.seller, colleague, colleague]
    assert [event["actor_person_id"] for event in events] == [str(reader.person_id) for reader in readers]
    assert {event["subject_id"] for event in events} == {scene.id}
    assert await told(scene.seller) == await told(world.operator) == []
