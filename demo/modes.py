"""One real record through each way to a price, on the sandbox's clock: negotiated, listed, by auction, appraised.

Everything is set up on one day; then the clock walks through notices, bidding and closings, as the days would.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.pricing.auction.proof.transcript import verify_transcript
from demo.cast import Actor, Cast
from demo.offering import deposit_paid, listing, report_of

Say = Callable[[str], None]
ZONE = ZoneInfo("Asia/Shanghai")
STEPS = 8
PATIENCE_SECONDS = 60
POLL_SECONDS = 0.1


@dataclass
class Played:
    """What became of one record: the lines to print."""

    mode: str
    record: Mapping[str, Any]
    lines: list[str] = field(default_factory=list)


def play(cast: Cast, records: Mapping[str, Any], say: Say) -> list[Played]:
    """Play the records of `modes` between the fictional parties; answers what became of each."""
    say("Announce an auction, list for registrants, negotiate, appraise")
    auction, contest = _Auctioned(cast, records["auction"]), _Listed(cast, records["listed"])
    deal, appraised = _Negotiated(cast, records["negotiated"]), _Appraised(cast, records["appraised"])
    say("To the first day of the auction: bids")
    auction.bid()
    say("To the end of the auction: closing and confirmation")
    auction.close()
    say("To the end of the public notice of the negotiated price")
    deal.close()
    say("To the end of the listing's notice: two registrants")
    contest.hand_over()
    say("To the bidding of the registrants: one sealed bid each")
    contest.bid()
    say("To the opening of the sealed bids")
    contest.close()
    say("Check the transcripts offline")
    auction.check()
    contest.check()
    return [auction.played, contest.played, deal.played, appraised.played]


def move_to(cast: Cast, moment: str) -> None:
    """Move the sandbox's clock, unless it stands later already."""
    now = datetime.fromisoformat(cast.operator.client.get("/v1/clock")["server_time"])
    if datetime.fromisoformat(moment) > now:
        cast.operator.client.post("/v1/sandbox/clock", {"to": moment})


def await_worker(read: Callable[[], Any], done: Callable[[Any], bool]) -> Any:
    """What is read once the worker has come round."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not done(found := read()):
        if time.monotonic() > until:
            raise TimeoutError(f"the worker has not come round: {found}")
        time.sleep(POLL_SECONDS)
    return found


class _Auctioned:
    """Ascending bids of several bidders, each known by its paddle alone."""

    def __init__(self, cast: Cast, record: Mapping[str, Any]) -> None:
        self.cast, self.record, self.played = cast, record, Played("auction", record)
        facts, supposed = record["facts"], record["supposed"]
        seller, operator = cast.seller.client, cast.operator.client
        offered = listing(cast, record, pricing_mode="auction", asking_price=facts["starting_price"])
        start = (_now(cast) + timedelta(days=8)).replace(hour=9, minute=30, second=0, microsecond=0)
        body = {
            "form": "english",
            "starting_price": facts["starting_price"],
            "ladder": [{"from_price": "0.00", "step": supposed["step"]}],
            "starts_at": start.isoformat(),
            "free_until": (start + timedelta(hours=1)).isoformat(),
            "window_seconds": 300,
            "deposit_amount": supposed["deposit_amount"],
            "viewing_from": str(start.date() - timedelta(days=3)),
            "viewing_to": str(start.date() - timedelta(days=2)),
        }
        proposed = seller.post(f"/v1/listings/{offered['id']}/auction", body)
        self.path = f"/v1/auctions/{proposed['id']}"
        self.auction = operator.post(f"{self.path}/announcement")
        for bidder in cast.bidders:
            made = bidder.client.post(f"{self.path}/bidders", {"listing_version": 1, "terms_accepted": True})
            deposit_paid(cast, made["deposit_number"], made["deposit_amount"])
        self.receipts: list[dict[str, Any]] = []

    def bid(self) -> None:
        move_to(self.cast, self.auction["starts_at"])
        bids = self.record["supposed"]["bids"]
        for turn, amount in enumerate(bids):
            bidder = self.cast.bidders[turn % len(self.cast.bidders)]
            self.receipts.append(bidder.client.post(f"{self.path}/bids", {"amount": amount})["receipt"])
        self.winner = self.cast.bidders[(len(bids) - 1) % len(self.cast.bidders)]

    def close(self) -> None:
        move_to(self.cast, self.auction["ends_at"])
        closed = await_worker(lambda: self.cast.seller.client.get(self.path), lambda row: row["status"] == "closed")
        for party in (self.cast.seller, self.winner):
            confirmation = party.client.post(f"{self.path}/confirmation/signature")
        self.played.lines += [
            f"auction {closed['number']}: {closed['accepted']} bids of {len(self.cast.bidders)} bidders, sold to "
            f"paddle {closed['winner']} at {closed['price']} CNY",
            f"confirmation {confirmation['number']} signed by both sides; deposits of the others owed back",
        ]

    def check(self) -> None:
        self.played.lines.append(checked(self.cast, self.path, self.receipts))


class _Listed:
    """A competitive listing whose two registrants are handed over to one sealed bid each."""

    def __init__(self, cast: Cast, record: Mapping[str, Any]) -> None:
        self.cast, self.record, self.played = cast, record, Played("listed", record)
        facts, supposed = record["facts"], record["supposed"]
        conditions = {
            "deposit_amount": supposed["deposit_amount"], "notice_working_days": 20, "qualification": "示例受让条件",
            "bidding": "sealed",
        }  # fmt: skip
        self.offered = listing(
            cast, record, conditions, pricing_mode="listed", allocation="competitive", closes_on=None,
            asking_price=facts["asking_price"],
        )  # fmt: skip
        self.path = f"/v1/listings/{self.offered['id']}"
        for buyer in self._buyers():
            made = buyer.client.post(f"{self.path}/registrations", {"listing_version": 1, "meets_conditions": True})
            deposit = buyer.client.get("/v1/deposits", subject_id=self.offered["id"])["items"][0]
            deposit_paid(cast, deposit["number"], deposit["required_amount"])
            for judge in (cast.seller, cast.operator):
                path = f"/v1/listing-registrations/{made['id']}/qualification"
                judge.client.post(path, {"outcome": "qualified"})

    def _buyers(self) -> tuple[Actor, ...]:
        return self.cast.bidders[:2]

    def hand_over(self) -> None:
        move_to(self.cast, self.cast.seller.client.get(self.path)["closes_at"])
        sale = await_worker(
            lambda: self.cast.seller.client.get(f"{self.path}/listed-sale"), lambda row: row["phase"] == "bidding"
        )
        self.auction_path = f"/v1/auctions/{sale['contest_id']}"
        self.auction = self.cast.seller.client.get(self.auction_path)

    def bid(self) -> None:
        move_to(self.cast, self.auction["starts_at"])
        made = [
            buyer.client.post(f"{self.auction_path}/bids", {"amount": amount})
            for buyer, amount in zip(self._buyers(), self.record["supposed"]["bids"], strict=True)
        ]
        self.receipts = [bid["receipt"] for bid in made]

    def close(self) -> None:
        move_to(self.cast, self.auction["ends_at"])
        seller = self.cast.seller.client
        closed = await_worker(lambda: seller.get(self.auction_path), lambda row: row["status"] == "closed")
        self.played.lines.append(
            f"listed at {self.record['facts']['asking_price']} CNY; {len(self.receipts)} qualified registrants, one "
            f"sealed bid each: sold at {closed['price']} CNY"
        )

    def check(self) -> None:
        self.played.lines.append(checked(self.cast, self.auction_path, self.receipts))


class _Negotiated:
    """An offer that is accepted, published, and closed at the end of the notice."""

    def __init__(self, cast: Cast, record: Mapping[str, Any]) -> None:
        self.cast, self.played = cast, Played("negotiated", record)
        facts = record["facts"]
        offered = listing(cast, record, pricing_mode="negotiated", asking_price=facts["price"])
        parts = [{"amount": amount, "due": {"event": f"part {n}"}}
                 for n, amount in enumerate(record["supposed"]["instalments"], 1)]  # fmt: skip
        offer = {
            "terms": {
                "payment": [{"kind": "instalments", "total": facts["price"], "parts": parts}],
                "territory": {"countries": ["CN"]},
            },
            "expires_at": (_now(cast) + timedelta(days=5)).isoformat(),
        }
        opened = cast.buyer.client.post(f"/v1/listings/{offered['id']}/negotiations", offer)
        self.path = f"/v1/negotiations/{opened['id']}"
        accepted = cast.seller.client.post(f"{self.path}/acceptance", {"offer_id": opened["last_offer"]["id"]})
        self.ends_at: str = accepted["notice_ends_at"]

    def close(self) -> None:
        move_to(self.cast, self.ends_at)
        buyer = self.cast.buyer.client
        closed = await_worker(lambda: buyer.get(self.path), lambda row: row["status"] == "closed")
        deal = buyer.get(f"/v1/deals/{closed['deal_id']}")
        self.played.lines.append(
            f"negotiation {closed['number']}: public notice to {self.ends_at[:10]}, no objection; deal "
            f"{deal['number']} at {deal['price']} CNY"
        )


class _Appraised:
    """An offer too far below the appraised value: refused with the floor, and no deal."""

    def __init__(self, cast: Cast, record: Mapping[str, Any]) -> None:
        self.played = Played("appraised", record)
        facts = record["facts"]
        offered = report_of(cast, record, _now(cast).date())
        body = {
            "price": facts["offer"], "abroad": False, "expires_at": (_now(cast) + timedelta(days=5)).isoformat(),
        }  # fmt: skip
        offer = cast.buyer.client.post(f"/v1/listings/{offered['id']}/purchase-offers", body)
        refused = cast.seller.client.refused(f"/v1/purchase-offers/{offer['id']}/acceptance")
        self.played.lines.append(
            f"appraised at {facts['value']} CNY, offered {facts['offer']}: no deal "
            f"({refused['code']}: {refused['remedy']})"
        )


def checked(cast: Cast, path: str, receipts: list[dict[str, Any]]) -> str:
    """What the check of a transcript with the bidders' receipts finds: nothing, or the demonstration fails."""
    transcript = cast.buyer.client.get(f"{path}/transcript")
    report = verify_transcript(transcript, receipts)
    if not report.ok:
        raise AssertionError(report.problems)
    return f"transcript checked offline: {report.entries} entries, {report.receipts} receipts, head {report.head[:16]}…"


def _now(cast: Cast) -> datetime:
    return datetime.fromisoformat(cast.operator.client.get("/v1/clock")["server_time"]).astimezone(ZONE)
