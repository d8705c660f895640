"""The life of a listing through the API: each step, each role, each refusal."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core.access import Role
from app.core.deadlines import run_due
from tests.catalogue.results.factory import recorded_result
from tests.market.deals.factory import purchase
from tests.market.listings.factory import (
    draft_listing,
    listing_body,
    move_clock_to,
    published_listing,
    submitted_listing,
    today,
)
from tests.support.world import Party, World

REASON = {"reason": "示例原因"}
STEPS = ["submission", "return", "publication", "suspension", "resumption", "withdrawal"]
ALLOWED = {
    "submission": {"seller"},
    "return": {"operator"},
    "publication": {"operator"},
    "suspension": {"seller", "operator"},
    "resumption": {"seller", "operator"},
    "withdrawal": {"seller"},
}


async def in_state_for(world: World, seller: Party, step: str, agency: Party) -> dict[str, Any]:
    """A listing from which the step is possible."""
    options = {"agency_id": str(agency.id)}
    if step == "submission":
        return await draft_listing(world, seller, **options)
    if step in ("return", "publication"):
        return await submitted_listing(world, seller, **options)
    listing = await published_listing(world, seller, **options)
    if step == "resumption":
        return await moved(world, seller, listing, "suspension")
    return listing


async def moved(world: World, caller: Party, listing: dict[str, Any], step: str) -> dict[str, Any]:
    body = REASON if step in ("return", "suspension") else None
    made: dict[str, Any] = await world.api.ok("POST", f"/v1/listings/{listing['id']}/{step}", caller, json=body)
    return made


@pytest.mark.parametrize("step", STEPS)
async def test_each_step_by_each_role(world: World, step: str) -> None:
    """Allowed, forbidden, or hidden: another organisation is told 404, not whose listing it is."""
    seller, agency = await world.institution(), await world.agency()
    callers = {
        "seller": seller,
        "operator": world.operator,
        "agency": agency,
        "stranger": await world.enterprise(),
        **{role: world.staff[role] for role in (Role.AUDITOR, Role.REGISTRAR, Role.AWARD_OFFICER)},
    }
    for name, caller in callers.items():
        listing = await in_state_for(world, seller, step, agency)
        path = f"/v1/listings/{listing['id']}"
        body = REASON if step in ("return", "suspension") else None
        answer = await world.api.post(f"{path}/{step}", caller, json=body)
        if name in ALLOWED[step]:
            assert answer.status_code == 200, answer.text
            assert answer.headers["etag"] == f'"{answer.json()["working_copy"]["revision"]}"'
            continue
        seller_step = "seller" in ALLOWED[step]
        assert answer.status_code == (404 if name in ("agency", "stranger") and seller_step else 403), (
            name,
            answer.text,
        )
        after = (await world.api.ok("GET", path, seller))["working_copy"]
        assert (after["status"], after["revision"]) == (
            listing["status"],
            listing["working_copy"]["revision"],
        )


async def test_a_listing_goes_from_draft_to_withdrawn(world: World) -> None:
    seller = await world.institution()
    listing = await draft_listing(world, seller)
    assert (listing["status"], listing["version"], listing["published"]) == ("draft", 0, None)
    listing = await moved(world, seller, listing, "submission")
    listing = await moved(world, world.operator, listing, "return")
    assert listing["working_copy"]["status_reason"] == "示例原因"
    listing = await moved(world, seller, listing, "submission")
    assert listing["working_copy"]["status_reason"] is None
    listing = await moved(world, world.operator, listing, "publication")
    assert (listing["status"], listing["version"]) == ("published", 1)
    listing = await moved(world, seller, listing, "suspension")
    assert listing["working_copy"]["suspended_by"] == "seller"
    listing = await moved(world, world.operator, listing, "resumption")
    assert (listing["status"], listing["version"]) == ("published", 1)
    listing = await moved(world, seller, listing, "withdrawal")
    assert listing["status"] == "withdrawn"
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}")


async def test_a_refused_step_says_the_state_and_what_is_possible(world: World) -> None:
    seller = await world.institution()
    listing = await published_listing(world, seller)
    problem = await world.api.refused(
        409, "listing_transition_refused", "POST", f"/v1/listings/{listing['id']}/submission", seller
    )
    assert problem["listing_status"] == "published"
    assert {"move": "withdrawal", "by": ["result", "seller"]} in problem["possible"]
    assert "withdrawal (result / seller)" in problem["remedy"]


async def test_the_seller_cannot_lift_the_operators_suspension(world: World) -> None:
    seller = await world.institution()
    listing = await published_listing(world, seller)
    path = f"/v1/listings/{listing['id']}"
    await moved(world, world.operator, listing, "suspension")
    await world.api.refused(409, "listing_transition_refused", "POST", f"{path}/resumption", seller)
    assert (await moved(world, world.operator, listing, "resumption"))["status"] == "published"


async def test_the_worker_lapses_a_listing_at_the_end_of_its_day(world: World) -> None:
    seller = await world.institution()
    listing = await published_listing(world, seller)
    suspended = await published_listing(world, seller)
    await moved(world, seller, suspended, "suspension")
    path = f"/v1/listings/{listing['id']}"
    closes_at = datetime.fromisoformat(listing["closes_at"])
    await move_clock_to(world, closes_at - timedelta(minutes=1))
    await run_due(world.database)
    assert (await world.api.ok("GET", path))["status"] == "published"
    await move_clock_to(world, closes_at)
    await world.api.refused(409, "listing_not_open", "POST", f"/v1/listings/{suspended['id']}/resumption", seller)
    await run_due(world.database)
    assert (await world.api.ok("GET", path))["status"] == "lapsed"
    assert (await world.api.ok("GET", f"/v1/listings/{suspended['id']}"))["status"] == "lapsed"


async def test_a_withdrawn_listing_does_not_lapse(world: World) -> None:
    seller = await world.institution()
    listing = await moved(world, seller, await published_listing(world, seller), "withdrawal")
    await move_clock_to(world, datetime.fromisoformat(listing["closes_at"]) + timedelta(days=1))
    await run_due(world.database)
    assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}", seller))["status"] == "withdrawn"


async def test_a_reserved_listing_is_neither_withdrawn_nor_lapsed(world: World) -> None:
    seller = await world.institution()
    listing = await published_listing(world, seller, closes_on=(await today(world) + timedelta(days=1)).isoformat())
    await purchase(world, await world.enterprise(), listing)
    path = f"/v1/listings/{listing['id']}"
    await world.api.refused(409, "listing_transition_refused", "POST", f"{path}/withdrawal", seller)
    await move_clock_to(world, datetime.fromisoformat(listing["closes_at"]))
    await run_due(world.database)
    assert (await world.api.ok("GET", path))["status"] == "reserved"


async def test_an_edit_names_the_revision_it_read(world: World) -> None:
    seller = await world.institution()
    draft = await draft_listing(world, seller)
    path = f"/v1/listings/{draft['id']}"
    change = {"title": "示例新题名", "asking_price": "900000.00"}
    await world.api.refused(428, "precondition_required", "PATCH", path, seller, json=change)
    await world.api.refused(412, "precondition_failed", "PATCH", path, seller, json=change, headers={"If-Match": '"9"'})
    edited = await world.api.ok("PATCH", path, seller, json=change, headers={"If-Match": '"1"'})
    assert (edited["working_copy"]["title"], edited["working_copy"]["asking_price"]) == ("示例新题名", "900000.00")
    assert (edited["working_copy"]["territory"], edited["working_copy"]["revision"]) == ("中国境内", 2)


async def test_a_published_listing_is_not_edited(world: World) -> None:
    seller = await world.institution()
    for listing in (await submitted_listing(world, seller), await published_listing(world, seller)):
        problem = await world.api.refused(
            409, "listing_not_editable", "PATCH", f"/v1/listings/{listing['id']}", seller,
            json={"title": "x"}, headers={"If-Match": "*"},
        )  # fmt: skip
        assert "Withdraw the listing" in problem["remedy"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"asking_price": "0"}, "invalid_input", "asking_price"),
        ({"asking_price": 100}, "invalid_input", "asking_price"),
        ({"asking_price": "1.005"}, "invalid_input", "asking_price"),
        ({"title": " "}, "invalid_input", "title"),
        ({"title": "\x00"}, "invalid_input", "title"),
        ({"surprise": 1}, "invalid_input", "surprise"),
        ({"allocation": None}, "allocation_misplaced", "allocation"),
        ({"pricing_mode": "auction"}, "allocation_misplaced", "allocation"),
        ({"closes_on": "2020-01-01"}, "closing_out_of_range", "closes_on"),
        ({"closes_on": "2090-01-01"}, "closing_out_of_range", "closes_on"),
        ({"agency_id": "01890000-0000-7000-8000-000000000000"}, "unknown_reference", "agency_id"),
    ],
)
async def test_a_bad_draft_is_refused_and_not_written(
    world: World, change: dict[str, Any], code: str, field: str
) -> None:
    seller = await world.institution()
    body = await listing_body(world, seller) | change
    problem = await world.api.refused(422, code, "POST", "/v1/listings", seller, json=body)
    assert problem["errors"][0]["field"] == field
    assert (await world.api.ok("GET", "/v1/listings/mine", seller))["items"] == []


async def test_only_ones_own_result_is_listed(world: World) -> None:
    seller, other = await world.institution(), await world.institution()
    foreign = await recorded_result(world, other)
    body = await listing_body(world, seller, result_id=foreign["id"])
    await world.api.refused(404, "not_found", "POST", "/v1/listings", seller, json=body)


async def test_the_agency_is_another_verified_agency(world: World) -> None:
    seller, enterprise = await world.institution(), await world.enterprise()
    body = await listing_body(world, seller, agency_id=str(enterprise.id))
    problem = await world.api.refused(422, "agency_refused", "POST", "/v1/listings", seller, json=body)
    assert problem["errors"][0]["field"] == "agency_id"


async def test_a_state_founded_seller_needs_a_competitive_mode(world: World) -> None:
    university = await world.university()
    draft = await draft_listing(world, university)
    path = f"/v1/listings/{draft['id']}"
    problem = await world.api.refused(409, "first_come_refused", "POST", f"{path}/submission", university)
    assert problem["rule"]["article"] == "18"
    assert "auction" in problem["remedy"]
    change = {"pricing_mode": "auction", "allocation": None}
    await world.api.ok("PATCH", path, university, json=change, headers={"If-Match": '"1"'})
    await moved(world, university, draft, "submission")
    assert (await moved(world, world.operator, draft, "publication"))["status"] == "published"


async def test_a_result_under_secrecy_is_refused_again_at_publication(world: World) -> None:
    seller = await world.institution()
    result = await recorded_result(world, seller)
    listing = await submitted_listing(world, seller, result_id=result["id"])
    await world.api.ok(
        "PATCH", f"/v1/results/{result['id']}", seller, json={"secrecy": "state_secret"}, headers={"If-Match": "*"}
    )
    path = f"/v1/listings/{listing['id']}"
    problem = await world.api.refused(409, "result_not_listable", "POST", f"{path}/publication", world.operator)
    assert problem["errors"]
    shown = await world.api.ok("GET", path, seller)
    assert (shown["status"], shown["version"]) == ("submitted", 0)


async def test_a_suspended_seller_is_refused_at_publication(world: World) -> None:
    seller = await world.institution()
    listing = await submitted_listing(world, seller)
    finding = {"verification": "suspended", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{seller.id}/verification", world.operator, json=finding)
    await world.api.refused(
        409, "organisation_not_verified", "POST", f"/v1/listings/{listing['id']}/publication", world.operator
    )


async def test_one_live_listing_a_result_save_ordinary_licences(world: World) -> None:
    seller = await world.institution()
    result = (await recorded_result(world, seller))["id"]
    first = await submitted_listing(world, seller, result_id=result, transfer_mode="exclusive_licence")
    second = await submitted_listing(world, seller, result_id=result, transfer_mode="assignment")
    await moved(world, world.operator, first, "publication")
    problem = await world.api.refused(
        409, "result_taken", "POST", f"/v1/listings/{second['id']}/publication", world.operator
    )
    assert first["working_copy"]["number"] in problem["remedy"]
    await moved(world, seller, first, "withdrawal")
    await moved(world, world.operator, second, "publication")
    ordinary = {"transfer_mode": "ordinary_licence", "result_id": (await recorded_result(world, seller))["id"]}
    await published_listing(world, seller, **ordinary)
    await published_listing(world, seller, **ordinary)
