"""People, their roles, and brokers from the outside."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.core.access import STAFF_ROLES
from app.core.history.events import Event
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.world import Party, World

Json = dict[str, Any]


def _person(party: Party | None, role: str) -> Json:
    return {"name": "示例人员", "organisation_id": str(party.id) if party else None, "role": role}


async def _people(world: World) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text("SELECT count(*) FROM people"))).scalar_one())


async def _key_of(world: World, admin: Party, person_id: str) -> Party:
    """A key that an admin issues for a person of the organisation."""
    body = {"name": "k", "person_id": person_id, "organisation_id": str(admin.id)}
    made = await world.api.ok("POST", "/v1/api-keys", admin, json=body)
    return Party("示例", admin.id, UUID(person_id), made["secret"])


async def test_an_admin_adds_people_to_the_own_organisation_only(world: World) -> None:
    admin, other = await world.enterprise(), await world.enterprise()
    made = await world.api.ok("POST", "/v1/people", admin, json=_person(admin, "member"))
    assert made["organisation_id"] == str(admin.id)
    key = await _key_of(world, admin, made["id"])
    assert (await world.api.ok("GET", "/v1/me", key))["roles"] == ["member"]
    before = await _people(world)
    await world.api.refused(403, "forbidden", "POST", "/v1/people", admin, json=_person(other, "member"))
    await world.api.refused(403, "forbidden", "POST", "/v1/people", key, json=_person(admin, "member"))
    assert await _people(world) == before


async def test_a_role_out_of_place_is_refused(world: World) -> None:
    party = await world.enterprise()
    before = await _people(world)
    cases = [_person(party, role) for role in (*STAFF_ROLES, "broker")]
    for caller in (world.operator, party):
        for body in cases:
            problem = await world.api.refused(422, "role_out_of_place", "POST", "/v1/people", caller, json=body)
            assert problem["errors"][0]["field"] == "role"
    nowhere = _person(party, "member") | {"organisation_id": str(party.person_id)}
    problem = await world.api.refused(422, "unknown_reference", "POST", "/v1/people", world.operator, json=nowhere)
    assert problem["errors"][0]["field"] == "organisation_id"
    assert await _people(world) == before


async def test_people_are_seen_by_their_own_organisation_operator_and_auditor(world: World) -> None:
    party, other = await world.enterprise(), await world.enterprise()
    colleague = await world.colleague(party)
    own = {str(party.person_id), str(colleague.person_id)}

    async def seen(reader: Party) -> set[str]:
        return {item["id"] for item in (await world.api.ok("GET", "/v1/people?limit=100", reader))["items"]}

    assert await seen(party) == await seen(colleague) == own
    everyone = own | {str(other.person_id)} | {str(staff.person_id) for staff in world.staff.values()}
    assert await seen(world.operator) == await seen(world.auditor) == everyone
    await world.api.refused(403, "forbidden", "GET", "/v1/people", world.registrar)


async def test_the_end_of_a_membership_stops_its_keys(world: World) -> None:
    admin, stranger = await world.enterprise(), await world.enterprise()
    leaving = await world.colleague(admin)
    second = await _key_of(world, admin, str(leaving.person_id))
    path = f"/v1/organisations/{admin.id}/people/{leaving.person_id}"
    await world.api.refused(404, "not_found", "DELETE", path, stranger)
    await world.api.refused(403, "forbidden", "DELETE", path, leaving)
    await world.api.ok("GET", "/v1/me", leaving)
    await world.api.ok("DELETE", path, admin)
    for key in (leaving, second):
        await world.api.refused(401, "unauthenticated", "GET", "/v1/me", key)
    await world.api.refused(404, "not_found", "DELETE", path, admin)
    body = {"name": "k", "person_id": str(leaving.person_id), "organisation_id": str(admin.id)}
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", admin, json=body)
    keys = (await world.api.ok("GET", "/v1/api-keys", admin))["items"]
    assert [key["revoked_at"] is None for key in keys if key["person_id"] == str(leaving.person_id)] == [False, False]
    listed = (await world.api.ok("GET", "/v1/people", admin))["items"]
    assert [item["id"] for item in listed] == [str(admin.person_id)]


async def _certify(world: World, person_id: object, number: str = "TB-示例-1") -> Json:
    body = {"person_id": str(person_id), "certificate_number": number, "certified_on": "2024-01-01"}
    made: Json = await world.api.ok("POST", "/v1/brokers", world.operator, json=body)
    return made


async def test_a_certificate_is_given_once(world: World) -> None:
    party = await world.enterprise()
    first, second = await world.colleague(party), await world.colleague(party)
    made = await _certify(world, first.person_id)
    assert (made["person_id"], made["employments"]) == (str(first.person_id), [])
    for person, number in ((second, "TB-示例-1"), (first, "TB-示例-2")):
        body = {"person_id": str(person.person_id), "certificate_number": number, "certified_on": "2024-01-01"}
        await world.api.refused(409, "conflict", "POST", "/v1/brokers", world.operator, json=body)
    body = {"person_id": str(party.id), "certificate_number": "TB-3", "certified_on": "2024-01-01"}
    problem = await world.api.refused(422, "unknown_reference", "POST", "/v1/brokers", world.operator, json=body)
    assert problem["errors"][0]["field"] == "person_id"
    assert [item["id"] for item in (await world.api.ok("GET", "/v1/brokers", party))["items"]] == [made["id"]]


async def test_a_broker_has_one_agency_at_a_time(world: World) -> None:
    first, second = await world.agency(), await world.agency()
    broker = await _certify(world, (await world.colleague(first)).person_id)
    path = f"/v1/brokers/{broker['id']}/employments"

    async def refused(status: int, code: str, field: str, agency: Party, begins: str, ends: str | None) -> Json:
        body = {"agency_id": str(agency.id), "valid_from": begins, "valid_to": ends}
        problem: Json = await world.api.refused(status, code, "POST", path, world.operator, json=body)
        assert problem["errors"][0]["field"] == field
        return problem

    term = {"agency_id": str(first.id), "valid_from": "2024-01-01", "valid_to": "2024-06-30"}
    await world.api.ok("POST", path, world.operator, json=term)
    for begins, ends in (("2024-06-30", None), ("2023-01-01", "2024-01-01"), ("2023-01-01", None)):
        problem = await refused(409, "broker_employed", "valid_from", second, begins, ends)
        assert "2024-06-30" in problem["detail"]
        assert problem["remedy"] == problem["errors"][0]["expected"] == "Begin on or after 2024-07-01."
    await refused(422, "dates_out_of_order", "valid_to", second, "2024-07-02", "2024-07-01")
    await refused(422, "not_an_agency", "agency_id", await world.enterprise(), "2024-07-01", None)
    nobody = Party("", world.operator.person_id, world.operator.person_id, "")
    await refused(422, "unknown_reference", "agency_id", nobody, "2024-07-01", None)
    open_ended = {"agency_id": str(second.id), "valid_from": "2024-07-01"}
    made = await world.api.ok("POST", path, world.operator, json=open_ended)
    assert [(e["valid_from"], e["valid_to"]) for e in made["employments"]] == [
        ("2024-01-01", "2024-06-30"),
        ("2024-07-01", None),
    ]
    problem = await refused(409, "broker_employed", "valid_from", first, "2030-01-01", None)
    assert "no last day" in problem["remedy"]
    of_first = await world.api.ok("GET", f"/v1/brokers?agency_id={first.id}", first)
    assert of_first["items"] == [made]


async def test_a_broker_acts_for_the_agency_with_that_role_until_the_employment_ends(world: World) -> None:
    agency, other = await world.agency(), await world.agency()
    broker = await world.broker(agency)
    shown = await world.api.ok("GET", "/v1/me", broker)
    assert (shown["roles"], shown["organisation_id"]) == (["broker"], str(agency.id))
    (employment,) = (await world.api.ok("GET", f"/v1/brokers/{broker.broker_id}", broker))["employments"]
    path = f"/v1/employments/{employment['id']}/end"
    await world.api.refused(404, "not_found", "POST", path, other)
    await world.api.refused(403, "forbidden", "POST", path, broker)
    ended = await world.api.ok("POST", path, agency)
    day = await today(world)
    assert ended["valid_to"] == day.isoformat()
    await world.api.ok("GET", "/v1/me", broker)  # its last day
    await move_clock_to(world, datetime.combine(day + timedelta(days=2), time(12), WUHAN_TIME))
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", broker)
    assert (await world.api.ok("POST", path, agency))["valid_to"] == day.isoformat()
    async with world.database.reading() as session:
        released = await session.execute(select(Event.id).where(Event.type == "broker.released"))
        assert len(released.all()) == 1, "ending what has ended is not told again"
    follows = {"agency_id": str(other.id), "valid_from": (day + timedelta(days=1)).isoformat()}
    await world.api.ok("POST", f"/v1/brokers/{broker.broker_id}/employments", world.operator, json=follows)


async def test_a_broker_employed_for_a_term_may_hold_a_key(world: World) -> None:
    agency = await world.agency()
    person = await world.colleague(agency)
    broker = await _certify(world, person.person_id)
    await world.api.ok("DELETE", f"/v1/organisations/{agency.id}/people/{person.person_id}", agency)
    path, day = f"/v1/brokers/{broker['id']}/employments", await today(world)
    past = {"agency_id": str(agency.id), "valid_from": "2024-01-01", "valid_to": "2024-12-31"}
    await world.api.ok("POST", path, world.operator, json=past)
    body = {"name": "k", "person_id": str(person.person_id), "organisation_id": str(agency.id)}
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", agency, json=body)
    term = past | {"valid_from": day.isoformat(), "valid_to": (day + timedelta(days=30)).isoformat()}
    await world.api.ok("POST", path, world.operator, json=term)
    made = await world.api.ok("POST", "/v1/api-keys", agency, json=body)
    key = Party("", agency.id, person.person_id, made["secret"])
    assert (await world.api.ok("GET", "/v1/me", key))["roles"] == ["broker"]
    last = day + timedelta(days=30)
    await move_clock_to(world, datetime.combine(last, time(23, 30), WUHAN_TIME))
    await world.api.ok("POST", "/v1/api-keys", agency, json=body)
    await move_clock_to(world, datetime.combine(last + timedelta(days=1), time(0, 30), WUHAN_TIME))
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", agency, json=body)
