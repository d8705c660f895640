"""The public notice of an agreed negotiation: what it contains, and its sealing."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import events
from app.core.clock import local_date
from app.core.ids import readable_number
from app.core.settings import Settings
from app.gates.rules import Sale
from app.identity import queries as identity
from app.listings.models import Listing
from app.pricing.negotiated.models import Negotiation, Notice, Offer
from app.pricing.negotiated.notice_schemas import Interest, InterestKind, NoticeContent, NoticeParty, NoticePrice
from app.pricing.negotiated.rules import NoticePeriod
from app.results.models import Result


async def interests(session: AsyncSession, sale: Sale, negotiation: Negotiation) -> list[Interest]:
    """The flags of interested parties: buyers for whom a completer acts, and related parties of the seller."""
    flags = []
    for row in negotiation.buyers:
        acting = [await identity.acts_for(session, person, row.organisation_id) for person in sale.buying_people]
        if any(acting):
            flags.append(Interest(kind=InterestKind.COMPLETER, organisation_id=row.organisation_id, finding=None))
    if sale.related is not None:
        flags.append(Interest(kind=InterestKind.RELATED_PARTY, organisation_id=None, finding=sale.related))
    return flags


async def publish(
    session: AsyncSession,
    settings: Settings,
    listing: Listing,
    negotiation: Negotiation,
    offer: Offer,
    result: Result,
    flags: Sequence[Interest],
    period: NoticePeriod,
    now: datetime,
) -> Notice:
    """Publish name, abstract, mode, price, parties and flags, sealed as canonical JSON with its SHA-256."""
    today = local_date(now, settings.zone)
    number = await readable_number(session, settings.city_code, "P", today.year)
    parties = [listing.seller_id, *(row.organisation_id for row in negotiation.buyers)]
    names = {key: row.name for key, row in (await identity.organisations_by_id(session, parties)).items()}
    content = NoticeContent(
        number=number, listing_id=listing.id, listing_number=listing.number, name=result.title,
        abstract=result.abstract, transfer_mode=listing.transfer_mode, pricing_mode=listing.pricing_mode,
        price=NoticePrice(
            amount=offer.price, basis=offer.price_basis, payment=offer.terms["payment"],
            conversion=offer.terms["conversion"],
        ),
        sellers=[NoticeParty(id=listing.seller_id, name=names[listing.seller_id], share="1")],
        buyers=[
            NoticeParty(id=row.organisation_id, name=names[row.organisation_id], share=row.share)
            for row in negotiation.buyers
        ],
        interested=list(flags), published_on=today, first_day=period.first_day, last_day=period.last_day,
    )  # fmt: skip
    text = rfc8785.dumps(content.model_dump(mode="json"))
    notice = Notice(
        number=number,
        negotiation_id=negotiation.id,
        content=text.decode(),
        sha256=hashlib.sha256(text).hexdigest(),
        published_at=now,
        first_day=period.first_day,
        last_day=period.last_day,
        ends_at=period.ends_at,
        objections=[],
    )
    session.add(notice)
    await session.flush()
    payload = {"price": offer.price, "price_basis": offer.price_basis, "last_day": period.last_day.isoformat()}
    tell(session, notice, "notice.published", {"listing_id": listing.id, "sha256": notice.sha256} | payload)
    return notice


def tell(session: AsyncSession, notice: Notice, event: str, payload: Mapping[str, Any]) -> None:
    """Append the event for everyone: a notice is public."""
    body = {"number": notice.number} | dict(payload)
    events.append(session, event, ("notice", notice.id), audience=[events.PUBLIC], payload=body)
