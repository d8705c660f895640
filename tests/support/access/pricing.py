"""A well-formed call of each operation of the pricing modes, for the access matrix."""

from typing import Any

from tests.office.documents.factory import PDF, uploaded
from tests.pricing.appraised.factory import appraised_listing, drafted_on_report, offered, step
from tests.pricing.appraised.factory import offer_body as purchase_offer_body
from tests.pricing.auction import factory as auctions
from tests.pricing.listed.factory import (
    CONDITIONS,
    competitive_draft,
    competitive_listing,
    registered,
    registration_body,
)
from tests.pricing.negotiated.factory import accepted, agreed, negotiated_listing, objection, offer_body, opened
from tests.support.access.calls import Call
from tests.support.world import Party, World

Json = dict[str, Any]


async def negotiation_calls(world: World, seller: Party, buyer: Party) -> dict[str, Call]:
    """An open negotiation in which the seller made the last offer, and agreed ones whose notices run."""
    listing = await negotiated_listing(world, seller)
    opening = await opened(world, buyer, listing)
    of_open = {"negotiation_id": opening["id"]}
    countered = await opened(world, buyer, await negotiated_listing(world, seller))
    of_countered = {"negotiation_id": countered["id"]}
    counter = await world.api.ok(
        "POST", f"/v1/negotiations/{countered['id']}/offers", seller, json=await offer_body(world)
    )
    running = await agreed(world, seller, buyer, transfer_mode="assignment")
    of_running, of_notice = {"negotiation_id": running["id"]}, {"notice_id": running["notice_id"]}
    filed = await objection(world, buyer, running)
    daughter = await world.enterprise()
    relation = {
        "first_id": str(seller.id),
        "second_id": str(daughter.id),
        "kind": "control",
        "detail": "示例",
        "source": "示例",
    }
    await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=relation)
    related = await accepted(world, seller, await opened(world, daughter, await negotiated_listing(world, seller)))
    document = await uploaded(world, seller, content=PDF + b"approval")
    approval = {"approved_by": "示例", "reference": "1", "document_id": document["id"]}
    gate = {"gate_id": running["gates"][0]["id"]}
    closure = {"outcome": "cleared", "reference": "示例", "document_id": document["id"]}
    body = await offer_body(world)
    return {
        "open_negotiation": Call({"listing_id": listing["id"]}, body),
        "list_negotiations": Call(),
        "read_negotiation": Call(of_open),
        "make_offer": Call(of_open, body),
        "list_offers": Call(of_open),
        "accept_offer": Call(of_countered, {"offer_id": counter["last_offer"]["id"]}),
        "withdraw_negotiation": Call(of_countered, {"reason": "示例"}),
        "approve_related_party": Call({"negotiation_id": related["id"]}, approval),
        "close_negotiation": Call(of_running, {}),
        "terminate_negotiation": Call({"negotiation_id": related["id"]}, {"reason": "示例"}),
        "list_notices": Call(),
        "read_notice": Call(of_notice),
        "file_objection": Call(of_notice, {"reason": "示例", "contact": "示例 138"}),
        "list_objections": Call(of_notice),
        "read_objection": Call({"objection_id": filed["id"]}),
        "decide_objection": Call({"objection_id": filed["id"]}, {"outcome": "dismissed", "statement": "示例"}),
        "list_gates": Call(),
        "read_gate": Call(gate),
        "close_gate": Call(gate, closure),
    }


async def listed_calls(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    """A competitive sale whose notice runs, with a registration of the buyer's; others that are revised, or expired."""
    draft = {"listing_id": (await competitive_draft(world, seller))["id"]}
    sale = await competitive_listing(world, seller, agency_id=str(agency.id))
    row = await registered(world, buyer, sale)
    changed = await competitive_listing(world, seller)
    stale = await registered(world, buyer, changed)
    await world.api.ok("POST", f"/v1/listings/{changed['id']}/revision", seller, json={"title": "新", "reason": "示例"})
    await world.api.ok("POST", f"/v1/listings/{changed['id']}/revision/publication", world.operator)
    again = {"title": "再", "reason": "示例"}
    proposed = await world.api.ok("POST", f"/v1/listings/{changed['id']}/revision", seller, json=again)
    listing, revision = {"listing_id": sale["id"]}, {"listing_id": changed["id"]}
    registration, reason = {"registration_id": row["id"]}, {"reason": "示例"}
    deal = await world.api.ok("GET", "/v1/deals?limit=1", world.operator)
    agrees = {"listing_version": 2, "meets_conditions": True}
    return {
        "set_listed_conditions": Call(draft, CONDITIONS),
        "read_listed_conditions": Call(listing),
        "read_listed_sale": Call(listing),
        "terminate_listed_sale": Call(listing, reason),
        "register_for_listing": Call(listing, registration_body(sale)),
        "list_listing_registrations": Call(),
        "read_listing_registration": Call(registration),
        "judge_listing_registration": Call(registration, {"outcome": "qualified"}),
        "confirm_listing_registration": Call({"registration_id": stale["id"]}, agrees),
        "withdraw_listing_registration": Call(registration, reason),
        "propose_listing_revision": Call(listing, {"title": "新", "reason": "示例"}),
        "list_listing_revisions": Call(listing),
        "read_listing_revision": Call(revision | {"revision_id": proposed["id"]}),
        "publish_listing_revision": Call(revision),
        "return_listing_revision": Call(revision, reason),
        "find_deal_default": Call({"deal_id": deal["items"][0]["id"]}, {"defaulted": "none", "reason": "示例"}),
    }


async def auction_calls(world: World, seller: Party, buyer: Party, agency: Party) -> dict[str, Call]:
    """A listing to auction; auctions proposed, announced with the buyer as a bidder, suspended, and sold to it."""
    fresh = await auctions.auction_listing(world, seller)
    proposed = await auctions.proposed_auction(world, seller, await auctions.auction_listing(world, seller))
    scenes = [await auctions.announced(world, 0, seller=seller, agency=agency) for _ in range(3)]
    open_, bid_on, halted = ({"auction_id": scene.id} for scene in scenes)
    await auctions.admitted(world, bid_on["auction_id"], buyer)
    await world.api.ok(
        "POST", f"/v1/auctions/{halted['auction_id']}/suspension", world.operator, json={"reason": "示例"}
    )
    sold = await auctions.sold_at_once(world, seller, buyer)
    to_void = await auctions.with_a_bid_to_void(world, seller, await world.second_operator())
    void = {"seqs": [3], "ground": "organisation_stopped", "reason": "示例"}
    reason, of_proposed = {"reason": "示例"}, {"auction_id": proposed["id"]}
    return {
        "propose_auction": Call({"listing_id": fresh["id"]}, await auctions.auction_body(world)),
        "list_auctions": Call(),
        "read_auction": Call(open_),
        "read_proposed_auction": Call(of_proposed),
        "announce_auction": Call(of_proposed),
        "suspend_auction": Call(open_, reason),
        "resume_auction": Call(halted),
        "cancel_auction": Call(of_proposed, reason),
        "register_bidder": Call(open_, {"listing_version": 1, "terms_accepted": True}),
        "list_bidders": Call(bid_on),
        "read_own_bidder": Call(bid_on),
        "withdraw_bidder": Call(bid_on),
        "place_bid": Call(bid_on, {"amount": "100000.00"}),
        "accept_auction_offer": Call(bid_on),
        "poll_auction": Call(open_),
        "list_auction_entries": Call(open_),
        "read_auction_entry": Call(open_ | {"seq": 1}),
        "stream_auction": Call(open_, query="follow=false"),
        "export_auction_transcript": Call(open_),
        "read_auction_confirmation": Call(sold),
        "sign_auction_confirmation": Call(sold),
        "list_exchange_keys": Call(),
        "ask_to_void_bids": Call({"auction_id": to_void["auction_id"]}, void),
        "confirm_voiding": Call(to_void),
        "read_voiding": Call(to_void),
        "list_voidings": Call({"auction_id": to_void["auction_id"]}),
    }


async def offer_calls(world: World, seller: Party, buyer: Party) -> dict[str, Call]:
    """A draft on a report, open offers, and an accepted one that waits for a right of first refusal."""
    draft, report = await drafted_on_report(world, seller)
    listing, _ = await appraised_listing(world, seller)
    fresh, _ = await appraised_listing(world, seller)
    waiting, _ = await appraised_listing(world, seller, transfer_mode="assignment")
    offer = {"offer_id": (await offered(world, buyer, listing, revocable=True))["id"]}
    held = {"offer_id": (await step(world, seller, await offered(world, buyer, waiting), "acceptance"))["id"]}
    return {
        "name_appraisal": Call({"listing_id": draft["id"]}, {"report_id": report["id"]}),
        "read_listing_appraisal": Call({"listing_id": listing["id"]}),
        "make_purchase_offer": Call({"listing_id": fresh["id"]}, await purchase_offer_body(world)),
        "list_purchase_offers": Call(),
        "read_purchase_offer": Call(offer),
        "withdraw_purchase_offer": Call(offer, {"reason": "示例"}),
        "accept_purchase_offer": Call(offer),
        "close_purchase_offer": Call(held),
    }
