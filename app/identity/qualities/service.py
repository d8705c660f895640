"""Use cases of qualities: recorded with days and a paper, ended early by a finding; a wrong one is corrected."""

from datetime import date
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.identity import queries as identity
from app.identity.kinds import OrganisationKind, Quality, Verification
from app.identity.models import Organisation, OrganisationQuality
from app.identity.qualities import queries, rules, schemas
from app.identity.rules import Period, check_near, check_order


async def record(session: Session, actor: Actor, organisation_id: UUID, body: schemas.QualityIn) -> OrganisationQuality:
    """Record what an organisation is recognised as.

    Raises `not_found`, `dates_out_of_order`, `date_too_far`, `quality_held` where the same one holds on such a day.
    """
    organisation = await identity.lock_organisation(session, organisation_id)
    check_order(body.valid_from, body.valid_to)
    check_near("valid_from", body.valid_from, await read_today(session))
    held = await queries.qualities_of(session, organisation_id)
    rules.check_free(Period(body.valid_from, body.valid_to), rules.periods_of(held, body.quality))
    return await _add(session, organisation, actor.person_id, body)


async def end(session: Session, actor: Actor, quality_id: UUID, body: schemas.QualityEndIn) -> OrganisationQuality:
    """End a quality with a day, before its paper ends it; a day that has passed counts for what happened since.

    Raises `not_found`, `dates_out_of_order`, `date_too_far`, `quality_ends` where it ends by then anyway.
    """
    found = await queries.get_quality(session, quality_id)
    organisation = await identity.lock_organisation(session, found.organisation_id)
    quality = await queries.get_quality(session, quality_id)
    check_order(quality.valid_from, body.last_day, later_name="last_day")
    check_near("last_day", body.last_day, await read_today(session))
    rules.check_end(body.last_day, quality.valid_to)
    quality.valid_to, quality.end_source, quality.ended_by = body.last_day, body.source, actor.person_id
    organisation.revision += 1
    _tell(session, "organisation.quality_ended", organisation, quality)
    return quality


async def approve_agency(session: Session, organisation: Organisation, person_id: UUID, source: str) -> None:
    """The approval of an organisation of the kind agency makes it one from that day, unless it is recorded already.

    The organisation is locked.
    """
    if organisation.kind != OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY:
        return
    held = await queries.qualities_of(session, organisation.id)
    if rules.periods_of(held, Quality.TECHNOLOGY_TRANSFER_AGENCY):
        return
    body = schemas.QualityIn(
        quality=Quality.TECHNOLOGY_TRANSFER_AGENCY, valid_from=await read_today(session), source=source
    )
    await _add(session, organisation, person_id, body)


def is_agency(organisation: Organisation, day: date) -> bool:
    """Whether an organisation, read with its qualities, is a technology-transfer agency on a day."""
    return rules.holds(organisation.qualities, Quality.TECHNOLOGY_TRANSFER_AGENCY, day)


async def _add(
    session: Session, organisation: Organisation, person_id: UUID, body: schemas.QualityIn
) -> OrganisationQuality:
    quality = OrganisationQuality(**body.model_dump(), organisation_id=organisation.id, recorded_by=person_id)
    organisation.qualities.append(quality)
    organisation.revision += 1
    await session.flush()
    await session.refresh(quality)
    _tell(session, "organisation.qualified", organisation, quality)
    return quality


def _tell(session: Session, type_: str, organisation: Organisation, row: OrganisationQuality) -> None:
    shown = organisation.verification in (Verification.VERIFIED, Verification.SUSPENDED)
    events.append(
        session,
        type_,
        ("organisation", organisation.id),
        audience=[organisation.id, *([events.PUBLIC] if shown else events.STAFF)],
        payload={
            "quality_id": row.id,
            "quality": row.quality,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        },
    )
