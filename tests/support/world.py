"""The parties that tests play with: organisations, their people and the market's staff, each with a key."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from app.core.access import STAFF_ROLES, Role
from app.core.clock import read_clock
from app.core.database import Database, Session
from app.identity.keys.service import Origin, create_key
from app.identity.kinds import OrganisationKind, Quality, Verification
from app.identity.models import (
    Appointment,
    Broker,
    Employment,
    Membership,
    Organisation,
    OrganisationDivision,
    OrganisationQuality,
    Person,
)
from tests.support.api import Api

WUHAN = "420111"
CHANGSHA = "430102"
_serial = count(1)


@dataclass(frozen=True)
class Party:
    """A person with a key: for an organisation (`id`), or for the market (`id` None)."""

    name: str
    id: UUID | None
    person_id: UUID
    secret: str
    broker_id: UUID | None = None

    @property
    def organisation_id(self) -> UUID:
        assert self.id is not None
        return self.id


class World:
    """Makes parties. The market's staff is there from the start."""

    def __init__(self, database: Database, api: Api, staff: dict[Role, Party]) -> None:
        self.database = database
        self.api = api
        self.staff = staff

    @classmethod
    async def create(cls, database: Database, api: Api) -> "World":
        async with database.transaction() as session:
            staff = {role: await _appoint(session, role) for role in sorted(STAFF_ROLES)}
        return cls(database, api, staff)

    async def second_operator(self) -> Party:
        """Another operator, who confirms what the first one asks for."""
        async with self.database.transaction() as session:
            return await _appoint(session, Role.OPERATOR)

    @property
    def operator(self) -> Party:
        return self.staff[Role.OPERATOR]

    @property
    def registrar(self) -> Party:
        return self.staff[Role.REGISTRAR]

    @property
    def award_officer(self) -> Party:
        return self.staff[Role.AWARD_OFFICER]

    @property
    def auditor(self) -> Party:
        return self.staff[Role.AUDITOR]

    async def party(
        self,
        kind: OrganisationKind,
        *,
        name: str | None = None,
        division: str = WUHAN,
        state_founded: bool | None = False,
        verification: Verification = Verification.VERIFIED,
        role: Role = Role.ADMIN,
        scopes: list[str] | None = None,
    ) -> Party:
        """An organisation of a kind, and a person of it with a key."""
        async with self.database.transaction() as session:
            organisation = Organisation(
                name=name or f"示例{kind} {next(_serial)}",
                kind=kind,
                state_founded=state_founded,
                fictional=True,
                verification=verification,
                divisions=[OrganisationDivision(division_code=division, valid_from=date(2000, 1, 1))],
                qualities=[
                    OrganisationQuality(quality=quality, valid_from=date(2000, 1, 1), source="示例")
                    for quality in ([Quality(kind)] if kind == OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY else [])
                ],
            )
            session.add(organisation)
            await session.flush()
            return await _join(session, organisation, role, scopes)

    async def enterprise(self, **kwargs: Any) -> Party:
        return await self.party(OrganisationKind.ENTERPRISE, **kwargs)

    async def university(self, **kwargs: Any) -> Party:
        return await self.party(OrganisationKind.UNIVERSITY, **({"state_founded": True} | kwargs))

    async def institution(self, **kwargs: Any) -> Party:
        """A new-type R&D institution (新型研发机构), not founded by the state."""
        return await self.party(OrganisationKind.NEW_TYPE_RD_INSTITUTION, **kwargs)

    async def agency(self, **kwargs: Any) -> Party:
        return await self.party(OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY, **kwargs)

    async def colleague(self, party: Party, role: Role = Role.MEMBER) -> Party:
        """Another person of the same organisation."""
        async with self.database.transaction() as session:
            organisation = await session.get(Organisation, party.organisation_id)
            assert organisation is not None
            return await _join(session, organisation, role, None)

    async def same_person(self, party: Party, employer: Party, role: Role = Role.MEMBER) -> Party:
        """A person who acts for another organisation too, with a key for that."""
        async with self.database.transaction() as session:
            person = await session.get(Person, party.person_id)
            assert person is not None
            session.add(Membership(person_id=person.id, organisation_id=employer.id, role=role))
            return Party(employer.name, employer.id, person.id, await _key(session, person, employer.id))

    async def broker(self, agency: Party, *, since: date = date(2020, 1, 1)) -> Party:
        """A certified broker employed by an agency."""
        async with self.database.transaction() as session:
            person = Person(name=f"经纪人 {next(_serial)}")
            session.add(person)
            await session.flush()
            broker = Broker(person_id=person.id, certificate_number=f"TB-{next(_serial):06d}", certified_on=since)
            session.add(broker)
            await session.flush()
            session.add(Employment(broker_id=broker.id, agency_id=agency.organisation_id, valid_from=since))
            key = await _key(session, person, agency.id)
            return Party(person.name, agency.id, person.id, key, broker.id)


async def _join(session: Session, organisation: Organisation, role: Role, scopes: list[str] | None) -> Party:
    person = Person(name=f"成员 {next(_serial)}")
    session.add(person)
    await session.flush()
    session.add(Membership(person_id=person.id, organisation_id=organisation.id, role=role))
    key = await _key(session, person, organisation.id, scopes)
    return Party(organisation.name, organisation.id, person.id, key)


async def _appoint(session: Session, role: Role) -> Party:
    person = Person(name=f"{role} {next(_serial)}")
    session.add(person)
    await session.flush()
    session.add(Appointment(person_id=person.id, role=role))
    key = await _key(session, person, None)
    return Party(person.name, None, person.id, key)


async def _key(session: Session, person: Person, organisation_id: UUID | None, scopes: list[str] | None = None) -> str:
    """The secret of a key for a year."""
    ends = await read_clock(session) + timedelta(days=365)
    key = await create_key(session, person.id, organisation_id, "test", scopes or ["*:*"], ends, Origin())
    return key.secret
