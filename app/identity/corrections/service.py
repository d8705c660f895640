"""Corrections of recorded facts of identity. The record is put right, and what stood there is kept with the reason.

Gates, registrations and runs of awards judge by the record, so they see the corrected fact from then on; a run that is
computed keeps the facts that it froze.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Base, Session
from app.core.history import events
from app.core.schemas import Input
from app.core.web.preconditions import Precondition
from app.identity import problems, rules
from app.identity import queries as identity
from app.identity.corrections import queries, schemas
from app.identity.corrections.kinds import Corrected
from app.identity.corrections.models import Correction
from app.identity.corrections.rules import as_written, check_name_order, differing, residences
from app.identity.divisions import check_division
from app.identity.duplicates.service import look_for
from app.identity.models import Organisation, OrganisationDivision
from app.identity.names import queries as names
from app.identity.names.service import check_free as check_name_free
from app.identity.qualities import queries as qualities
from app.identity.qualities.rules import check_free, periods_of


async def correct_organisation(
    session: Session,
    actor: Actor,
    organisation_id: UUID,
    body: schemas.OrganisationCorrectionIn,
    precondition: Precondition,
) -> Correction:
    """Put an organisation's name, kind, USCC, founder or residences right.

    Raises `nothing_to_correct`, `uscc_invalid`, `organisation_name_taken`, `division_unknown`, `date_too_far`,
    `residences_out_of_order`.
    """
    organisation = await identity.lock_organisation(session, organisation_id)
    precondition.check(organisation.revision)
    stated = _stated(body)
    if stated.get("uscc") is not None:
        stated["uscc"] = rules.check_uscc(stated["uscc"])
    recorded = {name: getattr(organisation, name) for name in stated if name != "divisions"}
    if "divisions" in stated:
        recorded["divisions"] = [
            {"division_code": row.division_code, "valid_from": row.valid_from} for row in organisation.divisions
        ]
    changed = differing(recorded, stated)
    if "name" in changed or "uscc" in changed:
        name = changed.get("name", organisation.name)
        namesake = await identity.namesake(
            session, name, changed.get("uscc", organisation.uscc), besides=organisation.id
        )
        if namesake is not None:
            raise problems.NAME_TAKEN(field="name" if "name" in changed else "uscc", name=name, id=namesake)
    if "divisions" in changed:
        await _replace_residences(session, organisation, body)
    for name in changed.keys() - {"divisions"}:
        setattr(organisation, name, changed[name])
    organisation.revision += 1
    if "name" in changed or "uscc" in changed:
        await look_for(session, organisation.id)
    subject = (Corrected.ORGANISATION, organisation.id)
    return await _keep(session, actor, subject, recorded, changed, body.reason, [organisation.id])


async def correct_former_name(
    session: Session, actor: Actor, name_id: UUID, body: schemas.FormerNameCorrectionIn
) -> Correction:
    """Put a rename right, or withdraw it: then the organisation, or its next former name, is called as before.

    Raises `nothing_to_correct`, `date_in_future`, `former_names_out_of_order`, `organisation_name_taken`.
    """
    found = await names.get_former_name(session, name_id)
    organisation = await identity.lock_organisation(session, found.organisation_id)
    former = await names.get_former_name(session, name_id)
    organisation.revision += 1
    subject = (Corrected.FORMER_NAME, former.id)
    others = [row for row in await names.former_names(session, organisation.id) if row is not former]
    later = [row for row in others if row.valid_to > former.valid_to]
    if body.withdrawn:
        if later:
            later[0].name = former.name
        else:
            await check_name_free(session, organisation, former.name)
            organisation.name = former.name
        correction = await _withdraw(session, actor, subject, former, body.reason, [organisation.id])
    else:
        if "valid_to" in body.model_fields_set:
            rules.check_not_future("valid_to", body.valid_to, await read_today(session))
            check_name_order(former.valid_to, body.valid_to, [row.valid_to for row in others])
        recorded, changed = _put_right(former, body)
        if "name" in changed:
            await identity.lock_name(session, former.name)
        correction = await _keep(session, actor, subject, recorded, changed, body.reason, [organisation.id])
    await look_for(session, organisation.id)
    return correction


async def correct_quality(
    session: Session, actor: Actor, quality_id: UUID, body: schemas.QualityCorrectionIn
) -> Correction:
    """Put a quality right, or withdraw it, under its organisation's lock.

    Raises `nothing_to_correct`, `dates_out_of_order`, `date_too_far`, `quality_held` where it would overlap another.
    """
    found = await qualities.get_quality(session, quality_id)
    organisation = await identity.lock_organisation(session, found.organisation_id)
    quality = await qualities.get_quality(session, quality_id)
    organisation.revision += 1
    subject = (Corrected.QUALITY, quality.id)
    if body.withdrawn:
        return await _withdraw(session, actor, subject, quality, body.reason, [organisation.id])
    recorded, changed = _put_right(quality, body)
    rules.check_order(quality.valid_from, quality.valid_to)
    rules.check_near("valid_from", quality.valid_from, await read_today(session))
    others = [row for row in await qualities.qualities_of(session, organisation.id) if row is not quality]
    check_free(rules.Period(quality.valid_from, quality.valid_to), periods_of(others, quality.quality))
    return await _keep(session, actor, subject, recorded, changed, body.reason, [organisation.id])


async def correct_relation(
    session: Session, actor: Actor, relation_id: UUID, body: schemas.RelationCorrectionIn
) -> Correction:
    """Put a finding of related parties right, or withdraw it. Raises `nothing_to_correct`, `dates_out_of_order`."""
    relation = await queries.lock_relation(session, relation_id)
    sides = [relation.first_id, relation.second_id]
    subject = (Corrected.RELATION, relation.id)
    if body.withdrawn:
        return await _withdraw(session, actor, subject, relation, body.reason, sides)
    recorded, changed = _put_right(relation, body)
    rules.check_order(relation.valid_from, relation.valid_to)
    rules.check_near("valid_from", relation.valid_from, await read_today(session))
    return await _keep(session, actor, subject, recorded, changed, body.reason, sides)


async def correct_broker(
    session: Session, actor: Actor, broker_id: UUID, body: schemas.BrokerCorrectionIn
) -> Correction:
    """Put a broker's certificate right. Raises `nothing_to_correct`, `date_in_future`."""
    broker = await identity.get_broker(session, broker_id, lock=True)
    recorded, changed = _put_right(broker, body)
    rules.check_not_future("certified_on", broker.certified_on, await read_today(session))
    agencies = sorted({employment.agency_id for employment in broker.employments})
    return await _keep(session, actor, (Corrected.BROKER, broker.id), recorded, changed, body.reason, agencies)


async def correct_employment(
    session: Session, actor: Actor, employment_id: UUID, body: schemas.EmploymentCorrectionIn
) -> Correction:
    """Put the days of an employment right.

    Raises `nothing_to_correct`, `dates_out_of_order`, `date_too_far`, `broker_employed` where it would overlap another.
    """
    found = await identity.get_employment(session, employment_id)
    broker = await identity.get_broker(session, found.broker_id, lock=True)
    (employment,) = [row for row in broker.employments if row.id == employment_id]
    recorded, changed = _put_right(employment, body)
    rules.check_order(employment.valid_from, employment.valid_to)
    rules.check_near("valid_from", employment.valid_from, await read_today(session))
    others = [rules.Period(row.valid_from, row.valid_to) for row in broker.employments if row is not employment]
    rules.check_employment(rules.Period(employment.valid_from, employment.valid_to), others)
    subject = (Corrected.EMPLOYMENT, employment.id)
    return await _keep(session, actor, subject, recorded, changed, body.reason, [employment.agency_id])


async def _withdraw(
    session: Session, actor: Actor, subject: tuple[Corrected, UUID], row: Base, reason: str, concerns: list[UUID]
) -> Correction:
    """Delete a row that never should have been; the correction keeps all that it said."""
    recorded = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    await session.delete(row)
    return await _keep(session, actor, subject, recorded, dict.fromkeys(recorded), reason, concerns)


def _stated(body: Input) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True, exclude={"reason", "withdrawn"})


def _put_right(row: Base, body: Input) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the stated fields of a row; answers what stood there, and what is changed. Raises `nothing_to_correct`."""
    stated = _stated(body)
    recorded = {name: getattr(row, name) for name in stated}
    changed = differing(recorded, stated)
    for name, value in changed.items():
        setattr(row, name, value)
    return recorded, changed


async def _replace_residences(
    session: Session, organisation: Organisation, body: schemas.OrganisationCorrectionIn
) -> None:
    today = await read_today(session)
    stated = [(row.division_code, row.valid_from) for row in body.divisions]
    for place, (code, begins) in enumerate(stated):
        rules.check_near(f"divisions.{place}.valid_from", begins, today)
        check_division(code, begins, f"divisions.{place}.division_code")
    periods = residences(stated)
    for row in list(organisation.divisions):
        await session.delete(row)
    organisation.divisions.clear()
    await session.flush()
    organisation.divisions.extend(
        OrganisationDivision(division_code=code, valid_from=begins, valid_to=ends) for code, begins, ends in periods
    )


async def _keep(
    session: Session,
    actor: Actor,
    subject: tuple[Corrected, UUID],
    recorded: Mapping[str, Any],
    changed: Mapping[str, Any],
    reason: str,
    concerns: list[UUID],
) -> Correction:
    """Keep what stood there and why it was wrong, and tell those whom it concerns which fields it was."""
    correction = Correction(
        subject_type=subject[0],
        subject_id=subject[1],
        concerns=concerns,
        before=as_written({name: recorded[name] for name in changed}),
        after=as_written(changed),
        reason=reason,
        corrected_by=actor.person_id,
    )
    session.add(correction)
    await session.flush()
    await session.refresh(correction)
    payload = {"correction_id": correction.id, "fields": sorted(changed)}
    events.append(session, "identity.corrected", subject, audience=[*events.STAFF, *concerns], payload=payload)
    return correction
