"""Use cases of listings; each runs in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.catalogue.results import queries as results
from app.catalogue.results.kinds import Secrecy
from app.core import deadlines
from app.core.access import Actor, Role, forbidden
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, readable_number
from app.core.problems import Text
from app.core.web.preconditions import Precondition
from app.identity import queries as identity
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room
from app.market.listings import modes, publication, queries, rules, schemas
from app.market.listings.kinds import ListingStatus, Move, Mover
from app.market.listings.models import Listing, Question
from app.market.listings.problems import ANSWERED, OWN_LISTING

CLOSES = modes.CLOSES


async def create_listing(session: Session, actor: Actor, body: schemas.ListingIn) -> Listing:
    """Draft a listing of a result that the seller keeps or co-owns; any other result is `not_found`."""
    seller_id = actor.organisation()
    await results.get_result(session, actor, body.result_id)
    today = await read_today(session)
    listing = Listing(**body.model_dump(), seller_id=seller_id)
    publication.check_draft(listing, today)
    await publication.require_agency(session, body.agency_id, seller_id)
    listing.number = await readable_number(session, NumberPrefix.LISTING, today.year)
    session.add(listing)
    await session.flush()
    await session.refresh(listing)
    _tell(session, listing, "listing.drafted")
    return listing


async def edit_listing(
    session: Session, actor: Actor, listing_id: UUID, body: schemas.ListingPatch, precondition: Precondition
) -> Listing:
    """Change a draft or a returned listing. Raises `listing_not_editable` for one that was submitted or published."""
    listing = await queries.lock_for(session, actor, listing_id)
    precondition.check(listing.revision)
    rules.check_editable(listing.status)
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    for name, value in changes.items():
        setattr(listing, name, value)
    rules.check_allocation(listing.pricing_mode, listing.allocation)
    rules.check_closing_day(listing.closes_on, sets_end=modes.of_listing(listing).sets_end)
    if "closes_on" in changes:
        publication.check_period(listing, await read_today(session))
    if "agency_id" in changes:
        await publication.require_agency(session, listing.agency_id, listing.seller_id)
    listing.revision += 1
    _tell(session, listing, "listing.edited")
    return listing


async def submit(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """Hand a draft to the operator. What would refuse its publication refuses it already here."""
    listing = await _lock_with_result(session, actor, listing_id)
    target = rules.after(Move.SUBMISSION, Mover.SELLER, listing.status)
    await publication.check_publishable(session, actor, listing, await read_today(session))
    _move(session, listing, target, "listing.submitted")
    return listing


async def publish(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """Publish a submitted listing: checked again under the locks, sealed, and timed to lapse at its end."""
    listing = await _lock_with_result(session, actor, listing_id)
    target = rules.after(Move.PUBLICATION, Mover.OPERATOR, listing.status)
    now = await read_clock(session)
    found = await publication.check_publishable(session, actor, listing, session.city.day_of(now))
    listing.version += 1
    listing.published_at = now
    listing.closes_at = await modes.of_listing(listing).published(session, listing, now)
    listing.technical_field = found.result.technical_field
    await publication.seal(session, listing, found, now)
    _move(session, listing, target, "listing.published", payload={"version": listing.version})
    publication.tell_licensees(session, listing, found, session.city.day_of(now))
    await session.flush()
    return listing


async def revise(session: Session, actor: Actor, listing: Listing, changes: Mapping[str, Any], now: datetime) -> None:
    """Publish changed content of a published listing as its next version, checked like a publication.

    For procedures that allow it; they have begun their period again, so that `closes_at` is set. The caller has locked
    the result, then the listing.
    """
    for name, value in changes.items():
        setattr(listing, name, value)
    found = await publication.check_publishable(session, actor, listing, session.city.day_of(now))
    listing.version += 1
    await publication.seal(session, listing, found, now)
    _move(session, listing, listing.status, "listing.republished", payload={"version": listing.version})


async def return_listing(session: Session, actor: Actor, listing_id: UUID, reason: str) -> Listing:
    """Give a submitted listing back to the seller with what must change."""
    listing = await queries.lock_for(session, actor, listing_id)
    target = rules.after(Move.RETURN, Mover.OPERATOR, listing.status)
    _move(session, listing, target, "listing.returned", reason=reason)
    return listing


async def suspend(session: Session, actor: Actor, listing_id: UUID, reason: str) -> Listing:
    """Take a published listing off sale for a time, by its seller or the operator."""
    listing = await queries.lock_for(session, actor, listing_id)
    await _suspend(session, listing, _mover(actor), reason, await read_clock(session))
    return listing


async def suspend_by_rule(session: Session, listing: Listing, reason: str, now: datetime) -> None:
    """Take a published listing, locked, off sale as if the operator did; the operator alone resumes it."""
    await _suspend(session, listing, Mover.OPERATOR, reason, now)


async def _suspend(session: Session, listing: Listing, mover: Mover, reason: str, now: datetime) -> None:
    target = rules.after(Move.SUSPENSION, mover, listing.status)
    listing.closes_at = await modes.of_listing(listing).suspended(session, listing, reason, now)
    listing.suspended_by = mover
    _move(session, listing, target, "listing.suspended", reason=reason)


async def resume(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """Put a suspended listing back on sale as it was published; past its end that is `listing_not_open`.

    Its result and its seller must still satisfy what publication asked of them.
    """
    listing = await _lock_with_result(session, actor, listing_id)
    target = rules.after(Move.RESUMPTION, _mover(actor), listing.status, listing.suspended_by)
    now = await read_clock(session)
    rules.check_open(target, listing.closes_at, now)
    await publication.check_still_listable(session, listing, session.city.day_of(now))
    listing.closes_at = await modes.of_listing(listing).resumed(session, listing, now)
    listing.suspended_by = None
    _move(session, listing, target, "listing.resumed")
    return listing


async def withdraw(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """Take a listing back for good; it disappears from the public. Not while it is held for a buyer."""
    listing = await queries.lock_for(session, actor, listing_id)
    await _withdraw(session, listing, _mover(actor))
    return listing


async def withdraw_all_of(session: Session, result_id: UUID) -> None:
    """Take every listing of a secret result from the public, lapsed ones too.

    One held for a buyer without a deal is let go first where its mode can; one with a deal follows when that has ended.
    """
    result = await results.lock_result(session, result_id)
    if result.secrecy == Secrecy.NONE:
        return
    # All of them before anything else: what a withdrawal takes may be what the holder of the next one waits for.
    ids = await queries.ids_of_result(session, result_id)
    for listing in [await queries.lock_listing(session, listing_id) for listing_id in ids]:
        if listing.status == ListingStatus.RESERVED:
            await modes.of_listing(listing).look_again(session, listing)
        if listing.status in rules.STEPS[Move.WITHDRAWAL].sources:
            await _withdraw(session, listing, Mover.RESULT)
        elif listing.status == ListingStatus.LAPSED:
            target = rules.after(Move.REMOVAL, Mover.RESULT, listing.status)
            _move(session, listing, target, "listing.withdrawn", public=True)


async def _withdraw(session: Session, listing: Listing, mover: Mover) -> None:
    target = rules.after(Move.WITHDRAWAL, mover, listing.status)
    await modes.of_listing(listing).withdrawn(session, listing, mover, await read_clock(session))
    _move(session, listing, target, "listing.withdrawn", public=listing.version > 0)


def reserve(session: Session, listing: Listing) -> None:
    """Hold a listing for a deal; the caller holds its lock. Raises `listing_transition_refused`."""
    target = rules.after(Move.RESERVATION, Mover.DEAL, listing.status)
    _move(session, listing, target, "listing.reserved")


def release(session: Session, listing: Listing, now: datetime) -> None:
    """A deal ended without a contract: back on sale, or lapsed where the period ended meanwhile. Lock held."""
    target = rules.after(Move.RELEASE, Mover.DEAL, listing.status)
    _move(session, listing, target, "listing.released")
    if listing.closes_at is not None and now >= listing.closes_at:
        lapse(session, listing)


async def keep_open_until(session: Session, listing: Listing, moment: datetime) -> None:
    """A published listing does not lapse before `moment`: bidding on it may go on beyond its day. Lock held."""
    if listing.closes_at is None or listing.closes_at < moment:
        listing.closes_at = moment
    await deadlines.schedule(session, CLOSES, listing.id, listing.closes_at)


async def end_when_published(session: Session, listing: Listing, now: datetime) -> None:
    """Bidding on a published listing is over: it ends on the day that was published, or now if that has passed."""
    assert listing.closes_on is not None
    listing.closes_at = rules.end_of_day(listing.closes_on, session.city.zone)
    if now >= listing.closes_at:
        await deadlines.cancel(session, CLOSES, listing.id)
        lapse(session, listing)
    else:
        await deadlines.schedule(session, CLOSES, listing.id, listing.closes_at)


def sell(session: Session, listing: Listing) -> None:
    """A deal's contract is signed: the listing is sold. Lock held."""
    target = rules.after(Move.SALE, Mover.DEAL, listing.status)
    _move(session, listing, target, "listing.sold")


def lapse(session: Session, listing: Listing, reason: str | None = None) -> None:
    """The listing's period ended without a deal, or its procedure did. Lock held."""
    target = rules.after(Move.LAPSE, Mover.TIME, listing.status)
    listing.suspended_by = None
    _move(session, listing, target, "listing.lapsed", reason=reason)


def move_end(session: Session, listing: Listing, closes_at: datetime) -> None:
    """The procedure moved the moment at which the listing closes; the event says why. Lock held."""
    listing.closes_at = closes_at
    listing.revision += 1


async def ask(session: Session, actor: Actor, listing_id: UUID, question: str) -> Question:
    """Ask about a published listing, as a verified organisation other than the seller and its agency."""
    listing = await queries.get_listing(session, actor, listing_id)
    asker_id = actor.organisation()
    if asker_id in await queries.selling_side(session, listing):
        raise OWN_LISTING(what=Text("Asking", "提问"))
    now = await read_clock(session)
    rules.check_open(listing.status, listing.closes_at, now)
    publication.require_verified((await identity.organisations_by_id(session, [asker_id]))[asker_id])
    check_room(Quota.REQUESTS, await queries.count_unanswered(session, listing.id, asker_id), session.city.day_of(now))
    row = Question(listing_id=listing.id, asker_id=asker_id, question=question, asked_at=now)
    session.add(row)
    await session.flush()
    audience = [asker_id, listing.seller_id, *events.STAFF]
    payload = {"question_id": row.id}
    events.append(session, "question.asked", ("listing", listing.id), audience=audience, payload=payload)
    return row


async def answer(session: Session, actor: Actor, question_id: UUID, text: str) -> Question:
    """Answer a question about one's own listing, once; both become public. Raises `question_answered`."""
    row = await queries.lock_question(session, actor, question_id)
    if row.answered_at is not None:
        raise ANSWERED(answered_at=row.answered_at.isoformat())
    row.answer = text
    row.answered_at = await read_clock(session)
    audience = [events.PUBLIC] if queries.is_public(row.listing) else [row.asker_id, row.listing.seller_id]
    events.append(
        session, "question.answered", ("listing", row.listing_id), audience=audience, payload={"question_id": row.id}
    )
    return row


async def _lock_with_result(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """Lock the result, then the listing: two listings of one result are published one after the other."""
    seen = await queries.get_listing(session, actor, listing_id)
    await publication.lock_result(session, seen.result_id)
    return await queries.lock_for(session, actor, listing_id)


def _mover(actor: Actor) -> Mover:
    if actor.has(Role.OPERATOR):
        return Mover.OPERATOR
    if actor.is_staff:
        raise forbidden(actor, {Role.OPERATOR})
    return Mover.SELLER


def _move(
    session: Session,
    listing: Listing,
    target: ListingStatus,
    event: str,
    *,
    reason: str | None = None,
    public: bool | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    listing.status = target
    listing.status_reason = reason
    listing.revision += 1
    _tell(session, listing, event, public=public, payload=payload)


def _tell(
    session: Session,
    listing: Listing,
    event: str,
    *,
    public: bool | None = None,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Append the event for those who may see the listing. A reason is the seller's to read, so it is not in it."""
    audience = [*events.STAFF, listing.seller_id]
    if listing.agency_id:
        audience.append(listing.agency_id)
    if queries.is_public(listing) if public is None else public:
        audience.append(events.PUBLIC)
    body = {"number": listing.number, "status": listing.status, "revision": listing.revision}
    events.append(session, event, ("listing", listing.id), audience=audience, payload=body | dict(payload or {}))
