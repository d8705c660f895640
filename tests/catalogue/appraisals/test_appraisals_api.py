"""Appraisal reports from the outside: recorded, reviewed, seen, and what a price may rest on."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.catalogue.appraisals import service
from app.core.access import Role
from app.core.problems import Problem
from app.identity.kinds import Verification
from app.identity.models import Membership
from tests.catalogue.appraisals.factory import (
    Json,
    accepted_report,
    appraiser_of,
    reapproval_body,
    reapproved,
    report_body,
    submitted_report,
)
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.world import Party, World

PATH = "/v1/appraisal-reports"


@pytest.fixture
async def keeper(world: World) -> Party:
    return await world.university()


@pytest.fixture
async def appraiser(world: World) -> Party:
    return await appraiser_of(world)


async def count(world: World, table: str = "appraisal_reports") -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def priced(world: World, report: Json, price: str, on: date, **kwargs: Any) -> service.Floor:
    async with world.database.transaction() as session:
        return await service.check_price(session, UUID(report["id"]), Decimal(price), on, **kwargs)


async def price_refused(world: World, code: str, report: Json, price: str, on: date, **kwargs: Any) -> Json:
    with pytest.raises(Problem) as raised:
        await priced(world, report, price, on, **kwargs)
    assert raised.value.kind.code == code
    return raised.value.as_json("en")


async def test_an_appraiser_records_and_the_operator_accepts(world: World, keeper: Party, appraiser: Party) -> None:
    report = await submitted_report(world, keeper, appraiser)
    day = await today(world)
    assert (report["status"], report["submitted_by_id"]) == ("submitted", str(appraiser.id))
    assert report["valid_to"] == day.replace(year=day.year + 1).isoformat()
    document = await world.api.ok("GET", f"/v1/documents/{report['document']['id']}", keeper)
    assert report["document"]["sha256"] == document["sha256"], "the owner reads the document, and its hash is shown"
    accepted = await world.api.ok(
        "POST", f"{PATH}/{report['id']}/review", world.operator, json={"decision": "accepted"}
    )
    assert (accepted["status"], accepted["expired"], accepted["revision"]) == ("accepted", False, 2)
    assert accepted["price_floor"]["amount"] == "900000.00"
    assert (accepted["price_floor"]["source"]["article"], accepted["price_floor"]["mark"]) == ("21", "V")
    assert accepted["server_time"]
    again = {"decision": "refused", "reason": "x"}
    await world.api.refused(
        409, "appraisal_reviewed", "POST", f"{PATH}/{report['id']}/review", world.operator, json=again
    )


async def test_the_keeper_records_and_says_whose_report_it_is(world: World, keeper: Party, appraiser: Party) -> None:
    result = await recorded_result(world, keeper)
    body = await report_body(world, keeper, result, appraiser)
    problem = await world.api.refused(
        422, "invalid_input", "POST", PATH, keeper, json={k: v for k, v in body.items() if k != "appraiser_id"}
    )
    assert problem["errors"][0]["field"] == "appraiser_id"
    assert await count(world) == 0
    made = await world.api.ok("POST", PATH, keeper, json=body)
    assert (made["appraiser_id"], made["submitted_by_id"]) == (str(appraiser.id), str(keeper.id))


async def test_who_sees_a_report(world: World, keeper: Party, appraiser: Party) -> None:
    co_owner, stranger, other = await world.institution(), await world.enterprise(), await appraiser_of(world)
    owners = [{"organisation_id": str(p.id), "share": "0.5"} for p in (keeper, co_owner)]
    result = await recorded_result(world, keeper, owners=owners)
    report = await submitted_report(world, keeper, appraiser, result_id=result["id"])
    for reader in (keeper, co_owner, appraiser, await world.colleague(keeper), *world.staff.values()):
        await world.api.ok("GET", f"{PATH}/{report['id']}", reader)
        listed = await world.api.ok("GET", f"{PATH}?result_id={result['id']}&status=submitted", reader)
        assert [item["id"] for item in listed["items"]] == [report["id"]]
    for hidden in (stranger, other):
        await world.api.refused(404, "not_found", "GET", f"{PATH}/{report['id']}", hidden)
        assert (await world.api.ok("GET", PATH, hidden))["items"] == []
        await world.api.refused(404, "not_found", "GET", f"/v1/documents/{report['document']['id']}", hidden)
    await world.api.refused(401, "unauthenticated", "GET", f"{PATH}/{report['id']}")


async def _bad(world: World, keeper: Party, appraiser: Party) -> list[tuple[int, str, str, Party, Json]]:
    result = await recorded_result(world, keeper)
    own = await report_body(world, appraiser, result, appraiser)
    of_keeper = await report_body(world, keeper, result, appraiser, number="示例 2")
    tomorrow = (await today(world) + timedelta(days=1)).isoformat()
    stranger, pending = await world.enterprise(), await appraiser_of(world, verification=Verification.PENDING)
    return [
        (422, "appraisal_date_in_future", "base_date", appraiser, own | {"base_date": tomorrow}),
        (422, "invalid_input", "value", appraiser, own | {"value": "0.00"}),
        (422, "invalid_input", "value", appraiser, own | {"value": 1000000}),
        (422, "invalid_input", "value", appraiser, own | {"value": "1.005"}),
        (422, "invalid_input", "method", appraiser, own | {"method": "guess"}),
        (422, "invalid_input", "base_date", appraiser, own | {"base_date": "1999-12-31"}),
        (422, "invalid_input", "note", appraiser, own | {"note": "x"}),
        (422, "unknown_reference", "result_id", appraiser, own | {"result_id": str(UUID(int=7))}),
        (422, "unknown_reference", "document_id", appraiser, own | {"document_id": of_keeper["document_id"]}),
        (422, "unknown_reference", "appraiser_id", appraiser, own | {"appraiser_id": str(pending.id)}),
        (422, "unknown_reference", "result_id", stranger, own),
        (422, "not_an_appraiser", "appraiser_id", keeper, of_keeper | {"appraiser_id": str(stranger.id)}),
        (409, "organisation_not_verified", "appraiser_id", keeper, of_keeper | {"appraiser_id": str(pending.id)}),
    ]


async def test_a_wrong_report_writes_nothing(world: World, keeper: Party, appraiser: Party) -> None:
    for status, code, field, caller, body in await _bad(world, keeper, appraiser):
        problem = await world.api.refused(status, code, "POST", PATH, caller, json=body)
        assert problem["errors"][0]["field"] == field, (code, field)
    assert (await count(world), await count(world, "attachments")) == (0, 0)


async def test_a_number_is_the_appraisers_own_and_free_again_after_a_refusal(
    world: World, keeper: Party, appraiser: Party
) -> None:
    first = await submitted_report(world, keeper, appraiser)
    result = await recorded_result(world, keeper)
    body = await report_body(world, appraiser, result, appraiser)
    problem = await world.api.refused(409, "appraisal_number_used", "POST", PATH, appraiser, json=body)
    assert problem["errors"][0]["field"] == "number"
    await submitted_report(world, keeper)
    review = f"{PATH}/{first['id']}/review"
    problem = await world.api.refused(
        422, "appraisal_reason_needed", "POST", review, world.operator, json={"decision": "refused"}
    )
    assert problem["errors"][0]["field"] == "reason"
    refused = await world.api.ok("POST", review, world.operator, json={"decision": "refused", "reason": "缺签章"})
    assert refused["review_reason"] == "缺签章"
    await world.api.ok("POST", PATH, appraiser, json=body)


async def test_an_owner_and_its_related_parties_do_not_appraise(world: World, appraiser: Party) -> None:
    keeper = await world.university()
    relation = {
        "first_id": str(keeper.id),
        "second_id": str(appraiser.id),
        "kind": "shareholding",
        "detail": "示例",
        "source": "示例",
    }
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=relation)
    body = await report_body(world, appraiser, await recorded_result(world, keeper), appraiser)
    await world.api.refused(422, "appraiser_not_independent", "POST", PATH, appraiser, json=body)
    own = await report_body(world, appraiser, await recorded_result(world, appraiser), appraiser, number="示例 2")
    await world.api.refused(422, "appraiser_not_independent", "POST", PATH, appraiser, json=own)
    assert await count(world) == 0


async def test_an_operator_does_not_review_for_their_own_organisation(world: World, keeper: Party) -> None:
    report = await submitted_report(world, keeper)
    async with world.database.transaction() as session:
        session.add(
            Membership(person_id=world.operator.person_id, organisation_id=keeper.organisation_id, role=Role.MEMBER)
        )
    body = {"decision": "accepted"}
    path = f"{PATH}/{report['id']}/review"
    await world.api.refused(403, "appraisal_conflict_of_interest", "POST", path, world.operator, json=body)


async def test_a_price_rests_on_ninety_per_cent_of_an_accepted_report(world: World, keeper: Party) -> None:
    submitted = await submitted_report(world, keeper)
    day = await today(world)
    await price_refused(world, "appraisal_not_accepted", submitted, "1000000.00", day)
    report = await accepted_report(world, keeper)
    floor = await priced(world, report, "900000.00", day, result_id=UUID(report["result_id"]))
    assert (floor.floor, floor.lowest_price) == (Decimal("900000.00"), Decimal("900000.00"))
    problem = await price_refused(world, "price_below_floor", report, "899900.00", day)
    assert "900000.00" in problem["detail"]
    assert "900000.00" in problem["remedy"]
    assert problem["rule"]["article"] == "21"
    await price_refused(world, "unknown_reference", report, "1000000.00", day, result_id=UUID(submitted["result_id"]))
    await price_refused(world, "unknown_reference", {"id": str(UUID(int=7))}, "1000000.00", day)


async def test_an_expired_report_carries_no_price(world: World, keeper: Party) -> None:
    base = await today(world) - timedelta(days=200)
    report = await accepted_report(world, keeper, base_date=base.isoformat())
    last = date.fromisoformat(report["valid_to"])
    await priced(world, report, "1000000.00", last)
    problem = await price_refused(world, "appraisal_expired", report, "1000000.00", last + timedelta(days=1))
    assert report["valid_to"] in problem["detail"]
    await move_clock_to(world, datetime.combine(last, time(23, 50), WUHAN_TIME))
    assert (await world.api.ok("GET", f"{PATH}/{report['id']}", keeper))["expired"] is False
    await move_clock_to(world, datetime.combine(last + timedelta(days=1), time.min, WUHAN_TIME))
    shown = await world.api.ok("GET", f"{PATH}/{report['id']}", keeper)
    assert (shown["expired"], shown["status"]) == (True, "accepted")


async def test_a_re_approval_lets_a_lower_price_pass_and_no_lower_one(world: World, keeper: Party) -> None:
    report, day = await accepted_report(world, keeper), await today(world)
    await price_refused(world, "price_below_floor", report, "700000.00", day)
    shown = await reapproved(world, report, keeper, "700000.00")
    assert shown["price_floor"]["lowest_price"] == "700000.00"
    (given,) = shown["reapprovals"]
    assert (given["approved_by"], given["lowest_price"]) == ("示例主管部门", "700000.00")
    assert len(given["document"]["sha256"]) == 64
    assert (await priced(world, report, "700000.00", day)).lowest_price == Decimal("700000.00")
    await price_refused(world, "price_below_floor", report, "699999.99", day)
    async with world.database.reading() as session:
        rows = await session.execute(text("SELECT payload FROM events WHERE type = 'appraisal.reapproved'"))
        (payload,) = rows.scalars()
    assert payload["lowest_price"] == "700000.00"


async def test_who_records_a_re_approval_and_when(world: World, keeper: Party, appraiser: Party) -> None:
    report = await accepted_report(world, keeper, appraiser)
    path = f"{PATH}/{report['id']}/reapprovals"
    api, member, stranger = world.api, await world.colleague(keeper), await world.enterprise()
    tomorrow = (await today(world) + timedelta(days=1)).isoformat()
    earlier = (await today(world) - timedelta(days=1)).isoformat()
    good = await reapproval_body(world, keeper, "800000.00")
    await api.refused(403, "forbidden", "POST", path, member, json=good)
    await api.refused(403, "appraisal_owner_only", "POST", path, appraiser, json=good)
    await api.refused(404, "not_found", "POST", path, stranger, json=good)
    for code, status, change in (
        ("reapproval_not_needed", 422, {"lowest_price": "900000.00"}),
        ("appraisal_date_in_future", 422, {"approved_on": tomorrow}),
        ("appraisal_expired", 409, {"approved_on": earlier}),
        ("unknown_reference", 422, {"document_id": report["document"]["id"]}),
        ("invalid_input", 422, {"lowest_price": "-1.00"}),
    ):
        await api.refused(status, code, "POST", path, keeper, json=good | change)
    waiting = await submitted_report(world, keeper)
    await api.refused(409, "appraisal_not_accepted", "POST", f"{PATH}/{waiting['id']}/reapprovals", keeper, json=good)
    assert await count(world, "appraisal_reapprovals") == 0
    await api.ok("POST", path, world.operator, json=good)
    assert await count(world, "appraisal_reapprovals") == 1
