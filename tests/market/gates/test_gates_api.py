"""Gates: opened from the facts, settled by whoever may with evidence, and no deal while one is open."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from app.catalogue.results.models import ResultOwner
from app.core.access import Role
from app.core.deadlines import run_due
from app.market.listings.models import Listing
from tests.catalogue.results.factory import PATENT, recorded_result
from tests.identity.test_mergers import key_for, merged_into
from tests.market.listings.factory import move_clock_to
from tests.office.documents.factory import uploaded
from tests.pricing.negotiated.factory import Json, agreed, notice_over, read, terms
from tests.pricing.negotiated.test_negotiation_api import refused
from tests.support.world import Party, World

ABROAD = terms(territory={"countries": ["CN", "DE"]})


async def agreed_on(world: World, seller: Party, buyer: Party, result: Json, **listing: Any) -> Json:
    """An agreement on the sale of a result with these facts."""
    made = await recorded_result(world, seller, **result)
    return await agreed(world, seller, buyer, result_id=made["id"], **listing)


async def close(world: World, gate: Json, caller: Party, **body: Any) -> Json:
    body = {"outcome": "cleared", "reference": "示例证明"} | body
    closed: Json = await world.api.ok("POST", f"/v1/gates/{gate['id']}/closure", caller, json=body)
    return closed


async def test_an_assignment_is_offered_to_the_completers_first(world: World) -> None:
    """Each completer waives, or the period offered lapses; the deal waits for the last of them."""
    seller, buyer = await world.university(), await world.enterprise()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}, {"name": "示例乙"}]
    made = await agreed_on(world, seller, buyer, {"completers": completers}, transfer_mode="assignment")
    first, second = made["gates"]
    assert {gate["kind"] for gate in made["gates"]} == {"first_refusal"}
    assert (first["rule"]["article"], first["closers"]) == ("847", ["holder", "seller_admin"])
    assert "示例甲" not in str(made)
    closed = await close(world, first, person)
    assert (closed["closure"]["outcome"], closed["closure"]["reference"]) == ("cleared", "示例证明")
    body = {"outcome": "cleared", "reference": "示例"}
    await refused(world, 409, "gate_closed", f"/v1/gates/{first['id']}/closure", person, body)
    await notice_over(world, made)
    made = await read(world, buyer, made)
    assert made["status"] == "closed"
    assert [gate["closure"]["outcome"] for gate in made["gates"]] == ["cleared", "lapsed"]
    assert made["gates"][1]["id"] == second["id"]
    async with world.database.reading() as session:
        rows = await session.execute(text("SELECT actor_person_id FROM events WHERE type = 'gate.opened'"))
    assert set(rows.scalars()) == {seller.person_id}, "its event says who opened a gate"


async def test_a_completer_who_uses_the_right_ends_the_sale(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    person = await world.colleague(seller)
    completers = [{"name": "示例甲", "person_id": str(person.person_id)}]
    made = await agreed_on(world, seller, buyer, {"completers": completers}, transfer_mode="assignment")
    await close(world, made["gates"][0], person, outcome="refused")
    made = await read(world, buyer, made)
    assert (made["status"], "first_refusal" in made["status_reason"]) == ("refused", True)
    assert (await world.api.ok("GET", f"/v1/listings/{made['listing_id']}"))["status"] == "published"


async def test_the_seller_shows_the_written_waiver(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed_on(world, seller, buyer, {}, transfer_mode="assignment")
    (gate,) = made["gates"]
    path, body = f"/v1/gates/{gate['id']}/closure", {"outcome": "cleared", "reference": "示例放弃声明"}
    problem = await refused(world, 422, "evidence_missing", path, seller, body)
    assert problem["errors"][0]["field"] == "document_id"
    document = await uploaded(world, seller)
    member = await world.colleague(seller, Role.MEMBER)
    await refused(world, 403, "gate_not_yours", path, member, body | {"document_id": document["id"]})
    await refused(world, 403, "gate_not_yours", path, buyer, body)
    await refused(world, 404, "not_found", path, await world.enterprise(), body)
    closed = await close(world, gate, seller, document_id=document["id"])
    assert closed["closure"]["closed_by_organisation_id"] == str(seller.id)


async def test_after_its_period_a_gate_is_settled_by_time_alone(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed_on(world, seller, buyer, {}, transfer_mode="assignment")
    (gate,) = made["gates"]
    await move_clock_to(world, datetime.fromisoformat(gate["lapses_at"]))
    body = {"outcome": "refused", "reference": "示例", "document_id": (await uploaded(world, seller))["id"]}
    await refused(world, 409, "gate_lapsed", f"/v1/gates/{gate['id']}/closure", seller, body)


async def test_restricted_technology_goes_abroad_with_a_licence_alone(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    facts = {"export_control": "restricted", "publicly_funded": True, "funding_plan": "示例计划"}
    made = await agreed_on(world, seller, buyer, facts, terms=ABROAD)
    assert [gate["kind"] for gate in made["gates"]] == ["restricted_export", "foreign_approval"]
    await notice_over(world, made)
    path = f"/v1/negotiations/{made['id']}/closing"
    problem = await refused(world, 409, "gate_open", path, seller)
    assert [gate["kind"] for gate in problem["gates"]] == ["restricted_export", "foreign_approval"]
    assert "operator" in problem["remedy"]
    assert "chapter 3" in problem["detail"]
    document = (await uploaded(world, seller))["id"]
    licence, approval = made["gates"]
    body = {"outcome": "cleared", "reference": "示例", "document_id": document}
    await refused(world, 403, "gate_not_yours", f"/v1/gates/{licence['id']}/closure", seller, body)
    await close(world, licence, world.operator, document_id=document)
    problem = await refused(world, 409, "gate_open", path, seller)
    assert [gate["kind"] for gate in problem["gates"]] == ["foreign_approval"]
    await close(world, approval, world.operator, document_id=document)
    assert (await read(world, seller, made))["status"] == "closed"


async def test_at_home_the_same_result_has_no_such_gate(world: World) -> None:
    facts = {"export_control": "restricted", "publicly_funded": True, "funding_plan": "示例计划"}
    made = await agreed_on(world, await world.university(), await world.enterprise(), facts)
    assert made["gates"] == []


async def owned_half(world: World, made: Json, owner: Party) -> None:
    """An owner who came in under an agreement: only a release before this one let that happen."""
    async with world.database.transaction() as session:
        listing = await session.get_one(Listing, UUID(made["listing_id"]))
        of_result = ResultOwner.result_id == listing.result_id
        await session.execute(update(ResultOwner).where(of_result).values(share=Decimal("0.5")))
        half = ResultOwner(result_id=listing.result_id, position=1, organisation_id=owner.id, share=Decimal("0.5"))
        session.add(half)


async def test_an_owner_added_after_listing_must_consent(world: World) -> None:
    seller, buyer, owner = await world.university(), await world.enterprise(), await world.institution()
    made = await agreed_on(world, seller, buyer, {})
    await owned_half(world, made, owner)
    await notice_over(world, made)
    made = await read(world, seller, made)
    (gate,) = made["gates"]
    assert (made["status"], gate["kind"], gate["rule"]["article"]) == ("agreed", "co_owner_consent", "14")
    mine = await world.api.ok("GET", "/v1/gates?only_open=true", owner)
    assert [item["id"] for item in mine["items"]] == [gate["id"]]
    body = {"outcome": "cleared", "reference": "示例"}
    for hand in (await world.colleague(owner, Role.MEMBER), seller, world.operator):  # F2: the owner's admin alone
        code = "evidence_missing" if hand is seller else "gate_not_yours"
        status = 422 if hand is seller else 403
        await refused(world, status, code, f"/v1/gates/{gate['id']}/closure", hand, body)
    await close(world, gate, owner)
    assert (await read(world, seller, made))["status"] == "closed"


async def test_a5_the_heir_of_a_merged_co_owner_consents_for_it(world: World) -> None:
    seller, buyer, owner = await world.university(), await world.enterprise(), await world.institution()
    made = await agreed_on(world, seller, buyer, {})
    await owned_half(world, made, owner)
    await notice_over(world, made)
    heir = await world.institution()
    await merged_into(world, owner, heir)
    acting = await key_for(world, heir, owner)
    (gate,) = (await world.api.ok("GET", "/v1/gates?only_open=true", acting))["items"]
    body = {"outcome": "cleared", "reference": "示例"}
    path = f"/v1/gates/{gate['id']}/closure"
    assert (await world.api.post(path, heir, json=body)).status_code in (403, 404)
    await world.api.ok("POST", path, acting, json=body)
    assert (await read(world, seller, made))["status"] == "closed"


async def test_a_patent_that_expires_during_the_notice_blocks(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    day = (datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"]) + timedelta(days=10)).date()
    dying = PATENT | {"filed_on": day.replace(year=day.year - 20).isoformat(), "expires_on": day.isoformat()}
    dying |= {"application_number": "200610000001.1", "grant_number": "ZL200610000001.1", "granted_on": "2010-05-06"}
    made = await agreed_on(world, seller, buyer, {"ip_assets": [dying]})
    await notice_over(world, made)
    made = await read(world, seller, made)
    assert [(gate["kind"], gate["rule"]["article"]) for gate in made["gates"]] == [("patent_in_force", "865")]


async def test_a_result_that_became_secret_is_not_sold(world: World) -> None:
    """There is no gate for a state secret: nobody can clear it."""
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed_on(world, seller, buyer, {})
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE results SET secrecy = 'state_secret'"))
    await notice_over(world, made)
    made = await read(world, seller, made)
    assert (made["status"], made["deal_id"]) == ("refused", None)
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{made['listing_id']}")


async def test_gates_are_append_only(world: World) -> None:
    await agreed_on(world, await world.university(), await world.enterprise(), {}, transfer_mode="assignment")
    async with world.database.session() as session:
        with pytest.raises(DBAPIError, match="append-only"):
            await session.execute(text("DELETE FROM gates"))


async def test_gates_lapse_once_whatever_number_of_workers_come_round(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed_on(world, seller, buyer, {}, transfer_mode="assignment")
    await notice_over(world, made)
    await run_due(world.database)
    async with world.database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM gate_closures"))).scalar_one() == 1
        assert (await session.execute(text("SELECT count(*) FROM deals"))).scalar_one() == 1
