"""Who may have a bid decided: the right organisation in the wrong capacity, state by state."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.core.access import Actor, Role
from app.pricing.auction.bidding import admission
from app.pricing.auction.bidding.admission import Sender, Stage
from app.pricing.auction.kinds import AuctionStatus

NOW = datetime(2026, 5, 6, tzinfo=UTC)
SELLER, AGENCY, BUYER, OTHER = (UUID(int=n) for n in range(1, 5))
MEMBER = Actor(OTHER, OTHER, BUYER, frozenset({Role.MEMBER}), frozenset({"auctions:write"}))
STAGE = Stage(AuctionStatus.ANNOUNCED, NOW, (SELLER, AGENCY))
SENDER = Sender(MEMBER, is_staff=False, paddle=101, withdrawn=False, deposit_held=True)


def code(stage: Stage = STAGE, sender: Sender = SENDER, behalf_of: UUID | None = None) -> str | None:
    refusal = admission.check(stage, sender, behalf_of, NOW)
    return refusal and refusal.kind.code


def as_actor(**changes: Any) -> Sender:
    return replace(SENDER, actor=replace(MEMBER, **changes))


@pytest.mark.parametrize("role", Role)
def test_f2_members_and_admins_bid_and_nobody_else(role: Role) -> None:
    expected = None if role in {Role.MEMBER, Role.ADMIN} else "forbidden"
    assert code(sender=as_actor(roles=frozenset({role}))) == expected


def test_f2_what_keeps_a_bidder_out_is_said_each_by_its_own_name() -> None:
    assert code() is None
    assert code(sender=replace(SENDER, actor=None)) == "unauthenticated"
    assert code(sender=as_actor(organisation_id=None)) == "forbidden"
    assert code(sender=as_actor(scopes=frozenset({"auctions:read", "deals:write"}))) == "scope_missing"
    assert [code(behalf_of=named) for named in (None, BUYER, OTHER)] == [None, None, "bid_on_behalf"]
    assert code(sender=replace(SENDER, is_staff=True)) == "bidder_barred"
    assert {code(sender=as_actor(organisation_id=party)) for party in (SELLER, AGENCY)} == {"bidder_barred"}
    others = [code(replace(STAGE, status=status)) for status in AuctionStatus if status != AuctionStatus.ANNOUNCED]
    assert set(others) == {"auction_state"}
    for kept_out in ({"paddle": None}, {"withdrawn": True}):
        assert code(sender=replace(SENDER, **kept_out)) == "not_a_bidder"  # type: ignore[arg-type]
    assert code(sender=replace(SENDER, deposit_held=False)) == "deposit_missing"
