"""All reading of negotiations and notices, and who may see what.

A negotiation is private: its seller, its buyers and the auditor see it; for everybody else, the market's other staff
included, it does not exist (404). A notice is public.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal, having
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.pricing.negotiated.kinds import NegotiationStatus
from app.pricing.negotiated.models import Negotiation, NegotiationBuyer, Notice, Objection, Offer

NEGOTIATION: Final = Text("negotiation", "协商")


NOTICE: Final = Text("notice", "公示")


NEGOTIATIONS: Final = Orders("-id", Negotiation.id, Negotiation.opened_at)
FILTERS: Final = (
    equal(Negotiation.status, NegotiationStatus, "Where it stands"),
    equal(Negotiation.listing_id, UUID, "About this listing"),
    equal(Negotiation.seller_id, UUID, "With this seller"),
    having(
        "buyer_id", UUID, "With this buyer, among others or alone",
        lambda buyer: Negotiation.id.in_(
            select(NegotiationBuyer.negotiation_id).where(NegotiationBuyer.organisation_id == buyer)
        ),
    ),
    *between("opened", Negotiation.opened_at),
)  # fmt: skip
OFFERS: Final = Orders("number", Offer.number)
NOTICES: Final = Orders("-id", Notice.id, Notice.ends_at)
NOTICE_FILTERS: Final = between("ends", Notice.ends_at)
OBJECTION: Final = Text("objection", "异议")
OBJECTIONS: Final = Orders("id", Objection.id)


@cache
def _parts() -> tuple[ExecutableOption, ...]:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper (0.1 s)."""
    return (selectinload(Negotiation.buyers), selectinload(Negotiation.notice))


def visible(actor: Actor) -> Select[Negotiation]:
    """The negotiations an actor may see, with buyers and notice."""
    statement = select(Negotiation).options(*_parts())
    if actor.has(Role.AUDITOR):
        return statement
    own = actor.organisation_id
    if own is None:
        return statement.where(false())
    # A union of what the two indexes find; an OR over a subquery would walk every negotiation there is.
    sells = select(Negotiation.id).where(Negotiation.seller_id == own)
    buys = select(NegotiationBuyer.negotiation_id).where(NegotiationBuyer.organisation_id == own)
    return statement.where(Negotiation.id.in_(sells.union(buys)))


async def _one(session: Session, statement: Select[Negotiation]) -> Negotiation:
    return await read_one(session, statement, NEGOTIATION, fresh=True)


async def get_negotiation(session: Session, actor: Actor, negotiation_id: UUID) -> Negotiation:
    """A negotiation the actor may see; raises `not_found`."""
    return await _one(session, visible(actor).where(Negotiation.id == negotiation_id))


async def read_negotiation(session: Session, negotiation_id: UUID) -> Negotiation:
    """A negotiation, without a check of access, for what time does and for gates; raises `not_found`."""
    return await _one(session, select(Negotiation).where(Negotiation.id == negotiation_id).options(*_parts()))


async def lock_negotiation(session: Session, negotiation_id: UUID) -> Negotiation:
    """The same, locked. Lock its listing first."""
    statement = select(Negotiation).where(Negotiation.id == negotiation_id).options(*_parts())
    return await _one(session, statement.with_for_update(of=Negotiation))


async def lock_agreed(session: Session, listing_id: UUID) -> Negotiation | None:
    """The agreed negotiation that holds a locked listing, locked, if one does."""
    statement = select(Negotiation.id).where(
        Negotiation.listing_id == listing_id, Negotiation.status == NegotiationStatus.AGREED
    )
    found = await find_one(session, statement)
    return None if found is None else await lock_negotiation(session, found)


async def list_negotiations(session: Session, actor: Actor, page: PageRequest) -> Found[Negotiation]:
    """A page of the negotiations an actor may see, newest first."""
    return await read_page(session, visible(actor), page, NEGOTIATIONS)


async def on_listing(session: Session, actor: Actor, listing_id: UUID) -> Sequence[Negotiation]:
    """Every negotiation on a listing that the actor may see, oldest first, for the price dossier."""
    statement = visible(actor).where(Negotiation.listing_id == listing_id).order_by(Negotiation.id)
    return await read_all(session, statement)


async def offers_of(session: Session, negotiation_ids: Sequence[UUID]) -> Sequence[Offer]:
    """Every offer of negotiations that the caller has found visible, in the order in which they were made."""
    statement = select(Offer).where(Offer.negotiation_id.in_(negotiation_ids)).order_by(Offer.made_at, Offer.id)
    return await read_all(session, statement)


async def behind(session: Session, deal_id: UUID) -> Negotiation | None:
    """The negotiation that led to a deal, if one did, without a check of access."""
    statement = select(Negotiation).where(Negotiation.deal_id == deal_id).options(*_parts())
    return await find_one(session, statement)


async def notices_on(session: Session, listing_id: UUID) -> Sequence[Notice]:
    """Every notice on a listing with its negotiation, objections and decisions, oldest first; they are public."""
    on_it = Notice.negotiation.has(Negotiation.listing_id == listing_id)
    return await read_all(session, _notices().where(on_it).order_by(Notice.id))


async def last_offer(session: Session, negotiation_id: UUID) -> Offer:
    """The last offer; every negotiation opens with one."""
    statement = select(Offer).where(Offer.negotiation_id == negotiation_id).order_by(Offer.number.desc()).limit(1)
    return (await session.execute(statement)).scalar_one()


async def last_offers(session: Session, negotiation_ids: Sequence[UUID]) -> dict[UUID, Offer]:
    """The last offer of each negotiation."""
    statement = (
        select(Offer)
        .where(Offer.negotiation_id.in_(negotiation_ids))
        .ext(distinct_on(Offer.negotiation_id))
        .order_by(Offer.negotiation_id, Offer.number.desc())
    )
    return {row.negotiation_id: row for row in (await session.execute(statement)).scalars()}


async def get_offer(session: Session, offer_id: UUID) -> Offer:
    """An offer by id, for services that have it from its negotiation."""
    return (await session.execute(select(Offer).where(Offer.id == offer_id))).scalar_one()


async def list_offers(session: Session, negotiation_id: UUID, page: PageRequest) -> Found[Offer]:
    """A page of the offers of a negotiation that the caller has found visible, oldest first."""
    statement = select(Offer).where(Offer.negotiation_id == negotiation_id)
    return await read_page(session, statement, page, OFFERS)


def _notices() -> Select[Notice]:
    return select(Notice).options(
        selectinload(Notice.negotiation), selectinload(Notice.objections).selectinload(Objection.decision)
    )


async def get_notice(session: Session, notice_id: UUID) -> Notice:
    """A notice, for everyone, with its negotiation, objections and their decisions; raises `not_found`."""
    statement = _notices().where(Notice.id == notice_id).execution_options(populate_existing=True)
    return await read_one(session, statement, NOTICE)


async def list_notices(session: Session, page: PageRequest, *, running: bool) -> Found[Notice]:
    """A page of notices, newest first; `running`: only those that still take objections."""
    statement = _notices()
    if running:
        agreed = Notice.negotiation.has(Negotiation.status == NegotiationStatus.AGREED)
        statement = statement.where(agreed, Notice.ends_at > func.techex_now())
    return await read_page(session, statement, page, NOTICES)


async def open_objections(session: Session, notice_id: UUID) -> int:
    """How many objections to a notice are not decided."""
    statement = (
        select(func.count()).select_from(Objection).where(Objection.notice_id == notice_id, ~Objection.decision.has())
    )
    return (await session.execute(statement)).scalar_one()


def _objections(actor: Actor) -> Select[Objection]:
    """Market staff read every objection, the seller those to its notices, everyone their own."""
    statement = (
        select(Objection)
        .join(Notice, Notice.id == Objection.notice_id)
        .join(Negotiation, Negotiation.id == Notice.negotiation_id)
        .options(selectinload(Objection.decision))
        .execution_options(populate_existing=True)
    )
    if actor.is_staff:
        return statement
    return statement.where(or_(Negotiation.seller_id == actor.organisation(), Objection.person_id == actor.person_id))


async def list_objections(session: Session, actor: Actor, notice_id: UUID, page: PageRequest) -> Found[Objection]:
    """A page of the objections to a notice that the actor may read, oldest first."""
    statement = _objections(actor).where(Objection.notice_id == notice_id)
    return await read_page(session, statement, page, OBJECTIONS)


async def get_objection(session: Session, actor: Actor, objection_id: UUID) -> Objection:
    """An objection that the actor may read; raises `not_found`."""
    return await read_one(session, _objections(actor).where(Objection.id == objection_id), OBJECTION)


async def read_objection(session: Session, objection_id: UUID) -> Objection:
    """An objection with its decision, for the operator; raises `not_found`."""
    statement = select(Objection).where(Objection.id == objection_id).options(selectinload(Objection.decision))
    return await read_one(session, statement, OBJECTION, fresh=True)


async def count_open(session: Session, lead_id: UUID) -> int:
    """How many negotiations an organisation leads that are not over."""
    live = Negotiation.lead_id == lead_id, Negotiation.status.in_([NegotiationStatus.OPEN, NegotiationStatus.AGREED])
    mine = NegotiationBuyer.organisation_id == lead_id
    statement = select(func.count()).select_from(NegotiationBuyer).join(Negotiation).where(mine, *live)
    return (await session.execute(statement)).scalar_one()
