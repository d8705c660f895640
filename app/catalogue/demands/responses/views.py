"""What each side of a response is shown: names, partners, results."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.catalogue.demands import queries as demands
from app.catalogue.demands.responses import queries, schemas
from app.catalogue.demands.responses.kinds import NAMED_STATUSES
from app.catalogue.demands.responses.models import DemandResponse
from app.catalogue.demands.schemas import Demander
from app.catalogue.results import queries as results
from app.core.access import Actor
from app.core.database import Session

Shown = dict[str, Any]


async def full(session: Session, actor: Actor, row: DemandResponse) -> schemas.DemandResponseOut:
    """A response in full, as this actor may see it."""
    shown = await sides(session, actor, [row])
    offered = await _offered(session, [row])
    return schemas.DemandResponseOut.of(row, results=offered[row.id], **shown[row.id])


async def sides(session: Session, actor: Actor, rows: Sequence[DemandResponse]) -> dict[UUID, Shown]:
    """Both sides of each response by name, and its partners; a hidden demander only where this actor may know."""
    names = await queries.names_of(session, rows)
    hidden = await demands.hidden_names(session, {row.demand_id for row in rows})
    return {
        row.id: {
            "responder": _named(names, row.responder_id),
            "partners": _partners(names, row),
            "demander": _named(names, row.demander_id)
            if row.status in NAMED_STATUSES or row.demand_id not in hidden or actor.organisation_id != row.responder_id
            else None,
        }
        for row in rows
    }


async def bids(session: Session, rows: Sequence[DemandResponse]) -> dict[UUID, Shown]:
    """The bids of a challenge, for who judges them."""
    names = await queries.names_of(session, rows)
    offered = await _offered(session, rows)
    return {
        row.id: {
            "bidder": _named(names, row.responder_id), "partners": _partners(names, row), "results": offered[row.id],
        }
        for row in rows
    }  # fmt: skip


def _named(names: Mapping[UUID, str], organisation_id: UUID) -> Demander:
    return Demander(id=organisation_id, name=names[organisation_id])


def _partners(names: Mapping[UUID, str], row: DemandResponse) -> list[Demander]:
    return [_named(names, partner.organisation_id) for partner in row.partners]


async def _offered(session: Session, rows: Sequence[DemandResponse]) -> dict[UUID, list[schemas.OfferedResultOut]]:
    known = await results.offered(session, {part.result_id for row in rows for part in row.results})
    return {
        row.id: [
            schemas.OfferedResultOut.of(known[part.result_id], result_id=part.result_id)
            for part in row.results
            if part.result_id in known
        ]
        for row in rows
    }
