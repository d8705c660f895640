"""Voiding bids of an auction that stands still: one operator asks, another confirms, and the log says so.

Nothing is taken out of the log. An entry names the bids, and where the bidding stands without them (`FormRules`); who
replays the log finds the same. Locks: listing, auction.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

from app.core import keys
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.identity import queries as identity
from app.identity.invitations.rules import check_second
from app.identity.kinds import Verification
from app.identity.lineage import queries as lineage
from app.identity.problems import NOTHING_TO_CONFIRM
from app.pricing.auction import queries as auctions
from app.pricing.auction import service as auction_service
from app.pricing.auction.bidding import standing
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import State
from app.pricing.auction.ending import outcome
from app.pricing.auction.kinds import AuctionStatus, EntryKind, VoidingGround
from app.pricing.auction.models import Auction, AuctionEntry, BidVoiding
from app.pricing.auction.proof import log, logbook
from app.pricing.auction.rules import check_status
from app.pricing.auction.voiding import queries, rules, schemas


async def ask(session: Session, actor: Actor, auction_id: UUID, body: schemas.BidVoidingIn) -> BidVoiding:
    """Ask that bids be voided.

    Raises `auction_state` unless the auction is suspended, `no_standing_bid`, `void_without_ground`.
    """
    _, auction = await auction_service.lock_both(session, auction_id)
    check_status(auction.status, AuctionStatus.SUSPENDED)
    seqs = sorted(set(body.seqs))
    bids = {row.seq: row for row in await auctions.standing_bids(session, auction.id)}
    paddle = rules.paddle_of(seqs, {seq: outcome.paddle_of(row) for seq, row in bids.items()})
    await _check_ground(session, auction, paddle, body.ground, [bids[seq] for seq in seqs])
    voiding = BidVoiding(
        auction_id=auction.id,
        paddle=paddle,
        seqs=seqs,
        ground=body.ground,
        reason=body.reason,
        asked_by=actor.person_id,
        asked_at=await read_clock(session),
    )
    session.add(voiding)
    await session.flush()
    payload = {"number": auction.number, "voiding_id": voiding.id, "paddle": paddle, "ground": body.ground}
    events.append(
        session, "auction.voiding_asked", ("auction", auction.id), audience=[events.OPERATOR], payload=payload
    )
    return voiding


async def confirm(session: Session, actor: Actor, auction_id: UUID, voiding_id: UUID) -> BidVoiding:
    """Void the bids, as another operator than the one who asked; the auction stays suspended.

    Raises `not_found`, `nothing_to_confirm`, `second_person_needed`, `auction_state`, `no_standing_bid`,
    `void_without_ground`: facts may have changed since it was asked.
    """
    _, auction = await auction_service.lock_both(session, auction_id)
    voiding = await queries.get_voiding(session, auction_id, voiding_id)
    if voiding.confirmed_by is not None:
        raise NOTHING_TO_CONFIRM()
    check_second(actor, voiding.asked_by, voiding.asked_by)
    check_status(auction.status, AuctionStatus.SUSPENDED)
    bids = {row.seq: row for row in await auctions.standing_bids(session, auction.id)}
    rules.paddle_of(voiding.seqs, {seq: outcome.paddle_of(row) for seq, row in bids.items()})
    await _check_ground(session, auction, voiding.paddle, voiding.ground, [bids[seq] for seq in voiding.seqs])
    rest = [row for seq, row in bids.items() if seq not in voiding.seqs]
    _stand(auction, rest)
    now = await read_clock(session)
    facts = {
        "voids": voiding.seqs,
        "paddle": voiding.paddle,
        "ground": voiding.ground,
        "reason": voiding.reason,
        "voiding_id": str(voiding.id),
        "price": None if auction.price is None else log.money(auction.price),
        "leader": auction.leader,
        "ends_at": log.moment(auction.ends_at),
    }
    entry = await logbook.write(session, auction, EntryKind.VOIDED, now, facts)
    voiding.confirmed_by, voiding.confirmed_at, voiding.entry_seq = actor.person_id, now, entry.seq
    auction.revision += 1
    told = {name: facts[name] for name in ("voids", "paddle", "ground", "reason", "voiding_id", "price", "leader")}
    logbook.tell(session, auction, "auction.bids_voided", told)
    return voiding


def _stand(auction: Auction, rest: Sequence[AuctionEntry]) -> None:
    """Move the row to where the bidding stands by the bids that are left."""
    held, opened = keys.current(), logbook.opened(auction)
    state = RULES[auction.form].standing(opened.conditions, opened.state, outcome.bids_of(held, rest, auction.form))
    auction.price, auction.leader, auction.accepted = state.price, state.leader, state.accepted
    auction.leader_secret = None if state.maximum == state.price else _sealed_limit(held, auction, state)


def _sealed_limit(held: keys.Keys, auction: Auction, state: State) -> bytes:
    """The leader's limit as the clerk reads it; it may come from an open bid, which has no secret of its own."""
    assert state.leader is not None
    assert state.maximum is not None
    plain = json.dumps({"amount": log.money(state.maximum), "salt": secrets.token_hex(16)}).encode()
    return held.seal(auction.id, standing.purpose(state.leader), plain)


async def _check_ground(
    session: Session, auction: Auction, paddle: int, ground: VoidingGround, bids: Sequence[AuctionEntry]
) -> None:
    bidder = await auctions.bidder_of_paddle(session, auction.id, paddle)
    organisation = (await identity.organisations_by_id(session, [bidder.organisation_id]))[bidder.organisation_id]
    made_with: Mapping[int, UUID] = {row.seq: row.key_id for row in bids if row.key_id is not None}
    incidents = await queries.incidents_of(session, organisation.id)
    stolen = await lineage.made_with(session, [event.subject_id for event in incidents])
    is_stopped = organisation.verification != Verification.VERIFIED
    rules.check_ground(ground, made_with, set(stolen), is_stopped=is_stopped)
