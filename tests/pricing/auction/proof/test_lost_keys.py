"""Keys that are replaced or lost.

Old receipts hold under a new signing key. Under another sealing key no bid is taken that nobody could open, nothing
false is logged, and the operator has an auction to resume or to cancel, not a deadline that fails for ever.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.core import keys
from app.core.deadlines import run_due
from app.core.keys import Keys
from app.core.settings import Settings
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.pricing.auction import factory
from tests.pricing.auction.ending.test_winner import sold
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_api import checked, transcript
from tests.support.api import Api
from tests.support.applications import application
from tests.support.world import World


@contextmanager
def holding(other: Keys) -> Iterator[None]:
    """Whatever this process seals, opens or signs meanwhile, it does with other keys."""
    right = keys.current()
    keys._LOADED[:] = [other]
    try:
        yield
    finally:
        keys._LOADED[:] = [right]


def other_key() -> AbstractContextManager[None]:
    return holding(replace(keys.current(), sealing_key=bytes(32)))


@asynccontextmanager
async def process(settings: Settings, world: World, held: Keys) -> AsyncIterator[Api]:
    """An API process that holds other keys, from its start."""
    app, right = application(settings, world.database, "other keys"), keys.current()
    keys._LOADED[:] = [right]
    with holding(held):
        async with Api(app) as api:
            yield api


async def test_receipts_hold_when_the_signing_key_is_replaced_in_the_midst(
    settings: Settings, world: World, scene: Scene
) -> None:
    """Also those under a key in whose time nothing was announced."""
    receipts = [(await scene.accepted(scene.bidders[0], "100000.00"))["receipt"]]
    for number, amount in ((1, "101000.00"), (2, "102000.00")):
        async with process(settings, world, replace(keys.current(), signing_seed=bytes([number] * 32))) as api:
            answer = await api.post(f"{scene.path}/bids", scene.bidders[number % 2], json={"amount": amount})
            receipts.append(answer.json()["receipt"])
            file = await api.ok("GET", f"{scene.path}/transcript")
            checked(file, *receipts)
    listed = {key["key_id"] for key in (await world.api.ok("GET", "/v1/exchange-keys"))["items"]}
    assert {receipt["key_id"] for receipt in receipts} <= listed
    assert len({receipt["key_id"] for receipt in receipts}) == 3


async def sealed(world: World, **overrides: Any) -> Scene:
    scene = await factory.running(world, body=await factory.sealed_body(world, **overrides))
    await scene.accepted(scene.bidders[0], "120000.00")
    await scene.accepted(scene.bidders[1], "130000.00")
    return scene


async def pending(world: World) -> list[str]:
    async with world.database.reading() as session:
        found = await session.execute(
            text("SELECT kind FROM deadlines WHERE settled_at IS NULL AND due_at < techex_now()")
        )
        return [row.kind for row in found]


async def ascending(world: World) -> Scene:
    scene = await factory.running(world)
    await scene.accepted(scene.bidders[0], "100000.00", maximum="150000.00")
    return scene


@pytest.mark.parametrize("scene_of", [sealed, ascending])
async def test_an_auction_that_cannot_be_opened_stands_suspended(world: World, scene_of: Any) -> None:
    scene = await scene_of(world)
    with other_key():
        shown = await scene.end()
        assert (shown["status"], shown["ending"], shown["deal_id"]) == ("suspended", None, None)
        assert "exchange_keys_wrong" in shown["reason"]
        assert await pending(world) == []
        file = await transcript(scene)
        checked(file)
        assert {entry["content"]["kind"] for entry in file["entries"]}.isdisjoint({"revealed", "closed"})
        await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
        await run_due(world.database)
        assert (await scene.shown())["status"] == "suspended", "the key is still another one"
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    late = await scene.bid(scene.bidders[0], "900000.00")
    assert late.json()["code"] == "bid_too_late"
    await run_due(world.database)
    shown = await scene.shown()
    assert (shown["status"], shown["ending"]) == ("closed", "sold")
    checked(await transcript(scene))


async def test_one_whose_key_is_gone_for_good_is_called_off(world: World) -> None:
    scene = await sealed(world, reserve_price="125000.00")
    with other_key():
        await scene.end()
        assert (await scene.shown(scene.seller))["reserve_price"] is None
        await world.api.ok("POST", f"{scene.path}/cancellation", world.operator, json={"reason": "示例密钥遗失"})
        assert (await balances(world)).get("deposit_held") is None
        assert (await transcript(scene))["entries"][-1]["content"]["kind"] == "cancelled"
    async with world.database.reading() as session:
        told = text("SELECT payload ->> 'code' FROM events WHERE type = 'auction.closing_failed'")
        assert (await session.execute(told)).scalars().all() == ["exchange_keys_wrong"]


async def test_a_process_with_another_key_takes_no_bids(settings: Settings, world: World, app: FastAPI) -> None:
    scene = await factory.running(world, body=await factory.sealed_body(world))
    async with process(settings, world, replace(keys.current(), sealing_key=bytes(32))) as api:
        refused = await api.post(f"{scene.path}/bids", scene.bidders[0], json={"amount": "120000.00"})
        assert (refused.status_code, refused.json()["code"]) == (503, "exchange_keys_wrong")
    await scene.accepted(scene.bidders[0], "120000.00")


async def test_a_proposal_is_not_announced_under_another_key(world: World) -> None:
    seller = await world.institution()
    listing = await factory.auction_listing(world, seller)
    body = await factory.auction_body(world, reserve_price="200000.00")
    proposed = await factory.proposed_auction(world, seller, listing, body)
    path = f"/v1/auctions/{proposed['id']}"
    with other_key():
        await world.api.refused(503, "exchange_keys_wrong", "POST", f"{path}/announcement", world.operator)
        await world.api.ok("POST", f"{path}/cancellation", seller, json={"reason": "示例"})


async def test_a_deal_expires_although_the_next_bidder_cannot_be_found(world: World, scene: Scene) -> None:
    await scene.accepted(scene.bidders[1], "110000.00", maximum="120000.00")
    await scene.accepted(scene.bidders[0], "150000.00")
    shown = await scene.end()
    deal = await world.api.ok("GET", f"/v1/deals/{shown['deal_id']}", scene.seller)
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]) + timedelta(seconds=1))
    with other_key():
        while await run_due(world.database):
            pass
    after = await scene.shown()
    assert (after["deal_id"], after["offered_to"]) == (None, None)
    assert "exchange_keys_wrong" in after["reason"]
    checked(await transcript(scene))


async def test_a_winner_does_not_walk_away_unseen_while_the_keys_do_not_fit(world: World) -> None:
    scene, shown = await sold(world)
    path = f"/v1/deals/{shown['deal_id']}/cancellation"
    with other_key():
        await world.api.ok("POST", path, scene.bidders[0], json={"reason": "示例反悔"})
    assert (await scene.shown())["offered_to"] is not None, "no secret was needed"
