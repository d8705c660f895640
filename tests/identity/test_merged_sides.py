"""A5: who stands for a merged organisation has its interests: it is no other side, no expert and no stranger."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.core.deadlines import run_due
from tests.catalogue.demands.challenges import bid, bids_closed, expert_body, published_challenge
from tests.identity.test_mergers import body as merger_body
from tests.identity.test_mergers import key_for, merged_into
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import published_listing, reach, today
from tests.pricing.negotiated import factory as negotiated
from tests.support.world import Party, World

Json = dict[str, Any]


async def test_a5_the_heir_of_a_poster_neither_bids_nor_judges_nor_does_who_is_tied_to_the_merged_one(
    world: World,
) -> None:
    poster, heir, bidder, api = await world.enterprise(), await world.enterprise(), await world.institution(), world.api
    tied = await world.university()
    relation = {"first_id": str(tied.id), "second_id": str(poster.id), "kind": "control", "detail": "示例"}
    await api.ok("POST", "/v1/organisation-relations", world.operator, json=relation | {"source": "示例"})
    challenge = await published_challenge(world, poster)
    listing = await published_listing(world, poster)
    await merged_into(world, poster, heir)
    path = f"/v1/demands/{challenge['id']}"
    words: Json = {"capacity": "team", "proposal": "示例", "transfer_mode": "joint_development"}
    await api.refused(409, "own_demand", "POST", f"{path}/responses", heir, json=words)
    joined = words | {"partner_ids": [str(heir.id)]}
    await api.refused(409, "own_demand", "POST", f"{path}/responses", bidder, json=joined)
    refused = 409, "organisation_merged"
    joined = words | {"partner_ids": [str(poster.id)]}
    other = await published_challenge(world, await world.enterprise())
    await api.refused(*refused, "POST", f"/v1/demands/{other['id']}/responses", bidder, json=joined)
    person = {"name": "示例", "organisation_id": str(poster.id), "role": "admin"}
    await api.refused(*refused, "POST", "/v1/people", world.operator, json=person)
    asking = f"/v1/listings/{listing['id']}/questions"
    await api.refused(409, "own_listing", "POST", asking, heir, json={"question": "示例"})
    await bid(world, challenge, bidder)
    await bids_closed(world, challenge)
    for judge in (heir, tied):
        wanted = expert_body(judge)
        await api.refused(409, "expert_conflicted", "POST", f"{path}/experts", world.operator, json=wanted)
    await api.ok("POST", f"{path}/experts", world.operator, json=expert_body(await world.university()))


async def _confirmed(world: World, merged: Party, successor: Party, day: date) -> None:
    asked = await world.api.ok(
        "POST", "/v1/organisation-mergers", world.operator, json=merger_body(merged, successor, day)
    )
    await world.api.ok("POST", f"/v1/organisation-mergers/{asked['id']}/confirmation", await world.second_operator())


async def test_a5_a_deal_between_the_two_that_was_agreed_before_the_day_ends_on_it(world: World) -> None:
    seller, buyer, other = await world.institution(), await world.enterprise(), await world.enterprise()
    day = await today(world) + timedelta(days=3)
    await _confirmed(world, buyer, seller, day)
    between, third = await agreed_deal(world, seller, buyer), await agreed_deal(world, seller, other)
    await reach(world, datetime.combine(day, time(8), UTC))
    while await run_due(world.database):
        pass
    shown = await world.api.ok("GET", f"/v1/deals/{between['id']}", seller)
    assert (shown["status"], "转让方与受让方已合并" in shown["status_reason"]) == ("cancelled", True)
    listing = await world.api.ok("GET", f"/v1/listings/{between['listing_id']}", seller)
    assert listing["status"] == "published"
    assert (await world.api.ok("GET", f"/v1/deals/{third['id']}", seller))["status"] == "agreed"


async def test_a5_an_offer_between_the_two_is_not_accepted_and_an_agreed_sale_ends(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    opened = await negotiated.opened(world, buyer, await negotiated.negotiated_listing(world, seller))
    agreed = await negotiated.agreed(world, seller, buyer)
    heir = await world.university()
    await merged_into(world, seller, heir)
    await merged_into(world, buyer, heir)
    acting = await key_for(world, heir, seller)
    path, accepting = f"/v1/negotiations/{opened['id']}/acceptance", {"offer_id": opened["last_offer"]["id"]}
    await world.api.refused(409, "parties_merged", "POST", path, acting, json=accepting)
    await negotiated.notice_over(world, agreed)
    shown = await negotiated.read(world, acting, agreed)
    assert (shown["status"], "转让方与受让方已合并" in shown["status_reason"]) == ("refused", True)
