"""HTTP of corrections of identity."""

from typing import Annotated
from uuid import UUID

from app.core.access import STAFF_ROLES, Actor, Role
from app.core.web.access import allow
from app.core.web.http import Endpoint, IfMatch, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity.corrections import queries, schemas, service
from app.identity.corrections.models import Correction

router = Router(route_class=Endpoint, tags=("identity",))

Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
Reader = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, *STAFF_ROLES, scope="identity:read")]


@router.post("/organisations/{organisation_id}/corrections", status_code=201, operation_id="correct_organisation")
async def correct_organisation(
    actor: Operator,
    session: Session,
    organisation_id: UUID,
    body: schemas.OrganisationCorrectionIn,
    if_match: IfMatch,
) -> schemas.CorrectionOut:
    """Correct what was recorded wrongly of an organisation. What stood there is kept, with the reason.

    Gates, registrations and later award runs judge by the corrected record.
    """
    return _shown(await service.correct_organisation(session, actor, organisation_id, body, if_match), actor)


@router.post("/organisation-names/{name_id}/corrections", status_code=201, operation_id="correct_former_name")
async def correct_former_name(
    actor: Operator, session: Session, name_id: UUID, body: schemas.FormerNameCorrectionIn
) -> schemas.CorrectionOut:
    """Correct what was recorded wrongly of a rename, or withdraw it."""
    return _shown(await service.correct_former_name(session, actor, name_id, body), actor)


@router.post("/organisation-qualities/{quality_id}/corrections", status_code=201, operation_id="correct_quality")
async def correct_quality(
    actor: Operator, session: Session, quality_id: UUID, body: schemas.QualityCorrectionIn
) -> schemas.CorrectionOut:
    """Correct what was recorded wrongly of a quality, or withdraw it."""
    return _shown(await service.correct_quality(session, actor, quality_id, body), actor)


@router.post("/organisation-relations/{relation_id}/corrections", status_code=201, operation_id="correct_relation")
async def correct_relation(
    actor: Operator, session: Session, relation_id: UUID, body: schemas.RelationCorrectionIn
) -> schemas.CorrectionOut:
    """Correct a finding of related parties, or withdraw it."""
    return _shown(await service.correct_relation(session, actor, relation_id, body), actor)


@router.post("/brokers/{broker_id}/corrections", status_code=201, operation_id="correct_broker")
async def correct_broker(
    actor: Operator, session: Session, broker_id: UUID, body: schemas.BrokerCorrectionIn
) -> schemas.CorrectionOut:
    """Correct what was recorded wrongly of a broker's certificate."""
    return _shown(await service.correct_broker(session, actor, broker_id, body), actor)


@router.post("/employments/{employment_id}/corrections", status_code=201, operation_id="correct_employment")
async def correct_employment(
    actor: Operator, session: Session, employment_id: UUID, body: schemas.EmploymentCorrectionIn
) -> schemas.CorrectionOut:
    """Correct the days of a broker's employment."""
    return _shown(await service.correct_employment(session, actor, employment_id, body), actor)


@router.get("/corrections", operation_id="list_corrections")
async def list_corrections(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)],
) -> Page[schemas.CorrectionOut]:
    """List the corrections of identity, newest first. An organisation sees those that concern it."""
    found = await queries.list_corrections(session, actor, page)
    return found.shown(lambda row: _shown(row, actor))


@router.get("/corrections/{correction_id}", operation_id="read_correction")
async def read_correction(actor: Reader, session: Session, correction_id: UUID) -> schemas.CorrectionOut:
    """Read a correction: what stood there, what stands there now, and why."""
    return _shown(await queries.get_correction(session, actor, correction_id), actor)


def _shown(row: Correction, actor: Actor) -> schemas.CorrectionOut:
    return schemas.CorrectionOut.of(row, corrected_by=row.corrected_by if actor.is_staff else None)
