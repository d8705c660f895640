"""Reading an auction's outcome out of its log: what was secret is opened here, once the bidding is over."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.core.keys import Keys
from app.pricing.auction.bidding import standing
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import Bid, Opened, Outcome, best_bids
from app.pricing.auction.kinds import AuctionForm, Ending
from app.pricing.auction.models import Auction, AuctionEntry
from app.pricing.auction.proof import log, logbook
from app.pricing.auction.proof.replay import exhausted

RESERVE = "reserve"
"""What a reserve is sealed for."""


def outcome_of(held: Keys, auction: Auction, bids: Sequence[AuctionEntry]) -> Outcome:
    """How the bidding ended, by the form's rules; `bids` are those that stand, in the order of the log."""
    stands = logbook.opened(auction)
    opened = _last_sealed(held, bids) if auction.form == AuctionForm.SEALED else []
    best = {} if auction.form == AuctionForm.SEALED else best_bids(bids_of(held, bids, auction.form))
    reserve = reserve_of(held, auction)
    return RULES[auction.form].outcome(
        stands.conditions, stands.state, best, opened, reserve.amount if reserve else None
    )


def reserve_of(held: Keys, auction: Auction) -> standing.Unsealed | None:
    """The secret reserve (保留价), CNY, and the salt of its commitment; None where there is none."""
    if auction.reserve_secret is None:
        return None
    return standing.parse_secret(held.unseal(auction.id, RESERVE, auction.reserve_secret))


def revealed(held: Keys, bids: Sequence[AuctionEntry]) -> list[dict[str, Any]]:
    """Every sealed bid with amount and salt, by which it fits the commitment it was logged with."""
    shown = []
    for entry in bids:
        paddle = paddle_of(entry)
        secret = _unsealed(held, entry, paddle)
        assert secret is not None
        shown.append({"seq": entry.seq, "paddle": paddle, "amount": log.money(secret.amount), "salt": secret.salt})
    return shown


def closing_facts(
    held: Keys, auction: Auction, bids: Sequence[AuctionEntry], voidings: Sequence[AuctionEntry], outcome: Outcome
) -> dict[str, Any]:
    """What the log says of the end: the reserve only where it has decided, every limit but the winner's own.

    `bids` are all that were accepted, `voidings` the entries that void some of them.
    """
    reserve, shown = reserve_of(held, auction), None
    if outcome.ending is Ending.BELOW_RESERVE and reserve is not None:
        shown = {"amount": log.money(reserve.amount), "salt": reserve.salt}
    maxima = []
    decided = sorted([*bids, *voidings], key=lambda entry: entry.seq)
    is_english = auction.form == AuctionForm.ENGLISH
    open_now = set(exhausted([json.loads(entry.content) for entry in decided])) if is_english else set()
    for entry in bids:
        secret = _unsealed(held, entry, paddle_of(entry)) if entry.seq in open_now else None
        if secret is not None:
            maxima.append({"seq": entry.seq, "amount": log.money(secret.amount), "salt": secret.salt})
    return {
        "ending": outcome.ending.value,
        "winner": outcome.winner,
        "price": None if outcome.price is None else log.money(outcome.price),
        "reserve": shown,
        "maxima": maxima,
    }


def _unsealed(held: Keys, entry: AuctionEntry, paddle: int) -> standing.Unsealed | None:
    return None if entry.secret is None else standing.unseal(held, entry.auction_id, paddle, entry.secret)


def paddle_of(entry: AuctionEntry) -> int:
    """Whose bid it is."""
    paddle: int = json.loads(entry.content)["paddle"]
    return paddle


def bids_of(held: Keys, entries: Sequence[AuctionEntry], form: AuctionForm) -> list[Bid]:
    """Accepted bids with their limits; of sealed ones the amount stays sealed."""
    if form == AuctionForm.SEALED:
        return [Bid(paddle_of(entry), None) for entry in entries]
    made = []
    for entry in entries:
        content = json.loads(entry.content)
        secret = _unsealed(held, entry, content["paddle"])
        made.append(Bid(content["paddle"], Decimal(content["amount"]), secret.amount if secret else None))
    return made


def _last_sealed(held: Keys, entries: Sequence[AuctionEntry]) -> list[Opened]:
    """The last sealed bid of each bidder, opened, in the order of the log."""
    last: dict[int, AuctionEntry] = {}
    for entry in entries:
        paddle = paddle_of(entry)
        last.pop(paddle, None)
        last[paddle] = entry
    found = []
    for paddle, entry in last.items():
        secret = _unsealed(held, entry, paddle)
        assert secret is not None
        found.append(Opened(paddle, secret.amount, entry.seq))
    return found
