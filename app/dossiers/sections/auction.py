"""What auctions tell a price dossier: announcement, log, bidders, confirmation, gates; the transcript for its bundle.

Whatever stands here of a bid stands in the public log: a sealed amount, a limit or the reserve only where the log has
opened it.
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.sections import auction_bids
from app.dossiers.sections.auction_bids import Told
from app.dossiers.sections.gates import gate_section
from app.dossiers.story import Attachment, By, Entry, Fact, Section
from app.law.instruments import AUCTION_LAW
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal
from app.pricing.auction import queries
from app.pricing.auction.ending import winner
from app.pricing.auction.kinds import EntryKind
from app.pricing.auction.models import Auction, AuctionConfirmation, AuctionEntry
from app.pricing.auction.proof import logbook, transcribing

TRANSCRIPT: Final = "transcript.json"
NOTICE_RULE, CONFIRMATION_RULE = AUCTION_LAW.art("45-48"), AUCTION_LAW.art("52")
HIDDEN_CONFIRMATION = Text(
    "The confirmation is read by seller and buyer and the market's staff.", "成交确认书由交易双方和交易所人员查阅。"
)
LOGGED: Mapping[EntryKind, tuple[Text, str, Capacity]] = {
    EntryKind.SCHEDULED: (Text("Announced", "拍卖公告"), "auction.announced", Capacity.OPERATOR),
    EntryKind.SUSPENDED: (Text("Suspended", "中止拍卖"), "auction.suspended", Capacity.OPERATOR),
    EntryKind.RESUMED: (Text("Resumed", "恢复拍卖"), "auction.resumed", Capacity.OPERATOR),
    EntryKind.VOIDED: (Text("Bids voided", "作废报价"), "auction.bids_voided", Capacity.OPERATOR),
    EntryKind.REVEALED: (Text("Sealed bids opened", "开启密封报价"), "auction.closed", Capacity.TIME),
    EntryKind.CLOSED: (Text("Bidding closed", "竞价结束"), "auction.closed", Capacity.TIME),
    EntryKind.CANCELLED: (Text("Cancelled", "终止拍卖"), "auction.cancelled", Capacity.OPERATOR),
    EntryKind.DEFAULTED: (Text("The winner defaulted", "买受人违约"), "auction.defaulted", Capacity.BIDDER),
    EntryKind.OFFERED: (Text("Offered to the next bidder", "由次高竞买人递补"), "auction.offered", Capacity.EXCHANGE),
}
"""What the log says, the event by which its place was sealed, and who usually brings it about."""
BESIDE: Mapping[str, tuple[Text, tuple[str, ...]]] = {
    "auction.proposed": (Text("Proposed by the seller", "委托拍卖申请"), ()),
    "auction.sale_refused": (Text("Sale ended without a deal", "未成交而终止"), ("reason",)),
    "auction.offer_accepted": (Text("The next bidder accepted", "递补竞买人同意受让"), ("paddle",)),
    "auction.offer_lapsed": (Text("The next bidder did not accept", "递补竞买人逾期未应买"), ()),
}
"""Events that leave no entry in the log."""


async def auction_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The auctions of the listing, and of the one that led to the deal its bidders, bids and confirmation."""
    if deal.listing_id is None:
        return []
    auctions = {row.id: row for row in await queries.on_listing(session, actor, deal.listing_id)}
    if not auctions:
        return []
    happened = await events.of_subjects(session, auctions, leave_out=auction_bids.MANY)
    told = Told(deal, actor, happened)
    sections = [await _life(session, told, auctions)]
    auction = await queries.behind(session, deal.id)
    if auction is not None:
        sections += await auction_bids.sections(session, told, auction)
        sections.append(await _confirmation(session, told, auction))
    return sections


async def auction_gates(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The gates of the sale to the winner."""
    auction = await queries.behind(session, deal.id)
    if auction is None:
        return []
    return [await gate_section(session, actor, "auction_gates", [(winner.SUBJECT, auction.id)])]


async def transcripts(session: Session, deal: Deal, actor: Actor) -> list[Attachment]:
    """The whole log of each announced auction of the listing: `transcript.json` is that of the one behind the deal."""
    if deal.listing_id is None:
        return []
    announced = [row for row in await queries.on_listing(session, actor, deal.listing_id) if row.announced_at]
    if not announced:
        return []
    behind = await queries.behind(session, deal.id)
    keys, signer = await queries.list_keys(session), logbook.signer()
    return [
        Attachment(
            TRANSCRIPT if behind is not None and row.id == behind.id else f"transcript-{row.number}.json",
            transcribing.written(transcribing.opening(row, keys, signer), partial(queries.log_lines, session, row.id)),
        )
        for row in announced
    ]


async def _life(session: Session, told: Told, auctions: Mapping[UUID, Auction]) -> Section:
    """What is public of every auction of the listing, and to the seller and the market's staff a proposal too."""
    entries = [
        _logged(told, auctions[row.auction_id], row)
        for row in await queries.entries_beside_bids(session, list(auctions))
        if row.kind in LOGGED
    ]
    for event in told.happened:
        if event.type in BESIDE and events.is_for(event, told.actor):
            what, names = BESIDE[event.type]
            entries.append(
                Entry.of(
                    event,
                    told.by(event, auctions[event.subject_id]),
                    what,
                    {"number": event.payload["number"]} | {name: event.payload[name] for name in names},
                )
            )
    entries.sort(key=lambda entry: entry.at)
    return Section("auction_life", Text("Auction: announcement to close", "拍卖公告、过程与结果"), entries)


def _logged(told: Told, auction: Auction, row: AuctionEntry) -> Entry:
    what, type_, capacity = LOGGED[row.kind]
    return Entry(
        at=row.at,
        by=By(Capacity.EXCHANGE if auction.is_contest and row.kind == EntryKind.SCHEDULED else capacity),
        what=what,
        facts={"number": auction.number} | _facts(auction, row, json.loads(row.content)),
        rule=NOTICE_RULE if row.kind == EntryKind.SCHEDULED else None,
        traces=told.sealed_by(auction, type_, row.seq),
    )


def _facts(auction: Auction, row: AuctionEntry, content: Mapping[str, Any]) -> dict[str, Fact]:
    """Of an entry what is not in the transcript alone: sealed bids and opened limits stand there one by one."""
    facts: dict[str, Fact] = {"log_seq": row.seq, "log_sha256": row.hash.hex()}
    match row.kind:
        case EntryKind.SCHEDULED:
            facts |= {
                "title": auction.title,
                "listing_version": auction.listing_version,
                "conditions": content["conditions"],
                "reserve_commitment": content["reserve_commitment"],
                "deposit_amount": auction.deposit_amount,
                "viewing_from": auction.viewing_from,
                "viewing_to": auction.viewing_to,
            }
        case EntryKind.REVEALED:
            facts["bids"] = len(content["bids"])
            facts["opened"] = [_opened(bid) for bid in content["bids"][-auction_bids.MOST_BIDS :]]
        case EntryKind.VOIDED:
            facts |= {name: content[name] for name in ("voids", "paddle", "ground", "reason", "price", "leader")}
        case EntryKind.CLOSED:
            facts |= {name: content[name] for name in ("ending", "winner", "price")}
            facts["reserve_opened"] = content["reserve"] and content["reserve"]["amount"]
        case _:
            facts |= {name: content[name] for name in ("ends_at", "reason", "paddle", "price") if name in content}
    return facts


def _opened(bid: Mapping[str, Any]) -> dict[str, Any]:
    return {name: bid[name] for name in ("seq", "paddle", "amount")}


async def _confirmation(session: Session, told: Told, auction: Auction) -> Section:
    title = Text("Confirmation of the sale", "成交确认书")
    sides = {party.organisation_id: party.role for party in told.deal.parties if party.role != PartyRole.AGENCY}
    found = await queries.confirmation_for(session, told.deal.id)
    if found is None or not (told.actor.is_staff or told.actor.organisation_id in sides):
        return Section("auction_confirmation", title, [], withheld=HIDDEN_CONFIRMATION)
    entries = [_issued(told, auction, found)]
    for row in found.signatures:
        named = {"confirmation_number": found.number, "organisation_id": str(row.organisation_id)}
        entries.append(
            Entry(
                at=row.at,
                by=By(Capacity(sides[row.organisation_id]), row.organisation_id),
                what=Text("Signed by a party", "一方签署"),
                facts={"number": found.number},
                rule=CONFIRMATION_RULE,
                traces=told.named("auction.confirmation_signed", auction.id, named),
            )
        )
    return Section("auction_confirmation", title, entries)


def _issued(told: Told, auction: Auction, found: AuctionConfirmation) -> Entry:
    return Entry(
        at=found.issued_at,
        by=By(Capacity.EXCHANGE),
        what=Text("Confirmation issued", "出具成交确认书"),
        facts={
            "number": found.number,
            "sha256": found.sha256,
            "signature": found.signature,
            "key_id": found.key_id,
        },
        rule=CONFIRMATION_RULE,
        traces=told.named("auction.confirmed", auction.id, {"confirmation_number": found.number}),
        texts=[found.content],
    )
