"""All reading of identity, and who may see what."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import StringConstraints
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    Uuid,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union,
    union_all,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.core.access import Actor, Role
from app.core.clock import read_today
from app.core.database import Session, advisory_lock, read_all, read_one, same
from app.core.logs import get_logger
from app.core.problems import NOT_FOUND, UNAUTHENTICATED, Text
from app.core.web.filters import Filter, equal, having
from app.core.web.pages import Found, Orders, PageRequest, SortKey, cut_in, ordered, read_page
from app.identity.kinds import OrganisationKind, Quality, RelationKind, Verification
from app.identity.lineage import queries as lineage
from app.identity.mergers.models import Merger
from app.identity.models import (
    ApiKey,
    Appointment,
    Broker,
    Departure,
    Employment,
    Membership,
    Organisation,
    OrganisationDivision,
    OrganisationQuality,
    OrganisationRelation,
    Person,
)
from app.identity.names.queries import once_called
from app.identity.problems import ORGANISATION, PERSON
from app.identity.rules import digest_of

log = get_logger(__name__)

# A key's last use is noted at most every five minutes: a write a request would cost more than the note is worth.
_TOUCH = text(
    "UPDATE api_keys SET last_used_at = techex_now() WHERE id = (SELECT id FROM api_keys WHERE id = :id AND "
    "(last_used_at IS NULL OR last_used_at < techex_now() - interval '5 minutes') FOR UPDATE SKIP LOCKED)"
)
# Who stands for a merged organisation acts in it as in their own; a broker whom it employed works for its heir.
_BY_DIGEST = text(
    """
    SELECT k.id, k.person_id, k.organisation_id, k.scopes, s.heir_id IS NOT NULL AS succeeds,
           nullif(coalesce(nullif(o.verification, 'verified'), h.verification), 'verified') AS unverified,
           k.last_used_at IS NULL OR k.last_used_at < now.at - interval '5 minutes' AS stale,
           CASE WHEN k.organisation_id IS NULL
             THEN ARRAY(SELECT a.role FROM appointments a WHERE a.person_id = k.person_id AND a.ended_at IS NULL
                          AND NOT a.awaits_confirmation)
               || ARRAY(SELECT 'broker_in_person' FROM brokers b WHERE b.person_id = k.person_id AND NOT EXISTS (
                          SELECT FROM appointments a WHERE a.person_id = k.person_id AND a.ended_at IS NULL
                            AND NOT a.awaits_confirmation))
             ELSE ARRAY(SELECT m.role FROM memberships m WHERE m.person_id = k.person_id
                          AND m.organisation_id = coalesce(s.heir_id, k.organisation_id) AND m.ended_at IS NULL
                          AND NOT EXISTS (SELECT FROM departures d WHERE d.person_id = m.person_id
                            AND d.organisation_id = m.organisation_id AND d.done_at IS NULL
                            AND d.taken_back_at IS NULL AND d.ends_at <= now.at))
               || ARRAY(SELECT 'broker' FROM employments e JOIN brokers b ON b.id = e.broker_id
                          LEFT JOIN organisation_mergers w ON w.merged_id = e.agency_id AND w.done_at IS NOT NULL
                          WHERE b.person_id = k.person_id AND coalesce(w.heir_id, e.agency_id) = k.organisation_id
                            AND now.day BETWEEN e.valid_from AND coalesce(e.valid_to, 'infinity'))
           END AS roles
    FROM (SELECT at, (at AT TIME ZONE :zone)::date AS day FROM (SELECT techex_now() AS at) clock) now, api_keys k
      LEFT JOIN organisations o ON o.id = k.organisation_id
      LEFT JOIN organisation_mergers s ON s.merged_id = k.organisation_id AND s.done_at IS NOT NULL
      LEFT JOIN organisations h ON h.id = s.heir_id
    WHERE k.digest = :digest AND k.revoked_at IS NULL AND k.expires_at > now.at
      AND (o.id IS NULL OR o.verification <> 'suspended') AND (h.id IS NULL OR h.verification <> 'suspended')
    """
)
ORGANISATIONS: Final = Orders("name", Organisation.id, Organisation.name)
RELATIONS: Final = Orders("id", OrganisationRelation.id)
BROKERS: Final = Orders("id", Broker.id)


Division = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}){0,2}$")]


def _recognised_as(quality: Quality, zone: ZoneInfo) -> ColumnElement[bool]:
    return Organisation.id.in_(
        select(OrganisationQuality.organisation_id).where(
            OrganisationQuality.quality == quality, _holds_today(OrganisationQuality, zone)
        )
    )


def _resident_in(code: str, zone: ZoneInfo) -> ColumnElement[bool]:
    resident = OrganisationDivision.division_code.startswith(code, autoescape=True)
    return Organisation.id.in_(
        select(OrganisationDivision.organisation_id).where(resident, _holds_today(OrganisationDivision, zone))
    )


def _holds_today(kind: type[OrganisationQuality | OrganisationDivision], zone: ZoneInfo) -> ColumnElement[bool]:
    today = cast(func.timezone(zone.key, func.techex_now()), Date)
    return and_(kind.valid_from <= today, or_(kind.valid_to.is_(None), kind.valid_to >= today))


def _related(organisation_id: UUID) -> ColumnElement[bool]:
    return or_(OrganisationRelation.first_id == organisation_id, OrganisationRelation.second_id == organisation_id)


def _employed_by(agency_id: UUID) -> ColumnElement[bool]:
    return Broker.id.in_(select(Employment.broker_id).where(Employment.agency_id == agency_id))


ORGANISATION_FILTERS: Final = (
    equal(Organisation.kind, OrganisationKind, "What it is"),
    equal(Organisation.verification, Verification, "Where its verification stands"),
    Filter("quality", Quality, "What it is recognised as today", _recognised_as),
    Filter("division", Division, "GB/T 2260: resident today in this province, city or district", _resident_in),
)
RELATION_FILTERS: Final = (
    having("organisation_id", UUID, "On either side", _related),
    equal(OrganisationRelation.kind, RelationKind, "How they are related"),
)
BROKER_FILTERS: Final = (having("agency_id", UUID, "Employed by this agency, now or once", _employed_by),)


@cache
def _with_periods() -> tuple[ExecutableOption, ...]:
    """What is loaded with an organisation; made at first use, since it makes SQLAlchemy configure every mapper."""
    return (
        selectinload(Organisation.divisions),
        selectinload(Organisation.qualities),
        selectinload(Organisation.former_names),
    )


async def authenticate(session: Session, authorization: str) -> Actor:
    """The actor of a bearer key; `zone` is the city's, in whose days employments count.

    Raises `unauthenticated`: unknown, expired, revoked and roleless look the same.
    """
    scheme, _, secret = authorization.partition(" ")
    row = None
    if scheme.lower() == "bearer" and secret:
        row = (
            await session.execute(_BY_DIGEST, {"digest": digest_of(secret.strip()), "zone": session.city.zone.key})
        ).one_or_none()
    if row is None or not row.roles:
        raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
    if row.stale:
        await _touch(session, row.id)
    return Actor(
        person_id=row.person_id,
        key_id=row.id,
        organisation_id=row.organisation_id,
        roles=frozenset(Role(role) for role in row.roles),
        scopes=frozenset(row.scopes),
        unverified=row.unverified,
        succeeds=row.succeeds,
    )


async def _touch(session: Session, key_id: UUID) -> None:
    """Note that a key was used. A read does without where the database takes no more: that its disk is full, say."""
    try:
        await session.execute(_TOUCH, {"id": key_id})
    except DBAPIError as error:
        if not session.commits_alone:
            raise
        log.warning("key_use_not_noted", error=type(error.orig).__name__)


def visible_organisations(actor: Actor | None) -> Select[Organisation]:
    """Verified and suspended organisations are public, for they stand in what is published; the market's staff see all.

    An organisation that is pending or refused is seen by itself besides.
    """
    statement = select(Organisation).options(*_with_periods())
    return statement if actor is not None and actor.is_staff else statement.where(shown_to(actor))


def shown_to(actor: Actor | None) -> ColumnElement[bool]:
    """Which organisations others than the market's staff see."""
    shown = Organisation.verification.in_([Verification.VERIFIED, Verification.SUSPENDED])
    if actor is not None and actor.organisation_id is not None:
        return or_(shown, Organisation.id == actor.organisation_id)
    return shown


async def get_organisation(session: Session, actor: Actor | None, organisation_id: UUID) -> Organisation:
    """One organisation the actor may see, with its divisions; raises `not_found`."""
    statement = visible_organisations(actor).where(Organisation.id == organisation_id)
    return await read_one(session, statement, ORGANISATION, fresh=True)


async def lock_organisation(session: Session, organisation_id: UUID) -> Organisation:
    """One organisation, locked for a change; raises `not_found`."""
    statement = select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    return await read_one(session, statement.options(*_with_periods()), ORGANISATION)


async def list_organisations(
    session: Session, actor: Actor | None, page: PageRequest, name: str | None
) -> Found[Organisation]:
    """A page in order of name, optionally with a name that begins so, or once did."""
    statement = visible_organisations(actor)
    if name:
        # Each half goes by an index of its own and ends with the page; together with OR, neither would.
        halves = (Organisation.name.startswith(name, autoescape=True), Organisation.id.in_(once_called(name)))
        order = page.sorted_as(ORGANISATIONS)
        ids = (ordered(statement.with_only_columns(Organisation.id).where(half), page, order) for half in halves)
        statement = statement.where(Organisation.id.in_(union(*ids)))
    return await read_page(session, statement, page, ORGANISATIONS)


async def organisations_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    """Organisations with their divisions and qualities, whatever their state, for rules that need the facts."""
    statement = select(Organisation).where(Organisation.id.in_(list(ids))).options(*_with_periods())
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def relations_between(session: Session, ids: Iterable[UUID]) -> Sequence[OrganisationRelation]:
    """Every related-party finding of which both sides are among `ids`."""
    wanted = list(ids)
    statement = select(OrganisationRelation).where(
        OrganisationRelation.first_id.in_(wanted), OrganisationRelation.second_id.in_(wanted)
    )
    return await read_all(session, statement.order_by(OrganisationRelation.id))


async def list_relations(session: Session, actor: Actor, page: PageRequest) -> Found[OrganisationRelation]:
    """Related-party findings: all for the market's staff, one's own for an organisation."""
    return await read_page(session, _visible_relations(actor), page, RELATIONS)


async def get_relation(session: Session, actor: Actor, relation_id: UUID) -> OrganisationRelation:
    """One of them; raises `not_found`."""
    statement = _visible_relations(actor).where(OrganisationRelation.id == relation_id)
    return await read_one(session, statement, Text("relation", "关联关系"))


def _visible_relations(actor: Actor) -> Select[OrganisationRelation]:
    if actor.is_staff:
        return select(OrganisationRelation)
    own = actor.organisation()
    return select(OrganisationRelation).where(
        or_(OrganisationRelation.first_id == own, OrganisationRelation.second_id == own)
    )


def _no_longer(person: ColumnElement[UUID], organisation: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether a person has left: a departure is over with its last day, though the worker may come later."""
    left = select(Departure.id).where(
        Departure.person_id == person,
        Departure.organisation_id == organisation,
        Departure.done_at.is_(None),
        Departure.taken_back_at.is_(None),
        Departure.ends_at <= func.techex_now(),
    )
    return left.exists()


def _in_force() -> ColumnElement[bool]:
    """Whether a membership is current."""
    left = _no_longer(Membership.person_id.expression, Membership.organisation_id.expression)
    return Membership.ended_at.is_(None) & ~left


def _capacities() -> CompoundSelect[Any]:
    """Who acts or acted in which capacity, on bare tables: a page is then cut along the index of their ids."""
    members = select(
        Membership.id, Membership.person_id, Membership.organisation_id, Membership.role,
        Membership.ended_at, literal(False).label("awaits_confirmation"),
    )  # fmt: skip
    staff = select(
        Appointment.id, Appointment.person_id, literal(None, Uuid), Appointment.role,
        Appointment.ended_at, Appointment.awaits_confirmation,
    )  # fmt: skip
    return union_all(members, staff)


_INNER: Final = _capacities().subquery()
PEOPLE: Final = Orders("id", SortKey("id", _INNER.c.id, attrgetter("capacity_id")))
PEOPLE_FILTERS: Final = (
    having("role", Role, "Who act in this role", lambda role: _INNER.c.role == role),
    having("organisation_id", UUID, "Who act for this organisation", lambda wanted: _INNER.c.organisation_id == wanted),
)


async def list_people(session: Session, actor: Actor, page: PageRequest) -> Found[Any]:
    """People with the capacity they act in: all for the operator and auditor, one's own organisation's otherwise."""
    order = page.sorted_as(PEOPLE)
    return cut_in(order, (await session.execute(ordered(_visible_people(actor), page, order))).all(), page)


async def get_person(session: Session, actor: Actor, organisation_id: UUID, person_id: UUID) -> Any:
    """A person of an organisation with the role there; raises `not_found`."""
    statement = _visible_people(actor).where(
        _INNER.c.person_id == person_id, _INNER.c.organisation_id == organisation_id
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NOT_FOUND(what=PERSON)
    return found


def _visible_people(actor: Actor) -> Select[Any]:
    # The name is looked up for the rows of the page, where a join would be made for every person before the cut.
    name = select(Person.name).where(Person.id == _INNER.c.person_id).scalar_subquery()
    shown = select(
        _INNER.c.person_id.label("id"),
        name.label("name"),
        _INNER.c.organisation_id,
        _INNER.c.role,
        _INNER.c.id.label("capacity_id"),
    ).where(
        _INNER.c.ended_at.is_(None),
        ~_INNER.c.awaits_confirmation,
        ~_no_longer(_INNER.c.person_id, _INNER.c.organisation_id),
    )
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return shown
    return shown.where(_INNER.c.organisation_id == actor.organisation_id)


async def find_person(session: Session, person_id: UUID) -> Person | None:
    return await session.get(Person, person_id)


async def organisations_of(session: Session, person_id: UUID) -> frozenset[UUID]:
    """The organisations that a person acts for now."""
    mine = Membership.person_id == person_id, _in_force()
    return frozenset((await session.execute(select(Membership.organisation_id).where(*mine))).scalars())


async def people_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of some people, for services that may publish them."""
    statement = select(Person.id, Person.name).where(Person.id.in_(list(ids)))
    return {row.id: row.name for row in await session.execute(statement)}


async def acts_for(session: Session, person_id: UUID, organisation_id: UUID | None) -> bool:
    """Whether a person has a current role in an organisation or in its heir, or (None) in the market."""
    statement = select(Appointment.id).where(
        Appointment.person_id == person_id, Appointment.ended_at.is_(None), ~Appointment.awaits_confirmation
    )
    if organisation_id is not None:
        heir = select(Merger.heir_id).where(Merger.merged_id == organisation_id, Merger.done_at.is_not(None))
        statement = select(Membership.id).where(
            Membership.person_id == person_id,
            Membership.organisation_id.in_(heir.union_all(select(literal(organisation_id)))),
            _in_force(),
        )
    return (await session.execute(statement.limit(1))).first() is not None


async def count_people(session: Session, organisation_id: UUID) -> int:
    """How many people act for an organisation now."""
    statement = select(func.count()).select_from(Membership)
    now = Membership.organisation_id == organisation_id, _in_force()
    return (await session.execute(statement.where(*now))).scalar_one()


async def has_admin(session: Session, organisation_id: UUID) -> bool:
    """Whether an organisation has an admin now."""
    statement = select(Membership.id).where(
        Membership.organisation_id == organisation_id, Membership.role == Role.ADMIN, _in_force()
    )
    return (await session.execute(statement.limit(1))).first() is not None


async def current_membership(session: Session, actor: Actor, person_id: UUID, organisation_id: UUID) -> Membership:
    """A person's membership, locked; hidden (404) from those who may not end it."""
    statement = select(Membership).where(
        Membership.person_id == person_id, Membership.organisation_id == organisation_id, Membership.ended_at.is_(None)
    )
    if not actor.has(Role.OPERATOR):
        statement = statement.where(Membership.organisation_id == actor.organisation_id)
    return await read_one(session, statement.with_for_update(), Text("membership", "成员关系"))


def _brokers() -> Select[Broker]:
    return select(Broker).options(selectinload(Broker.person), selectinload(Broker.employments))


async def get_broker(session: Session, broker_id: UUID, *, lock: bool = False) -> Broker:
    """One broker with employments; raises `not_found`. Brokers' certificates are public among the key holders."""
    statement = _brokers().where(Broker.id == broker_id).execution_options(populate_existing=True)
    if lock:
        statement = statement.with_for_update(of=Broker)
    return await read_one(session, statement, Text("broker", "技术经纪人"))


async def list_brokers(session: Session, page: PageRequest) -> Found[Broker]:
    """Brokers in order of registration."""
    return await read_page(session, _brokers(), page, BROKERS)


async def broker_of(session: Session, person_id: UUID) -> UUID | None:
    """The broker that a person is."""
    return (await session.execute(select(Broker.id).where(Broker.person_id == person_id))).scalar_one_or_none()


async def brokers_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Broker]:
    statement = _brokers().where(Broker.id.in_(list(ids)))
    return {row.id: row for row in (await session.execute(statement)).scalars()}


async def get_employment(session: Session, employment_id: UUID) -> Employment:
    statement = select(Employment).where(Employment.id == employment_id).with_for_update()
    return await read_one(session, statement, Text("employment", "聘用关系"))


async def may_hold_key(session: Session, person_id: UUID, organisation_id: UUID | None) -> bool:
    """Whether a person has a capacity there at all: as member, as employed broker, in the market, or (None) as broker.

    A broker keeps the capacity in person, employed or not.
    """
    if await acts_for(session, person_id, organisation_id):
        return True
    if organisation_id is None:
        return await broker_of(session, person_id) is not None
    statement = (
        select(func.count())
        .select_from(Employment)
        .join(Broker)
        .where(
            Broker.person_id == person_id,
            or_(Employment.agency_id == organisation_id, Employment.agency_id.in_(merged_into(organisation_id))),
            or_(Employment.valid_to.is_(None), Employment.valid_to >= await read_today(session)),
        )
    )
    return (await session.execute(statement)).scalar_one() > 0


async def end_keys(session: Session, person_id: UUID, organisation_id: UUID | None, at: datetime) -> None:
    """End every key of a person in one capacity, with those that they issued, and those of what it is heir of."""
    own = ApiKey.organisation_id.is_not_distinct_from(organisation_id)
    if organisation_id is not None:
        own = or_(own, ApiKey.organisation_id.in_(merged_into(organisation_id)))
    statement = select(ApiKey.id).where(ApiKey.person_id == person_id, own)
    await lineage.end(session, (await session.execute(statement)).scalars().all(), at)


async def lock_name(session: Session, name: str) -> None:
    """Lock the core of a name until the transaction ends, of today or of once, for it is compared with others."""
    core = (await session.execute(select(func.techex_core_name(name)))).scalar_one()
    await advisory_lock(session, "organisation_name", core)


async def end_all_keys(session: Session, organisation_id: UUID, at: datetime) -> None:
    """End every key of an organisation, with those that they issued."""
    working = ApiKey.organisation_id == organisation_id, ApiKey.revoked_at.is_(None)
    await lineage.end(session, (await session.execute(select(ApiKey.id).where(*working))).scalars().all(), at)


async def stands_for(session: Session, actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor's organisation is the heir of another one."""
    if organisation_id is None or actor.organisation_id is None:
        return False
    found = merged_into(actor.organisation_id).where(Merger.merged_id == organisation_id)
    return (await session.execute(found)).first() is not None


def merged_into(heir_id: UUID | None) -> Select[UUID]:
    """The merged organisations that an organisation stands for now."""
    return select(Merger.merged_id).where(Merger.heir_id == heir_id, Merger.done_at.is_not(None))


async def namesake(session: Session, name: str, uscc: str | None, *, besides: UUID | None = None) -> UUID | None:
    """An organisation of that name, in whatever spelling, that may be the same body: not both have a USCC.

    The core of the name is locked until the transaction ends, so that of two who take it at once one sees the other.
    """
    await lock_name(session, name)
    statement = select(Organisation.id).where(same(Organisation.name, name))
    if besides is not None:
        statement = statement.where(Organisation.id != besides)
    if uscc is not None:
        statement = statement.where(Organisation.uscc.is_(None))
    return (await session.execute(statement.limit(1))).scalar_one_or_none()
