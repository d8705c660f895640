"""Use cases of invitations; each runs in the caller's transaction."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import NOT_FOUND
from app.identity import problems
from app.identity import queries as people
from app.identity.invitations import queries, rules, schemas
from app.identity.invitations.kinds import InvitationStatus
from app.identity.keys import rules as key_rules
from app.identity.keys.schemas import ApiKeyCreated
from app.identity.keys.service import Origin, create_key
from app.identity.models import Invitation
from app.identity.rules import digest_of, new_secret
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room


async def invite(session: Session, actor: Actor, body: schemas.InvitationIn) -> schemas.InvitationCreated:
    """Invite a person to make the own first key.

    An admin invites the organisation's people; an operator the market's staff, and an organisation's admin. Where there
    were keys before, the operator's invitation waits for a second operator. Raises `not_found`, `quota_reached`,
    `fingerprint_needed`.
    """
    await _check_may_invite(session, actor, body.person_id, body.organisation_id)
    is_own = actor.has(Role.ADMIN) and body.organisation_id == actor.organisation_id
    rules.check_fingerprint(body.fingerprint, is_own=is_own)
    if body.organisation_id is not None:
        await people.lock_organisation(session, body.organisation_id)
    had_keys = await queries.had_keys(session, body.person_id, body.organisation_id)
    second = rules.needs_second(actor, body.organisation_id, had_keys=had_keys)
    now = await read_clock(session)
    check_room(
        Quota.INVITATIONS, await queries.count_open(session, body.organisation_id, now), session.city.day_of(now)
    )
    invitation = Invitation(
        person_id=body.person_id,
        organisation_id=body.organisation_id,
        asked_by=actor.person_id,
        asked_key_id=actor.key_id,
        needs_second=second,
        expires_at=now + rules.LASTS,
    )
    session.add(invitation)
    secret = None
    if body.fingerprint is None:
        secret = new_secret("ti_")
        invitation.digest = digest_of(secret)
    else:
        invitation.digest = bytes.fromhex(body.fingerprint)
    await session.flush()
    _tell(session, "invitation.asked" if second else "invitation.made", invitation)
    return await _created(session, invitation, secret)


async def confirm(session: Session, actor: Actor, invitation_id: UUID) -> schemas.InvitationCreated:
    """Confirm, as a second operator, an invitation that another one asked for.

    Raises `not_found`, `nothing_to_confirm`, `second_person_needed`.
    """
    invitation = await queries.lock_invitation(session, actor, invitation_id)
    now = await read_clock(session)
    rules.check_confirmable(rules.status_of(invitation, now))
    rules.check_second(actor, invitation.asked_by, invitation.person_id)
    invitation.confirmed_by = actor.person_id
    invitation.expires_at = now + rules.LASTS
    await session.flush()
    _tell(session, "invitation.confirmed", invitation)
    return await _created(session, invitation, None)


async def redeem(session: Session, body: schemas.RedemptionIn) -> ApiKeyCreated:
    """Make the invited person's first key, once.

    Raises `not_found`: unknown, expired, revoked and redeemed look the same, and so does one whose person has left.
    Raises `secret_too_short` for one that could be guessed from its fingerprint.
    """
    rules.check_secret(body.secret)
    invitation = await queries.lock_by_digest(session, digest_of(body.secret))
    now = await read_clock(session)
    if invitation is None or rules.status_of(invitation, now) is not InvitationStatus.OPEN:
        raise NOT_FOUND(what=queries.INVITATION)
    person_id, organisation_id = invitation.person_id, invitation.organisation_id
    if not await people.may_hold_key(session, person_id, organisation_id):
        raise NOT_FOUND(what=queries.INVITATION)
    scopes = key_rules.check_scopes(body.scopes)
    invitation.redeemed_at = now
    key_id = new_id()
    # Nobody has called with a key; what is told of the redemption is told of its person.
    session.info["actor"] = Actor(person_id, key_id, organisation_id, frozenset(), frozenset(scopes))
    origin = Origin(person_id, invitation_id=invitation.id)
    expires_at = now + key_rules.lifetime(body.expires_in_days)
    made = await create_key(session, person_id, organisation_id, body.name, scopes, expires_at, origin, key_id=key_id)
    _tell(session, "invitation.redeemed", invitation)
    return made


async def revoke(session: Session, actor: Actor, invitation_id: UUID) -> None:
    """Take an invitation back; again changes nothing. Raises `not_found`, `invitation_redeemed`."""
    invitation = await queries.lock_invitation(session, actor, invitation_id)
    if invitation.redeemed_at is not None:
        raise problems.INVITATION_REDEEMED()
    await _revoke(session, [invitation])


async def revoke_asked_with(session: Session, key_ids: Iterable[UUID]) -> Sequence[Invitation]:
    """Take back what was asked for with some keys and is not redeemed; answers which."""
    rows = await queries.lock_asked_with(session, key_ids)
    await _revoke(session, rows)
    return rows


async def _revoke(session: Session, rows: Iterable[Invitation]) -> None:
    now = await read_clock(session)
    for row in rows:
        if row.revoked_at is None:
            row.revoked_at = now
            _tell(session, "invitation.revoked", row)


async def _check_may_invite(session: Session, actor: Actor, person_id: UUID, organisation_id: UUID | None) -> None:
    if not await people.may_hold_key(session, person_id, organisation_id):
        raise NOT_FOUND(what=problems.PERSON)
    if actor.has(Role.ADMIN) and organisation_id == actor.organisation_id:
        return
    if not actor.has(Role.OPERATOR):
        raise NOT_FOUND(what=problems.PERSON)
    if organisation_id is not None and not await queries.is_admin(session, person_id, organisation_id):
        raise problems.ADMIN_INVITES(field="person_id")


async def _created(session: Session, invitation: Invitation, secret: str | None) -> schemas.InvitationCreated:
    now = await read_clock(session)
    return schemas.InvitationCreated.of(invitation, status=rules.status_of(invitation, now), secret=secret)


def _tell(session: Session, type_: str, invitation: Invitation) -> None:
    audience = [events.OPERATOR, *([invitation.organisation_id] if invitation.organisation_id else [])]
    events.append(
        session, type_, ("invitation", invitation.id), audience=audience, payload={"person_id": invitation.person_id}
    )
