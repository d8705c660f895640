"""Who may have a bid decided (竞买资格): pure, over what was read under the auction's lock.

What is refused here is no bid: it has no place in the log.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.access import OWN_ORGANISATION, Actor, Role, forbidden
from app.core.problems import NOT_VERIFIED, ORGANISATION_MERGED, SCOPE_MISSING, UNAUTHENTICATED, Problem, Text
from app.pricing.auction.bidding import problems
from app.pricing.auction.kinds import AuctionStatus

SCOPE = "auctions:write"
BIDDING_ROLES = frozenset({Role.MEMBER, Role.ADMIN})
MARKET_STAFF = Text("You work for the exchange.", "您是交易机构工作人员。")
SELLING_SIDE = Text("Your organisation is the seller or its agency.", "贵单位是委托人或者受托技术转移机构。")


@dataclass(frozen=True, slots=True)
class Stage:
    """An auction as far as admission asks."""

    status: AuctionStatus
    starts_at: datetime
    barred: Collection[UUID | None]
    """The seller and its agency."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a bid, as the database knows it now. `actor` is None for a key that is not valid any more."""

    actor: Actor | None
    is_staff: bool
    paddle: int | None
    withdrawn: bool
    deposit_held: bool


def check(stage: Stage, sender: Sender, behalf_of: UUID | None, now: datetime) -> Problem | None:  # noqa: PLR0911
    """Why the sender may not have a bid decided now; None if it may."""
    actor = sender.actor
    refusal = check_actor(actor)
    if refusal is not None or actor is None:
        return refusal
    if behalf_of is not None and behalf_of != actor.organisation_id:
        return problems.ON_BEHALF(field="organisation_id", named=behalf_of)
    if sender.is_staff:
        return barred(MARKET_STAFF)
    if actor.organisation_id in stage.barred:
        return barred(SELLING_SIDE)
    if stage.status != AuctionStatus.ANNOUNCED:
        return problems.wrong_state(stage.status, AuctionStatus.ANNOUNCED)
    if sender.paddle is None or sender.withdrawn:
        return problems.NOT_A_BIDDER()
    if not sender.deposit_held:
        return problems.DEPOSIT_MISSING()
    if now < stage.starts_at:
        return problems.NOT_BEGUN(
            starts_at=stage.starts_at.isoformat(),
            server_time=now.isoformat(),
            extra={"starts_at": stage.starts_at.isoformat(), "server_time": now.isoformat()},
        )
    return None


def check_actor(actor: Actor | None) -> Problem | None:
    """Whether a key may bid at all: valid, of a member or admin of an organisation, with the scope."""
    if actor is None:
        return UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
    if actor.organisation_id is None or actor.roles.isdisjoint(BIDDING_ROLES):
        return forbidden(actor, BIDDING_ROLES)
    if not actor.holds_scope(SCOPE):
        return SCOPE_MISSING(scope=SCOPE)
    if actor.succeeds:
        return ORGANISATION_MERGED(name=OWN_ORGANISATION)
    if actor.unverified is not None:
        return NOT_VERIFIED(name=OWN_ORGANISATION, verification=actor.unverified)
    return None


class Noted:
    """How often a key's attempts on an auction were noted by this process, so that a flood leaves no flood of events.

    The first ones tell the story; each is answered all the same.
    """

    def __init__(self, most: int = 100, known: int = 10_000) -> None:
        self._most = most
        self._known = known
        self._counts: OrderedDict[tuple[UUID, UUID], int] = OrderedDict()

    def take(self, key_id: UUID, auction_id: UUID) -> bool:
        """Whether one more is to be noted."""
        count = self._counts.pop((key_id, auction_id), 0) + 1
        self._counts[key_id, auction_id] = count
        if len(self._counts) > self._known:
            self._counts.popitem(last=False)
        return count <= self._most


NOTED: Final = Noted()


def barred(why: Text) -> Problem:
    """The refusal `bidder_barred`."""
    return problems.BIDDER_BARRED(why=why)
