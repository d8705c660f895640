"""Use cases of price dossiers: recording who took a bundle."""

from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.dossiers.exports.taking import Bundle
from app.dossiers.models import DossierExport
from app.market.deals import queries as deals


async def record_export(session: Session, actor: Actor, deal_id: UUID, bundle: Bundle) -> DossierExport:
    """Record that the actor took a bundle, with its hashes; the event seals them. Raises `not_found`.

    The event is told only to the one who took it (and to the auditor): the other side does not learn of it.
    """
    deal = await deals.get_deal(session, actor, deal_id)
    export = DossierExport(
        id=new_id(),
        deal_id=deal.id,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        view=bundle.view,
        made_at=await read_clock(session),
        audit_position=bundle.audit.sealed,
        audit_head=bundle.audit.head,
        dossier_sha256=bundle.dossier_sha256,
        pdf_sha256=bundle.pdf_sha256,
        public_key=bundle.public_key,
        bundle_sha256=bundle.sha256,
        bundle_size=bundle.size,
    )
    session.add(export)
    await session.flush()
    events.append(
        session,
        "dossier.exported",
        ("dossier_export", export.id),
        audience=[actor.organisation_id] if actor.organisation_id else _colleagues(export.view),
        payload={
            "deal_id": deal.id,
            "view": export.view,
            "audit_position": export.audit_position,
            "dossier_sha256": export.dossier_sha256,
            "bundle_sha256": export.bundle_sha256,
        },
    )
    return export


def _colleagues(view: str) -> list[UUID]:
    """Staff of the role that an export was made for; what an auditor takes, auditors alone are told."""
    audience = events.BY_ROLE.get(Role(view))
    return [audience] if audience else []
