"""A1, A3: JSON is read as RFC 8259 has it, by the router and by the door of bids; no amount breaks what it leads to."""

import json

import pytest

from app.core.schemas import LARGEST_AMOUNT
from tests.pricing.auction.factory import Scene
from tests.support.world import World

HEADERS = {"Content-Type": "application/json"}
BODIES = {
    "a member twice": b'{"name": "a", "amount": "1.00", "amount": "1.00", "name": "b"}',
    "a member twice further in": b'{"a": [{"b": 1, "b": 1}]}',
    "NaN": b'{"amount": NaN, "name": NaN}',
    "minus infinity": b'{"amount": -Infinity, "name": -Infinity}',
    "half a pair": b'{"amount": "\\ud800", "name": "\\ud800"}',
    "half a pair as a member": b'{"\\uDFFF": 1}',
    "UTF-16": '{"amount": "1.00", "name": "a"}'.encode("utf-16"),
    "GBK": '{"name": "武汉"}'.encode("gbk"),
    "a byte order mark": b'\xef\xbb\xbf{"amount": "1.00", "name": "a"}',
    "too deep": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number of 5000 digits": b'{"amount": ' + b"9" * 5000 + b', "name": ' + b"9" * 5000 + b"}",
    "two values": b'{"name": "a"} {}',
    "single quotes": b"{'name': 'a'}",
}


async def test_a3_json_that_is_none_is_a_400_everywhere(world: World, scene: Scene) -> None:
    for what, content in BODIES.items():
        for path, caller in (("/v1/organisations", world.operator), (f"{scene.path}/bids", scene.bidders[0])):
            answer = await world.api.post(path, caller, content=content, headers=HEADERS)
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), (what, path, answer.text)


async def test_a3_a_pair_of_surrogates_is_one_character(world: World) -> None:
    body = json.dumps({
        "name": "\U00020bb7野家", "kind": "enterprise", "state_founded": False, "division_code": "420111",
        "resident_since": "2020-01-01",
    })  # fmt: skip
    assert "\\ud842\\udfb7" in body
    answer = await world.api.post("/v1/organisations", world.operator, content=body.encode(), headers=HEADERS)
    assert answer.json()["name"] == "\U00020bb7野家", answer.text


@pytest.mark.parametrize("amount", [f"{LARGEST_AMOUNT}", "9999999999999999.99", "10000000000000.00"])
async def test_a1_no_bid_breaks_what_comes_after_it(world: World, scene: Scene, amount: str) -> None:
    answer = await scene.bid(scene.bidders[0], amount)
    assert answer.status_code == (201 if amount == f"{LARGEST_AMOUNT}" else 422)
    for path in (scene.path, f"{scene.path}/live", f"{scene.path}/entries"):
        assert (await world.api.get(path)).status_code == 200
