"""Use cases of identity; each runs in the caller's transaction."""

from uuid import UUID

from app.core.access import STAFF_ROLES, Actor, Role, forbidden
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import UNKNOWN_REFERENCE
from app.core.web.preconditions import Precondition
from app.identity import hooks, problems, queries, rules, schemas
from app.identity.divisions import check_division
from app.identity.duplicates.service import look_for
from app.identity.kinds import Quality, Verification
from app.identity.mergers.queries import check_none_merged
from app.identity.models import (
    Broker,
    Employment,
    Membership,
    Organisation,
    OrganisationDivision,
    OrganisationRelation,
    Person,
)
from app.identity.qualities.rules import periods_of
from app.identity.qualities.service import approve_agency
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room


async def register_organisation(session: Session, body: schemas.OrganisationIn) -> Organisation:
    """Record an organisation, not yet verified. A USCC already held is a `conflict`.

    Raises `uscc_invalid`, `division_unknown`, `date_in_future`, `organisation_name_taken`.
    """
    rules.check_not_future("resident_since", body.resident_since, await read_today(session))
    check_division(body.division_code, body.resident_since, "division_code")
    uscc = rules.check_uscc(body.uscc) if body.uscc else None
    namesake = await queries.namesake(session, body.name, uscc)
    if namesake is not None:
        raise problems.NAME_TAKEN(field="name", name=body.name, id=namesake)
    organisation = Organisation(
        name=body.name,
        kind=body.kind,
        uscc=uscc,
        state_founded=body.state_founded,
        fictional=body.fictional,
        divisions=[OrganisationDivision(division_code=body.division_code, valid_from=body.resident_since)],
        qualities=[],
        former_names=[],
    )
    session.add(organisation)
    await session.flush()
    events.append(
        session,
        "organisation.registered",
        ("organisation", organisation.id),
        audience=[*events.STAFF, organisation.id],
        payload={"kind": body.kind},
    )
    await look_for(session, organisation.id)
    return organisation


async def verify_organisation(
    session: Session, actor: Actor, organisation_id: UUID, body: schemas.OrganisationVerificationIn
) -> Organisation:
    """Record the operator's finding. A suspension stops all keys of the organisation at once, and what it leads.

    The approval of an organisation of the kind agency makes it one from that day.
    """
    organisation = await queries.lock_organisation(session, organisation_id)
    organisation.verification = Verification(body.verification)
    organisation.verification_reason = body.reason
    organisation.revision += 1
    events.append(
        session,
        f"organisation.{body.verification}",
        ("organisation", organisation.id),
        audience=[organisation.id, *((events.PUBLIC,) if body.verification == Verification.VERIFIED else events.STAFF)],
        payload={"verification": body.verification},
    )
    if organisation.verification == Verification.VERIFIED:
        await approve_agency(session, organisation, actor.person_id, body.reason)
        await hooks.verified.announce(session, organisation, await read_clock(session))
    else:
        await hooks.stopped.announce(session, organisation, await read_clock(session))
    return organisation


async def move_organisation(
    session: Session,
    organisation_id: UUID,
    body: schemas.DivisionIn,
    precondition: Precondition,
) -> Organisation:
    """Record a new residence; the one before ends the day before.

    Raises `period_not_later`, `division_unknown`, `date_too_far`.
    """
    organisation = await queries.lock_organisation(session, organisation_id)
    precondition.check(organisation.revision)
    rules.check_near("valid_from", body.valid_from, await read_today(session))
    check_division(body.division_code, body.valid_from, "division_code")
    latest = organisation.divisions[-1]
    latest.valid_to = rules.end_before(body.valid_from, latest.valid_from)
    organisation.divisions.append(OrganisationDivision(division_code=body.division_code, valid_from=body.valid_from))
    organisation.revision += 1
    events.append(
        session,
        "organisation.moved",
        ("organisation", organisation.id),
        audience=[events.PUBLIC, organisation.id],
        payload={"division_code": body.division_code, "valid_from": body.valid_from},
    )
    await session.flush()
    return organisation


async def relate(session: Session, body: schemas.RelationIn) -> OrganisationRelation:
    """Record that two organisations are related parties (关联方), with the source of the finding."""
    known = await queries.organisations_by_id(session, [body.first_id, body.second_id])
    for name, organisation_id in (("first_id", body.first_id), ("second_id", body.second_id)):
        if organisation_id not in known:
            raise UNKNOWN_REFERENCE(field=name, what=problems.ORGANISATION)
    rules.check_order(body.valid_from, body.valid_to)
    rules.check_near("valid_from", body.valid_from, await read_today(session))
    rules.check_two(body.first_id, body.second_id)
    relation = OrganisationRelation(**body.model_dump())
    session.add(relation)
    await session.flush()
    events.append(
        session,
        "organisation.related",
        ("organisation_relation", relation.id),
        audience=[*events.STAFF, body.first_id, body.second_id],
        payload={"first_id": body.first_id, "second_id": body.second_id, "kind": body.kind},
    )
    return relation


async def add_person(session: Session, actor: Actor, body: schemas.PersonIn) -> schemas.PersonOut:
    """Record a person of an organisation: an admin of the own one, the operator an admin of one that has none.

    Raises `forbidden`, `role_out_of_place` for a role of the market's staff, `admin_adds_people`, `quota_reached`,
    `organisation_merged`.
    """
    if body.role in STAFF_ROLES or body.role is Role.BROKER:
        raise problems.ROLE_PLACE(field="role", role=body.role)
    if not await queries.organisations_by_id(session, [body.organisation_id]):
        raise UNKNOWN_REFERENCE(field="organisation_id", what=problems.ORGANISATION)
    await queries.lock_organisation(session, body.organisation_id)
    await check_none_merged(session, [body.organisation_id], "organisation_id")
    if body.organisation_id != actor.organisation_id:
        await _check_first_admin(session, actor, body.organisation_id, body.role)
    held = await queries.count_people(session, body.organisation_id)
    check_room(Quota.PEOPLE, held, await read_today(session))
    person = Person(name=body.name)
    session.add(person)
    await session.flush()
    session.add(Membership(person_id=person.id, organisation_id=body.organisation_id, role=body.role))
    await session.flush()
    events.append(
        session,
        "person.joined",
        ("person", person.id),
        audience=[body.organisation_id],
        payload={"role": body.role},
    )
    return schemas.PersonOut(id=person.id, name=person.name, organisation_id=body.organisation_id, role=body.role)


async def _check_first_admin(session: Session, actor: Actor, organisation_id: UUID, role: Role) -> None:
    """The operator lets in the first admin, who lets in all others."""
    if not actor.has(Role.OPERATOR):
        raise forbidden(actor, {Role.OPERATOR})
    if role is not Role.ADMIN or await queries.has_admin(session, organisation_id):
        raise problems.ADMIN_ADDS(field="role")


async def end_membership(session: Session, actor: Actor, person_id: UUID, organisation_id: UUID) -> None:
    """A person leaves an organisation: the membership ends and its keys stop at once."""
    membership = await queries.current_membership(session, actor, person_id, organisation_id)
    now = await read_clock(session)
    membership.ended_at = now
    await queries.end_keys(session, person_id, organisation_id, now)
    events.append(session, "person.left", ("person", person_id), audience=[organisation_id])


async def certify_broker(session: Session, body: schemas.BrokerIn) -> Broker:
    """Record a technical broker's certificate (技术经纪人); a second one for a person is a `conflict`.

    Raises `unknown_reference` for a person there is not, `date_in_future`.
    """
    rules.check_not_future("certified_on", body.certified_on, await read_today(session))
    person = await queries.find_person(session, body.person_id)
    if person is None:
        raise UNKNOWN_REFERENCE(field="person_id", what=problems.PERSON)
    broker = Broker(
        person_id=person.id,
        certificate_number=body.certificate_number,
        certified_on=body.certified_on,
        person=person,
        employments=[],
    )
    session.add(broker)
    await session.flush()
    events.append(session, "broker.certified", ("broker", broker.id), audience=events.STAFF)
    return broker


async def employ_broker(session: Session, broker_id: UUID, body: schemas.EmploymentIn) -> Broker:
    """Record employment by an agency.

    Raises `broker_employed` where periods overlap, `not_an_agency` for who is none on any of its days, `date_too_far`.
    """
    broker = await queries.get_broker(session, broker_id, lock=True)
    agency = (await queries.organisations_by_id(session, [body.agency_id])).get(body.agency_id)
    if agency is None:
        raise UNKNOWN_REFERENCE(field="agency_id", what=problems.ORGANISATION)
    rules.check_order(body.valid_from, body.valid_to)
    new = rules.Period(body.valid_from, body.valid_to)
    recognised = periods_of(agency.qualities, Quality.TECHNOLOGY_TRANSFER_AGENCY)
    if not any(period.overlaps(new) for period in recognised):
        raise problems.NOT_AN_AGENCY(field="agency_id", name=agency.name)
    rules.check_employment(new, [rules.Period(e.valid_from, e.valid_to) for e in broker.employments])
    rules.check_near("valid_from", body.valid_from, await read_today(session))
    if not await queries.may_hold_key(session, broker.person_id, agency.id):
        # A key of an earlier time there must not come to life again.
        await queries.end_keys(session, broker.person_id, agency.id, await read_clock(session))
    broker.employments.append(Employment(agency_id=agency.id, valid_from=body.valid_from, valid_to=body.valid_to))
    await session.flush()
    events.append(
        session,
        "broker.employed",
        ("broker", broker.id),
        audience=[*events.STAFF, agency.id],
        payload={"agency_id": agency.id, "valid_from": body.valid_from},
    )
    return broker
