"""Reading of keys, and who may see which."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_one
from app.core.problems import Text
from app.core.schemas import AskedFlag
from app.core.web.filters import equal, having
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.models import ApiKey, Person
from app.identity.queries import merged_into

KEY = Text("API key", "密钥")


ORDERS: Final = Orders("id", ApiKey.id, ApiKey.expires_at)


def _ended(ended: bool) -> ColumnElement[bool]:
    over = or_(ApiKey.revoked_at.is_not(None), ApiKey.expires_at <= func.techex_now())
    return over if ended else ~over


FILTERS: Final = (
    equal(ApiKey.person_id, UUID, "Of this person"),
    equal(ApiKey.organisation_id, UUID, "Of this organisation"),
    having("ended", AskedFlag, "Revoked or expired; or, with false, in force", _ended),
)


def visible_keys(actor: Actor) -> Select[ApiKey]:
    """A person sees their own keys, an admin those of the organisation, operator and auditor all."""
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return select(ApiKey)
    own = (ApiKey.person_id == actor.person_id) & ApiKey.organisation_id.is_not_distinct_from(actor.organisation_id)
    if actor.has(Role.ADMIN):
        inherited = ApiKey.organisation_id.in_(merged_into(actor.organisation_id))
        return select(ApiKey).where(or_(own, ApiKey.organisation_id == actor.organisation_id, inherited))
    return select(ApiKey).where(own)


async def list_keys(session: Session, actor: Actor, page: PageRequest) -> Found[ApiKey]:
    """A page of the keys that the actor sees, oldest first."""
    return await read_page(session, visible_keys(actor), page, ORDERS)


async def get_key(session: Session, actor: Actor, key_id: UUID) -> ApiKey:
    """A key that the actor sees; raises `not_found`."""
    return await read_one(session, visible_keys(actor).where(ApiKey.id == key_id), KEY)


async def lock_key(session: Session, actor: Actor, key_id: UUID) -> ApiKey:
    """A key the actor may revoke, locked: an auditor sees all, and changes only their own. Raises `not_found`."""
    statement = visible_keys(actor).where(ApiKey.id == key_id).with_for_update()
    if actor.has(Role.AUDITOR) and not actor.has(Role.OPERATOR):
        statement = statement.where(ApiKey.person_id == actor.person_id, ApiKey.organisation_id.is_(None))
    return await read_one(session, statement, KEY, fresh=True)


async def lock_own(session: Session, actor: Actor, key_id: UUID) -> ApiKey:
    """A key of the actor's own in this capacity, locked; raises `not_found`."""
    statement = select(ApiKey).where(
        ApiKey.id == key_id,
        ApiKey.person_id == actor.person_id,
        ApiKey.organisation_id.is_not_distinct_from(actor.organisation_id),
    )
    return await read_one(session, statement.with_for_update(), KEY, fresh=True)


async def hold_key(session: Session, key_id: UUID) -> ApiKey:
    """A key, held as it is until the transaction ends: a revocation waits."""
    return await read_one(
        session, select(ApiKey).where(ApiKey.id == key_id).with_for_update(read=True), KEY, fresh=True
    )


async def count_working(session: Session, person_id: UUID, organisation_id: UUID | None, now: datetime) -> int:
    """How many keys of a person work in one capacity; the person is locked, so that nobody adds one meanwhile."""
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    statement = select(func.count()).where(
        ApiKey.person_id == person_id,
        ApiKey.organisation_id.is_not_distinct_from(organisation_id),
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at > now,
    )
    return (await session.execute(statement)).scalar_one()


async def find_successor(session: Session, key_id: UUID) -> ApiKey | None:
    """The key that replaced a key and still works."""
    statement = select(ApiKey).where(ApiKey.replaces_id == key_id, ApiKey.revoked_at.is_(None))
    return await find_one(session, statement)
