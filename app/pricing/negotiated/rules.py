"""Pure decisions about negotiations (协议定价): whose turn it is, what can be accepted, what blocks closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.core.problems import Problem, Text
from app.market.gates.kinds import GateKind
from app.market.gates.rules import OpenGate, gate_open
from app.market.listings.kinds import PricingMode
from app.market.listings.problems import OWN_LISTING
from app.pricing.negotiated.kinds import NegotiationSide, NegotiationStatus
from app.pricing.negotiated.problems import (
    BUYER_NOT_AMONG,
    LEAD_ONLY,
    NEGOTIATION_NOT_OPEN,
    NOT_NEGOTIATED,
    NOTICE_ENDED,
    NOTICE_MANDATORY,
    NOTICE_RUNNING,
    OBJECTION_OPEN,
    OFFER_REPLACED,
    OWN_OFFER,
    RELATED_PARTY_NEEDS_APPROVAL,
)
from app.pricing.offers.problems import OFFER_BINDING, OFFER_EXPIRED


def check_mode(pricing_mode: PricingMode) -> None:
    """Only a listing with a negotiated price is negotiated on; raises `not_negotiated`."""
    if pricing_mode != PricingMode.NEGOTIATED:
        raise NOT_NEGOTIATED(pricing_mode=pricing_mode)


def check_buyers(lead_id: UUID, buyers: Sequence[UUID], barred: frozenset[UUID]) -> None:
    """The lead is among the buyers, and neither the seller nor its agency is.

    Raises `buyer_not_among` and `own_listing`.
    """
    if not barred.isdisjoint({lead_id, *buyers}):
        raise OWN_LISTING(what=Text("Negotiating", "参与协商"))
    if lead_id not in buyers:
        raise BUYER_NOT_AMONG(field="buyers")


def side_of(organisation_id: UUID, seller_id: UUID, lead_id: UUID) -> NegotiationSide:
    """For which side somebody speaks who may see the negotiation; raises `lead_buyer_only` for another joint buyer."""
    if organisation_id == seller_id:
        return NegotiationSide.SELLER
    if organisation_id != lead_id:
        raise LEAD_ONLY()
    return NegotiationSide.BUYER


def check_status(status: NegotiationStatus, wanted: NegotiationStatus) -> None:
    """Raises `negotiation_not_open` for a negotiation in another state."""
    if status != wanted:
        raise NEGOTIATION_NOT_OPEN(status=status, wanted=wanted, extra={"negotiation_status": status})


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """The last offer of a negotiation."""

    id: UUID
    number: int
    side: NegotiationSide
    expires_at: datetime

    def expired(self, now: datetime) -> bool:
        """An offer stands up to its expiry, not at it."""
        return now >= self.expires_at

    def facts(self, now: datetime) -> dict[str, Any]:
        """For the texts of a refusal."""
        return {"number": self.number, "expires_at": self.expires_at.isoformat(), "server_time": now.isoformat()}


def check_not_bound(offer: OfferFacts | None, side: NegotiationSide, now: datetime) -> None:
    """A side whose own offer stands is bound by it (Civil Code 476): it neither replaces it nor goes away.

    Raises `offer_binding` naming until when.
    """
    if offer is not None and offer.side == side and not offer.expired(now):
        raise OFFER_BINDING(**offer.facts(now))


def check_acceptance(offer: OfferFacts, side: NegotiationSide, offer_id: UUID, now: datetime) -> None:
    """Whether a side may accept the offer it names; `now` was read under the lock.

    Raises `offer_replaced`, `own_offer` or `offer_expired`, each with the offer, the time or the way that would pass.
    """
    if offer_id != offer.id:
        raise OFFER_REPLACED(field="offer_id", named=offer_id, number=offer.number, standing=offer.id)
    if side == offer.side:
        raise OWN_OFFER(field="offer_id", **offer.facts(now))
    if offer.expired(now):
        raise OFFER_EXPIRED(field="offer_id", **offer.facts(now))


def check_notice_choice(
    *, public_notice: bool, state_founded: bool | None, optional: bool, seller: str, days: int
) -> None:
    """A seller founded by the state publishes first (art. 18); a founder not known counts as the state.

    Raises `notice_mandatory`.
    """
    if not public_notice and (state_founded is not False or not optional):
        raise NOTICE_MANDATORY(field="terms.public_notice", seller=seller, days=days)


def check_notice_runs(last_day: date, ends_at: datetime, now: datetime) -> None:
    """Objections are filed before the notice ends; raises `notice_ended` naming its last day."""
    if now >= ends_at:
        raise NOTICE_ENDED(last_day=last_day, server_time=now.isoformat(), extra={"last_day": last_day.isoformat()})


@dataclass(frozen=True, slots=True)
class RunningNotice:
    """The notice of an agreed negotiation, and how many objections to it are undecided."""

    number: str
    last_day: date
    ends_at: datetime
    open_objections: int


def block(
    notice: RunningNotice | None, gates: Sequence[OpenGate], negotiation_id: UUID, now: datetime
) -> Problem | None:
    """What keeps an agreed negotiation from closing now, as the refusal that says so; None where nothing does."""
    if notice is not None and now < notice.ends_at:
        return NOTICE_RUNNING(
            last_day=notice.last_day, ends_at=notice.ends_at.isoformat(), server_time=now.isoformat(),
            extra={"last_day": notice.last_day.isoformat(), "ends_at": notice.ends_at.isoformat()},
        )  # fmt: skip
    if notice is not None and notice.open_objections:
        return OBJECTION_OPEN(count=notice.open_objections, number=notice.number)
    related = next((gate for gate in gates if gate.kind == GateKind.RELATED_PARTY_APPROVAL), None)
    if related is not None:
        return RELATED_PARTY_NEEDS_APPROVAL(finding=related.detail, negotiation_id=negotiation_id)
    return gate_open(gates) if gates else None
