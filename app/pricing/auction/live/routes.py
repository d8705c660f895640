"""HTTP of an auction's log: poll, pages, stream, transcript, and the keys that check it."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from app.core.access import Actor
from app.core.schemas import AskedFlag, AskedWhole
from app.core.web.access import Public, public
from app.core.web.http import Endpoint, Session, context_of
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.pricing.auction import queries, schemas, shown
from app.pricing.auction.bidding import house
from app.pricing.auction.live import stream
from app.pricing.auction.proof import transcribing

router = Router(route_class=Endpoint, tags=("auctions",))
Viewer = Annotated[Actor | None, public(scope="auctions:read")]
MAX_SEQ = 2**53


@router.get(
    "/auctions/{auction_id}/live",
    operation_id="poll_auction",
    response_model=schemas.AuctionLiveOut,
)
async def poll(actor: Public, request: Request, auction_id: UUID) -> Response:
    """Read where the bidding stands. With `If-None-Match` the answer is 304 while nothing has changed."""
    row = await queries.live(context_of(request).database, auction_id)
    found = shown.live(row)
    # A descending price falls, and bidding begins and ends, without any entry: the minimum says so.
    tag = f'"{row["last_seq"]}-{row["revision"]}-{found.minimum}"'
    headers = {"ETag": f"W/{tag}"}  # weak: `server_time` goes on
    return Response(found.model_dump_json(), headers=headers, media_type="application/json")


@router.get("/auctions/{auction_id}/entries", operation_id="list_auction_entries")
async def list_entries(
    actor: Viewer, session: Session, auction_id: UUID, page: Annotated[PageRequest, sorted_by(queries.ENTRIES)]
) -> Page[schemas.AuctionEntryOut]:
    """List the entries of an auction's log in order. Each has the hash that chains it to the one before."""
    auction = await queries.get_auction(session, actor, auction_id)
    return (await queries.list_entries(session, auction.id, page)).shown(shown.entry)


@router.get("/auctions/{auction_id}/entries/{seq}", operation_id="read_auction_entry")
async def read_entry(
    actor: Viewer, session: Session, auction_id: UUID, seq: Annotated[AskedWhole, Path(ge=0, le=MAX_SEQ)]
) -> schemas.AuctionEntryOut:
    """Read an entry of an auction's log by its place, such as that of a bid."""
    auction = await queries.get_auction(session, actor, auction_id)
    return shown.entry(await queries.get_entry(session, auction.id, seq))


@router.get(
    "/auctions/{auction_id}/stream",
    operation_id="stream_auction",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Server-sent events", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "The auction is over and you have its whole log: do not come back"},
    },
)
async def watch(
    actor: Public,
    request: Request,
    auction_id: UUID,
    last_event_id: Annotated[AskedWhole | None, Header(ge=0, le=MAX_SEQ)] = None,
    after: Annotated[
        AskedWhole,
        Query(ge=0, le=MAX_SEQ, description="Begin after this place in the log; beyond its end: from now on"),
    ] = 0,
    follow: Annotated[AskedFlag, Query(description="False: what there is, and no more")] = True,
) -> Response:
    """Follow an auction's log as server-sent events. `Last-Event-ID` resumes where you were."""
    row = await queries.live(context_of(request).database, auction_id)
    head: int = row["last_seq"]
    seq = min(head, after if last_event_id is None else last_event_id)
    if queries.is_over(row["status"]) and seq == head:
        return Response(status_code=204)  # an EventSource takes it as: never again
    if not follow:
        entries = stream.past(context_of(request).database, auction_id, seq)
        return StreamingResponse(entries, headers={"Cache-Control": "no-store"}, media_type=stream.MEDIA)
    hub = house.of(request.app).hub
    hub.check_room()
    return stream.Stream(hub, auction_id, head, seq)


_TRANSCRIPT = {"type": "object", "description": "The whole log, a signed head, and the keys that check both"}


@router.get(
    "/auctions/{auction_id}/transcript",
    operation_id="export_auction_transcript",
    response_class=StreamingResponse,
    responses={200: {"description": "The transcript", "content": {"application/json": {"schema": _TRANSCRIPT}}}},
)
async def transcript(actor: Viewer, request: Request, session: Session, auction_id: UUID) -> Response:
    """Download the whole log with a signed head and the keys, as one file. `techex verify` checks it offline."""
    auction = await queries.get_auction(session, actor, auction_id)
    await queries.live(context_of(request).database, auction_id)
    opened = transcribing.opening(auction, await queries.list_keys(session), house.of(request.app).signer)
    database = context_of(request).database

    async def lines(seq: int, limit: int) -> Sequence[tuple[int, str, str]]:
        rows = await queries.watched_entries(database, auction_id, seq, limit)
        return [(row["seq"], row["content"], row["hash"]) for row in rows]

    headers = {"Content-Disposition": f'attachment; filename="transcript-{auction.number}.json"'}
    written = transcribing.written(opened, lines)
    return StreamingResponse(written, headers=headers, media_type="application/json")


@router.get("/exchange-keys", operation_id="list_exchange_keys")
async def list_keys(
    actor: Public, session: Session, page: Annotated[PageRequest, sorted_by(queries.KEYS)]
) -> Page[schemas.ExchangeKeyOut]:
    """List the public keys (Ed25519) of the exchange. It signs receipts and confirmations with them, or has signed."""
    return (await queries.page_of_keys(session, page)).shown(
        lambda key: schemas.ExchangeKeyOut.of(key, public_key=key.public_key.hex())
    )
