"""Reading of qualities. They are public as their organisations are."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.core.access import Actor
from app.core.database import Session, read_all, read_one
from app.core.problems import Text
from app.core.schemas import Day
from app.core.web.filters import equal, having
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.kinds import Quality
from app.identity.models import Organisation, OrganisationQuality
from app.identity.queries import shown_to

QUALITY = Text("quality", "资质")
ORDERS: Final = Orders("id", OrganisationQuality.id)


def _holds_on(day: date) -> ColumnElement[bool]:
    ends = or_(OrganisationQuality.valid_to.is_(None), OrganisationQuality.valid_to >= day)
    return and_(OrganisationQuality.valid_from <= day, ends)


FILTERS: Final = (
    equal(OrganisationQuality.organisation_id, UUID, "Of this organisation"),
    equal(OrganisationQuality.quality, Quality, "What it is recognised as"),
    having("on", Day, "Only what holds on this day", _holds_on),
)


async def list_qualities(session: Session, actor: Actor | None, page: PageRequest) -> Found[OrganisationQuality]:
    """A page in order of recording."""
    return await read_page(session, _visible(actor), page, ORDERS)


def _visible(actor: Actor | None) -> Select[OrganisationQuality]:
    statement = select(OrganisationQuality)
    return statement if actor is not None and actor.is_staff else statement.join(Organisation).where(shown_to(actor))


async def visible_quality(session: Session, actor: Actor | None, quality_id: UUID) -> OrganisationQuality:
    """One quality that the actor may see; raises `not_found`."""
    return await read_one(session, _visible(actor).where(OrganisationQuality.id == quality_id), QUALITY)


async def get_quality(session: Session, quality_id: UUID) -> OrganisationQuality:
    """One quality; raises `not_found`. What is decided of it is decided under its organisation's lock."""
    statement = select(OrganisationQuality).where(OrganisationQuality.id == quality_id)
    return await read_one(session, statement, QUALITY, fresh=True)


async def qualities_of(session: Session, organisation_id: UUID) -> Sequence[OrganisationQuality]:
    """All qualities of an organisation, as they stand now."""
    statement = select(OrganisationQuality).where(OrganisationQuality.organisation_id == organisation_id)
    statement = statement.order_by(OrganisationQuality.valid_from, OrganisationQuality.id)
    return await read_all(session, statement.execution_options(populate_existing=True))
