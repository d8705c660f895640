"""A bid is taken before the router: whoever sends it must not see the difference."""

import json
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message

from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.api import Api
from tests.support.served import ROOT
from tests.support.world import Party, World

Headers = list[tuple[bytes, bytes]]


async def sent(app: FastAPI, path: str, headers: Headers, *pieces: Message) -> list[Message]:
    """What the application answers to a request in pieces, on the bare protocol."""
    left, answer = list(pieces), []

    async def receive() -> Message:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        answer.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": headers,
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return answer


def piece(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def headers_of(party: Party) -> Headers:
    return [
        (b"content-type", b"application/json"),
        (b"authorization", f"Bearer {party.secret}".encode()),
        (b"idempotency-key", b"one"),
    ]


def json_of(answer: list[Message]) -> tuple[int, Any]:
    return answer[0]["status"], json.loads(b"".join(message.get("body", b"") for message in answer))


async def test_of_a_header_sent_twice_the_first_counts(app: FastAPI, world: World, scene: Scene) -> None:
    first, second = scene.bidders
    doubled = [*headers_of(first), (b"authorization", f"Bearer {second.secret}".encode()), (b"idempotency-key", b"two")]
    status, made = json_of(await sent(app, f"{scene.path}/bids", doubled, piece(b'{"amount":"100000.00"}')))
    own = await world.api.ok("GET", f"{scene.path}/bidders/own", first)
    assert (status, made["paddle"]) == (201, own["paddle"])
    again = await scene.bid(first, "100000.00", "one")
    assert again.status_code in {201, 422}
    assert (again.status_code == 422) == (again.json().get("code") == "idempotency_key_reused")
    other = await scene.bid(second, "101000.00", "one")
    assert (other.status_code, other.json()["paddle"] != made["paddle"]) == (201, True), "a key is its sender's own"


async def test_a_body_in_pieces(app: FastAPI, world: World, scene: Scene) -> None:
    pieces = [piece(b'{"amount":', more=True), piece(b'"100000.00"', more=True), piece(b"}")]
    status, _ = json_of(await sent(app, f"{scene.path}/bids", headers_of(scene.bidders[0]), *pieces))
    assert status == 201


@pytest.mark.parametrize("path", ["/v1/auctions/{id}/bids", "/v1/listings/{id}/questions"])
async def test_a_client_that_goes_away_in_the_middle_is_no_fault_of_ours(
    app: FastAPI, world: World, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults: list[str] = []
    monkeypatch.setattr("app.core.web.middleware.log.error", lambda event, **_: faults.append(event), raising=False)
    party = await world.enterprise()
    answer = await sent(app, path.format(id=uuid4()), headers_of(party), piece(b'{"amount"', more=True))
    assert (answer, faults) == ([], [])


async def test_an_address_that_is_none_is_named_as_everywhere(api: Api, world: World) -> None:
    """By the door, by the route behind it, and by a route of another command."""
    party, key = await world.enterprise(), {"Idempotency-Key": "one"}
    body = {"amount": "100000.00"}
    for path in (f"/v1/auctions/{'0' * 36}/bids", "/v1/auctions/none/bids", "/v1/auctions/none/bidders/own/withdrawal"):
        refused = await api.post(path, party, json=body, headers=key)
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"], error["code"]) == (422, "auction_id", "not_a_uuid"), path


def test_the_document_says_what_a_refused_bid_is_told() -> None:
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    responses = document["paths"]["/v1/auctions/{auction_id}/bids"]["post"]["responses"]
    for status in ("409", "422"):
        (content,) = responses[status]["content"].values()
        told = content["schema"]["allOf"][1]["properties"]
        assert {"seq", "minimum", "ends_at", "server_time", "receipt", "salt"} <= set(told)
    assert "Retry-After" in responses["503"]["headers"]
    assert "Idempotency-Replayed" in responses["201"]["headers"]


async def test_b10_a_refused_bid_leaves_its_key_for_another_amount_and_an_accepted_one_holds_it(
    world: World, scene: Scene
) -> None:
    bidder, rival = scene.bidders
    await scene.accepted(rival, "100000.00")
    low = await scene.bid(bidder, "100000.00", "k")
    again = await scene.bid(bidder, "100000.00", "k")
    assert (low.status_code, again.content) == (409, low.content)
    assert again.headers["idempotency-replayed"] == "true"
    right = await scene.bid(bidder, "101000.00", "k")
    assert right.status_code == 201
    for amount, expected in (("101000.00", right), ("100000.00", low)):
        retried = await scene.bid(bidder, amount, "k")
        assert (retried.status_code, retried.content) == (expected.status_code, expected.content)
    reused = await scene.bid(bidder, "109000.00", "k")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


async def test_b10_a_key_of_another_command_or_auction_brings_no_bid(world: World) -> None:
    scene, other = await factory.announced(world, bidders=1), await factory.announced(world, bidders=1)
    bidder = scene.bidders[0]
    await factory.admitted(world, other.id, bidder)
    await scene.begin()
    person = {"name": "示例", "organisation_id": str(bidder.id), "role": "member"}
    await world.api.ok("POST", "/v1/people", bidder, json=person, headers={"Idempotency-Key": "person"})
    assert (await other.bid(bidder, "100000.00", "bid")).status_code == 201
    for key in ("person", "bid"):
        refused = await scene.bid(bidder, "100000.00", key)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert (await scene.shown())["price"] is None
    for path, body in (("/v1/people", person | {"name": "示例二"}), (f"{scene.path}/bidders/own/withdrawal", None)):
        taken = {"Idempotency-Key": "bid"}
        await world.api.refused(422, "idempotency_key_reused", "POST", path, bidder, json=body, headers=taken)
    low = await other.bid(bidder, "1.00", "low")
    assert (low.status_code, low.json()["receipt"]["seq"] > 0) == (409, True)
    await world.api.ok(
        "POST", "/v1/people", bidder, json=person | {"name": "示例三"}, headers={"Idempotency-Key": "low"}
    )
    async with world.database.reading() as session:
        names = await session.execute(text("SELECT name FROM people WHERE name IN ('示例二', '示例三')"))
        assert list(names.scalars()) == ["示例三"]
