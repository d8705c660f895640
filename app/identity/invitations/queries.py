"""Reading of invitations, and who may see which."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.models import ApiKey, Invitation, Membership

INVITATION = Text("invitation", "邀请")


ORDERS: Final = Orders("-id", Invitation.id)
FILTERS: Final = (
    equal(Invitation.organisation_id, UUID, "To act for this organisation"),
    equal(Invitation.person_id, UUID, "Of this person"),
)


def _visible(actor: Actor) -> Select[Invitation]:
    if actor.has(Role.OPERATOR, Role.AUDITOR):
        return select(Invitation)
    return select(Invitation).where(Invitation.organisation_id == actor.organisation())


async def list_invitations(session: Session, actor: Actor, page: PageRequest) -> Found[Invitation]:
    """A page, newest first: an organisation's own for its admin, all for operator and auditor."""
    return await read_page(session, _visible(actor), page, ORDERS)


async def get_invitation(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation that the actor sees; raises `not_found`."""
    return await read_one(session, _visible(actor).where(Invitation.id == invitation_id), INVITATION)


async def lock_invitation(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation that the actor sees, locked; raises `not_found`."""
    statement = _visible(actor).where(Invitation.id == invitation_id).with_for_update()
    return await read_one(session, statement, INVITATION, fresh=True)


async def lock_by_digest(session: Session, digest: bytes) -> Invitation | None:
    """The invitation of a secret, locked."""
    return await find_one(session, select(Invitation).where(Invitation.digest == digest).with_for_update(), fresh=True)


async def lock_asked_with(session: Session, key_ids: Iterable[UUID]) -> Sequence[Invitation]:
    """What was asked for with some keys and may still be redeemed, locked."""
    statement = select(Invitation).where(
        Invitation.asked_key_id.in_(list(key_ids)), Invitation.redeemed_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return await read_all(session, statement.order_by(Invitation.id).with_for_update(), fresh=True)


async def had_keys(session: Session, person_id: UUID, organisation_id: UUID | None) -> bool:
    """Whether the organisation ever had a key; of the market's staff, whether the person had one."""
    statement = select(ApiKey.id).where(ApiKey.organisation_id.is_not_distinct_from(organisation_id))
    if organisation_id is None:
        statement = statement.where(ApiKey.person_id == person_id)
    return (await session.execute(statement.limit(1))).first() is not None


async def count_open(session: Session, organisation_id: UUID | None, now: datetime) -> int:
    """How many invitations of an organisation, or of staff, may still be confirmed or redeemed."""
    statement = select(func.count()).where(
        Invitation.organisation_id.is_not_distinct_from(organisation_id),
        Invitation.redeemed_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    return (await session.execute(statement)).scalar_one()


async def is_admin(session: Session, person_id: UUID, organisation_id: UUID) -> bool:
    """Whether a person is an admin of the organisation now."""
    statement = select(Membership.id).where(
        Membership.person_id == person_id,
        Membership.organisation_id == organisation_id,
        Membership.role == Role.ADMIN,
        Membership.ended_at.is_(None),
    )
    return (await session.execute(statement)).first() is not None
