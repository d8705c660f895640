"""C7: who leaves, leaves wholly, on the day that was said; and an old key never works again."""

from datetime import datetime, time, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.pricing.auction import factory as auctions
from tests.support.world import Party, World

Json = dict[str, Any]


async def _broker_and_member(world: World) -> tuple[Party, Party, str]:
    """An agency, a person who is its member and its broker, and the employment."""
    agency = await world.agency()
    person = await world.colleague(agency)
    body = {"person_id": str(person.person_id), "certificate_number": "TB-7", "certified_on": "2024-01-01"}
    broker = await world.api.ok("POST", "/v1/brokers", world.operator, json=body)
    term = {"agency_id": str(agency.id), "valid_from": "2024-02-01"}
    made = await world.api.ok("POST", f"/v1/brokers/{broker['id']}/employments", world.operator, json=term)
    return agency, person, made["employments"][0]["id"]


def _path(person: Party) -> str:
    return f"/v1/organisations/{person.id}/people/{person.person_id}/departure"


async def _works(world: World, key: Party) -> bool:
    return (await world.api.get("/v1/me", key)).is_success


async def _after(world: World, days: int) -> None:
    day = await today(world) + timedelta(days=days)
    await move_clock_to(world, datetime.combine(day, time(0, 1), WUHAN_TIME))
    while await run_due(world.database):
        pass


async def test_c7_the_end_of_an_employment_ends_membership_and_keys(world: World) -> None:
    agency, person, employment = await _broker_and_member(world)
    issued = await world.api.ok("POST", "/v1/api-keys", person, json={"name": "k"})
    key = Party("", agency.id, person.person_id, issued["secret"])
    await world.api.ok("POST", f"/v1/employments/{employment}/end", agency)
    assert await _works(world, person), "its last day"
    await _after(world, 1)
    assert [await _works(world, each) for each in (person, key)] == [False, False]
    people = (await world.api.ok("GET", "/v1/people", agency))["items"]
    assert str(person.person_id) not in {item["id"] for item in people}
    # B10: employed again, the person makes a new key; the old ones stay dead.
    (broker,) = (await world.api.ok("GET", f"/v1/brokers?agency_id={agency.id}", agency))["items"]
    again = {"agency_id": str(agency.id), "valid_from": (await today(world)).isoformat()}
    await world.api.ok("POST", f"/v1/brokers/{broker['id']}/employments", world.operator, json=again)
    assert [await _works(world, each) for each in (person, key)] == [False, False]


async def test_c7_an_employment_that_ran_out_leaves_no_key_that_comes_to_life_again(world: World) -> None:
    agency = await world.agency()
    broker = await world.broker(agency)
    (employment,) = (await world.api.ok("GET", f"/v1/brokers/{broker.broker_id}", agency))["employments"]
    await world.api.ok("POST", f"/v1/employments/{employment['id']}/end", agency)
    day = await today(world) + timedelta(days=2)
    await move_clock_to(world, datetime.combine(day, time(12), WUHAN_TIME))  # and no worker came
    again = {"agency_id": str(agency.id), "valid_from": day.isoformat()}
    await world.api.ok("POST", f"/v1/brokers/{broker.broker_id}/employments", world.operator, json=again)
    assert not await _works(world, broker)


async def test_c7_a_departure_ahead_is_previewed_and_can_be_taken_back(world: World) -> None:
    agency, person, employment = await _broker_and_member(world)
    preview = await world.api.ok("GET", _path(person), agency)
    assert (preview["is_member"], preview["is_admin"], preview["employment_id"]) == (True, False, employment)
    assert len(preview["key_ids"]) == 1
    last = await today(world) + timedelta(days=10)
    body = {"last_day": last.isoformat(), "reason": "retires"}
    made = await world.api.ok("POST", _path(person), agency, json=body)
    assert (made["last_day"], made["done_at"]) == (last.isoformat(), None)
    await world.api.refused(409, "departure_recorded", "POST", _path(person), agency, json=body)
    await _after(world, 5)
    assert await _works(world, person)
    await world.api.ok("DELETE", _path(person), agency)
    await world.api.refused(404, "not_found", "DELETE", _path(person), agency)
    await _after(world, 10)
    assert await _works(world, person)
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "GET", _path(person), stranger)


async def test_c7_a_departure_behind_ends_the_keys_at_once(world: World) -> None:
    agency, person, _ = await _broker_and_member(world)
    body = {"last_day": (await today(world) - timedelta(days=3)).isoformat(), "reason": "left without notice"}
    made = await world.api.ok("POST", _path(person), agency, json=body)
    assert made["done_at"] is not None
    assert not await _works(world, person)
    await world.api.refused(404, "not_found", "POST", _path(person), agency, json=body)


async def test_c7_a_membership_ends_on_its_day_though_no_worker_came(world: World) -> None:
    admin = await world.enterprise()
    member = await world.colleague(admin)
    body = {"last_day": (await today(world)).isoformat(), "reason": "示例"}
    await world.api.ok("POST", _path(member), admin, json=body)
    assert await _works(world, member), "its last day"
    day = await today(world) + timedelta(days=1)
    await move_clock_to(world, datetime.combine(day, time(0, 0), WUHAN_TIME))
    assert not await _works(world, member)
    people = (await world.api.ok("GET", "/v1/people", admin))["items"]
    assert str(member.person_id) not in {item["id"] for item in people}
    of_member = {"person_id": str(member.person_id), "organisation_id": str(admin.id), "name": "k"}
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", admin, json=of_member)
    await world.api.refused(404, "not_found", "DELETE", _path(member), admin)


async def test_c7_who_left_does_not_bid_though_no_worker_came(world: World) -> None:
    scene = await auctions.announced(world, bidders=1)
    (bidder,) = scene.bidders
    stays, leaves = await world.colleague(bidder), await world.colleague(bidder)
    last = datetime.fromisoformat(scene.auction["starts_at"]).astimezone(WUHAN_TIME).date() - timedelta(days=1)
    await world.api.ok("POST", _path(leaves), bidder, json={"last_day": last.isoformat(), "reason": "示例"})
    assert (await scene.bid(leaves, "100000.00")).status_code != 401, (
        "too early, and the door knows the key from now on"
    )
    await scene.begin()
    assert (await scene.bid(leaves, "100000.00")).status_code == 401
    await scene.accepted(stays, "100000.00")
