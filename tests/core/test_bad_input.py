"""Bad input: a 4xx problem document with a stable code, the field, and what would pass; nothing is written."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.web.lists import bound_to
from tests.market.deals.factory import recorded_body
from tests.support.world import World

GOOD = {
    "name": "示例企业",
    "kind": "enterprise",
    "state_founded": False,
    "division_code": "420111",
    "resident_since": "2020-01-01",
}


async def _organisations(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(text("SELECT count(*) FROM organisations"))).scalar_one()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"surprise": 1}, "surprise", "unknown_field"),
        ({"name": ""}, "name", "too_short"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": "a\x00b"}, "name", "hidden_character"),
        ({"name": 7}, "name", "not_a_string"),
        ({"kind": "guild"}, "kind", "not_one_of"),
        ({"division_code": "4201"}, "division_code", "wrong_pattern"),
        ({"resident_since": "2020-02-30"}, "resident_since", "not_a_date"),
        ({"state_founded": "perhaps"}, "state_founded", "not_a_boolean"),
        ({"name": None}, "name", "not_a_string"),
    ],
)
async def test_a_wrong_field_is_named(
    world: World, database: Database, change: dict[str, Any], field: str, code: str
) -> None:
    before = await _organisations(database)
    problem = await world.api.refused(
        422, "invalid_input", "POST", "/v1/organisations", world.operator, json=GOOD | change
    )
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [(field, code)]
    assert await _organisations(database) == before


async def test_reasons_come_in_chinese_when_asked(world: World) -> None:
    problem = await world.api.refused(
        422,
        "invalid_input",
        "POST",
        "/v1/organisations",
        world.operator,
        json={"surprise": 1},
        headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"},
    )
    reasons = {e["field"]: e["reason"] for e in problem["errors"]}
    assert reasons["surprise"] == "没有这个字段"
    assert reasons["name"] == "缺少此字段"
    assert problem["title"] == "输入有误"


async def test_broken_json(world: World) -> None:
    headers = {"Content-Type": "application/json"}
    problem = await world.api.refused(
        400, "malformed_json", "POST", "/v1/organisations", world.operator, content=b'{"name": ', headers=headers
    )
    assert "byte" in problem["detail"]


async def test_a_body_that_is_not_json(world: World) -> None:
    headers = {"Content-Type": "text/plain"}
    await world.api.refused(
        415, "unsupported_media_type", "POST", "/v1/organisations", world.operator, content=b"x", headers=headers
    )


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_of_20_mb(world: World, announced: bool) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 2**20

    content: Any = b" " * (20 * 2**20) if announced else chunks()
    headers = {"Content-Type": "application/json"}
    problem = await world.api.refused(
        413, "body_too_large", "POST", "/v1/organisations", world.operator, content=content, headers=headers
    )
    assert "1048576" in problem["remedy"]


async def test_a_cursor_of_another_list(world: World) -> None:
    for cursor in ("nonsense", "WyIiXQ", "bnVsbA=="):
        await world.api.refused(400, "cursor_invalid", "GET", f"/v1/organisations?cursor={cursor}")


async def test_an_unknown_address_and_a_wrong_method(world: World) -> None:
    await world.api.refused(404, "not_found", "GET", "/v1/nothing")
    response = await world.api.send("PUT", "/v1/organisations")
    assert response.status_code == 405
    assert response.headers["allow"]


async def test_if_match_is_needed_and_checked(world: World) -> None:
    enterprise = await world.enterprise()
    path = f"/v1/organisations/{enterprise.id}/divisions"
    body = {"division_code": "420102", "valid_from": "2026-01-01"}
    await world.api.refused(428, "precondition_required", "POST", path, world.operator, json=body)
    stale = await world.api.refused(
        412, "precondition_failed", "POST", path, world.operator, json=body, headers={"If-Match": '"99"'}
    )
    assert stale["errors"][0]["field"] == "If-Match"
    etag = (await world.api.get(f"/v1/organisations/{enterprise.id}")).headers["etag"]
    moved = await world.api.ok("POST", path, world.operator, json=body, headers={"If-Match": etag})
    assert [d["valid_to"] for d in moved["divisions"]] == ["2025-12-31", None]


@pytest.mark.parametrize("price", ["1_000", "1e3", "１０００", "+5", "-0", " 1 000", "0x10", "Infinity", ".5", "5."])
async def test_money_is_written_in_digits(world: World, price: str) -> None:
    """`Decimal` reads more than the documented pattern; what it reads otherwise is no price."""
    body = await recorded_body(world, await world.university(), await world.enterprise(), price=price)
    problem = await world.api.refused(422, "invalid_input", "POST", "/v1/deals/recorded", world.operator, json=body)
    assert [error["field"] for error in problem["errors"]] == ["price"]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31"])
async def test_days_out_of_reach_are_refused(world: World, day: str) -> None:
    body = await recorded_body(world, await world.university(), await world.enterprise(), agreed_on=day)
    response = await world.api.post("/v1/deals/recorded", world.operator, json=body)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "agreed_on")


@pytest.mark.parametrize(
    ("path", "sort", "values"),
    [
        ("/v1/organisations", "name", ["\ud800", str(uuid4())]),
        ("/v1/organisations", "name", ["a\x00", str(uuid4())]),
        ("/v1/listings", "-published_at", ["0001-01-01T00:00:00+14:00", str(uuid4())]),
        ("/v1/listings", "-published_at", ["2026-01-01T00:00:00", str(uuid4())]),
        ("/v1/listings", "-published_at", ["9999-12-31T23:59:59-14:00", str(uuid4())]),
        ("/v1/deals", "-id", ["0" * 300]),
        ("/v1/registrations", "decision_due_on", ["9999-12-31", "x"]),
        ("/v1/events", "", [str(2**63), "0"]),
    ],
)
async def test_a_forged_cursor_is_refused(world: World, path: str, sort: str, values: list[str]) -> None:
    bound = bound_to(path, (), sort) if sort else ""
    cursor = base64.urlsafe_b64encode(json.dumps([bound, *values]).encode()).decode()
    response = await world.api.get(path, world.registrar, params={"cursor": cursor})
    assert response.status_code == 400, response.text


async def test_an_id_is_read_in_the_one_form_in_which_it_is_answered(world: World) -> None:
    party = await world.enterprise()
    known = str(party.id)
    for written in (f"{{{known}}}", f"urn:uuid:{known}", known.replace("-", ""), f"A{known[1:]}", f"{known[:-1]}g"):
        for method, path in (("GET", f"/v1/organisations/{written}"), ("POST", f"/v1/auctions/{written}/bids")):
            problem = await world.api.refused(422, "invalid_input", method, path, party, json={"amount": "1.00"})
            assert problem["errors"][0]["code"] == "not_a_uuid"
    path = "/v1/deals?listing_id="
    await world.api.refused(422, "invalid_input", "GET", f"{path}{{{known}}}", party)
    assert (await world.api.ok("GET", f"{path}{known.upper()}", party))["items"] == []
