"""From an agreed price to the deal: one order of refusals for every mode in which gates stand before the deal.

A mode says what was agreed (`Agreed`). It calls `refuse_agreement` at the agreement, and `make_deal` then and each time
a blocking fact has changed. The order of refusals stands only here: what can never be sold, a merger of seller and
buyer, what the mode waits for (a notice), gates, a party that is not verified any more, and the appraisal report. The
caller has locked the listing and then the subject of the gates.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from app.catalogue.results.service import withdraw_if_secret
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_VERIFIED, Problem
from app.identity import queries as identity
from app.identity.kinds import Verification
from app.identity.mergers import queries as mergers
from app.market.deals.kinds import PartyRole, PriceBasis
from app.market.deals.models import Deal
from app.market.deals.problems import LISTING_TAKEN, PARTIES_MERGED
from app.market.deals.rules import ENDED_BY_MERGER, PartyShare
from app.market.deals.service import create_deal
from app.market.gates import openings
from app.market.gates import rules as gate_rules
from app.market.gates.models import Gate
from app.market.listings import appraisal
from app.market.listings import service as listing_service
from app.market.listings.models import Listing

BECAME_UNLISTABLE: Final = "The result may not be sold any more / 该成果已不得转让"
"""Why a sale ended whose result became a state secret, or prohibited from export."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a mode has agreed on a listing: who buys, at which price (CNY), and what the gates before it depend on.

    `subject` is what the gates are of. `price` is what is certain of the price, `price_basis` says whether that is all.
    """

    subject: tuple[str, UUID]
    listing: Listing
    buying: openings.Buying
    price: Decimal
    price_basis: PriceBasis = PriceBasis.FIXED
    terms: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """There will be no deal, and why."""

    reason: str


def one_buyer(organisation_id: UUID, *, abroad: bool, chosen: bool) -> openings.Buying:
    """One organisation buys. If the seller has `chosen` it without competition, a related party needs an approval."""
    buyer = PartyShare(PartyRole.BUYER, organisation_id)
    return openings.Buying([buyer], organisation_id, abroad, related_needs_approval=chosen)


async def refuse_agreement(session: Session, agreed: Agreed, actor: Actor, now: datetime) -> gate_rules.Sale:
    """Whether the agreement may be made at all; answers the sale as the rules of gates see it.

    Raises `result_not_listable` for what became a state secret or prohibited from export, then `appraisal_expired` and
    `price_below_floor` for a price that the listing's report does not carry.
    """
    today = session.city.day_of(now)
    sale = await openings.find_sale(session, agreed.listing, agreed.buying, now)
    openings.refuse_never(sale, today)
    if await _is_one_body(session, agreed, today):
        raise PARTIES_MERGED()
    await appraisal.check_price(session, agreed.listing, agreed.price, today, actor)
    return sale


async def hold(session: Session, listing: Listing, index: str) -> None:
    """Write the agreement and hold the listing for its buyers. Raises `listing_taken` if another agreement was first.

    The row lock on the listing decides; the unique `index` holds the promise even against a caller who forgot it.
    """
    number = listing.number
    try:
        await session.flush()
    except IntegrityError as error:
        if index in str(error.orig):
            raise LISTING_TAKEN(number=number) from error
        raise
    listing_service.reserve(session, listing)


async def make_deal(
    session: Session,
    agreed: Agreed,
    now: datetime,
    *,
    asked_by: Actor | None,
    waits_for: Callable[[Sequence[Gate]], Problem | None] = openings.what_blocks,
) -> Deal | Problem | Over:
    """Make the deal, or return what blocks it by today's facts, or why the mode ends its sale: the result may never be
    sold any more, or seller and buyer have merged. Opens the gates that are needed now.

    `waits_for` is what the mode waits for, the gates of the subject included. `asked_by` is who asks for the deal now;
    None where time or another package does.
    """
    today, listing = session.city.day_of(now), agreed.listing
    sale = await openings.find_sale(session, listing, agreed.buying, now)
    if gate_rules.never(sale, today):
        return Over(BECAME_UNLISTABLE)
    if await _is_one_body(session, agreed, today):
        return Over(ENDED_BY_MERGER)
    gates = await openings.open_gates(session, agreed.subject, listing.seller_id, sale, now)
    block = (
        waits_for(gates)
        or await _party_blocks(session, agreed)
        or await _report_blocks(session, agreed, today, asked_by)
    )
    if block is not None:
        return block
    return await create_deal(
        session,
        listing,
        buyers=agreed.buying.buyers,
        price=agreed.price,
        agreed_at=now,
        price_basis=agreed.price_basis,
        terms=agreed.terms,
        held=True,
        asked_by=asked_by,
    )


async def _party_blocks(session: Session, agreed: Agreed) -> Problem | None:
    """A seller or buyer that was suspended meanwhile holds the sale up; it is told of it, and looked at again when the
    organisation is verified.
    """
    listing = agreed.listing
    sides = [listing.seller_id, *(buyer.organisation_id for buyer in agreed.buying.buyers)]
    for organisation in (await identity.organisations_by_id(session, sides)).values():
        if organisation.verification != Verification.VERIFIED:
            told = {"listing_id": listing.id, "number": listing.number}
            audience = [events.OPERATOR, listing.seller_id]
            events.append(
                session, "organisation.sale_held", ("organisation", organisation.id), audience=audience, payload=told
            )
            return NOT_VERIFIED(name=organisation.name, verification=organisation.verification)
    return None


async def _is_one_body(session: Session, agreed: Agreed, today: date) -> bool:
    buyers = [buyer.organisation_id for buyer in agreed.buying.buyers]
    return await mergers.is_one_body(session, [agreed.listing.seller_id], buyers, today)


async def _report_blocks(session: Session, agreed: Agreed, today: date, asked_by: Actor | None) -> Problem | None:
    return await appraisal.what_blocks(session, agreed.listing, agreed.price, today, asked_by)


async def let_go(session: Session, listing: Listing, now: datetime) -> None:
    """Release the listing of an agreement that ended without a deal. It is on sale again, or lapses after its end.

    A result that became secret while the listing was held must not come back on offer: a deadline looks at it.
    """
    listing_service.release(session, listing, now)
    await withdraw_if_secret(session, listing.result_id, now)
