"""C9: two operators void what a stolen key or a suspended organisation bid; the log says so, and replays without it."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import wiring
from app.core.deadlines import run_due
from app.core.history.events import Event
from app.core.history.state import check_state
from app.pricing.auction.proof.transcript import Report, verify_transcript
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.pricing.auction.test_auction_api import transcript
from tests.support.world import Party, World

Json = dict[str, Any]


async def _stolen(world: World, party: Party) -> tuple[Json, Party]:
    made = await world.api.ok("POST", "/v1/api-keys", party, json={"name": "k", "scopes": ["auctions:*"]})
    return made, Party(party.name, party.id, UUID(made["person_id"]), made["secret"])


async def _incident(world: World, key: Json, by: Party) -> None:
    await world.api.ok("POST", f"/v1/api-keys/{key['id']}/incident", by, json={"reason": "示例"})
    await run_due(world.database)


async def _suspended(world: World, party: Party) -> None:
    body = {"verification": "suspended", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{party.id}/verification", world.operator, json=body)
    await run_due(world.database)


async def _voided(scene: Scene, second: Party, ground: str, *seqs: int) -> Json:
    path, world = f"{scene.path}/voidings", scene.world
    body = {"seqs": list(seqs), "ground": ground, "reason": "示例理由"}
    asked = await world.api.ok("POST", path, world.operator, json=body)
    assert (asked["confirmed_by"], (await scene.shown())["status"]) == (None, "suspended")
    await world.api.refused(409, "second_person_needed", "POST", f"{path}/{asked['id']}/confirmation", world.operator)
    done: Json = await world.api.ok("POST", f"{path}/{asked['id']}/confirmation", second)
    await world.api.refused(409, "nothing_to_confirm", "POST", f"{path}/{asked['id']}/confirmation", second)
    return done


async def _checked(scene: Scene, *receipts: Json) -> Report:
    """The transcript replays, and the auction's row is what its log says."""
    async with scene.world.database.reading() as session:
        assert (await check_state(session, wiring.tables(), lambda _: None)).named == []
    report = verify_transcript(await transcript(scene), receipts)
    assert report.problems == []
    return report


async def test_c9_what_a_stolen_key_bid_is_voided_and_the_auction_goes_on_without_it(fresh_world: World) -> None:
    world = fresh_world
    second = await world.second_operator()
    scene = await factory.running(world)
    honest, robbed = scene.bidders
    key, thief = await _stolen(world, robbed)
    first = await scene.accepted(honest, "100000.00", maximum="150000.00")
    own = await scene.accepted(robbed, "110000.00")
    false = await scene.accepted(thief, "180000.00", maximum="900000.00")
    assert (false["leading"], false["price"]) == (True, "180000.00")
    await _incident(world, key, robbed)
    stopped = await scene.shown()
    assert (stopped["status"], "核查" in stopped["reason"]) == ("suspended", True)
    path = f"{scene.path}/voidings"
    body = {"seqs": [own["seq"]], "ground": "key_stolen", "reason": "示例"}
    await world.api.refused(409, "void_without_ground", "POST", path, world.operator, json=body)
    wrong = body | {"seqs": [false["seq"]], "ground": "organisation_stopped"}
    await world.api.refused(409, "void_without_ground", "POST", path, world.operator, json=wrong)
    for seqs in ([1], [first["seq"], false["seq"]], [9_999]):
        refused = body | {"seqs": seqs}
        await world.api.refused(422, "no_standing_bid", "POST", path, world.operator, json=refused)
    done = await _voided(scene, second, "key_stolen", false["seq"])
    assert (done["confirmed_by"], done["asked_by"]) == (str(second.person_id), str(world.operator.person_id))
    shown = await scene.shown()
    assert (shown["status"], shown["price"], shown["accepted"]) == ("suspended", "111000.00", 2)
    await world.api.refused(422, "no_standing_bid", "POST", path, world.operator, json=body | {"seqs": [false["seq"]]})

    # Told to everybody by paddle, with the reason; who decided, to operator and auditor.
    async with world.database.reading() as session:
        told = (await session.execute(select(Event).where(Event.type == "auction.bids_voided"))).scalar_one()
    assert (told.payload["voids"], told.payload["reason"]) == ([false["seq"]], "示例理由")
    assert told.actor_person_id == second.person_id
    (listed,) = (await world.api.ok("GET", path, world.auditor))["items"]
    assert listed == done
    await world.api.refused(403, "forbidden", "GET", path, scene.seller)

    # The limit of the honest leader is back, and binds.
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    raised = await scene.accepted(robbed, "120000.00")
    assert (raised["leading"], raised["price"]) == (False, "121000.00")
    ended = await scene.end()
    assert (ended["status"], ended["ending"], ended["price"]) == ("closed", "sold", "121000.00")
    report = await _checked(scene, false["receipt"], first["receipt"])
    assert list(report.voided) == [false["seq"]]
    assert "key_stolen: 示例理由" in report.voided[false["seq"]]


async def test_c9_a_suspended_leader_is_voided_and_the_next_limit_leads(fresh_world: World) -> None:
    world = fresh_world
    second = await world.second_operator()
    scene = await factory.running(world)
    other, leader = scene.bidders
    await scene.accepted(other, "100000.00")
    bid = await scene.accepted(leader, "130000.00")
    await _suspended(world, leader)
    await _voided(scene, second, "organisation_stopped", bid["seq"])
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    ended = await scene.end()
    assert (ended["ending"], ended["price"]) == ("sold", "100000.00")
    await _checked(scene, bid["receipt"])


@pytest.mark.parametrize("form", ["sealed", "dutch", "english"])
async def test_c9_with_its_one_bidder_voided_an_auction_of_each_form_ends_unsold(fresh_world: World, form: str) -> None:
    world = fresh_world
    second = await world.second_operator()
    body = await {"sealed": factory.sealed_body, "dutch": factory.dutch_body, "english": factory.auction_body}[form](
        world
    )
    scene = await factory.running(world, 1, body)
    (bidder,) = scene.bidders
    bid = await scene.accepted(bidder, "200000.00")
    await _suspended(world, bidder)
    if form == "sealed":
        await scene.end()  # nobody knew who led; it stops at its end
    assert (await scene.shown())["status"] == "suspended"
    await _voided(scene, second, "organisation_stopped", bid["seq"])
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    await run_due(world.database)
    ended = await scene.shown() if form == "sealed" else await scene.end()
    assert (ended["status"], ended["ending"], ended["winner"]) == ("closed", "no_bids", None)
    await _checked(scene, bid["receipt"])


async def test_c9_an_operator_who_lets_a_stolen_bid_stand_is_not_asked_again(world: World, scene: Scene) -> None:
    key, thief = await _stolen(world, scene.bidders[0])
    await scene.accepted(thief, "100000.00")
    await _incident(world, key, scene.bidders[0])
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    assert (await scene.end())["ending"] == "sold"
