"""HTTP of auctions: their life, bidders and bids. Reading the log is in `log_routes`."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Request

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.problems import NOT_FOUND, PROBLEM_MEDIA_TYPE
from app.core.schemas import ReasonIn
from app.core.web.access import EVERY_ROLE, allow, public
from app.core.web.http import Endpoint, MoneyEndpoint, Session, note_read
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.gates.queries import gates_of
from app.office.ledger.deposits import queries as deposit_queries
from app.pricing.auction import bidders, queries, schemas, service, shown
from app.pricing.auction.bidding.door import BidEndpoint
from app.pricing.auction.ending import confirmations, winner
from app.pricing.auction.models import Auction, AuctionBidder

bid_router = Router(route_class=BidEndpoint)
router = Router(route_class=Endpoint, tags=("auctions",))
money_router = Router(route_class=MoneyEndpoint)

Seller = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="auctions:write", merged=True)]
Bidder = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="auctions:write", merged=True)]
Entrant = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="auctions:write")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="auctions:write")]
SellerOrOperator = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="auctions:write", merged=True)]
Signatory = Annotated[Actor, allow(Role.ADMIN, scope="auctions:write", merged=True)]
Viewer = Annotated[Actor | None, public(scope="auctions:read")]
Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="auctions:read")]


SCHEMAS = "#/components/schemas/"
REFUSAL = schemas.RefusedBidOut.model_json_schema(ref_template=f"{SCHEMAS}{{model}}", mode="serialization")
REFUSED_BID = {
    "description": "Refused. A bid that was decided has its place in the log and a receipt; else the refusal is signed",
    "content": {PROBLEM_MEDIA_TYPE: {"schema": {"allOf": [{"$ref": f"{SCHEMAS}Problem"}, REFUSAL]}}},
}
REPLAYED = {"description": "`true` where this is the answer to an earlier attempt", "schema": {"type": "string"}}
UNDECIDED = {
    "description": "Too many bids are waiting, or the database is unavailable. Retry after `Retry-After` seconds with "
    "the same Idempotency-Key to get the decision",
    "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    "headers": {"Retry-After": {"schema": {"type": "integer"}}},
}


@bid_router.post(
    "/auctions/{auction_id}/bids",
    status_code=201,
    operation_id="place_bid",
    responses={
        201: {"headers": {"Idempotency-Replayed": REPLAYED}},
        403: REFUSED_BID,
        409: REFUSED_BID,
        422: REFUSED_BID,
        503: UNDECIDED,
    },
)
async def place_bid(actor: Entrant, auction_id: UUID, body: Annotated[schemas.BidIn, Body()]) -> schemas.BidOut:
    """Place a bid. The answer says what was decided, by the database's clock after the lock, with a signed receipt.

    A well-formed bid that is refused (too low, too late) also has a place in the log and a receipt. Of any other the
    answer carries a signed `refusal`, with the amount, what would have passed, and the moment.
    """
    raise AssertionError("`BidEndpoint` answers")


@money_router.post("/listings/{listing_id}/auction", status_code=201, operation_id="propose_auction")
async def propose(actor: Seller, session: Session, listing_id: UUID, body: schemas.AuctionIn) -> schemas.AuctionOut:
    """Propose the auction of your published listing. The operator announces it; the reserve stays secret."""
    made = await service.propose(session, actor, listing_id, body)
    return await _answer(session, actor, made)


@router.get("/auctions", operation_id="list_auctions")
async def list_auctions(
    actor: Viewer,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.AUCTIONS, queries.FILTERS)],
) -> Page[schemas.AuctionCard]:
    """List announced auctions, newest first. You also see your own proposed ones; staff see all."""
    return (await queries.list_auctions(session, actor, page)).shown(shown.card)


@router.get("/auctions/{auction_id}", operation_id="read_auction")
async def read_auction(actor: Viewer, session: Session, auction_id: UUID, request: Request) -> schemas.AuctionOut:
    """Read an auction with its conditions and where the bidding stands.

    A seller sees its sealed reserve, and each such read is recorded.
    """
    told = await _answer(session, actor, await queries.get_auction(session, actor, auction_id))
    if told.reserve_price is not None:
        await note_read(request, session, "auction.reserve_read", ("auction", auction_id))
    return told


@money_router.post("/auctions/{auction_id}/announcement", operation_id="announce_auction")
async def announce(actor: Operator, session: Session, auction_id: UUID) -> schemas.AuctionOut:
    """Announce a proposed auction (拍卖公告). The notice and the viewing to come are as long as the law asks."""
    return await _answer(session, actor, await service.announce(session, actor, auction_id))


@router.post("/auctions/{auction_id}/suspension", operation_id="suspend_auction")
async def suspend(actor: Operator, session: Session, auction_id: UUID, body: ReasonIn) -> schemas.AuctionOut:
    """Suspend an auction. No bid is decided until it is resumed."""
    return await _answer(session, actor, await service.suspend(session, auction_id, body.reason))


@router.post("/auctions/{auction_id}/resumption", operation_id="resume_auction")
async def resume(actor: Operator, session: Session, auction_id: UUID) -> schemas.AuctionOut:
    """Resume a suspended auction. Later times move by the length of the suspension."""
    return await _answer(session, actor, await service.resume(session, auction_id))


@router.post("/auctions/{auction_id}/cancellation", operation_id="cancel_auction")
async def cancel(actor: SellerOrOperator, session: Session, auction_id: UUID, body: ReasonIn) -> schemas.AuctionOut:
    """Cancel an auction. The seller may before it is announced, the operator before it is closed."""
    done = await service.cancel(session, actor, auction_id, body.reason)
    return await _answer(session, actor, done)


@money_router.post("/auctions/{auction_id}/bidders", status_code=201, operation_id="register_bidder")
async def register(actor: Entrant, session: Session, auction_id: UUID, body: schemas.BidderIn) -> schemas.OwnBidderOut:
    """Register as a bidder before the bidding begins. You may bid once the deposit that the answer names is paid."""
    bidder = await bidders.register(session, actor, auction_id, body)
    return await _own(session, bidder)


@router.get("/auctions/{auction_id}/bidders", operation_id="list_bidders")
async def list_bidders(
    actor: Viewer, session: Session, auction_id: UUID, page: Annotated[PageRequest, sorted_by(queries.BIDDERS)]
) -> Page[schemas.BidderOut]:
    """List the bidders by paddle. Operator and auditor see who they are, the seller after the close."""
    auction = await queries.get_auction(session, actor, auction_id)
    found = await queries.list_bidders(session, auction.id, page)
    names = queries.knows_names(actor, auction)
    own = actor.organisation_id if actor else None
    return found.shown(lambda row: shown.bidder(row, names or row.organisation_id == own))


@router.get("/auctions/{auction_id}/bidders/own", operation_id="read_own_bidder")
async def read_own_bidder(
    actor: Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="auctions:read")], session: Session, auction_id: UUID
) -> schemas.OwnBidderOut:
    """Read your organisation's registration as a bidder, with its deposit."""
    bidder = await queries.find_bidder(session, auction_id, actor.organisation())
    if bidder is None:
        raise NOT_FOUND(what=queries.AUCTION)
    return await _own(session, bidder)


@money_router.post("/auctions/{auction_id}/bidders/own/withdrawal", operation_id="withdraw_bidder")
async def withdraw(actor: Bidder, session: Session, auction_id: UUID) -> schemas.BidderOut:
    """Withdraw as a bidder before the bidding begins. A deposit that was paid goes back."""
    return shown.bidder(await bidders.withdraw(session, actor, auction_id), named=True)


@money_router.post("/auctions/{auction_id}/offer-acceptance", operation_id="accept_auction_offer")
async def accept_offer(actor: Bidder, session: Session, auction_id: UUID) -> schemas.AuctionOut:
    """Accept the lot that is offered to you after the winner's default, at your own bid."""
    return await _answer(session, actor, await winner.accept_offer(session, actor, auction_id))


@router.get("/auctions/{auction_id}/confirmation", operation_id="read_auction_confirmation")
async def read_confirmation(actor: Reader, session: Session, auction_id: UUID) -> schemas.AuctionConfirmationOut:
    """Read the confirmation of the sale (成交确认书). Its parties and staff may."""
    return shown.confirmation(await confirmations.get(session, actor, auction_id))


@money_router.post("/auctions/{auction_id}/confirmation/signature", operation_id="sign_auction_confirmation")
async def sign_confirmation(actor: Signatory, session: Session, auction_id: UUID) -> schemas.AuctionConfirmationOut:
    """Sign the confirmation of the sale, as an admin of the seller or of the buyer."""
    return shown.confirmation(await confirmations.sign(session, actor, auction_id))


async def _own(session: Session, bidder: AuctionBidder) -> schemas.OwnBidderOut:
    auction = await queries.read_auction(session, bidder.auction_id)
    deposit = await deposit_queries.latest_deposit(session, ("listing", auction.listing_id), bidder.organisation_id)
    return shown.own_bidder(bidder, auction, deposit, await read_clock(session))


async def _answer(session: Session, actor: Actor | None, auction: Auction) -> schemas.AuctionOut:
    gates = None
    if actor is not None and (actor.oversees or await _is_party(session, actor, auction)):
        gates = await gates_of(session, winner.SUBJECT, auction.id)
    return shown.auction(auction, await read_clock(session), actor, gates)


async def _is_party(session: Session, actor: Actor, auction: Auction) -> bool:
    if actor.organisation_id in (auction.seller_id, auction.agency_id):
        return True
    if auction.winner is None:
        return False
    return (
        await queries.bidder_of_paddle(session, auction.id, auction.winner)
    ).organisation_id == actor.organisation_id


router.include_router(money_router)
router.include_router(bid_router)
