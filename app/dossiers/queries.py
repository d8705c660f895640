"""All reading of dossier exports, and who may see what.

Who sees a deal reads its dossier, and each section says what of it. A bundle that was taken is read again by who took
it: the organisation, or the market's staff of the role it was made for. The auditor reads all.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, select

from app.core.access import Actor, Role
from app.core.database import Session, read_one
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.dossiers.models import DossierExport
from app.dossiers.problems import EXPORT
from app.market.deals import queries as deals
from app.market.deals.models import Deal

ORDERS: Final = Orders("id", DossierExport.id)


def _visible(actor: Actor, deal_id: UUID) -> Select[DossierExport]:
    statement = select(DossierExport).where(DossierExport.deal_id == deal_id)
    if actor.has(Role.AUDITOR):
        return statement
    if actor.is_staff:
        return statement.where(DossierExport.organisation_id.is_(None), DossierExport.view.in_(sorted(actor.roles)))
    seen = deals.visible(actor).with_only_columns(Deal.id)
    return statement.where(DossierExport.organisation_id == actor.organisation(), DossierExport.deal_id.in_(seen))


async def get_export(session: Session, actor: Actor, deal_id: UUID, export_id: UUID) -> DossierExport:
    """One export of a deal that the actor may read; raises `not_found`."""
    return await read_one(session, _visible(actor, deal_id).where(DossierExport.id == export_id), EXPORT)


async def list_exports(session: Session, actor: Actor, deal_id: UUID, page: PageRequest) -> Found[DossierExport]:
    """A page of the exports of a deal that the actor may read, oldest first."""
    statement = _visible(actor, deal_id)
    return await read_page(session, statement, page, ORDERS)
