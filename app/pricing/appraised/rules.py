"""Pure decisions about purchase offers on appraised listings (资产评估定价)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.problems import Text
from app.market.listings.kinds import PricingMode
from app.market.listings.problems import OWN_LISTING
from app.market.listings.rules import end_of_day
from app.pricing.appraised.kinds import PurchaseOfferStatus
from app.pricing.appraised.problems import BUYERS_STEP, NOT_APPRAISED, OFFER_EXISTS, OFFER_NOT_OPEN, SELLERS_STEP
from app.pricing.offers.problems import OFFER_BINDING, OFFER_EXPIRED

ASK_ANEW = Text("Ask the buyer for a new offer; it can be accepted until its expiry.",
                "请买方重新发出要约,可在其期限内承诺。")  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """A purchase offer as it stands under its lock."""

    number: str
    status: PurchaseOfferStatus
    seller_id: UUID
    buyer_id: UUID
    expires_at: datetime
    revocable: bool

    def expired(self, now: datetime) -> bool:
        """An offer stands up to its expiry, not at it (Civil Code 478)."""
        return now >= self.expires_at

    def facts(self, now: datetime) -> dict[str, Any]:
        """For the texts of a refusal."""
        return {"number": self.number, "expires_at": self.expires_at.isoformat(), "server_time": now.isoformat()}


def check_buyer(pricing_mode: PricingMode, buyer_id: UUID, barred: frozenset[UUID]) -> None:
    """Raises `not_appraised` for a listing of another mode, `own_listing` for the seller and its agency."""
    if pricing_mode != PricingMode.APPRAISED:
        raise NOT_APPRAISED(pricing_mode=pricing_mode)
    if buyer_id in barred:
        raise OWN_LISTING(what=Text("Offering", "发出要约"))


def check_none_stands(before: OfferFacts | None, now: datetime) -> None:
    """One offer a buyer and listing at a time; raises `purchase_offer_exists` naming until when it stands."""
    if before is not None and not (before.status == PurchaseOfferStatus.OPEN and before.expired(now)):
        raise OFFER_EXISTS(number=before.number, status=before.status, expires_at=before.expires_at.isoformat())


def check_seller(offer: OfferFacts, organisation_id: UUID) -> None:
    """Raises `purchase_offer_sellers_step` for the buyer."""
    if organisation_id != offer.seller_id:
        raise SELLERS_STEP()


def check_status(offer: OfferFacts, wanted: PurchaseOfferStatus) -> None:
    """Raises `purchase_offer_not_open` for an offer in another state."""
    if offer.status != wanted:
        raise OFFER_NOT_OPEN(
            number=offer.number, status=offer.status, wanted=wanted, extra={"offer_status": offer.status}
        )


def check_acceptance(offer: OfferFacts, now: datetime) -> None:
    """Whether the seller may accept; `now` was read under the lock, whether or not the worker has run.

    Raises `purchase_offer_not_open`, `offer_expired` naming when.
    """
    if offer.status == PurchaseOfferStatus.EXPIRED or (offer.status == PurchaseOfferStatus.OPEN and offer.expired(now)):
        raise OFFER_EXPIRED(remedy=ASK_ANEW, **offer.facts(now))
    check_status(offer, PurchaseOfferStatus.OPEN)


def check_withdrawal(offer: OfferFacts, organisation_id: UUID, now: datetime) -> None:
    """An offer with a period binds who made it so long, unless it says otherwise (Civil Code 476).

    Raises `purchase_offer_buyers_step`, `purchase_offer_not_open`, `offer_binding` naming until when.
    """
    if organisation_id != offer.buyer_id:
        raise BUYERS_STEP()
    check_status(offer, PurchaseOfferStatus.OPEN)
    if not offer.revocable and not offer.expired(now):
        raise OFFER_BINDING(**offer.facts(now))


def closing_ends(accepted_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the local day that lies `days` calendar days after the acceptance."""
    return end_of_day(accepted_at.astimezone(zone).date() + timedelta(days=days), zone)
