"""The public notice: what it says, how long it runs, objections and their decisions, related parties."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import rfc8785
from sqlalchemy import text

from app.core.access import Role
from app.core.deadlines import run_due
from app.identity.models import Membership
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import move_clock_to
from tests.office.documents.factory import uploaded
from tests.pricing.negotiated.factory import (
    Json,
    agreed,
    decided,
    negotiated_listing,
    notice_over,
    objection,
    opened,
    read,
)
from tests.pricing.negotiated.test_negotiation_api import refused
from tests.support.world import Party, World

WUHAN_TIME = ZoneInfo("Asia/Shanghai")


async def related(world: World, seller: Party, buyer: Party) -> None:
    body = {
        "first_id": str(seller.id),
        "second_id": str(buyer.id),
        "kind": "shareholding",
        "share": "0.1673",
        "detail": "示例持股",
        "source": "示例公告",
    }
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=body)


async def notice_of(world: World, negotiation: Json) -> Json:
    found: Json = await world.api.ok("GET", f"/v1/notices/{negotiation['notice_id']}")
    return found


async def test_the_notice_says_what_article_18_asks_for_and_is_sealed(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed(world, seller, buyer)
    notice = await notice_of(world, made)
    content = notice["content"]
    assert (content["name"], content["abstract"]) == ("示例光学检测技术", "示例摘要")
    assert (content["transfer_mode"], content["pricing_mode"]) == ("exclusive_licence", "negotiated")
    assert (content["price"]["amount"], content["price"]["payment"][0]["kind"]) == ("900000.00", "lump_sum")
    assert [party["name"] for party in content["buyers"]] == [buyer.name]
    assert [party["name"] for party in content["sellers"]] == [seller.name]
    assert content["interested"] == []
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == notice["sha256"]
    listed = await world.api.ok("GET", "/v1/notices?running=true")
    assert [item["id"] for item in listed["items"]] == [notice["id"]]


async def test_fifteen_whole_days_follow_the_day_of_publication(world: World) -> None:
    made = await agreed(world, await world.university(), await world.enterprise())
    notice = await notice_of(world, made)
    published = datetime.fromisoformat(notice["published_at"]).astimezone(WUHAN_TIME).date()
    assert date.fromisoformat(notice["first_day"]) == published + timedelta(days=1)
    assert date.fromisoformat(notice["last_day"]) == published + timedelta(days=15)
    ends = datetime.fromisoformat(notice["ends_at"]).astimezone(WUHAN_TIME)
    assert (ends.date(), ends.hour, ends.minute) == (published + timedelta(days=16), 0, 0)


async def period_of(world: World, notice: Json) -> Json:
    (found,) = (await world.api.ok("GET", f"/v1/periods?subject_id={notice['id']}"))["items"]
    return dict(found)


async def test_everybody_sees_the_period_of_a_notice_with_its_rule(world: World) -> None:
    notice = await notice_of(world, await agreed(world, await world.university(), await world.enterprise()))
    period = await period_of(world, notice)
    assert (period["rule"], period["count"], period["unit"]) == ("negotiated_notice", 15, "calendar")
    assert (period["starts_on"], period["ends_on"]) == (notice["content"]["published_on"], notice["last_day"])
    assert (period["source"]["article"], period["status"]) == ("18", "open")
    holiday = {"is_working": False, "reference": "示例通知"}
    await world.api.ok("PUT", f"/v1/calendar/overrides/{notice['last_day']}", world.operator, json=holiday)
    assert (await notice_of(world, {"notice_id": notice["id"]}))["last_day"] == notice["last_day"]
    assert (await period_of(world, notice))["ends_on"] == notice["last_day"], "a notice runs calendar days"


@pytest.mark.parametrize("outcome", ["upheld", "dismissed"])
async def test_the_period_of_a_notice_ends_with_what_became_of_it(world: World, outcome: str) -> None:
    made = await agreed(world, await world.university(), await world.enterprise())
    filed = await objection(world, await world.enterprise(), made)
    await notice_over(world, made)
    notice = await notice_of(world, made)
    assert (await period_of(world, notice))["status"] == "open", "nobody has drawn the consequence yet"
    await decided(world, filed, outcome)
    period = await period_of(world, notice)
    assert (period["status"], period["ends_on"]) == ("ended", notice["last_day"])
    assert period["reason"] == ("closed without a deal" if outcome == "upheld" else "closed with a deal")


async def test_a_result_that_became_secret_during_the_notice_is_not_sold_at_its_end(world: World) -> None:
    """The deadline of the notice ends its own period."""
    seller = await world.university()
    made = await agreed(world, seller, await world.enterprise())
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE results SET secrecy = 'state_secret'"))
    await notice_over(world, made)
    assert (await read(world, seller, made))["status"] == "refused"
    assert (await period_of(world, await notice_of(world, made)))["status"] == "ended"


async def test_there_is_no_deal_before_the_notice_ends(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed(world, seller, buyer)
    ends = datetime.fromisoformat(made["notice_ends_at"])
    await move_clock_to(world, ends - timedelta(seconds=30))
    await run_due(world.database)
    problem = await refused(world, 409, "notice_running", f"/v1/negotiations/{made['id']}/closing", seller)
    notice = await notice_of(world, made)
    assert (problem["last_day"], problem["rule"]["article"]) == (notice["last_day"], "18")
    await move_clock_to(world, ends)
    closed = await world.api.ok("POST", f"/v1/negotiations/{made['id']}/closing", buyer)
    assert (closed["status"], closed["deal_id"] is not None) == ("closed", True)
    await run_due(world.database)
    assert (await read(world, seller, made))["deal_id"] == closed["deal_id"]


async def test_an_open_objection_blocks_closing_until_it_is_decided(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    objector = await world.enterprise()
    made = await agreed(world, seller, buyer)
    filed = await objection(world, objector, made)
    assert (await notice_of(world, made))["open_objections"] == 1
    await notice_over(world, made)
    assert (await read(world, seller, made))["status"] == "agreed"
    problem = await refused(world, 409, "objection_open", f"/v1/negotiations/{made['id']}/closing", seller)
    assert problem["rule"]["article"] == "18"
    await decided(world, filed, "dismissed")
    assert (await read(world, seller, made))["status"] == "closed"
    path = f"/v1/objections/{filed['id']}/decision"
    body = {"outcome": "upheld", "statement": "示例"}
    await refused(world, 409, "objection_decided", path, world.operator, body)
    (decision,) = (await notice_of(world, made))["decisions"]
    assert (decision["outcome"], decision["statement"]) == ("dismissed", "示例决定")


async def test_an_upheld_objection_ends_the_sale_and_frees_the_listing(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed(world, seller, buyer)
    await decided(world, await objection(world, await world.enterprise(), made), "upheld")
    made = await read(world, buyer, made)
    assert (made["status"], made["deal_id"]) == ("refused", None)
    assert (await world.api.ok("GET", f"/v1/listings/{made['listing_id']}"))["status"] == "published"
    await notice_over(world, made)
    assert (await read(world, buyer, made))["status"] == "refused"
    again = await opened(world, buyer, {"id": made["listing_id"]})
    assert again["status"] == "open"


async def test_reason_and_contact_are_for_staff_seller_and_objector(world: World) -> None:
    seller, buyer, objector = await world.university(), await world.enterprise(), await world.enterprise()
    made = await agreed(world, seller, buyer)
    filed = await objection(world, objector, made)
    path = f"/v1/notices/{made['notice_id']}/objections"
    for reader in (seller, objector, world.operator, world.registrar, world.auditor):
        (shown,) = (await world.api.ok("GET", path, reader))["items"]
        assert (shown["id"], shown["contact"]) == (filed["id"], "示例 13800000000")
    for other in (buyer, await world.enterprise()):
        assert (await world.api.ok("GET", path, other))["items"] == []
    public = (await world.api.get(f"/v1/notices/{made['notice_id']}")).text
    assert "13800000000" not in public
    assert "完成人" not in public
    async with world.database.reading() as session:
        told = (await session.execute(text("SELECT payload::text FROM events WHERE type ~ 'objection'"))).scalars()
        assert not any("13800000000" in payload for payload in told)


async def test_an_objection_after_the_notice_is_refused_with_its_last_day(world: World) -> None:
    made = await agreed(world, await world.university(), await world.enterprise())
    notice = await notice_of(world, made)
    body = {"reason": "示例", "contact": "示例"}
    path = f"/v1/notices/{made['notice_id']}/objections"
    problem = await refused(world, 422, "invalid_input", path, await world.enterprise(), {"reason": "示例"})
    assert problem["errors"][0]["field"] == "contact"
    await refused(world, 401, "unauthenticated", path, None, body)
    await refused(world, 403, "forbidden", path, world.operator, body)
    await move_clock_to(world, datetime.fromisoformat(made["notice_ends_at"]))
    body = {"reason": "示例", "contact": "示例 138"}
    problem = await refused(world, 409, "notice_ended", path, await world.enterprise(), body)
    assert problem["last_day"] == notice["last_day"]
    assert notice["last_day"] in problem["remedy"]


async def test_a_related_buyer_is_flagged_and_needs_an_approval(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    await related(world, seller, buyer)
    made = await agreed(world, seller, buyer)
    (flag,) = (await notice_of(world, made))["content"]["interested"]
    assert (flag["kind"], "示例公告" in flag["finding"]) == ("related_party", True)
    await notice_over(world, made)
    path = f"/v1/negotiations/{made['id']}"
    problem = await refused(world, 409, "related_party_needs_approval", f"{path}/closing", buyer)
    assert "/approvals" in problem["remedy"]
    document = await uploaded(world, seller)
    approval = {"approved_by": "示例校务会", "reference": "〔2026〕1号", "document_id": document["id"]}
    await refused(world, 403, "gate_not_yours", f"{path}/approvals", buyer, approval)
    theirs = approval | {"document_id": (await uploaded(world, buyer, content=b"%PDF-1.7\nother"))["id"]}
    problem = await refused(world, 422, "unknown_reference", f"{path}/approvals", seller, theirs)
    assert problem["errors"][0]["field"] == "document_id"
    made = await world.api.ok("POST", f"{path}/approvals", seller, json=approval)
    assert made["status"] == "closed"
    deal = await world.api.ok("GET", f"/v1/deals/{made['deal_id']}", seller)
    assert "示例公告" in deal["related_party"]
    await refused(world, 409, "no_approval_needed", f"{path}/approvals", seller, approval)


async def test_a_relation_recorded_during_the_notice_blocks_too(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    made = await agreed(world, seller, buyer)
    await related(world, seller, buyer)
    await notice_over(world, made)
    made = await read(world, seller, made)
    assert (made["status"], [gate["kind"] for gate in made["gates"]]) == ("agreed", ["related_party_approval"])


async def test_a_completer_who_buys_is_flagged_and_not_named(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    person = await world.colleague(seller)
    people: list[dict[str, Any]] = [{"name": "示例完成人甲", "person_id": str(person.person_id)}]
    async with world.database.transaction() as session:
        session.add(Membership(person_id=person.person_id, organisation_id=buyer.organisation_id, role=Role.MEMBER))
    result = await recorded_result(world, seller, completers=people)
    listing = await negotiated_listing(world, seller, result_id=result["id"], transfer_mode="assignment")
    made = await opened(world, buyer, listing)
    body = {"offer_id": made["last_offer"]["id"]}
    made = await world.api.ok("POST", f"/v1/negotiations/{made['id']}/acceptance", seller, json=body)
    assert made["gates"] == [], "nobody is offered first what they buy already"
    notice = await notice_of(world, made)
    (flag,) = notice["content"]["interested"]
    assert (flag["kind"], flag["organisation_id"]) == ("completer", str(buyer.id))
    assert "示例完成人甲" not in str(notice)
