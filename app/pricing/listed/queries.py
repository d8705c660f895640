"""All reading of competitive listed sales, and who may see whom.

Who registered is secret: registrants see themselves, the seller sees them to judge them, operator and auditor see all.
To everybody else there are none, and not even how many.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.market.listings.models import Listing
from app.pricing.listed.kinds import RegistrantStatus, RevisionStatus
from app.pricing.listed.models import ListedConditions, ListedRevision, ListedSale, Registrant

REVISIONS: Final = Orders("id", ListedRevision.id)
REGISTRANTS: Final = Orders("id", Registrant.id)
FILTERS: Final = (
    equal(Registrant.listing_id, UUID, "For this listing"),
    equal(Registrant.organisation_id, UUID, "Of this organisation"),
    equal(Registrant.status, RegistrantStatus, "Where it stands"),
)


async def find_conditions(session: Session, listing_id: UUID) -> ListedConditions | None:
    """The conditions of a listing's sale, if they are set; check first who may see the listing."""
    return await session.get(ListedConditions, listing_id, populate_existing=True)


async def conditions_of(session: Session, listing_id: UUID) -> ListedConditions:
    """The conditions of a listing that was submitted, which it has."""
    conditions = await find_conditions(session, listing_id)
    assert conditions is not None  # nothing is submitted without them
    return conditions


async def sale_of(session: Session, listing_id: UUID) -> ListedSale | None:
    """How far the sale of a listing has come; None before it is published. Read it under the listing's lock."""
    return await session.get(ListedSale, listing_id, populate_existing=True)


REGISTRANT: Final = Text("listing registration", "受让申请")


def _registrants() -> Select[Registrant]:
    return select(Registrant).options(selectinload(Registrant.decisions)).execution_options(populate_existing=True)


def _visible(actor: Actor) -> Select[Registrant]:
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return _registrants()
    own = actor.organisation_id
    return _registrants().where(or_(Registrant.organisation_id == own, Registrant.seller_id == own))


async def get_registrant(session: Session, actor: Actor, registration_id: UUID) -> Registrant:
    """A registration the actor may see, with its decisions; raises `not_found`."""
    statement = _visible(actor).where(Registrant.id == registration_id)
    return await read_one(session, statement, REGISTRANT)


async def list_registrants(session: Session, actor: Actor, page: PageRequest) -> Found[Registrant]:
    """A page of the registrations the actor may see, oldest first."""
    return await read_page(session, _visible(actor), page, REGISTRANTS)


async def registrants_on(session: Session, actor: Actor, listing_id: UUID) -> Sequence[Registrant]:
    """Every registration for a listing that the actor may see, with its decisions, oldest first."""
    statement = _visible(actor).where(Registrant.listing_id == listing_id).order_by(Registrant.id)
    return await read_all(session, statement)


async def latest_of(session: Session, listing_id: UUID, organisation_id: UUID) -> Registrant | None:
    """An organisation's newest registration for a listing."""
    statement = _registrants().where(Registrant.listing_id == listing_id, Registrant.organisation_id == organisation_id)
    return await find_one(session, statement.order_by(Registrant.id.desc()).limit(1))


async def registrants_of(session: Session, listing_id: UUID, status: RegistrantStatus) -> Sequence[Registrant]:
    """The registrations of a listing in a status, in order; for services that hold its lock."""
    statement = _registrants().where(Registrant.listing_id == listing_id, Registrant.status == status)
    return await read_all(session, statement.order_by(Registrant.id))


async def proposed_revision(session: Session, listing_id: UUID) -> ListedRevision | None:
    """The revision that waits for the operator, if there is one; for services that hold the listing's lock."""
    statement = select(ListedRevision).where(
        ListedRevision.listing_id == listing_id, ListedRevision.status == RevisionStatus.PROPOSED
    )
    return await find_one(session, statement, fresh=True)


def _revisions(actor: Actor, listing: Listing) -> Select[ListedRevision]:
    statement = select(ListedRevision).where(ListedRevision.listing_id == listing.id)
    if not actor.is_staff and actor.organisation_id not in (listing.seller_id, listing.agency_id):
        statement = statement.where(ListedRevision.id.is_(None))
    return statement


async def revisions_of(session: Session, actor: Actor, listing: Listing) -> Sequence[ListedRevision]:
    """Every revision of a listing that the actor may see, oldest first."""
    return await read_all(session, _revisions(actor, listing).order_by(ListedRevision.id))


async def get_revision(session: Session, actor: Actor, listing: Listing, revision_id: UUID) -> ListedRevision:
    """One of them; raises `not_found`."""
    statement = _revisions(actor, listing).where(ListedRevision.id == revision_id)
    return await read_one(session, statement, Text("revision", "修订"))


async def list_revisions(session: Session, actor: Actor, page: PageRequest, listing: Listing) -> Found[ListedRevision]:
    """The revisions of a listing, oldest first: for its seller, its agency and the market's staff; others see none."""
    statement = _revisions(actor, listing)
    return await read_page(session, statement, page, REVISIONS)
