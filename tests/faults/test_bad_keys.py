"""Each bad state of a key at each place that authenticates (F3): what worked before is refused, wherever it is sent.

A place that has met a key before keeps something of it: the bid door knows its digest. So each key is used everywhere
once, then goes bad, and is sent again.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text

from tests.office.documents.factory import PDF
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.world import Party, World

Act = Callable[[World, dict[str, Any], Party], Awaitable[object]]


async def _expire(world: World, key: dict[str, Any], _: Party) -> None:
    """It ends at this very moment."""
    async with world.database.transaction() as session:
        await session.execute(text("UPDATE api_keys SET expires_at = techex_now() WHERE id = :id"), {"id": key["id"]})


async def _revoke(world: World, key: dict[str, Any], party: Party) -> None:
    await world.api.ok("DELETE", f"/v1/api-keys/{key['id']}", party)


async def _revoke_issuer(world: World, key: dict[str, Any], party: Party) -> None:
    await world.api.ok("DELETE", f"/v1/api-keys/{key['parent_id']}", party)


async def _suspend(world: World, _: dict[str, Any], party: Party) -> None:
    path, body = f"/v1/organisations/{party.id}/verification", {"verification": "suspended", "reason": "示例"}
    await world.api.ok("POST", path, world.operator, json=body)


async def _leave(world: World, _: dict[str, Any], party: Party) -> None:
    await world.api.ok("DELETE", f"/v1/organisations/{party.id}/people/{party.person_id}", world.operator)


async def _end_role(world: World, _: dict[str, Any], party: Party) -> None:
    """Without what ends the keys besides: nobody acts for an organisation whose membership is over."""
    async with world.database.transaction() as session:
        ending = text("UPDATE memberships SET ended_at = techex_now() WHERE person_id = :id")
        await session.execute(ending, {"id": party.person_id})


STATES: dict[str, Act] = {
    "expired": _expire,
    "revoked": _revoke,
    "its issuer revoked": _revoke_issuer,
    "its organisation suspended": _suspend,
    "its person left": _leave,
    "its person's role ended": _end_role,
}


async def _answers(scene: Scene, key: Party) -> dict[str, int]:
    """What each place that authenticates answers to a key: the status alone."""
    api, pdf, none = scene.world.api, {"Content-Type": "application/pdf"}, scene.listing["id"]
    question = {"question": "示例"}
    return {
        "the warm bid door": (await scene.bid(key, "1.00")).status_code,
        "a read": (await api.get("/v1/me", key)).status_code,
        "a public read": (await api.get(scene.path, key)).status_code,
        "the stream": (await api.get(f"{scene.path}/stream?follow=false", key)).status_code,
        "a command": (await api.post(f"/v1/listings/{none}/questions", key, json=question)).status_code,
        "an upload": (await api.post("/v1/documents?filename=a.pdf", key, content=PDF, headers=pdf)).status_code,
        "an export": (await api.post(f"/v1/deals/{none}/dossier-exports", key)).status_code,
    }


async def test_f3_a_key_that_went_bad_is_refused_wherever_it_was_known(world: World) -> None:
    scene = await factory.running(world, bidders=len(STATES))
    for (state, go_bad), party in zip(STATES.items(), scene.bidders, strict=True):
        made = await world.api.ok("POST", "/v1/api-keys", party, json={"name": "k"})
        key = Party(party.name, party.id, party.person_id, made["secret"])
        before = await _answers(scene, key)
        assert 401 not in before.values(), (state, before)
        await go_bad(world, made, party)
        after = await _answers(scene, key)
        assert set(after.values()) == {401}, (state, after)
