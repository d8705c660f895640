"""Reading of corrections: staff read all, an organisation those that concern it."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from app.core.access import Actor
from app.core.database import Session, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.corrections.kinds import Corrected
from app.identity.corrections.models import Correction
from app.identity.models import OrganisationRelation

CORRECTION: Final = Text("correction", "更正记录")
ORDERS: Final = Orders("-id", Correction.id)
FILTERS: Final = (
    equal(Correction.subject_id, UUID, "Of this record"),
    equal(Correction.subject_type, Corrected, "Of records of this kind"),
)


async def list_corrections(session: Session, actor: Actor, page: PageRequest) -> Found[Correction]:
    """A page, newest first, optionally of one record."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def get_correction(session: Session, actor: Actor, correction_id: UUID) -> Correction:
    """A correction that the actor sees; raises `not_found`."""
    return await read_one(session, _visible(actor).where(Correction.id == correction_id), CORRECTION)


def _visible(actor: Actor) -> Select[Correction]:
    if actor.is_staff:
        return select(Correction)
    return select(Correction).where(Correction.concerns.contains([actor.organisation()]))


async def lock_relation(session: Session, relation_id: UUID) -> OrganisationRelation:
    """One relation, locked for a change; raises `not_found`."""
    statement = select(OrganisationRelation).where(OrganisationRelation.id == relation_id).with_for_update()
    return await read_one(session, statement, Text("relation", "关联关系"), fresh=True)
