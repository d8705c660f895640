"""The buyers' deposits when a deal ends without a contract, in every pricing mode with deposits.

Deposits are those of the subject ("listing", listing id); only those of the deal's buyers that are held now count. The
deal is locked; the order of locks is deal, listing, calendar, deposits. At the contract they become part of the price,
which the settlement does.

Source: operating rules for state-owned property rights (2009), on deposits; DOMAIN "a winner who walks away forfeits".
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core.access import Actor, Role
from app.core.database import Session
from app.core.history import events
from app.market.deals import rules
from app.market.deals.kinds import Defaulted, PartyRole
from app.market.deals.models import Deal, DealDefault
from app.market.deals.problems import NO_DEFAULT_OPEN
from app.market.deals.schemas import DefaultFindingIn
from app.market.listings import queries as listings
from app.office.ledger.deposits import releases
from app.office.ledger.deposits import service as deposits


async def held_by(session: Session, deal: Deal) -> Sequence[UUID]:
    """The buyers of a deal whose deposits are held for its listing."""
    if deal.listing_id is None:
        return []
    subject = ("listing", deal.listing_id)
    buyers = [party.organisation_id for party in deal.parties if party.role == PartyRole.BUYER]
    return [buyer for buyer in buyers if await deposits.is_held(session, subject, buyer)]


async def defaulted_by(session: Session, actor: Actor, deal: Deal, said: Defaulted | None) -> Defaulted | None:
    """Who defaulted on a deal that is being cancelled; None if no deposit is held.

    Raises `default_missing` if an operator names nobody, and `default_not_yours` if a party names somebody.
    """
    is_operator = actor.has(Role.OPERATOR)
    rules.check_default_said(said, is_operator=is_operator)
    if not await held_by(session, deal):
        return None
    if is_operator:
        return rules.require_default(said, deal.number)
    sells = any(p.organisation_id == actor.organisation_id and p.role == PartyRole.SELLER for p in deal.parties)
    return Defaulted.SELLER if sells else Defaulted.BUYER


async def check_open(session: Session, deal: Deal) -> None:
    """Raises `no_default_open` unless the deal ended without a contract and a deposit still waits for a decision."""
    ended = deal.status in rules.ENDED_STATUSES
    if not ended or deal.default is not None or not await held_by(session, deal):
        raise NO_DEFAULT_OPEN(number=deal.number, status=deal.status)


async def settle(session: Session, actor: Actor, deal: Deal, finding: DefaultFindingIn, now: datetime) -> None:
    """Record who defaulted. The buyers' deposits are forfeited or returned in full."""
    assert deal.listing_id is not None  # deposits are of a listing
    await listings.lock_listing(session, deal.listing_id)
    # What follows may owe other deposits back: the calendar comes before any money that moves.
    await releases.hold_calendar(session)
    subject = ("listing", deal.listing_id)
    deal.default = DealDefault(
        defaulted=finding.defaulted, reason=finding.reason, found_at=now, found_by_person_id=actor.person_id
    )
    deal.revision += 1
    await session.flush()
    for buyer in await held_by(session, deal):
        if finding.defaulted == Defaulted.BUYER:
            await deposits.forfeit(session, subject, buyer, reason=finding.reason)
        else:
            await deposits.release(session, subject, buyer, now)
    _tell(session, deal, "deal.default_found", {"defaulted": finding.defaulted})


async def give_back(session: Session, deal: Deal, now: datetime) -> None:
    """Return the buyers' deposits of a deal that nobody let fail."""
    for buyer in await held_by(session, deal):
        assert deal.listing_id is not None  # deposits are of a listing
        await listings.lock_listing(session, deal.listing_id)
        await deposits.release(session, ("listing", deal.listing_id), buyer, now)


async def end_unheld(session: Session, deal: Deal, now: datetime) -> None:
    """Withdraw the deposit requests of an ended deal that were never paid, and return late deposits in full."""
    assert deal.listing_id is not None  # deposits are of a listing
    held = await held_by(session, deal)
    for party in deal.parties:
        if party.role == PartyRole.BUYER and party.organisation_id not in held:
            await deposits.give_back(session, ("listing", deal.listing_id), party.organisation_id, now)


async def tell_unsettled(session: Session, deal: Deal) -> None:
    """Keep the deposit of an expired deal until the operator decides who defaulted."""
    if await held_by(session, deal):
        _tell(session, deal, "deal.default_open", {})


def _tell(session: Session, deal: Deal, event: str, payload: dict[str, str]) -> None:
    audience = [*events.STAFF, *(party.organisation_id for party in deal.parties)]
    body = {"number": deal.number, "listing_id": deal.listing_id}
    events.append(session, event, ("deal", deal.id), audience=audience, payload=body | payload)
