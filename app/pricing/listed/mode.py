"""What the competitive listed mode decides about its listings."""

from datetime import date, datetime
from typing import Any

from app.core.database import Session
from app.core.problems import Text
from app.market.listings import modes
from app.market.listings.kinds import Mover
from app.market.listings.models import Listing
from app.pricing import contests
from app.pricing.closing import BECAME_UNLISTABLE
from app.pricing.listed import closing, queries, rules, service
from app.pricing.listed.announcement import conditions, notice
from app.pricing.listed.kinds import SalePhase
from app.pricing.listed.models import ListedSale
from app.pricing.listed.problems import SALE_UNDER_WAY
from app.pricing.listed.registrants import facts_of

WITHDRAWN = {
    Mover.SELLER: "The seller took the listing back / 转让方撤牌",
    Mover.RESULT: BECAME_UNLISTABLE,
}


class Competitive(modes.Mode):
    """The notice sets the end: it opens at the publication, stops and goes on with the listing, and begins again when
    what was published changes.
    """

    sets_end = True

    async def check(self, session: Session, listing: Listing, today: date) -> None:
        await conditions.check_listing(session, listing, today)

    async def conditions(self, session: Session, listing: Listing) -> dict[str, Any]:
        return await conditions.sealed(session, listing)

    async def published(self, session: Session, listing: Listing, now: datetime) -> datetime:
        found = await queries.conditions_of(session, listing.id)
        session.add(ListedSale(listing_id=listing.id, phase=SalePhase.NOTICE, extensions_used=0))
        ends_at = await notice.begin(session, listing, notice.NOTICE, now, found.notice_working_days)
        listing.closes_on = notice.last_day(ends_at, session.city)
        return ends_at

    async def suspended(self, session: Session, listing: Listing, reason: str, now: datetime) -> datetime | None:
        found = await self._sale(session, listing)
        rules.check_notice_runs(facts_of(listing, found), Text("Suspension", "中止"), now)
        return await notice.suspend(session, listing, found, now)

    async def resumed(self, session: Session, listing: Listing, now: datetime) -> datetime | None:
        return await notice.resume(session, listing, await self._sale(session, listing), now)

    async def withdrawn(self, session: Session, listing: Listing, mover: Mover, now: datetime) -> None:
        found = await queries.sale_of(session, listing.id)
        if found is None:
            return
        over = listing.closes_at is None or now >= listing.closes_at
        if mover != Mover.RESULT and (found.phase != SalePhase.NOTICE or over):
            raise SALE_UNDER_WAY(what=Text("Withdrawal", "撤牌"), phase=found.phase)
        contest_id = found.contest_id if found.phase == SalePhase.BIDDING else None
        await service.end_without_deal(session, listing, found, WITHDRAWN[mover], now)
        if contest_id is not None:
            bidding = contests.BIDDING.of(listing.pricing_mode)
            await bidding.cancel(session, listing, contest_id, WITHDRAWN[mover], now)

    async def appraisal_named(self, session: Session, listing: Listing) -> None:
        await self.look_again(session, listing)

    async def look_again(self, session: Session, listing: Listing) -> None:
        found = await queries.sale_of(session, listing.id)
        if found is not None and found.phase == SalePhase.HELD:
            await closing.try_close(session, listing, found)

    async def recomputed(self, session: Session, listing: Listing) -> None:
        found = await queries.sale_of(session, listing.id)
        if found is not None:
            await notice.follow(session, listing, found)

    async def _sale(self, session: Session, listing: Listing) -> ListedSale:
        found = await queries.sale_of(session, listing.id)
        assert found is not None  # made when the listing was published
        return found
