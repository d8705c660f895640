"""What an organisation is recognised as is a quality with days, besides its kind (A5)."""

import asyncio
from datetime import date, timedelta
from typing import Any

from app.identity.kinds import OrganisationKind, Verification
from app.run.migrations.upgrade import downgrade, upgrade
from tests.market.listings.factory import listing_body, today
from tests.support.world import Party, World

Json = dict[str, Any]
AGENCY = "technology_transfer_agency"


async def recognised(world: World, party: Party, begins: date, ends: date | None = None, **more: Any) -> Json:
    body = {"quality": AGENCY, "valid_from": begins.isoformat(), "source": "示例认定〔2026〕1号"} | more
    if ends is not None:
        body["valid_to"] = ends.isoformat()
    path = f"/v1/organisations/{party.id}/qualities"
    made: Json = await world.api.ok("POST", path, world.operator, json=body)
    return made


async def test_a5_a_university_is_mandated_and_employs_as_an_agency_on_its_days_and_on_no_other(world: World) -> None:
    day = await today(world)
    university, seller = await world.university(), await world.institution()
    body = await listing_body(world, seller) | {"agency_id": str(university.id)}
    await world.api.refused(422, "agency_refused", "POST", "/v1/listings", seller, json=body)
    made = await recognised(world, university, day - timedelta(days=30))
    await world.api.ok("POST", "/v1/listings", seller, json=body)

    broker = await world.broker(await world.agency())
    hired = f"/v1/brokers/{broker.broker_id}/employments"
    before = {"agency_id": str(university.id), "valid_from": "2010-01-01", "valid_to": "2011-01-01"}
    await world.api.refused(422, "not_an_agency", "POST", hired, world.operator, json=before)

    end = {"last_day": (day - timedelta(days=1)).isoformat(), "source": "示例撤销决定"}
    ended = await world.api.ok("POST", f"/v1/organisation-qualities/{made['id']}/end", world.operator, json=end)
    assert (ended["valid_to"], ended["end_source"]) == (end["last_day"], end["source"])
    await world.api.refused(422, "agency_refused", "POST", "/v1/listings", seller, json=body)
    (held,) = (await world.api.ok("GET", f"/v1/organisations/{university.id}"))["qualities"]
    assert (held["quality"], held["valid_to"]) == (AGENCY, end["last_day"])


async def test_a5_who_has_a_quality_on_a_day_is_a_public_list_that_keeps_its_recorder_to_staff(world: World) -> None:
    first, hidden = await world.enterprise(), await world.enterprise(verification=Verification.PENDING)
    made = await recognised(world, first, date(2024, 1, 1), date(2024, 12, 31), quality="pilot_platform")
    await recognised(world, hidden, date(2024, 1, 1), quality="pilot_platform")
    assert made["recorded_by"] == str(world.operator.person_id)
    path = "/v1/organisation-qualities?quality=pilot_platform"
    for asked, found in (("", 1), ("&on=2024-12-31", 1), ("&on=2025-01-01", 0), ("&on=2023-12-31", 0)):
        assert len((await world.api.ok("GET", path + asked))["items"]) == found, asked
    (shown,) = (await world.api.ok("GET", path))["items"]
    assert (shown["organisation_id"], shown["recorded_by"]) == (str(first.id), None)
    assert len((await world.api.ok("GET", path, world.auditor))["items"]) == 2


async def test_a5_a_wrong_quality_is_put_right_or_withdrawn_and_what_stood_there_is_kept(world: World) -> None:
    party = await world.enterprise()
    made = await recognised(world, party, date(2024, 1, 1), date(2024, 12, 31))
    path, why = f"/v1/organisation-qualities/{made['id']}/corrections", {"reason": "示例：证书编号有误"}
    later = {"quality": AGENCY, "valid_from": "2024-12-31", "source": "示例"}
    add = f"/v1/organisations/{party.id}/qualities"
    await world.api.refused(409, "quality_held", "POST", add, world.operator, json=later)
    fixed = await world.api.ok("POST", path, world.operator, json=why | {"valid_to": "2024-06-30", "source": "示例2号"})
    assert fixed["before"] == {"valid_to": "2024-12-31", "source": made["source"]}
    await world.api.ok("POST", add, world.operator, json=later)
    await world.api.refused(409, "quality_held", "POST", path, world.operator, json=why | {"valid_to": None})
    late = {"last_day": "2024-06-30", "source": "示例"}
    end = f"/v1/organisation-qualities/{made['id']}/end"
    await world.api.refused(409, "quality_ends", "POST", end, world.operator, json=late)
    gone = await world.api.ok("POST", path, world.operator, json=why | {"withdrawn": True})
    assert (gone["before"]["quality"], gone["before"]["valid_from"]) == (AGENCY, "2024-01-01")
    await world.api.refused(404, "not_found", "POST", path, world.operator, json=why | {"source": "示例3号"})
    seen = await world.api.ok("GET", f"/v1/corrections?subject_id={made['id']}", party)
    assert [row["reason"] for row in seen["items"]] == [why["reason"]] * 2


async def test_a5_the_approval_of_an_agency_makes_it_one_once(world: World) -> None:
    party = await world.party(OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY, verification=Verification.PENDING)
    (given,) = (await world.api.ok("GET", f"/v1/organisations/{party.id}", world.operator))["qualities"]
    why = {"withdrawn": True, "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisation-qualities/{given['id']}/corrections", world.operator, json=why)
    for _ in range(2):
        found = {"verification": "verified", "reason": "示例核验意见"}
        path = f"/v1/organisations/{party.id}/verification"
        shown = await world.api.ok("POST", path, world.operator, json=found)
        (held,) = shown["qualities"]
        assert (held["quality"], held["valid_from"]) == (AGENCY, (await today(world)).isoformat())


async def test_a5_who_was_an_agency_by_its_kind_is_one_from_the_day_of_its_approval(
    fresh_world: World, fresh_url: str
) -> None:
    world = fresh_world
    approved = await world.agency(verification=Verification.PENDING)
    waiting = await world.agency(verification=Verification.PENDING)
    found = {"verification": "verified", "reason": "示例核验意见"}
    await world.api.ok("POST", f"/v1/organisations/{approved.id}/verification", world.operator, json=found)
    await asyncio.to_thread(downgrade, fresh_url, "0032")
    await asyncio.to_thread(upgrade, fresh_url)
    for party, days in ((approved, [(await today(world)).isoformat()]), (waiting, [])):
        shown = await world.api.ok("GET", f"/v1/organisations/{party.id}", world.operator)
        assert [row["valid_from"] for row in shown["qualities"]] == days
