"""Use cases of intending transferees (意向受让方): registering with a deposit, confirming, qualifying, withdrawing.

Lock order: the listing, then its deposits.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session, add_unique
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import NOT_FOUND, Text
from app.identity import queries as identity
from app.market.deals.kinds import PartyRole
from app.market.deals.rules import PartyShare
from app.market.deals.service import related_parties
from app.market.listings import queries as listings
from app.market.listings.models import Listing
from app.market.listings.publication import require_verified
from app.office.ledger.deposits import service as deposits
from app.office.ledger.deposits.queries import live_deposit
from app.pricing.listed import queries, rules, schemas
from app.pricing.listed.announcement import notice
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, RevisionStatus
from app.pricing.listed.models import ListedQualification, ListedSale, Registrant
from app.pricing.listed.problems import REGISTERED_ALREADY
from app.pricing.listed.rules import Earlier, Sale


def facts_of(listing: Listing, sale: ListedSale) -> Sale:
    """What the rules ask of a sale, under the listing's lock."""
    return Sale(sale.phase, listing.status, listing.closes_at, listing.version, sale.review_ends_at)


async def lock_sale(session: Session, listing_id: UUID) -> tuple[Listing, ListedSale]:
    """A public competitive listing, locked, and its sale. Raises `not_found`, `not_competitive`."""
    listing = await listings.lock_public(session, listing_id)
    rules.check_competitive(listing.pricing_mode, listing.allocation)
    sale = await queries.sale_of(session, listing_id)
    assert sale is not None  # made when it was published
    return listing, sale


async def register(session: Session, actor: Actor, listing_id: UUID, body: schemas.RegistrantIn) -> Registrant:
    """Register the actor's organisation, which must be verified, and ask for its deposit, due by the notice's end.

    Raises `organisation_not_verified`, and what `rules.check_may_register` raises.
    """
    organisation_id = actor.organisation()
    require_verified((await identity.organisations_by_id(session, [organisation_id]))[organisation_id])
    listing, sale = await lock_sale(session, listing_id)
    now = await read_clock(session)
    before = await queries.latest_of(session, listing.id, organisation_id)
    earlier = Earlier(before.number, before.status, before.listing_version) if before else None
    barred = await listings.selling_side(session, listing)
    rules.check_may_register(facts_of(listing, sale), organisation_id, barred, body.listing_version, earlier, now)
    today = session.city.day_of(now)
    sides = [PartyShare(PartyRole.SELLER, listing.seller_id), PartyShare(PartyRole.BUYER, organisation_id)]
    registrant = Registrant(
        number=await readable_number(session, NumberPrefix.LISTING_REGISTRATION, today.year),
        listing_id=listing.id,
        seller_id=listing.seller_id,
        organisation_id=organisation_id,
        listing_version=listing.version,
        buyer_abroad=body.buyer_abroad,
        related_party=await related_parties(session, sides, today),
        registered_at=now,
        confirmed_at=now,
    )
    taken = REGISTERED_ALREADY(number="-", version=listing.version, status="registered")
    await add_unique(session, registrant, taken, "uq_listed_registrations_live")
    await _request_deposit(session, listing, organisation_id)
    tell(session, registrant, "listing_registration.made")
    return await queries.get_registrant(session, actor, registrant.id)


async def _request_deposit(session: Session, listing: Listing, organisation_id: UUID) -> None:
    conditions = await queries.conditions_of(session, listing.id)
    await deposits.request_deposit(
        session, subject=notice.subject_of(listing.id), organisation_id=organisation_id,
        amount=conditions.deposit_amount, due_at=listing.closes_at
    )  # fmt: skip


async def lock_registrant(
    session: Session, actor: Actor, registration_id: UUID
) -> tuple[Listing, ListedSale, Registrant]:
    """A registration the actor may see, under its listing's lock. Raises `not_found`."""
    found = await queries.get_registrant(session, actor, registration_id)
    listing = await listings.lock_listing(session, found.listing_id)
    sale = await queries.sale_of(session, listing.id)
    assert sale is not None
    return listing, sale, await queries.get_registrant(session, actor, registration_id)


async def withdraw(session: Session, actor: Actor, registration_id: UUID, reason: str) -> Registrant:
    """A registrant goes, while the notice runs or is suspended; its deposit goes back.

    Raises `listing_registration_over`, `listing_notice_over`; `not_found` for anybody else, the seller too.
    """
    listing, sale, registrant = await lock_registrant(session, actor, registration_id)
    _check_own(actor, registrant)
    rules.check_live(registrant.number, registrant.status, Text("Withdrawal", "撤回申请"))
    now = await read_clock(session)
    rules.check_notice_not_over(facts_of(listing, sale), Text("Withdrawal", "撤回申请"), now)
    end(session, registrant, RegistrantStatus.WITHDRAWN, reason)
    await deposits.give_back(session, notice.subject_of(listing.id), registrant.organisation_id, now)
    return registrant


async def confirm(
    session: Session, actor: Actor, registration_id: UUID, body: schemas.RegistrantConfirmationIn
) -> Registrant:
    """A registrant agrees to the version published since; where its deposit was given back, a new one is asked for."""
    listing, sale, registrant = await lock_registrant(session, actor, registration_id)
    _check_own(actor, registrant)
    rules.check_live(registrant.number, registrant.status, Text("Confirmation", "重新确认"))
    now = await read_clock(session)
    rules.check_confirmation(
        registrant.number, registrant.listing_version, body.listing_version, facts_of(listing, sale), now
    )
    registrant.listing_version, registrant.confirmed_at = listing.version, now
    registrant.revision += 1
    if await live_deposit(session, notice.subject_of(listing.id), registrant.organisation_id) is None:
        await _request_deposit(session, listing, registrant.organisation_id)
    tell(session, registrant, "listing_registration.confirmed", {"version": listing.version})
    return registrant


def _check_own(actor: Actor, registrant: Registrant) -> None:
    if actor.organisation_id != registrant.organisation_id:
        raise NOT_FOUND(what=queries.REGISTRANT)


async def judge(
    session: Session, actor: Actor, registration_id: UUID, body: schemas.QualificationIn
) -> tuple[Listing, ListedSale, Registrant]:
    """Decide on a registrant, as the seller or as the operator. Refused, its deposit goes back at once.

    Raises `listing_registration_over` and what `rules.check_decision` raises; `not_found` for the registrant.
    """
    listing, sale, registrant = await lock_registrant(session, actor, registration_id)
    side = Judge.OPERATOR if actor.has(Role.OPERATOR) else Judge.SELLER
    if side == Judge.SELLER and actor.organisation_id != registrant.seller_id:
        raise NOT_FOUND(what=queries.REGISTRANT)
    rules.check_live(registrant.number, registrant.status, Text("Qualification", "受让资格确认"))
    now = await read_clock(session)
    decided = {d.judge: (d.outcome, d.decided_at) for d in current_decisions(registrant)}
    rules.check_decision(
        facts_of(listing, sale), registrant.number, registrant.listing_version, side, decided,
        outcome=body.outcome, reason=body.reason, now=now,
    )  # fmt: skip
    session.add(
        ListedQualification(
            registration_id=registrant.id,
            listing_version=registrant.listing_version,
            judge=side,
            outcome=body.outcome,
            reason=body.reason,
            decided_at=now,
            decided_by_person_id=actor.person_id,
        )
    )
    if body.outcome == Qualification.REFUSED:
        end(session, registrant, RegistrantStatus.REFUSED, body.reason)
        await deposits.give_back(session, notice.subject_of(listing.id), registrant.organisation_id, now)
    else:
        registrant.revision += 1
        tell(session, registrant, "listing_registration.qualified", {"by": side})
    await session.flush()
    return listing, sale, await queries.get_registrant(session, actor, registrant.id)


def current_decisions(registrant: Registrant) -> list[ListedQualification]:
    """The decisions on what the registrant agrees to now."""
    return [row for row in registrant.decisions if row.listing_version == registrant.listing_version]


def is_decided(registrant: Registrant) -> bool:
    """Whether seller and operator have both decided."""
    return {row.judge for row in current_decisions(registrant)} == set(Judge)


async def settle(
    session: Session, listing: Listing, status: RegistrantStatus, organisations: Iterable[UUID] | None
) -> None:
    """The count is over: those named come to a status, every other live registration lapses; None: all lapse."""
    named = set(organisations or ())
    for row in await queries.registrants_of(session, listing.id, RegistrantStatus.REGISTERED):
        end(session, row, status if row.organisation_id in named else RegistrantStatus.LAPSED)
    if organisations is None:
        for row in await queries.registrants_of(session, listing.id, RegistrantStatus.BIDDING):
            end(session, row, RegistrantStatus.LOST)


async def end_bidding(session: Session, listing: Listing, winner_id: UUID) -> None:
    """The bidding ended in a deal: one won, the others lost."""
    for row in await queries.registrants_of(session, listing.id, RegistrantStatus.BIDDING):
        won = row.organisation_id == winner_id
        end(session, row, RegistrantStatus.WON if won else RegistrantStatus.LOST)


async def drop_revision(session: Session, listing: Listing, now: datetime) -> None:
    """The notice is over: a revision that was proposed and not published is moot."""
    revision = await queries.proposed_revision(session, listing.id)
    if revision is not None:
        revision.status, revision.decided_at = RevisionStatus.MOOT, now


def end(session: Session, registrant: Registrant, status: RegistrantStatus, reason: str | None = None) -> None:
    """Bring a registration to another status, and say so."""
    registrant.status, registrant.status_reason = status, reason
    registrant.revision += 1
    tell(session, registrant, f"listing_registration.{status}")


def tell(session: Session, registrant: Registrant, event: str, payload: Mapping[str, Any] | None = None) -> None:
    """Append the event for the registrant, the seller and the market's staff. It names no organisation."""
    audience = [events.OPERATOR, registrant.seller_id, registrant.organisation_id]
    body = {
        "number": registrant.number,
        "status": registrant.status,
        "listing_id": registrant.listing_id,
        "version": registrant.listing_version,
    }
    subject = ("listing_registration", registrant.id)
    events.append(session, event, subject, audience=audience, payload=body | dict(payload or {}))
