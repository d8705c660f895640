"""C7: a broker's own cases and earnings follow the person, and nothing else of an agency does."""

import json
from datetime import datetime, time, timedelta
from typing import Any

from app.core.deadlines import run_due
from app.identity.rules import digest_of, new_secret
from tests.awards.factory import Sale, computed_run, next_year, paid, published_run, sale
from tests.contracts.factory import agency_part, drafted_contract, signed_contract
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.served import ROOT
from tests.support.world import Party, World

Json = dict[str, Any]


async def _in_person(world: World, broker: Party) -> Party:
    """The broker with a key of its own, which no agency gave it."""
    secret = new_secret("ti_")
    body = {"person_id": str(broker.person_id), "fingerprint": digest_of(secret).hex()}
    await world.api.ok("POST", "/v1/invitations", world.operator, json=body)
    made = await world.api.ok("POST", "/v1/invitations/redemption", json={"secret": secret, "name": "k"})
    assert made["organisation_id"] is None
    return Party(broker.name, None, broker.person_id, made["secret"], broker.broker_id)


async def _leave(world: World, agency: Party, broker: Party) -> None:
    (employment,) = (await world.api.ok("GET", f"/v1/brokers/{broker.broker_id}", agency))["employments"]
    await world.api.ok("POST", f"/v1/employments/{employment['id']}/end", agency)
    day = await today(world) + timedelta(days=1)
    await move_clock_to(world, datetime.combine(day, time(0, 1), WUHAN_TIME))
    while await run_due(world.database):
        pass


async def _ids(world: World, path: str, caller: Party) -> set[str]:
    return {item["id"] for item in (await world.api.ok("GET", path, caller))["items"]}


async def test_c7_a_broker_who_left_reads_the_own_cases_and_nothing_newer_of_the_agency(
    world: World, registered_sale: Sale
) -> None:
    case = registered_sale.contract
    colleague = await world.broker(registered_sale.agency)
    parts: Json = {"agency_service": "居间撮合"}
    of_other = await signed_contract(
        world,
        registered_sale.seller,
        registered_sale.buyer,
        agencies=[agency_part(registered_sale.agency, [colleague])],
        **parts,
    )
    draft = await drafted_contract(
        world,
        registered_sale.seller,
        registered_sale.buyer,
        agencies=[agency_part(registered_sale.agency, [registered_sale.broker])],
        **parts,
    )
    await _leave(world, registered_sale.agency, registered_sale.broker)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", registered_sale.broker)
    person = await _in_person(world, registered_sale.broker)
    assert (await world.api.ok("GET", "/v1/me", person))["roles"] == ["broker_in_person"]
    newer = await signed_contract(
        world,
        registered_sale.seller,
        registered_sale.buyer,
        agencies=[agency_part(registered_sale.agency, [colleague])],
        **parts,
    )
    assert await _ids(world, "/v1/contracts", person) == {case["id"]}
    assert await _ids(world, "/v1/deals", person) == {case["deal_id"]}
    shown = await world.api.ok("GET", f"/v1/contracts/{case['id']}", person)
    assert shown == await world.api.ok("GET", f"/v1/contracts/{case['id']}", registered_sale.agency)
    await world.api.ok("GET", f"/v1/deals/{case['deal_id']}", person)
    for hidden in (of_other, draft, newer):
        await world.api.refused(404, "not_found", "GET", f"/v1/contracts/{hidden['id']}", person)
        await world.api.refused(404, "not_found", "GET", f"/v1/deals/{hidden['deal_id']}", person)
    for path in ("/v1/people", "/v1/award-statements", f"/v1/contracts/{case['id']}/payments", "/v1/deposits"):
        await world.api.refused(403, "forbidden", "GET", path, person)
    told = (await world.api.ok("GET", "/v1/events", person))["items"]
    assert told == (await world.api.ok("GET", "/v1/events"))["items"], "in the feed it is anybody"
    # Employed by another agency, it reads them with the key of that one no more than anybody there.
    again = await world.agency()
    term = {"agency_id": str(again.id), "valid_from": (await today(world)).isoformat()}
    await world.api.ok("POST", f"/v1/brokers/{registered_sale.broker.broker_id}/employments", world.operator, json=term)
    of_person = {"person_id": str(registered_sale.broker.person_id), "organisation_id": str(again.id), "name": "k"}
    issued = await world.api.ok("POST", "/v1/api-keys", again, json=of_person)
    employed = Party("", again.id, registered_sale.broker.person_id, issued["secret"])
    await world.api.refused(404, "not_found", "GET", f"/v1/contracts/{case['id']}", employed)
    await world.api.ok("GET", f"/v1/contracts/{case['id']}", person)


async def test_c7_a_broker_who_left_reads_the_own_earnings(world: World) -> None:
    made, other = await sale(world), await sale(world)
    for each in (made, other):
        await paid(world, each, "1000000.00")
    year = (await today(world)).year
    await _leave(world, made.agency, made.broker)
    person = await _in_person(world, made.broker)
    colleague = await world.broker(made.agency)
    await next_year(world)
    await computed_run(world, year)
    assert (await world.api.ok("GET", "/v1/broker-earnings", person))["items"] == [], "nothing is published"
    run = await published_run(world, year)
    assert (await world.api.ok("GET", "/v1/broker-earnings", colleague))["items"] == [], "served in no case"
    for caller in (person, other.broker):
        of = made if caller is person else other
        (earned,) = (await world.api.ok("GET", "/v1/broker-earnings", caller))["items"]
        assert (earned["run_id"], earned["year"], earned["agency_id"]) == (run["id"], year, str(of.agency.id))
        assert earned["amount"] == "2400.00"  # 30 % of 1 % of 800 000
        assert (await world.api.ok("GET", f"/v1/broker-earnings?year={year - 1}", caller))["items"] == []
    again = await world.agency()
    term = {"agency_id": str(again.id), "valid_from": (await today(world)).isoformat()}
    await world.api.ok("POST", f"/v1/brokers/{made.broker.broker_id}/employments", world.operator, json=term)
    of_person = {"person_id": str(made.broker.person_id), "organisation_id": str(again.id), "name": "k"}
    issued = await world.api.ok("POST", "/v1/api-keys", again, json=of_person)
    employed = Party("", again.id, made.broker.person_id, issued["secret"])
    assert (await world.api.ok("GET", "/v1/broker-earnings", employed))["items"] == [], "of that agency alone"


async def test_c7_a_broker_in_person_becomes_no_staff_by_its_old_key(fresh_world: World) -> None:
    world = fresh_world
    broker = await world.broker(await world.agency())
    person = await _in_person(world, broker)
    await world.api.ok("POST", "/v1/api-keys", person, json={"name": "k"})
    query = {"person_id": str(broker.person_id), "type": "api_key.issued"}
    (_, issued) = (await world.api.ok("GET", "/v1/events", world.auditor, params=query))["items"]
    assert (issued["actor_capacity"], issued["actor_roles"]) == ("person", ["broker_in_person"])  # C8
    body = {"person_id": str(broker.person_id), "role": "registrar"}
    asked = await world.api.ok("POST", "/v1/appointments", world.operator, json=body)
    assert (await world.api.ok("GET", "/v1/me", person))["roles"] == ["broker_in_person"]
    path = f"/v1/appointments/{asked['id']}/confirmation"
    await world.api.ok("POST", path, await world.second_operator())
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", person)


async def test_c7_who_is_no_broker_has_no_key_in_person(world: World) -> None:
    body = {"person_id": str((await world.enterprise()).person_id), "fingerprint": "ab" * 32}
    await world.api.refused(404, "not_found", "POST", "/v1/invitations", world.operator, json=body)
    admin = await world.agency()
    broker = await world.broker(admin)
    body = {"person_id": str(broker.person_id)}
    await world.api.refused(404, "not_found", "POST", "/v1/invitations", admin, json=body)
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", admin, json=body | {"name": "k"})


def test_c7_a_broker_in_person_reads_cases_and_keeps_its_keys_and_may_do_nothing_else() -> None:
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    named = {
        (method, operation["operationId"])
        for item in paths.values()
        for method, operation in item.items()
        if "broker_in_person" in operation["x-access"]["roles"]
    }
    keys = {("get", "list_api_keys"), ("get", "read_api_key"), ("delete", "revoke_api_key")}
    keys |= {("post", "issue_api_key"), ("post", "rotate_api_key"), ("get", "read_me")}
    cases = {("get", f"{act}_{what}") for act, what in (("list", "deals"), ("read", "deal"), ("list", "contracts"))}
    cases |= {("get", "read_contract"), ("get", "read_contract_draft"), ("get", "list_broker_earnings")}
    assert named == keys | cases | {("get", "read_worklist"), ("get", "count_worklist")}
