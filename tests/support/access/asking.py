"""Demands for the access matrix: what the seller of the scene asks for, and what its buyer responds."""

from sqlalchemy import text

from tests.catalogue.demands import challenges, factory
from tests.pricing.negotiated.factory import negotiated_listing, offer_body
from tests.support.access.calls import Call
from tests.support.world import Party, World


async def demand_calls(world: World, demander: Party, responder: Party) -> dict[str, Call]:
    """One demand in each state of its check, and one with responses in the states that the calls need."""
    draft = {"demand_id": (await factory.draft_demand(world, demander))["id"]}
    submitted, checked = [await factory.draft_demand(world, demander) for _ in range(2)]
    for waiting in (submitted, checked):
        await factory.step(world, waiting, "submission", demander)
    await factory.step(world, checked, "first-check", await world.second_operator())
    waits, half = {"demand_id": submitted["id"]}, {"demand_id": checked["id"]}
    demand = await factory.published_demand(world, demander)
    live, free = {"demand_id": demand["id"]}, {"demand_id": (await factory.published_demand(world, demander))["id"]}
    sent = await factory.response_to(world, demand, responder)
    listed = await factory.published_demand(world, demander)
    short = await factory.response_to(world, listed, responder)
    await factory.decide(world, short, "shortlisting", demander)
    handed = await factory.agreed_response(world, await factory.published_demand(world, demander), demander, responder)
    other = await negotiated_listing(world, responder, result_id=handed["results"][0]["result_id"])
    offer = await offer_body(world)
    await world.api.ok(
        "POST", f"/v1/demand-responses/{handed['id']}/negotiations", demander, json=offer | {"listing_id": other["id"]}
    )
    agreed = await factory.agreed_response(world, await factory.published_demand(world, demander), demander, responder)
    listing = await negotiated_listing(world, responder, result_id=agreed["results"][0]["result_id"])
    response, reason = {"response_id": sent["id"]}, {"reason": "示例"}
    words = {"proposal": "示例", "transfer_mode": "joint_development", "result_ids": [sent["results"][0]["result_id"]]}
    return {
        "create_demand": Call(json=await factory.demand_body(world)),
        "list_demands": Call(),
        "list_own_demands": Call(),
        "list_demands_for_staff": Call(),
        "read_demand": Call(live),
        "read_demand_version": Call(live | {"version": 1}),
        "read_demand_draft": Call(draft),
        "edit_demand": Call(draft, await factory.demand_body(world, title="新题")),
        "submit_demand": Call(draft),
        "recall_demand": Call(waits),
        "return_demand": Call(waits, reason),
        "check_demand_first": Call(waits),
        "check_demand_second": Call(half),
        "close_demand": Call(live, {"reason": "no_funds"}),
        "remove_demand": Call(live, reason),
        "respond_to_demand": Call(free, {"capacity": "team", "proposal": "示例", "transfer_mode": "joint_development"}),
        "list_demand_responses": Call(),
        "read_demand_response": Call(response),
        "amend_demand_response": Call(response, words),
        "shortlist_demand_response": Call(response),
        "agree_on_demand_response": Call({"response_id": short["id"]}),
        "decline_demand_response": Call(response, {"reason": "price"}),
        "withdraw_demand_response": Call(response),
        "negotiate_response": Call({"response_id": agreed["id"]}, offer | {"listing_id": listing["id"]}),
        "list_response_negotiations": Call({"response_id": handed["id"]}),
    }


def match_calls(made: dict[str, Call]) -> dict[str, Call]:
    """Matches of the demand and of the listing that the scene has, and what their sides say of them."""
    demand, listing = made["respond_to_demand"].path, made["ask_question"].path
    seen = {"said": "seen"}
    return {
        "list_demand_matches": Call(demand, query="kind=results"),
        "list_listing_matches": Call(listing, query="kind=demands"),
        "note_demand_match": Call(demand, seen | {"kind": "listings", "target_id": listing["listing_id"]}),
        "note_listing_match": Call(listing, seen | {"kind": "demands", "target_id": demand["demand_id"]}),
    }


async def challenge_calls(world: World, poster: Party, bidder: Party, expert: Party) -> dict[str, Call]:
    """Three challenges: one that is being judged, one that is scored, and one on notice with an objection."""
    judged, scored, shown = [await challenges.published_challenge(world, poster) for _ in range(3)]
    bids = [await challenges.bid(world, challenge, bidder) for challenge in (judged, scored, shown)]
    async with world.database.transaction() as session:  # the clock stays where the rest of the scene needs it
        await session.execute(text("UPDATE challenges SET status = 'judging'"))
        await session.execute(text("UPDATE demands SET status = 'expired' WHERE kind = 'challenge'"))
        await session.execute(text("UPDATE demand_responses SET sealed = false"))
    path = {"demand_id": judged["id"]}
    appointed = challenges.expert_body(expert)
    await world.api.ok("POST", f"/v1/demands/{judged['id']}/experts", world.operator, json=appointed)
    for challenge, own in zip((scored, shown), bids[1:], strict=True):
        points = challenges.score_body({own["id"]: [60, 40]})
        for judge in await challenges.experts(world, challenge):
            await world.api.ok("POST", f"/v1/demands/{challenge['id']}/scores", judge, json=points)
    on_notice = {"demand_id": shown["id"]}
    await world.api.ok("POST", f"/v1/demands/{shown['id']}/scores/publication", world.operator)
    words = {"reason": "示例", "contact": "示例 13800000000"}
    filed = await world.api.ok("POST", f"/v1/demands/{shown['id']}/objections", bidder, json=words)
    return {
        "read_challenge": Call(on_notice),
        "list_challenge_bids": Call(path),
        "appoint_expert": Call(path, challenges.expert_body(await world.university())),
        "score_bids": Call(path, challenges.score_body({bids[0]["id"]: [60, 40]})),
        "publish_scores": Call({"demand_id": scored["id"]}),
        "object_to_scores": Call(on_notice, words),
        "list_challenge_objections": Call(on_notice),
        "decide_challenge_objection": Call({"objection_id": filed["id"]}, {"outcome": "upheld", "statement": "示例"}),
    }
