"""All reading of deals, and who may see what."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, literal, select, text, tuple_
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.models import IpAsset
from app.catalogue.rights.schemas import SealedAsset
from app.core.access import Actor, Role
from app.core.database import Session, read_one
from app.core.problems import Text
from app.core.web.filters import between, equal, having
from app.core.web.pages import Found, Orders, PageRequest, open_ended, read_page
from app.market.deals.hooks import CASES
from app.market.deals.kinds import DealStatus, PartyRole
from app.market.deals.models import COMPARABLE, Deal, DealParty
from app.market.listings.kinds import PricingMode
from app.market.listings.models import Listing
from app.market.listings.queries import sealed_assets

"""What a deal is always read with."""


ORDERS: Final = Orders("-id", Deal.id, Deal.price, Deal.agreed_at, open_ended(Deal.contract_due_at))
FILTERS: Final = (
    equal(Deal.status, DealStatus, "Where it stands"),
    equal(Deal.listing_id, UUID, "Of this listing"),
    equal(Deal.pricing_mode, PricingMode, "How its price was found"),
    equal(Deal.transfer_mode, TransferMode, "How the result is transferred"),
    having(
        "organisation_id", UUID, "A party of it: buyer, seller or agency",
        lambda party: Deal.id.in_(select(DealParty.deal_id).where(DealParty.organisation_id == party)),
    ),
    *between("agreed", Deal.agreed_at),
)  # fmt: skip


@cache
def _whole() -> tuple[ExecutableOption, ...]:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper (0.1 s)."""
    return (selectinload(Deal.parties), selectinload(Deal.default), selectinload(Deal.appraisal))


def visible(actor: Actor) -> Select[Deal]:
    """The parties of a deal and the market's staff see it, and a broker in person who served in it.

    For everybody else it does not exist.
    """
    statement = select(Deal).options(*_whole())
    if actor.is_staff:
        return statement
    if actor.has(Role.BROKER_IN_PERSON):
        return statement.where(Deal.id.in_(CASES.of(Role.BROKER_IN_PERSON)(actor.person_id)))
    return statement.where(Deal.parties.any(DealParty.organisation_id == actor.organisation()))


async def _one(session: Session, statement: Select[Deal]) -> Deal:
    return await read_one(session, statement, Text("deal", "成交项目"), fresh=True)


async def get_deal(session: Session, actor: Actor, deal_id: UUID) -> Deal:
    """A deal with its parties, if the actor may see it; raises `not_found`."""
    return await _one(session, visible(actor).where(Deal.id == deal_id))


async def read_deal(session: Session, deal_id: UUID) -> Deal:
    """A deal with its parties, without a check of access, for callers that have made it; raises `not_found`."""
    return await _one(session, select(Deal).where(Deal.id == deal_id).options(*_whole()))


async def lock_deal(session: Session, deal_id: UUID) -> Deal:
    """A deal with its parties, locked, without a check of access; raises `not_found`. Lock it before its listing."""
    statement = select(Deal).where(Deal.id == deal_id).options(*_whole())
    return await _one(session, statement.with_for_update(key_share=True))


async def lock_for_cancelling(session: Session, actor: Actor, deal_id: UUID) -> Deal:
    """A deal that the actor may cancel: the operator any, an organisation one where it sells or buys; locked."""
    statement = select(Deal).where(Deal.id == deal_id).options(*_whole())
    if not actor.has(Role.OPERATOR):
        sides = [PartyRole.SELLER, PartyRole.BUYER]
        own = Deal.parties.any((DealParty.organisation_id == actor.organisation()) & DealParty.role.in_(sides))
        statement = statement.where(own)
    return await _one(session, statement.with_for_update(key_share=True))


async def assets_of_deal(session: Session, deal_id: UUID) -> list[SealedAsset]:
    """The rights of the version of the listing that a deal was agreed on, for services that have checked access."""
    statement = select(Deal.listing_id, Deal.listing_version).where(Deal.id == deal_id)
    row = (await session.execute(statement)).one()
    return await sealed_assets(session, row.listing_id, row.listing_version)


async def parties_with_right(session: Session, asset_id: UUID) -> set[UUID]:
    """The parties of the deals that wait for a contract about a right."""
    results = select(IpAsset.result_id).where(IpAsset.asset_id == asset_id)
    open_deals = select(Deal.id).join(Listing, Listing.id == Deal.listing_id)
    open_deals = open_deals.where(Listing.result_id.in_(results), Deal.status == DealStatus.AGREED)
    statement = select(DealParty.organisation_id).where(DealParty.deal_id.in_(open_deals))
    return set((await session.execute(statement)).scalars())


async def list_deals(session: Session, actor: Actor, page: PageRequest) -> Found[Deal]:
    """The deals the actor may see, newest first."""
    return await read_page(session, visible(actor), page, ORDERS)


async def agreed_among(session: Session, ids: Collection[UUID]) -> Sequence[Row[UUID, str]]:
    """The deals without contract that one of some organisations sells and one of them buys: id and number."""
    sold, bought = (
        select(DealParty.deal_id).where(DealParty.organisation_id.in_(ids), DealParty.role == role)
        for role in (PartyRole.SELLER, PartyRole.BUYER)
    )
    wanted = Deal.status == DealStatus.AGREED, Deal.id.in_(sold), Deal.id.in_(bought)
    return (await session.execute(select(Deal.id, Deal.number).where(*wanted).order_by(Deal.id))).all()


async def comparable_deals(session: Session, deal: Deal, most: int) -> list[Deal]:
    """At most `most` deals before and `most` after a deal, nearest first, that may be compared with it: same technical
    field and transfer mode, a public and certain price, parties that are not related. Only what is public of them
    may be shown.
    """
    same = (
        Deal.technical_field == deal.technical_field,
        Deal.transfer_mode == deal.transfer_mode,
        Deal.id != deal.id,
        text(COMPARABLE),
    )
    moment = tuple_(Deal.agreed_at, Deal.id)
    here = tuple_(literal(deal.agreed_at), literal(deal.id))
    before = select(Deal).where(*same, moment < here).order_by(Deal.agreed_at.desc(), Deal.id.desc()).limit(most)
    after = select(Deal).where(*same, moment > here).order_by(Deal.agreed_at, Deal.id).limit(most)
    return [row for side in (before, after) for row in (await session.execute(side)).scalars()]
