"""Holding each auction against its own log: bids change it so often that no event tells of each change."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

from app.core.database import Session
from app.core.history import events
from app.pricing.auction import queries
from app.pricing.auction.kinds import EntryKind
from app.pricing.auction.models import Auction
from app.pricing.auction.proof import log

PAGE: Final = 1000
SEALS = ("auction.bids_decided", "auction.bids_voided", "auction.closed", "auction.cancelled")
"""Events that name the end of the log as it was then."""


async def differences(session: Session) -> AsyncIterator[str]:
    """Each auction whose entries are no chain, are not what its events sealed, or do not give its standing."""
    after = None
    while found := await queries.auctions_after(session, after, PAGE):
        for auction in found:
            async for difference in _of(session, auction):
                yield f"auctions {auction.id}: {difference}"
        after = found[-1].id
        session.expunge_all()


async def _of(session: Session, auction: Auction) -> AsyncIterator[str]:
    sealed = {}
    for type_ in SEALS:
        for event in await events.latest_of(session, auction.id, type_, 1):
            sealed[event.payload["last_seq"]] = event.payload["head"]
    digest, seq = log.genesis(auction.id), 0
    told: dict[str, Any] = {"price": None, "leader": None}
    while lines := await queries.log_lines(session, auction.id, seq, PAGE):
        for place, content, stated in lines:
            entry = json.loads(content)
            _, digest = log.link(digest, entry)
            if place != seq + 1 or digest.hex() != stated:
                yield f"entry {place} of its log is not what was written after entry {seq}"
                return
            if sealed.pop(place, stated) != stated:
                yield f"entry {place} of its log is not the one that its event sealed"
            seq = place
            whole = entry["kind"] == EntryKind.VOIDED  # it may leave nobody in the lead
            told |= {name: entry[name] for name in told if whole or entry.get(name) is not None}
    for missing in sorted(sealed):
        yield f"entry {missing} of its log is gone; an event sealed it"
    for difference in _unlike(auction, told | {"last_seq": seq}, digest):
        yield difference


def _unlike(auction: Auction, told: dict[str, Any], digest: bytes) -> list[str]:
    """Where the row says otherwise than its log; one that was never announced has no log."""
    said = {"price": auction.price and log.money(auction.price), "leader": auction.leader, "last_seq": auction.last_seq}
    if told["last_seq"]:
        said, told = said | {"head": auction.head.hex()}, told | {"head": digest.hex()}
    return [f"{name} is {said[name]}; its log says {told[name]}" for name in told if said[name] != told[name]]
