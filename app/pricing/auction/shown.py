"""Auctions as the API shows them: who sees what of a row that it may read."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.core import keys
from app.core.access import Actor
from app.core.problems import Problem
from app.market.gates.models import Gate
from app.market.gates.schemas import gate_out
from app.office.ledger.kinds import DepositStatus
from app.office.ledger.models import Deposit
from app.pricing.auction import schemas
from app.pricing.auction.bidding.refusals import Threshold
from app.pricing.auction.bidding.rules import State
from app.pricing.auction.bidding.standing import Unsealed
from app.pricing.auction.ending import outcome
from app.pricing.auction.kinds import AuctionStatus
from app.pricing.auction.models import Auction, AuctionBidder, AuctionConfirmation, AuctionEntry
from app.pricing.auction.proof import published


def card(row: Auction) -> schemas.AuctionCard:
    """An auction in a list."""
    return schemas.AuctionCard.model_validate(row)


def auction(row: Auction, now: datetime, actor: Actor | None, gates: Sequence[Gate] | None) -> schemas.AuctionOut:
    """An auction; the reserve for the seller's own people. `gates` None: the deal is not the actor's to see."""
    own = actor is not None and actor.organisation_id == row.seller_id
    reserve = _reserve(row) if own else None
    return schemas.AuctionOut.of(
        row,
        has_reserve=row.reserve_secret is not None,
        reserve_price=reserve.amount if reserve else None,
        reserve_salt=reserve.salt if reserve else None,
        minimum=_minimum(row, now),
        head=row.head.hex(),
        deal_id=None if gates is None else row.deal_id,
        gates=[gate_out(gate, now) for gate in gates or ()],
        server_time=now,
    )


def _reserve(row: Auction) -> Unsealed | None:
    """The reserve; None also where it cannot be opened: that must keep nobody from reading or ending the auction."""
    if row.reserve_secret is None:
        return None
    with suppress(Problem):
        return outcome.reserve_of(keys.current(), row)
    return None


def live(row: Mapping[str, Any]) -> schemas.AuctionLiveOut:
    """What a poll answers, from the driver's row."""
    names = ("id", "status", "price", "leader", "accepted", "ends_at", "last_seq", "head")
    return schemas.AuctionLiveOut.model_validate(
        {name: row[name] for name in names} | {"minimum": threshold(row).minimum, "server_time": row["now"]}
    )


def _state(row: Auction) -> State:
    return State(row.ends_at, row.price, row.leader, None, row.accepted)


def threshold(row: Mapping[str, Any]) -> Threshold:
    """Where an announced auction stands, from the driver's row of a poll."""
    state = State(row["ends_at"], row["price"], row["leader"], None, row["accepted"])
    conditions = published.conditions_of(json.loads(row["conditions"])).shifted(row["shift"])
    return Threshold(row["id"], AuctionStatus(row["status"]), conditions, state, row["now"])


def _minimum(row: Auction, now: datetime) -> Decimal | None:
    if row.status != AuctionStatus.ANNOUNCED:
        return None
    conditions = published.conditions_of(row.conditions).shifted(row.shift)
    return Threshold(row.id, row.status, conditions, _state(row), now).minimum


def bidder(row: AuctionBidder, named: bool) -> schemas.BidderOut:
    """A bidder by its paddle; `named`: the caller may know who it is."""
    return schemas.BidderOut.of(row, organisation_id=row.organisation_id if named else None)


def own_bidder(row: AuctionBidder, of: Auction, deposit: Deposit, now: datetime) -> schemas.OwnBidderOut:
    """A bidder as itself sees it, with its deposit."""
    return schemas.OwnBidderOut.of(
        row,
        deposit_id=deposit.id,
        deposit_number=deposit.number,
        deposit_amount=deposit.required_amount,
        deposit_held=deposit.status == DepositStatus.HELD,
        pay_by=of.starts_at,
        server_time=now,
    )


def entry(row: AuctionEntry) -> schemas.AuctionEntryOut:
    """An entry of the log."""
    return schemas.AuctionEntryOut.of(row, content=json.loads(row.content), hash=row.hash.hex())


def confirmation(row: AuctionConfirmation) -> schemas.AuctionConfirmationOut:
    """A confirmation with who has signed it."""
    return schemas.AuctionConfirmationOut.of(row, content=json.loads(row.content), signed_by=row.signatures)
