"""What the auction behind a deal tells a price dossier of its bidders and bids.

A long log is told by its end: the bids that decided. All of them stand in the transcript that goes into the bundle.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, Entry, Section, Trace
from app.market.deals.models import Deal
from app.pricing.auction import queries
from app.pricing.auction.models import Auction, AuctionBidder, AuctionEntry

MOST_BIDS: Final = 400
"""Bids of a log that are told one by one, the last ones: as many as are printed."""
DECIDED, REJECTED = "auction.bids_decided", "auction.bid_rejected"
MANY: Final = (DECIDED, REJECTED)
"""Events of which a long auction has thousands."""
HIDDEN = Text(
    "Bidders are told by their paddles; who they are is known to themselves, to operator and auditor, and to the "
    "seller after the close.",
    "竞买人以号牌列示;其身份由本人、运营方、审计员,以及竞价结束后的委托人查阅。",
)
BIDDER_MOVED: Mapping[str, Text] = {
    "bidder.registered": Text("Registered as a bidder", "竞买登记"),
    "bidder.withdrawn": Text("Withdrew before the bidding", "竞价开始前退出"),
}
BID_FACTS = ("seq", "paddle", "amount", "commitment", "accepted", "code", "price", "leader", "minimum", "ends_at")


@dataclass(frozen=True, slots=True)
class Told:
    """To whom an auction's part is told, and what happened to its auctions besides bids, oldest first."""

    deal: Deal
    actor: Actor
    happened: Sequence[Event]

    def sealed_by(self, auction: Auction, type_: str, seq: int) -> list[Trace]:
        """The event that sealed a place of the log: the first one of its type whose head is there or beyond."""
        for event in self.happened:
            if event.type == type_ and event.subject_id == auction.id and event.payload["last_seq"] >= seq:
                return [Trace(type_, auction.id, event_id=event.id)]
        return []

    def named(self, type_: str, subject_id: UUID, members: Mapping[str, str]) -> list[Trace]:
        """The event of a type that has these members."""
        for event in self.happened:
            same = all(event.payload.get(name) == value for name, value in members.items())
            if event.type == type_ and event.subject_id == subject_id and same:
                return [Trace(type_, subject_id, event_id=event.id)]
        return []

    def by(self, event: Event, auction: Auction) -> By:
        """Who brought an event about; a bidder's organisation is not told here."""
        if event.actor_organisation_id is None:
            return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)
        if event.actor_organisation_id == auction.seller_id:
            return By(Capacity.SELLER, auction.seller_id)
        return By(Capacity.BIDDER)


async def sections(session: Session, told: Told, auction: Auction) -> list[Section]:
    """The bidders by their paddles, and the last bids with what was decided on each."""
    bidders = await queries.bidders_of(session, auction.id)
    names = names_of(told.actor, auction, bidders)
    withheld = None if len(names) == len(bidders) and queries.knows_names(told.actor, auction) else HIDDEN
    title = Text("Bidders", "竞买人")
    return [
        Section("auction_bidders", title, _bidders(told, auction, bidders, names), withheld),
        await _bids(session, auction, names),
    ]


def names_of(actor: Actor, auction: Auction, bidders: Sequence[AuctionBidder]) -> dict[int, UUID]:
    """The organisations behind the paddles that the actor may know."""
    everybody = queries.knows_names(actor, auction)
    return {
        row.paddle: row.organisation_id
        for row in bidders
        if everybody or (actor.organisation_id is not None and row.organisation_id == actor.organisation_id)
    }


def _bidders(told: Told, auction: Auction, bidders: Sequence[AuctionBidder], names: Mapping[int, UUID]) -> list[Entry]:
    moved = [row for row in told.happened if row.type in BIDDER_MOVED and row.subject_id == auction.id]
    entries = [
        Entry.of(
            event,
            By(Capacity.BIDDER, names.get(event.payload["paddle"])),
            BIDDER_MOVED[event.type],
            {"paddle": event.payload["paddle"]},
        )
        for event in moved
    ]
    came = {event.payload["paddle"] for event in moved}
    handed_over = [Trace("listing.bidding_opened", auction.listing_id, {"contest_id": str(auction.id)})]
    entries += [
        Entry(
            at=row.registered_at,
            by=By(Capacity.BIDDER, names.get(row.paddle)),
            what=Text("Admitted as a registrant of the listing", "意向受让方转为竞买人"),
            facts={"paddle": row.paddle},
            traces=handed_over if auction.is_contest else [],
        )
        for row in bidders
        if row.paddle not in came
    ]
    return sorted(entries, key=lambda entry: entry.at)


async def _bids(session: Session, auction: Auction, names: Mapping[int, UUID]) -> Section:
    bids = await queries.last_bids(session, auction.id, MOST_BIDS)
    # Every decided bid is named by an event of its turn, so that as many events as bids are enough.
    turns = await events.latest_of(session, auction.id, DECIDED, len(bids)) if bids else []
    firsts = [event.payload["first_seq"] for event in turns]
    entries = [_bid(auction, row, names, _turn_of(turns, firsts, row.seq)) for row in bids]
    left_out = await queries.count_bids(session, auction.id, before=bids[0].seq) if bids else 0
    return Section("auction_bids", Text("Bids and decisions", "报价与确认结果"), entries, _withheld(left_out))


def _turn_of(turns: Sequence[Event], firsts: Sequence[int], seq: int) -> Event | None:
    """The event that tells of the turn in which an entry of the log was decided."""
    place = bisect_right(firsts, seq) - 1
    return turns[place] if place >= 0 and turns[place].payload["last_seq"] >= seq else None


def _bid(auction: Auction, row: AuctionEntry, names: Mapping[int, UUID], turn: Event | None) -> Entry:
    content = json.loads(row.content)
    return Entry(
        at=row.at,
        by=By(Capacity.BIDDER, names.get(content["paddle"])),
        what=Text("Bid accepted", "出价有效") if content["accepted"] else Text("Bid refused", "出价无效"),
        facts={name: content[name] for name in BID_FACTS},
        traces=[] if turn is None else [Trace(DECIDED, auction.id, event_id=turn.id)],
    )


def _withheld(left_out: int) -> Text | None:
    if left_out == 0:
        return None
    return Text(
        f"The {left_out} bids before these stand in transcript.json, the whole log, which is public.",
        f"此前的 {left_out} 次出价见 transcript.json(完整竞价日志,公开)。",
    )
