"""What everybody reads of listings: the sealed bytes, the live envelope, the list, and what stays hidden."""

import hashlib
import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import draft_listing, published_listing, submitted_listing
from tests.support.served import ROOT
from tests.support.world import Party, World


@cache
def _exported() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    return document


def conforms(schema: str, document: Any) -> None:
    """The bytes are held to the exported schema, for no model made them; a key the schema does not know fails too."""
    exported = deepcopy(_exported())
    for known in exported["components"]["schemas"].values():
        if known.get("type") == "object":
            known.setdefault("additionalProperties", False)
    root = {"$ref": f"#/components/schemas/{schema}", "components": exported["components"]}
    errors = [error.message for error in Draft202012Validator(root).iter_errors(document)]
    assert not errors, errors


async def test_the_public_reads_the_sealed_bytes(world: World) -> None:
    seller, agency = await world.institution(), await world.agency()
    made = await published_listing(world, seller, agency_id=str(agency.id))
    answer = await world.api.get(f"/v1/listings/{made['id']}")
    shown = answer.json()
    conforms("ListingOut", shown)
    assert "working_copy" not in shown
    assert shown["published"] == made["published"]
    sealed = rfc8785.dumps(shown["published"])
    assert b'"published":' + sealed in answer.content
    assert hashlib.sha256(sealed).hexdigest() == shown["sha256"]
    assert shown["published"]["seller"]["id"] == str(seller.id)
    assert shown["published"]["agency"]["name"] == agency.name
    assert shown["closes_at"].endswith("T16:00:00Z")
    assert shown["server_time"].endswith("Z")
    version = await world.api.get(f"/v1/listings/{made['id']}/versions/1")
    assert version.content == sealed
    assert version.headers["etag"] == f'"{shown["sha256"]}"'
    conforms("PublishedListing", version.json())
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{made['id']}/versions/2")


async def test_seller_agency_and_staff_read_the_working_copy(world: World) -> None:
    seller, agency, stranger = await world.institution(), await world.agency(), await world.enterprise()
    made = await published_listing(world, seller, agency_id=str(agency.id))
    path = f"/v1/listings/{made['id']}"
    for reader in (seller, agency, world.operator, world.auditor):
        full = await world.api.get(path, reader)
        conforms("ListingOut", full.json())
        assert full.json()["working_copy"]["terms"] == "示例条款"
        assert full.json()["sha256"] == made["sha256"]
        assert full.headers["vary"] == "Accept-Encoding, Accept-Language, Authorization"
    public, foreign = (await world.api.get(path)).json(), (await world.api.get(path, stranger)).json()
    assert public.keys() == foreign.keys()
    assert "working_copy" not in foreign


async def test_drafts_are_hidden(world: World) -> None:
    seller, agency, stranger = await world.institution(), await world.agency(), await world.enterprise()
    draft = await draft_listing(world, seller, agency_id=str(agency.id))
    submitted = await submitted_listing(world, seller)
    for listing in (draft, submitted):
        for path in ("", "/questions", "/documents", "/versions/1"):
            for caller in (None, stranger):
                await world.api.refused(404, "not_found", "GET", f"/v1/listings/{listing['id']}{path}", caller)
        assert (await world.api.get(f"/v1/listings/{listing['id']}", seller)).status_code == 200
        assert (await world.api.get(f"/v1/listings/{listing['id']}", world.operator)).status_code == 200
    assert (await world.api.get(f"/v1/listings/{draft['id']}", agency)).status_code == 200
    await world.api.refused(404, "not_found", "GET", f"/v1/listings/{submitted['id']}", agency)
    page = await world.api.ok("GET", "/v1/listings")
    assert {draft["id"], submitted["id"]}.isdisjoint(item["id"] for item in page["items"])
    conforms("ListingPage", page)
    assert page["next_cursor"] is None


async def test_what_is_current_is_not_sent_again(world: World) -> None:
    seller = await world.institution()
    made = await published_listing(world, seller)
    path = f"/v1/listings/{made['id']}"
    tag = (await world.api.get(path)).headers["etag"]
    current = await world.api.get(path, headers={"If-None-Match": tag})
    assert (current.status_code, current.content, current.headers["etag"]) == (304, b"", tag)
    await world.api.ok("POST", f"{path}/suspension", seller, json={"reason": "示例"})
    changed = await world.api.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["status"]) == (200, "suspended")
    assert "reason" not in changed.text


async def test_the_list_pages_newest_first_without_gaps(world: World) -> None:
    seller = await world.institution()
    made = [(await published_listing(world, seller))["id"] for _ in range(5)]
    own = {"seller_id": str(seller.id), "limit": 2}
    seen: list[str] = []
    cursor = None
    for size in (2, 2, 1):
        page = await world.api.ok("GET", "/v1/listings", params=own | ({"cursor": cursor} if cursor else {}))
        conforms("ListingPage", page)
        assert len(page["items"]) == size
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == made[::-1]


async def test_the_filters_of_the_list(world: World) -> None:
    seller = await world.institution()
    cheap = await published_listing(world, seller, asking_price="10.00", transfer_mode="ordinary_licence")
    result = await recorded_result(world, seller, technical_field="agriculture")
    dear = await published_listing(world, seller, asking_price="20000.00", result_id=result["id"])
    await world.api.ok("POST", f"/v1/listings/{dear['id']}/suspension", seller, json={"reason": "示例"})

    async def found(**wanted: str) -> list[str]:
        page = await world.api.ok("GET", "/v1/listings", params={"seller_id": str(seller.id)} | wanted)
        return [item["id"] for item in page["items"]]

    assert await found() == [cheap["id"]]
    assert await found(status="suspended") == [dear["id"]]
    assert await found(status="suspended", technical_field="agriculture") == [dear["id"]]
    assert await found(status="suspended", technical_field="nuclear") == []
    assert await found(transfer_mode="ordinary_licence") == [cheap["id"]]
    assert await found(transfer_mode="assignment") == []
    assert await found(price_min="10.00", price_max="10.00") == [cheap["id"]]
    assert await found(price_min="10.01") == []
    assert await found(price_max="9.99") == []
    assert await found(seller_id=str(world.operator.person_id)) == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("status=draft", 422, "invalid_input"),
        ("status=withdrawn", 422, "invalid_input"),
        ("price_min=-1", 422, "invalid_input"),
        ("price_min=NaN", 422, "invalid_input"),
        ("limit=0", 422, "invalid_input"),
        ("limit=101", 422, "invalid_input"),
        ("seller_id=x", 422, "invalid_input"),
        ("cursor=abc", 400, "cursor_invalid"),
        ("cursor=WyIyMDI2LTAxLTAxIiwieCJd", 422, "cursor_of_another_list"),
    ],
)
async def test_a_bad_list_query_is_refused(world: World, query: str, status: int, code: str) -> None:
    await world.api.refused(status, code, "GET", f"/v1/listings?{query}")


async def test_own_lists_and_the_operators_desk(world: World) -> None:
    seller, agency, stranger = await world.institution(), await world.agency(), await world.enterprise()
    draft = await draft_listing(world, seller, agency_id=str(agency.id))
    waiting = await submitted_listing(world, seller)

    async def ids(path: str, caller: Any) -> set[str]:
        return {item["id"] for item in (await world.api.ok("GET", path, caller))["items"]}

    assert await ids("/v1/listings/mine", seller) == {draft["id"], waiting["id"]}
    assert await ids("/v1/listings/mine?status=draft", seller) == {draft["id"]}
    assert await ids("/v1/listings/mine", agency) == {draft["id"]}
    assert await ids("/v1/listings/mine", stranger) == set()
    assert await ids("/v1/listings/desk?status=submitted", world.operator) == {waiting["id"]}
    await world.api.refused(403, "forbidden", "GET", "/v1/listings/desk", seller)
    await world.api.refused(403, "forbidden", "GET", "/v1/listings/mine", world.operator)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/listings/mine")


async def test_a_key_that_is_not_valid_is_refused_even_on_a_public_read(world: World) -> None:
    made = await published_listing(world, await world.institution())
    for path in ("/v1/listings", f"/v1/listings/{made['id']}"):
        answer = await world.api.get(path, headers={"Authorization": "Bearer tx_nonsense"})
        assert answer.status_code == 401


async def test_the_feed_tells_who_acted_only_to_them_and_the_market(fresh_world: World) -> None:
    """Neither the buyer of a reserved listing nor the asker of a question; nor the request's id, which joins events."""
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    made = await published_listing(world, seller)
    asked = {"question": "示例问题"}
    await world.api.ok("POST", f"/v1/listings/{made['id']}/questions", buyer, json=asked)
    body = {"price": "1000000.00", "listing_version": 1}
    await world.api.ok("POST", f"/v1/listings/{made['id']}/purchase", buyer, json=body)

    async def named(reader: Party | None, type_: str) -> list[tuple[str | None, bool]]:
        feed = await world.api.ok("GET", "/v1/events", reader, params={"type": type_, "limit": 100})
        return [(item["actor_organisation_id"], item["request_id"] is not None) for item in feed["items"]]

    for stranger in (None, await world.enterprise()):
        assert await named(stranger, "listing.reserved") == [(None, False)]
        assert await named(stranger, "question.asked") == []
        assert await named(stranger, "deal.agreed") == []
    assert await named(seller, "question.asked") == [(None, False)]
    assert await named(seller, "deal.agreed") == [(None, False)]
    for reader in (buyer, world.auditor, world.operator):
        assert await named(reader, "listing.reserved") == [(str(buyer.id), True)]
        assert await named(reader, "question.asked") == [(str(buyer.id), True)]
    for item in (await world.api.ok("GET", "/v1/events"))["items"]:
        assert str(buyer.id) not in json.dumps(item)
