"""Demands for the access matrix: what the seller of the scene asks for, and what its buyer responds."""

from tests.catalogue.demands import factory
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
        "negotiate_response": Call(
            {"response_id": agreed["id"]}, await offer_body(world) | {"listing_id": listing["id"]}
        ),
        "list_response_negotiations": Call(response),
    }
