"""What purchase offers on an appraisal tell a price dossier: each offer, its acceptance or end, the gates of the sale.

The report, its review and the re-approval of a price below the floor are told with the appraisals.
"""

from collections.abc import Mapping

from app.core.access import Actor, Role
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections.gates import gate_section
from app.dossiers.story import By, Entry, Fact, Section
from app.law.instruments import CIVIL_CODE
from app.market.deals.models import Deal
from app.market.listings.kinds import PricingMode
from app.pricing.appraised import closing, queries
from app.pricing.appraised.models import PurchaseOffer

OFFER_RULE = CIVIL_CODE.art("471-491")
HIDDEN = Text(
    "A purchase offer is read by its buyer, the seller and the auditor; what others offered is left out.",
    "购买要约由其买方、卖方和审计员查阅;其他要约不在此披露。",
)
MADE = "purchase_offer.made"
HAPPENED: Mapping[str, Text] = {
    MADE: Text("Purchase offer", "购买要约"),
    "purchase_offer.accepted": Text("Offer accepted", "接受要约（承诺）"),
    "purchase_offer.withdrawn": Text("Offer withdrawn", "撤销要约"),
    "purchase_offer.expired": Text("Offer expired", "要约到期失效"),
    "purchase_offer.refused": Text("Ended without a deal", "未成交而终止"),
    "purchase_offer.closed": Text("Closed with the deal", "成交结案"),
}
WITH_REASON = frozenset({"purchase_offer.withdrawn", "purchase_offer.refused"})


async def offer_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every offer on the listing for the seller and the auditor, its own for a buyer, none for anybody else."""
    if deal.listing_id is None or deal.pricing_mode != PricingMode.APPRAISED:
        return []
    offers = {row.id: row for row in await queries.on_listing(session, actor, deal.listing_id)}
    entries = [
        _entry(offers[event.subject_id], event)
        for event in await events.of_subjects(session, offers)
        if event.type in HAPPENED
    ]
    sees_all = actor.has(Role.AUDITOR) or actor.organisation_id in {row.seller_id for row in offers.values()}
    title = Text("Purchase offers and acceptance", "购买要约与承诺")
    return [Section("appraised_offers", title, entries, withheld=None if sees_all else HIDDEN)]


async def offer_gates(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The gates of the offer that led to the deal."""
    offer = await queries.behind(session, deal.id)
    if offer is None:
        return []
    return [await gate_section(session, actor, "appraised_gates", [(closing.SUBJECT, offer.id)])]


def _entry(offer: PurchaseOffer, event: Event) -> Entry:
    facts: dict[str, Fact] = {"number": offer.number, "price": offer.price}
    if event.type == MADE:
        facts |= {
            "listing_version": offer.listing_version,
            "expires_at": offer.expires_at,
            "buyer_abroad": offer.abroad,
            "revocable": offer.revocable,
            "message": offer.message,
        }
    if event.type == "purchase_offer.accepted":
        facts["lapses_at"] = offer.lapses_at
    if event.type in WITH_REASON:
        facts["reason"] = offer.status_reason
    return Entry.of(event, _by(offer, event), HAPPENED[event.type], facts, rule=OFFER_RULE)


def _by(offer: PurchaseOffer, event: Event) -> By:
    organisation = event.actor_organisation_id
    if event.type == "purchase_offer.expired":
        return By(Capacity.TIME)  # noted by the next request
    if organisation == offer.seller_id:
        return By(Capacity.SELLER, organisation)
    if organisation == offer.buyer_id:
        return By(Capacity.BUYER, organisation)
    if organisation is not None:
        return By(Capacity.HOLDER)
    return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)
