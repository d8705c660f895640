"""HTTP of identity."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from app.core.access import STAFF_ROLES, Actor, Role
from app.core.web.access import EVERY_ROLE, allow, public
from app.core.web.http import Endpoint, IfMatch, Session, note_read
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.identity import queries, schemas, service
from app.identity.models import Broker

router = Router(route_class=Endpoint, tags=("identity",))

Anyone = Annotated[Actor, allow(*EVERY_ROLE, scope="identity:read")]
AnyKey = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="identity:read")]
Viewer = Annotated[Actor | None, public(scope="identity:read")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="identity:write")]
OperatorOrAdmin = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, scope="identity:write")]
Ender = Annotated[Actor, allow(Role.OPERATOR, Role.ADMIN, scope="identity:write", unverified=True, merged=True)]
PeopleReader = Annotated[Actor, allow(Role.ADMIN, Role.MEMBER, Role.OPERATOR, Role.AUDITOR, scope="identity:read")]
RelationReader = Annotated[Actor, allow(Role.ADMIN, Role.MEMBER, *STAFF_ROLES, scope="identity:read")]


@router.get("/me", operation_id="read_me")
async def read_me(actor: AnyKey) -> schemas.MeOut:
    """Read who the key acts as: person, organisation, roles and scopes."""
    return schemas.MeOut(
        person_id=actor.person_id,
        organisation_id=actor.organisation_id,
        roles=sorted(actor.roles),
        scopes=sorted(actor.scopes),
    )


@router.post("/organisations", status_code=201, operation_id="register_organisation")
async def register_organisation(
    actor: Operator, session: Session, body: schemas.OrganisationIn
) -> schemas.OrganisationOut:
    """Record an organisation. It can do nothing until it is verified."""
    organisation = await service.register_organisation(session, body)
    return schemas.OrganisationOut.model_validate(organisation)


@router.get("/organisations", operation_id="list_organisations")
async def list_organisations(
    actor: Viewer,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.ORGANISATIONS, queries.ORGANISATION_FILTERS)],
    name: Annotated[
        str | None, Query(min_length=1, max_length=100, description="Beginning of the name, or of a former one")
    ] = None,
) -> Page[schemas.OrganisationOut]:
    """List verified organisations in order of name. Staff see the others too."""
    found = await queries.list_organisations(session, actor, page, name)
    return found.shown(schemas.OrganisationOut.model_validate)


@router.get("/organisations/{organisation_id}", operation_id="read_organisation")
async def read_organisation(actor: Viewer, session: Session, organisation_id: UUID) -> schemas.OrganisationOut:
    """Read an organisation with the places it resided in."""
    organisation = await queries.get_organisation(session, actor, organisation_id)
    return schemas.OrganisationOut.model_validate(organisation)


@router.post("/organisations/{organisation_id}/verification", operation_id="verify_organisation")
async def verify_organisation(
    actor: Operator, session: Session, organisation_id: UUID, body: schemas.OrganisationVerificationIn
) -> schemas.OrganisationOut:
    """Verify, refuse or suspend an organisation. A suspension stops its keys."""
    organisation = await service.verify_organisation(session, actor, organisation_id, body)
    return schemas.OrganisationOut.model_validate(organisation)


@router.post("/organisations/{organisation_id}/divisions", status_code=201, operation_id="move_organisation")
async def move_organisation(
    actor: Operator, session: Session, organisation_id: UUID, body: schemas.DivisionIn, if_match: IfMatch
) -> schemas.OrganisationOut:
    """Record that an organisation moved to another division."""
    organisation = await service.move_organisation(session, organisation_id, body, if_match)
    return schemas.OrganisationOut.model_validate(organisation)


@router.post("/organisation-relations", status_code=201, operation_id="relate_organisations")
async def relate_organisations(actor: Operator, session: Session, body: schemas.RelationIn) -> schemas.RelationOut:
    """Record that two organisations are related parties. Deals between them earn no award."""
    return schemas.RelationOut.model_validate(await service.relate(session, body))


@router.get("/organisation-relations", operation_id="list_organisation_relations")
async def list_relations(
    actor: RelationReader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.RELATIONS, queries.RELATION_FILTERS)],
) -> Page[schemas.RelationOut]:
    """List related-party findings. An organisation sees its own, staff see all."""
    return (await queries.list_relations(session, actor, page)).shown(schemas.RelationOut.model_validate)


@router.get("/organisation-relations/{relation_id}", operation_id="read_organisation_relation")
async def read_relation(actor: RelationReader, session: Session, relation_id: UUID) -> schemas.RelationOut:
    """Read a related-party finding. The two organisations and staff may."""
    return schemas.RelationOut.model_validate(await queries.get_relation(session, actor, relation_id))


@router.post("/people", status_code=201, operation_id="add_person")
async def add_person(actor: OperatorOrAdmin, session: Session, body: schemas.PersonIn) -> schemas.PersonOut:
    """Record a person of an organisation. Its admin may, and the operator for the first admin."""
    return await service.add_person(session, actor, body)


@router.get("/people", operation_id="list_people")
async def list_people(
    actor: PeopleReader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.PEOPLE, queries.PEOPLE_FILTERS)],
    request: Request,
) -> Page[schemas.PersonOut]:
    """List the people of your organisation with their roles. Operator and auditor see all."""
    found = (await queries.list_people(session, actor, page)).shown(schemas.PersonOut.model_validate)
    if actor.oversees:
        await note_read(request, session, "person.names_read", ("person", actor.person_id))
    return found


@router.get("/organisations/{organisation_id}/people/{person_id}", operation_id="read_person")
async def read_person(
    actor: PeopleReader, session: Session, organisation_id: UUID, person_id: UUID, request: Request
) -> schemas.PersonOut:
    """Read a person of your organisation with the role there. Operator and auditor may read everybody."""
    person = schemas.PersonOut.model_validate(await queries.get_person(session, actor, organisation_id, person_id))
    if actor.oversees:
        await note_read(request, session, "person.names_read", ("person", person_id))
    return person


@router.delete("/organisations/{organisation_id}/people/{person_id}", status_code=204, operation_id="end_membership")
async def end_membership(actor: Ender, session: Session, organisation_id: UUID, person_id: UUID) -> None:
    """End a person's membership of an organisation. Its keys stop."""
    await service.end_membership(session, actor, person_id, organisation_id)


@router.post("/brokers", status_code=201, operation_id="certify_broker")
async def certify_broker(actor: Operator, session: Session, body: schemas.BrokerIn) -> schemas.BrokerOut:
    """Record a technical broker's certificate."""
    return _broker_out(await service.certify_broker(session, body))


@router.get("/brokers", operation_id="list_brokers")
async def list_brokers(
    actor: Anyone,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.BROKERS, queries.BROKER_FILTERS)],
) -> Page[schemas.BrokerOut]:
    """List certified brokers with their employments, of all agencies or of one."""
    return (await queries.list_brokers(session, page)).shown(_broker_out)


@router.get("/brokers/{broker_id}", operation_id="read_broker")
async def read_broker(actor: Anyone, session: Session, broker_id: UUID) -> schemas.BrokerOut:
    """Read a broker with the employments."""
    return _broker_out(await queries.get_broker(session, broker_id))


@router.post("/brokers/{broker_id}/employments", status_code=201, operation_id="employ_broker")
async def employ_broker(
    actor: Operator, session: Session, broker_id: UUID, body: schemas.EmploymentIn
) -> schemas.BrokerOut:
    """Record a broker's employment by an agency. A broker has one agency at a time."""
    return _broker_out(await service.employ_broker(session, broker_id, body))


def _broker_out(broker: Broker) -> schemas.BrokerOut:
    return schemas.BrokerOut.of(broker, name=broker.person.name)
