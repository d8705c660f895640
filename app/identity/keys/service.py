"""Use cases of keys; each runs in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import NOT_FOUND, UNAUTHENTICATED
from app.identity import problems
from app.identity import queries as people
from app.identity.keys import queries, rules, schemas
from app.identity.lineage import queries as lineage
from app.identity.models import ApiKey
from app.identity.rules import digest_of, new_secret
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room

PREFIX_LENGTH = 9


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a key comes from: who issued it, with which key, instead of which, by which invitation."""

    issued_by: UUID | None = None
    parent_id: UUID | None = None
    replaces_id: UUID | None = None
    invitation_id: UUID | None = None


async def issue_key(session: Session, actor: Actor, body: schemas.ApiKeyIn) -> schemas.ApiKeyCreated:
    """Issue a key: for oneself, or by an admin for the organisation's people. It ends with the key that issues it.

    It may be for an organisation that was merged into one's own: with it one acts in what that left open.

    A key never carries more scope than the one that issues it. Raises `not_found` for a person whose capacity the actor
    may not give keys for, `scope_unknown`, `scope_exceeded`, `quota_reached`, `key_expiry`, `key_outlives_issuer`.
    """
    person_id = body.person_id or actor.person_id
    own_capacity = body.person_id is None and body.organisation_id is None
    organisation_id = actor.organisation_id if own_capacity else body.organisation_id
    here = organisation_id == actor.organisation_id or await people.stands_for(session, actor, organisation_id)
    own = person_id == actor.person_id and here
    as_admin = actor.has(Role.ADMIN) and here
    if not (own or as_admin) or not await people.may_hold_key(session, person_id, organisation_id):
        raise NOT_FOUND(what=problems.PERSON)
    scopes = rules.check_scopes(body.scopes)
    rules.check_grant(scopes, actor)
    parent = await queries.hold_key(session, actor.key_id)
    now = await read_clock(session)
    check_works(parent, now)
    held = await queries.count_working(session, person_id, organisation_id, now)
    check_room(Quota.KEYS, held, session.city.day_of(now))
    expires_at = rules.end_below(parent.expires_at, now, body.expires_in_days)
    origin = Origin(issued_by=actor.person_id, parent_id=parent.id)
    return await create_key(session, person_id, organisation_id, body.name, scopes, expires_at, origin)


async def rotate_key(session: Session, actor: Actor, key_id: UUID) -> schemas.ApiKeyCreated:
    """Replace one of one's own keys by another of the same kind; the old one goes on for a day at most.

    A successor that was never used is replaced in its turn: the program may have lost the answer. Raises `not_found`,
    `key_rotated` where the successor is in use.
    """
    old = await queries.lock_own(session, actor, key_id)
    now = await read_clock(session)
    check_works(old, now)
    rules.check_grant(old.scopes, actor)
    before = await queries.find_successor(session, key_id)
    if before is not None and before.last_used_at is not None:
        raise problems.KEY_ROTATED(prefix=before.prefix)
    parent = await queries.hold_key(session, old.parent_id) if old.parent_id else None
    if before is not None:
        before.revoked_at = now
        expires_at = before.expires_at
    else:
        expires_at = rules.end_of_successor(
            old.created_at, old.expires_at, parent.expires_at if parent is not None else None, now
        )
    origin = Origin(actor.person_id, old.parent_id, replaces_id=old.id)
    made = await create_key(session, old.person_id, old.organisation_id, old.name, old.scopes, expires_at, origin)
    old.expires_at = min(old.expires_at, now + rules.OVERLAP)
    heirs = update(ApiKey).where(ApiKey.parent_id.in_([old.id, *([before.id] if before else [])]))
    await session.execute(heirs.values(parent_id=made.id))
    events.append(
        session, "api_key.rotated", ("api_key", old.id), audience=audience_of(old), payload={"successor_id": made.id}
    )
    return made


async def create_key(
    session: Session,
    person_id: UUID,
    organisation_id: UUID | None,
    name: str,
    scopes: list[str],
    expires_at: datetime,
    origin: Origin,
    *,
    key_id: UUID | None = None,
) -> schemas.ApiKeyCreated:
    """Make and store a key; the answer holds the only copy of its secret."""
    secret = new_secret()
    key = ApiKey(
        id=key_id or new_id(),
        person_id=person_id,
        organisation_id=organisation_id,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=scopes,
        expires_at=expires_at,
        issued_by=origin.issued_by,
        parent_id=origin.parent_id,
        replaces_id=origin.replaces_id,
        invitation_id=origin.invitation_id,
    )
    session.add(key)
    await session.flush()
    events.append(session, "api_key.issued", ("api_key", key.id), audience=audience_of(key), payload={"scopes": scopes})
    return schemas.ApiKeyCreated(**schemas.ApiKeyOut.model_validate(key).model_dump(), secret=secret)


async def revoke_key(session: Session, actor: Actor, key_id: UUID) -> None:
    """Revoke a key the actor may end, with those it issued; they stop with this transaction's commit.

    Revoking again changes nothing.
    """
    key = await queries.lock_key(session, actor, key_id)
    ended = await lineage.end(session, [key.id], await read_clock(session))
    if ended:
        others = len(ended) - (key.id in ended)
        events.append(
            session, "api_key.revoked", ("api_key", key.id), audience=audience_of(key), payload={"issued_keys": others}
        )


def check_works(key: ApiKey, now: datetime) -> None:
    """Raises `unauthenticated` for a key that ended while its holder's request waited."""
    if key.revoked_at is not None or key.expires_at <= now:
        raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})


def audience_of(key: ApiKey) -> list[UUID]:
    """Who is told of a key: its organisation, or the operator for keys of the market's staff."""
    return [key.organisation_id or events.OPERATOR]
