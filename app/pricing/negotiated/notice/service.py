"""The public notice of an agreed negotiation: what it contains, its sealing, and the period it runs."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.catalogue.results.models import Result
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.core.history import events
from app.core.ids import NumberPrefix, new_id, readable_number
from app.identity import queries as identity
from app.law.figures import parameter
from app.law.periods import service as periods
from app.law.periods.catalogue import RULES
from app.law.periods.rules import end_moment
from app.market.gates.rules import Sale
from app.market.listings.models import Listing
from app.market.listings.queries import sealed_assets
from app.pricing.negotiated.models import Negotiation, Notice, Offer
from app.pricing.negotiated.notice.kinds import InterestKind
from app.pricing.negotiated.notice.schemas import Interest, NoticeContent, NoticeParty, NoticePrice

PERIOD = "negotiated_notice"
ENDED = "notice.ended"
"""The deadline at which an agreed negotiation closes, if nothing else blocks it."""


def days_of(on: date) -> int:
    """How many calendar days a public notice of that day takes."""
    return int(parameter(RULES[PERIOD].parameters[0], on=on).value)


async def interests(session: Session, sale: Sale, negotiation: Negotiation) -> list[Interest]:
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
    session: Session,
    listing: Listing,
    negotiation: Negotiation,
    offer: Offer,
    result: Result,
    flags: Sequence[Interest],
    now: datetime,
) -> Notice:
    """Publish name, abstract, mode, price, parties and flags, sealed as canonical JSON with its SHA-256.

    From then on its period runs, for everyone to see.
    """
    today, notice_id = session.city.day_of(now), new_id()
    opening = periods.Opening(PERIOD, ("notice", notice_id), today, [events.PUBLIC], deadline=ENDED)
    period = await periods.open_period(session, opening)
    first_day = period.starts_on + timedelta(days=1)
    number = await readable_number(session, NumberPrefix.NOTICE, today.year)
    parties = [listing.seller_id, *(row.organisation_id for row in negotiation.buyers)]
    names = {key: row.name for key, row in (await identity.organisations_by_id(session, parties)).items()}
    content = NoticeContent(
        number=number, listing_id=listing.id, listing_number=listing.number, name=result.title,
        abstract=result.abstract, assets=await sealed_assets(session, listing.id, negotiation.listing_version),
        transfer_mode=listing.transfer_mode, pricing_mode=listing.pricing_mode,
        price=NoticePrice(
            amount=offer.price, basis=offer.price_basis, payment=offer.terms["payment"],
            conversion=offer.terms["conversion"],
        ),
        sellers=[NoticeParty(id=listing.seller_id, name=names[listing.seller_id], share="1")],
        buyers=[
            NoticeParty(id=row.organisation_id, name=names[row.organisation_id], share=row.share)
            for row in negotiation.buyers
        ],
        interested=list(flags), published_on=today, first_day=first_day, last_day=period.ends_on,
    )  # fmt: skip
    text = canonical_json(content)
    notice = Notice(
        id=notice_id,
        number=number,
        negotiation_id=negotiation.id,
        content=text.decode(),
        sha256=sha256_hex(text),
        published_at=now,
        first_day=first_day,
        last_day=period.ends_on,
        ends_at=end_moment(period.ends_on, session.city.zone),
        objections=[],
    )
    session.add(notice)
    await session.flush()
    payload = {"price": offer.price, "price_basis": offer.price_basis, "last_day": period.ends_on.isoformat()}
    tell(session, notice, "notice.published", {"listing_id": listing.id, "sha256": notice.sha256} | payload)
    return notice


async def close(session: Session, notice: Notice, *, deal: bool, now: datetime) -> None:
    """What was published has come to a deal, or will not: its period is over."""
    reason = "closed with a deal" if deal else "closed without a deal"
    await periods.end(session, ("notice", notice.id), PERIOD, session.city.day_of(now), reason)
    tell(session, notice, "notice.closed", {"deal": deal})


def tell(session: Session, notice: Notice, event: str, payload: Mapping[str, Any]) -> None:
    """Append the event for everyone: a notice is public."""
    body = {"number": notice.number} | dict(payload)
    events.append(session, event, ("notice", notice.id), audience=[events.PUBLIC], payload=body)
