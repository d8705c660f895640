"""Use cases of deals; each runs in the caller's transaction. Every pricing mode ends in `create_deal`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.catalogue.appraisals.service import Floor
from app.catalogue.results import queries as results
from app.catalogue.results.service import withdraw_if_secret
from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import UNKNOWN_REFERENCE, Text
from app.identity import queries as identity
from app.identity.mergers import queries as mergers
from app.identity.problems import ORGANISATION
from app.law.figures import parameter
from app.market.deals import deposits, hooks, queries, rules, schemas
from app.market.deals.kinds import DealOrigin, DealStatus, PartyRole, PriceBasis, PriceSource
from app.market.deals.models import Deal, DealAppraisal, DealParty
from app.market.deals.problems import LISTING_TAKEN
from app.market.deals.rules import PartyShare
from app.market.listings import appraisal
from app.market.listings import queries as listings
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.market.listings.publication import check_still_listable

CONTRACT_DUE = "deal.contract_due"
"""The deadline by which the contract must be signed, or the reservation ends."""
SIGNING_DAYS = "contract_signing_days"


async def create_deal(
    session: Session,
    listing: Listing,
    *,
    buyers: Sequence[PartyShare],
    price: Decimal,
    agreed_at: datetime,
    price_basis: PriceBasis = PriceBasis.FIXED,
    terms: dict[str, Any] | None = None,
    held: bool = False,
    asked_by: Actor | None,
) -> Deal:
    """Agree on a price (CNY) for a listing whose row the caller has locked, and hold the listing for the buyers.

    The seller stands for the whole of its side; so does the mandated agency, if there is one. Sets the day by which
    the contract must be signed. `price` is what is certain of it, `price_basis` says whether that is all; `held` says
    that the pricing mode has reserved the listing already, and has guarded the result by its gates since.

    Raises `result_not_listable` and `organisation_not_verified` for a result or a seller that changed since the
    publication, `listing_transition_refused` for a listing that is not published, `listing_taken` where another live
    deal holds it, `side_does_not_sum` and `party_twice` for buyers that do not fit; where the listing names an
    appraisal report, `appraisal_expired` and `price_below_floor`.
    """
    parties = [PartyShare(PartyRole.SELLER, listing.seller_id), *buyers]
    if listing.agency_id:
        parties.append(PartyShare(PartyRole.AGENCY, listing.agency_id))
    on = session.city.day_of(agreed_at)
    floor = await appraisal.check_price(session, listing, price, on, asked_by)
    due = rules.contract_due(agreed_at, int(parameter(SIGNING_DAYS, on=on).value), session.city.zone)
    deal = Deal(
        origin=DealOrigin.EXCHANGE,
        listing_id=listing.id,
        listing_version=listing.version,
        result_id=listing.result_id,
        pricing_mode=listing.pricing_mode,
        transfer_mode=listing.transfer_mode,
        subject=listing.title,
        price=price,
        price_basis=price_basis,
        terms=terms,
        appraisal=_carried_by(floor, price) if floor else None,
        agreed_at=agreed_at,
        contract_due_at=due.astimezone(UTC),
        default=None,
        technical_field=listing.technical_field,
    )
    if not held:
        await check_still_listable(session, listing, on)
        listing_service.reserve(session, listing)
    await _store(session, deal, parties, on, listing)
    await deadlines.schedule(session, CONTRACT_DUE, deal.id, due)
    return deal


async def record_deal(session: Session, actor: Actor, body: schemas.RecordedDealIn) -> Deal:
    """Record a deal concluded elsewhere, with its source. It has no listing and no day to sign by."""
    now = await read_clock(session)
    day = rules.day_of_record(body.agreed_on, body.published_on, session.city.day_of(now))
    result = await results.get_result(session, actor, body.result_id) if body.result_id is not None else None
    sides = ((PartyRole.SELLER, body.sellers), (PartyRole.BUYER, body.buyers), (PartyRole.AGENCY, body.agencies))
    parties = [PartyShare(role, party.organisation_id, party.share) for role, side in sides for party in side]
    deal = Deal(
        origin=DealOrigin.RECORDED,
        result_id=body.result_id,
        pricing_mode=body.pricing_mode,
        transfer_mode=body.transfer_mode,
        subject=body.subject,
        price=body.price,
        appraisal=None,
        agreed_at=datetime.combine(day, time.min, session.city.zone).astimezone(UTC),
        source_url=str(body.source_url),
        published_on=body.published_on,
        default=None,
        technical_field=result.technical_field if result else None,
    )
    publish_price(deal, PriceSource.SOURCE, str(body.source_url), _published_at(deal, session.city.zone))
    await _store(session, deal, parties, day, None)
    return deal


def publish_price(deal: Deal, source: PriceSource, reference: str, at: datetime) -> None:
    """From `at` on everybody can read the deal's price under `reference` (a notice's number, an address).

    The caller has locked the deal, or makes it. What was public before stays: a price is published once.
    """
    if deal.price_public_at is None:
        deal.price_public_at, deal.price_source, deal.price_reference = at, source, reference


def _published_at(deal: Deal, zone: ZoneInfo) -> datetime:
    """A recorded deal has been public since the beginning of the day its source names, or else since its agreement."""
    if deal.published_on is None:
        return deal.agreed_at
    return datetime.combine(deal.published_on, time.min, zone).astimezone(UTC)


async def cancel_deal(session: Session, actor: Actor, deal_id: UUID, body: schemas.DealCancellationIn) -> Deal:
    """End a deal before its contract is signed, by a seller, a buyer or the operator; the listing is free again.

    A buyer that cancels forfeits its deposit; a seller that cancels gives it back; the operator says who defaulted.
    Raises `deal_not_open`, `default_missing`, `default_not_yours`.
    """
    deal = await queries.lock_for_cancelling(session, actor, deal_id)
    rules.check_agreed(deal.status, Text("cancelling", "取消"))
    defaulted = await deposits.defaulted_by(session, actor, deal, body.defaulted)
    await deadlines.cancel(session, CONTRACT_DUE, deal.id)
    now = await read_clock(session)
    if defaulted is not None:
        finding = schemas.DefaultFindingIn(defaulted=defaulted, reason=body.reason)
        await deposits.settle(session, actor, deal, finding, now)
    await _end(session, deal, DealStatus.CANCELLED, body.reason, now)
    return deal


async def find_default(session: Session, actor: Actor, deal_id: UUID, body: schemas.DefaultFindingIn) -> Deal:
    """Find who let an ended deal fail whose deposit is still held, once; by the operator. Raises `no_default_open`."""
    deal = await queries.lock_deal(session, deal_id)
    await deposits.check_open(session, deal)
    await deposits.settle(session, actor, deal, body, await read_clock(session))
    return deal


async def expire_deal(session: Session, deal_id: UUID, now: datetime) -> None:
    """The day to sign by has passed: a deal still without contract expires, and the listing is free again."""
    deal = await queries.lock_deal(session, deal_id)
    if deal.status == DealStatus.AGREED:
        await _end(session, deal, DealStatus.EXPIRED, None, now)
        await deposits.tell_unsettled(session, deal)


async def fall_through(session: Session, deal: Deal, reason: str, now: datetime) -> None:
    """End a locked deal, not yet under contract, that may not be: nobody defaulted, what was deposited goes back, and
    the listing is free again.
    """
    await deadlines.cancel(session, CONTRACT_DUE, deal.id)
    await deposits.give_back(session, deal, now)
    await _end(session, deal, DealStatus.CANCELLED, reason, now)


async def mark_contracted(session: Session, deal_id: UUID) -> Deal:
    """The contract of a deal is signed: the deal is under contract and its listing sold. Raises `deal_not_open`."""
    deal = await queries.lock_deal(session, deal_id)
    rules.check_agreed(deal.status, Text("signing a contract", "签订合同"))
    deal.status = DealStatus.CONTRACTED
    deal.revision += 1
    if deal.listing_id is not None:
        listing_service.sell(session, await listings.lock_listing(session, deal.listing_id))
        await deadlines.cancel(session, CONTRACT_DUE, deal.id)
        await deadlines.cancel(session, listing_service.CLOSES, deal.listing_id)
    _tell(session, deal, "deal.contracted")
    if deal.listing_id is not None:
        await hooks.contracted.announce(session, deal, await read_clock(session))
    return deal


def _carried_by(floor: Floor, price: Decimal) -> DealAppraisal:
    reapproval = floor.reapproval_of(price)
    return DealAppraisal(
        report_id=floor.report.id,
        number=floor.report.number,
        base_date=floor.report.base_date,
        valid_to=floor.report.valid_to,
        value=floor.report.value,
        floor_share=floor.figure.value,
        price_floor=floor.floor,
        reapproval_id=reapproval.id if reapproval else None,
        judged_on=floor.on,
    )


async def _store(
    session: Session, deal: Deal, parties: Sequence[PartyShare], on: date, listing: Listing | None
) -> None:
    rules.check_parties(parties)
    deal.related_party = await related_parties(session, parties, on)
    deal.number = await readable_number(session, NumberPrefix.DEAL, on.year)
    deal.parties = [
        DealParty(role=party.role, organisation_id=party.organisation_id, share=party.share, position=position)
        for position, party in enumerate(parties)
    ]
    # One recorded from elsewhere has no listing, so the index never stands in its way.
    taken = LISTING_TAKEN(number=listing.number if listing else "-")
    await add_unique(session, deal, taken, "uq_deals_live_listing")
    _tell(session, deal, "deal.agreed" if listing else "deal.recorded")


async def related_parties(session: Session, parties: Sequence[PartyShare], on: date) -> str | None:
    """Why a seller and a buyer are related parties on a day, from the recorded relations; None if not.

    Raises `unknown_reference` for a party that does not exist.
    """
    ids = [party.organisation_id for party in parties]
    known = await identity.organisations_by_id(session, ids)
    for party in parties:
        if party.organisation_id not in known:
            raise UNKNOWN_REFERENCE(field=rules.FIELDS[party.role], what=ORGANISATION)
    relations = await mergers.relations_on(session, ids, on)
    return rules.related_finding(parties, relations, {key: row.name for key, row in known.items()}, on)


async def _end(session: Session, deal: Deal, status: DealStatus, reason: str | None, now: datetime) -> None:
    deal.status = status
    deal.status_reason = reason
    deal.revision += 1
    if deal.listing_id is not None:
        listing = await listings.lock_listing(session, deal.listing_id)
        listing_service.release(session, listing, now)
        # A result that became secret while it was held for the buyer must not come back on offer.
        await withdraw_if_secret(session, listing.result_id, now)
        await deposits.end_unheld(session, deal, now)
    _tell(session, deal, f"deal.{status}")
    if deal.listing_id is not None:
        await hooks.ended.announce(session, deal, now)


def _tell(session: Session, deal: Deal, event: str) -> None:
    """Append the event for the parties and the market: who bought, and at what price, is not public here."""
    audience = [*events.STAFF, *(party.organisation_id for party in deal.parties)]
    payload = {
        "number": deal.number,
        "status": deal.status,
        "listing_id": deal.listing_id,
        "price": deal.price,
        "related_party": deal.related_party is not None,
    }
    events.append(session, event, ("deal", deal.id), audience=audience, payload=payload)
