"""Pure decisions about a purchase at the asking price (挂牌交易, first come first served)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.core.problems import Text
from app.market.listings.kinds import Allocation, ListingStatus, PricingMode
from app.market.listings.problems import OWN_LISTING
from app.market.listings.rules import check_open
from app.pricing.first_come.problems import NOT_FIRST_COME, PRICE_CHANGED, VERSION_CHANGED


@dataclass(frozen=True, slots=True)
class Offered:
    """A listing as it stands under the lock."""

    status: ListingStatus
    closes_at: datetime | None
    pricing_mode: PricingMode
    allocation: Allocation | None
    asking_price: Decimal
    version: int
    barred: frozenset[UUID]
    """Who may not buy: the seller and its agency."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the buyer saw and takes."""

    buyer_id: UUID
    price: Decimal
    version: int


def check_purchase(offered: Offered, purchase: Purchase, now: datetime) -> None:
    """Whether the buyer gets the listing now; the caller holds its lock, and `now` was read after it was had.

    Raises `own_listing`, `not_first_come`, `listing_not_open`, `version_changed` or `price_changed`, the last two with
    the values that would pass.
    """
    if purchase.buyer_id in offered.barred:
        raise OWN_LISTING(what=Text("Buying", "受让"))
    if offered.allocation != Allocation.FIRST_COME:
        raise NOT_FIRST_COME(pricing_mode=offered.pricing_mode)
    check_open(offered.status, offered.closes_at, now)
    current = {"listing_version": offered.version, "asking_price": f"{offered.asking_price:.2f}"}
    if purchase.version != offered.version:
        raise VERSION_CHANGED(
            field="listing_version", seen=purchase.version, current=offered.version, extra={"current": current}
        )
    if purchase.price != offered.asking_price:
        raise PRICE_CHANGED(
            field="price",
            offered=f"{purchase.price:.2f}",
            asking_price=f"{offered.asking_price:.2f}",
            extra={"current": current},
        )
