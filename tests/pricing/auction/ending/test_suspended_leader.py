"""C9: an organisation that is suspended while it leads an auction does not win it unless the operator says so."""

import pytest
from sqlalchemy import select

from app.core.deadlines import run_due
from app.core.history.events import Event
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.world import Party, World


async def _finding(world: World, party: Party, verification: str) -> None:
    body = {"verification": verification, "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{party.id}/verification", world.operator, json=body)


async def _status(scene: Scene) -> tuple[str, str | None]:
    shown = await scene.shown(scene.world.operator)
    return shown["status"], shown["reason"]


@pytest.mark.parametrize("finding", ["suspended", "refused"])
async def test_c9_a_suspension_stops_what_the_organisation_leads(world: World, scene: Scene, finding: str) -> None:
    leader, _ = scene.bidders
    await scene.accepted(leader, "100000.00")
    await _finding(world, leader, finding)
    await run_due(world.database)
    status, reason = await _status(scene)
    assert status == "suspended"
    assert reason is not None
    assert leader.name not in reason
    async with world.database.reading() as session:
        told = select(Event.payload).where(Event.type == "auction.leader_suspended")
        (payload,) = (await session.execute(told)).scalars()
    assert payload["organisation_id"] == str(leader.id)
    # The operator goes on: the others bid against it, and if nobody does, the bid binds.
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    ended = await scene.end()
    assert (ended["status"], ended["ending"]) == ("closed", "sold")


async def test_c9_who_was_outbid_before_it_was_suspended_stops_nothing(world: World, scene: Scene) -> None:
    outbid, leader = scene.bidders
    await scene.accepted(outbid, "100000.00")
    await scene.accepted(leader, "110000.00")
    await _finding(world, outbid, "suspended")
    await run_due(world.database)
    assert (await _status(scene))[0] == "announced"
    assert (await scene.end())["ending"] == "sold"


async def test_c9_sealed_bids_of_a_suspended_winner_wait_for_the_operator_too(world: World) -> None:
    scene = await factory.running(world, body=await factory.sealed_body(world))
    winner, _ = scene.bidders
    await scene.accepted(winner, "900000.00")
    await _finding(world, winner, "suspended")
    await run_due(world.database)
    assert (await _status(scene))[0] == "announced", "nobody knows yet who leads"
    assert (await scene.end())["status"] == "suspended"
    await _finding(world, winner, "verified")
    await world.api.ok("POST", f"{scene.path}/resumption", world.operator)
    await run_due(world.database)
    assert (await _status(scene))[0] == "closed"
