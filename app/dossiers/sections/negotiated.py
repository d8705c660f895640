"""What negotiations tell a price dossier: every offer, the agreement, the notice, objections and decisions, gates."""

from collections.abc import Sequence
from uuid import UUID

from app.core.access import Actor, Role
from app.core.canonical import canonical_json
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections.gates import gate_section
from app.dossiers.story import By, Entry, Fact, Section, Trace
from app.law.instruments import CIVIL_CODE
from app.market.deals.models import Deal
from app.market.listings.kinds import PricingMode
from app.pricing.negotiated import closing, queries
from app.pricing.negotiated.kinds import NegotiationSide
from app.pricing.negotiated.models import Negotiation, Notice, Objection, Offer
from app.pricing.negotiated.problems import NOTICE_RULE

OFFER_RULE = CIVIL_CODE.art("471-491")
HIDDEN = Text(
    "Offers are read by the two sides of their negotiation and the auditor; what others negotiated is left out.",
    "要约由该协商双方和审计员查阅;其他协商不在此披露。",
)
HIDDEN_OBJECTIONS = Text(
    "Why somebody objected is read by the objector, the seller and the market's staff; a contact by nobody here.",
    "异议理由由异议人、卖方和交易所人员查阅;联系方式不在此披露。",
)
ENDED = {
    "negotiation.withdrawn": Text("Negotiation withdrawn", "退出协商"),
    "negotiation.refused": Text("Ended without a deal", "未成交而终止"),
    "negotiation.closed": Text("Closed with the deal", "成交结案"),
}


async def negotiation_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every negotiation on the listing for the seller and the auditor, its own for a buyer, none for anybody else."""
    if deal.listing_id is None or deal.pricing_mode != PricingMode.NEGOTIATED:
        return []
    threads = {row.id: row for row in await queries.on_listing(session, actor, deal.listing_id)}
    offers = await queries.offers_of(session, list(threads))
    entries = [_offer(threads[offer.negotiation_id], offer) for offer in offers]
    entries += _turns(threads, offers, await events.of_subjects(session, threads))
    # An offer comes before what was made of it in the same moment.
    entries.sort(key=lambda entry: entry.at)
    sees_all = actor.has(Role.AUDITOR) or actor.organisation_id in {row.seller_id for row in threads.values()}
    title = Text("Offers and agreement", "要约与承诺")
    return [Section("negotiated_offers", title, entries, withheld=None if sees_all else HIDDEN)]


async def notice_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """Every notice on the listing, which is public, and of its objections what the reader may know."""
    if deal.listing_id is None or deal.pricing_mode != PricingMode.NEGOTIATED:
        return []
    entries: list[Entry] = []
    for notice in await queries.notices_on(session, deal.listing_id):
        entries.append(_notice(notice))
        for objection in notice.objections:
            entries += _objection(actor, notice, objection)
    entries.sort(key=lambda entry: entry.at)
    title = Text("Public notice, objections, decisions", "公示、异议与处理")
    return [Section("negotiated_notice", title, entries, withheld=HIDDEN_OBJECTIONS)]


async def negotiation_gates(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The gates of the negotiation that led to the deal."""
    negotiation = await queries.behind(session, deal.id)
    if negotiation is None:
        return []
    return [await gate_section(session, actor, "negotiated_gates", [(closing.SUBJECT, negotiation.id)])]


def _side(negotiation: Negotiation, side: NegotiationSide) -> By:
    if side == NegotiationSide.SELLER:
        return By(Capacity.SELLER, negotiation.seller_id)
    return By(Capacity.BUYER, negotiation.lead_id)


def _offer(negotiation: Negotiation, offer: Offer) -> Entry:
    facts: dict[str, Fact] = {
        "negotiation": negotiation.number,
        "offer_number": offer.number,
        "price": offer.price,
        "price_basis": offer.price_basis,
        "terms_sha256": offer.terms_sha256,
        "expires_at": offer.expires_at,
        "message": offer.message,
    }
    if offer.number == 1:
        facts["listing_version"] = negotiation.listing_version
        facts["buyers"] = [
            {"organisation_id": buyer.organisation_id, "share": buyer.share} for buyer in negotiation.buyers
        ]
    return Entry(
        at=offer.made_at,
        by=_side(negotiation, offer.side),
        what=Text("Offer", "要约") if offer.number == 1 else Text("Counter-offer or new offer", "新要约"),
        facts=facts,
        rule=OFFER_RULE,
        traces=[Trace("offer.made", negotiation.id, {"offer_id": str(offer.id)})],
        texts=[canonical_json(offer.terms).decode()],
    )


def _turns(threads: dict[UUID, Negotiation], offers: Sequence[Offer], happened: Sequence[Event]) -> list[Entry]:
    """How each negotiation went on: accepted, and how it ended."""
    by_id = {offer.id: offer for offer in offers}
    entries = []
    for event in happened:
        negotiation = threads[event.subject_id]
        facts: dict[str, Fact] = {"negotiation": negotiation.number}
        if event.type == "negotiation.agreed":
            offer = by_id[UUID(event.payload["offer_id"])]
            facts |= {"offer_number": offer.number, "price": offer.price, "terms_sha256": offer.terms_sha256}
            side = NegotiationSide.SELLER if offer.side == NegotiationSide.BUYER else NegotiationSide.BUYER
            what, by = Text("Offer accepted", "接受要约（承诺）"), _side(negotiation, side)
        elif event.type in ENDED:
            facts["reason"] = negotiation.status_reason
            what, by = ENDED[event.type], _mover(negotiation, event)
        else:
            continue
        entries.append(
            Entry(event.occurred_at, by, what, facts, traces=[Trace(event.type, negotiation.id, event_id=event.id)])
        )
    return entries


def _mover(negotiation: Negotiation, event: Event) -> By:
    organisation = event.actor_organisation_id
    if organisation == negotiation.seller_id:
        return By(Capacity.SELLER, organisation)
    if organisation is not None:
        buys = organisation in {row.organisation_id for row in negotiation.buyers}
        return By(Capacity.BUYER, organisation) if buys else By(Capacity.HOLDER)
    return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)


def _notice(notice: Notice) -> Entry:
    return Entry(
        at=notice.published_at,
        by=By(Capacity.EXCHANGE),
        what=Text("Public notice", "公示"),
        facts={
            "number": notice.number,
            "sha256": notice.sha256,
            "first_day": notice.first_day,
            "last_day": notice.last_day,
            "ends_at": notice.ends_at,
        },
        rule=NOTICE_RULE,
        traces=[Trace("notice.published", notice.id)],
        texts=[notice.content],
    )


def _objection(actor: Actor, notice: Notice, objection: Objection) -> list[Entry]:
    """An undecided one is known to those who may read it; a decided one to everybody, without its reason."""
    own = objection.organisation_id is not None and objection.organisation_id == actor.organisation_id
    reads = actor.is_staff or own or actor.organisation_id == notice.negotiation.seller_id
    decision = objection.decision
    if decision is None and not reads:
        return []
    facts: dict[str, Fact] = {"notice": notice.number}
    if reads:
        facts["reason"] = objection.reason
    filed = Entry(
        at=objection.filed_at,
        by=By(Capacity.OBJECTOR, objection.organisation_id if reads else None),
        what=Text("Objection", "异议"),
        facts=facts,
        rule=NOTICE_RULE,
        traces=[Trace("objection.filed", objection.id)],
    )
    if decision is None:
        return [filed]
    decided = Entry(
        at=decision.decided_at,
        by=By(Capacity.OPERATOR),
        what=Text("Objection decided", "异议处理决定"),
        facts={"notice": notice.number, "outcome": decision.outcome, "statement": decision.statement},
        rule=NOTICE_RULE,
        traces=[Trace("notice.objection_decided", notice.id, {"objection_id": str(objection.id)})],
    )
    return [filed, decided]
