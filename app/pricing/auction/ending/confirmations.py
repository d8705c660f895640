"""Use cases of the confirmation of a sale (成交确认书, Auction Law art. 52): reading, and signing by both sides."""

from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import NOT_FOUND
from app.pricing.auction import queries
from app.pricing.auction.models import AuctionConfirmation, ConfirmationSignature
from app.pricing.auction.proof import logbook


async def get(session: Session, actor: Actor, auction_id: UUID) -> AuctionConfirmation:
    """The confirmation, for seller and buyer and the market's staff; for everybody else it does not exist."""
    found = await queries.confirmation_of(session, auction_id)
    if actor.is_staff or actor.organisation_id in await queries.sides_of_deal(session, found.deal_id):
        return found
    raise NOT_FOUND(what=queries.CONFIRMATION)


async def sign(session: Session, actor: Actor, auction_id: UUID) -> AuctionConfirmation:
    """Sign it for one's organisation; signing again changes nothing."""
    await get(session, actor, auction_id)
    auction = await queries.lock_auction(session, auction_id)
    found = await queries.confirmation_of(session, auction_id)
    organisation_id = actor.organisation()
    if all(row.organisation_id != organisation_id for row in found.signatures):
        now = await read_clock(session)
        found.signatures.append(
            ConfirmationSignature(
                confirmation_id=found.id, organisation_id=organisation_id, person_id=actor.person_id, at=now
            )
        )
        await session.flush()
        payload = {"confirmation_number": found.number, "organisation_id": organisation_id}
        logbook.tell(session, auction, "auction.confirmation_signed", payload, public=False)
    return found
