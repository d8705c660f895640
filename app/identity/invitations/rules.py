"""Pure decisions about invitations."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from app.core.access import Actor, Role
from app.identity import problems
from app.identity.invitations.kinds import InvitationStatus

LASTS = timedelta(days=7)
"""How long a person has to redeem an invitation."""


class Stand(Protocol):
    """An invitation, as far as its state goes."""

    @property
    def digest(self) -> bytes | None: ...
    @property
    def expires_at(self) -> datetime: ...
    @property
    def redeemed_at(self) -> datetime | None: ...
    @property
    def revoked_at(self) -> datetime | None: ...


def status_of(row: Stand, now: datetime) -> InvitationStatus:
    """Where an invitation stands at a moment."""
    if row.redeemed_at is not None:
        return InvitationStatus.REDEEMED
    if row.revoked_at is not None:
        return InvitationStatus.REVOKED
    if row.expires_at <= now:
        return InvitationStatus.EXPIRED
    return InvitationStatus.ASKED if row.digest is None else InvitationStatus.OPEN


def needs_second(actor: Actor, organisation_id: UUID | None, *, had_keys: bool) -> bool:
    """Whether a second operator has to confirm: wherever an operator opens a way in that was open before.

    An admin invites the own organisation's people alone.
    """
    return had_keys and not (actor.has(Role.ADMIN) and organisation_id == actor.organisation_id)


def check_second(actor: Actor, asked_by: UUID, person_id: UUID) -> None:
    """Raises `second_person_needed` for who asked, or whom it is for."""
    if actor.person_id in {asked_by, person_id}:
        raise problems.SECOND_PERSON()


def check_confirmable(status: InvitationStatus) -> None:
    """Raises `nothing_to_confirm` for an invitation that does not wait for it."""
    if status is not InvitationStatus.ASKED:
        raise problems.NOTHING_TO_CONFIRM()
