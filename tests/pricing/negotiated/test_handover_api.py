"""From a demand to a deal: an agreed response becomes a negotiation, and its contract meets the demand."""

from tests.catalogue.demands.factory import agreed_response, decide, published_demand, response_to
from tests.catalogue.results.factory import recorded_result
from tests.contracts.settlement.factory import signed
from tests.market.listings.factory import published_listing
from tests.pricing.negotiated.factory import accepted, negotiated_listing, offer_body, terms
from tests.support.world import World


async def test_a_contract_that_came_from_a_demand_meets_it(world: World) -> None:
    demander, responder, rival, api = (
        await world.enterprise(),
        await world.institution(),
        await world.institution(),
        world.api,
    )
    demand = await published_demand(world, demander)
    late = await response_to(world, demand, rival)
    response = await agreed_response(world, demand, demander, responder)
    path = f"/v1/demand-responses/{response['id']}/negotiations"
    fitting = await negotiated_listing(world, responder, result_id=response["results"][0]["result_id"])
    other = await negotiated_listing(world, responder)
    body = await offer_body(world, terms=terms(public_notice=False))
    await api.refused(422, "listing_not_offered", "POST", path, demander, json=body | {"listing_id": other["id"]})
    named = body | {"listing_id": fitting["id"]}
    await api.refused(409, "response_transition_refused", "POST", path, responder, json=named)
    waiting = f"/v1/demand-responses/{late['id']}/negotiations"
    await api.refused(409, "response_transition_refused", "POST", waiting, demander, json=named)
    made = await api.ok("POST", path, demander, json=named)
    assert (await api.ok("GET", path, responder))["items"] == [made]
    negotiation = await api.ok("GET", f"/v1/negotiations/{made['negotiation_id']}", responder)
    closed = await accepted(world, responder, negotiation)
    deal = await api.ok("GET", f"/v1/deals/{closed['deal_id']}", demander)
    assert (await api.ok("GET", f"/v1/demands/{demand['id']}"))["status"] == "published"
    await signed(world, deal, responder, demander, payment_terms="lump_sum")
    assert (await api.ok("GET", f"/v1/demands/{demand['id']}"))["status"] == "met"
    assert (await api.ok("GET", f"/v1/demand-responses/{response['id']}", responder))["status"] == "fulfilled"


async def test_an_agency_hands_over_a_listing_that_it_serves_and_what_was_declined_meets_nothing(world: World) -> None:
    demander, seller, agency, api = (
        await world.enterprise(),
        await world.institution(),
        await world.agency(),
        world.api,
    )
    demand = await published_demand(world, demander)
    response = await agreed_response(world, demand, demander, agency, capacity="agency", result_ids=[])
    result = await recorded_result(world, seller)
    listing = await negotiated_listing(world, seller, result_id=result["id"], agency_id=str(agency.id))
    body = await offer_body(world, terms=terms(public_notice=False)) | {"listing_id": listing["id"]}
    path = f"/v1/demand-responses/{response['id']}/negotiations"
    fixed = await published_listing(world, seller, agency_id=str(agency.id))
    await api.refused(409, "not_negotiated", "POST", path, demander, json=body | {"listing_id": fixed["id"]})
    made = await api.ok("POST", path, demander, json=body)
    await decide(world, response, "decline", demander, reason="no_agreement")
    negotiation = await api.ok("GET", f"/v1/negotiations/{made['negotiation_id']}", seller)
    deal = await api.ok("GET", f"/v1/deals/{(await accepted(world, seller, negotiation))['deal_id']}", demander)
    await signed(world, deal, seller, demander, payment_terms="lump_sum")
    assert (await api.ok("GET", f"/v1/demands/{demand['id']}"))["status"] == "published"
    assert (await api.ok("GET", f"/v1/demand-responses/{response['id']}", agency))["status"] == "declined"
