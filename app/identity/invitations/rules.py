"""Pure decisions about invitations."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from app.core.access import Actor, Role
from app.identity import problems
from app.identity.invitations.kinds import InvitationStatus

LASTS = timedelta(days=7)
"""How long a person has to redeem an invitation."""


SHORTEST = 43
"""Characters of a secret: 256 bits in base 64."""


class Stand(Protocol):
    """An invitation, as far as its state goes."""

    @property
    def needs_second(self) -> bool: ...
    @property
    def confirmed_by(self) -> UUID | None: ...
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
    waits = row.needs_second and row.confirmed_by is None
    return InvitationStatus.ASKED if waits else InvitationStatus.OPEN


def needs_second(actor: Actor, organisation_id: UUID | None, *, had_keys: bool) -> bool:
    """Whether a second operator has to confirm: wherever an operator opens a way in that was open before.

    An admin invites the own organisation's people alone.
    """
    return had_keys and not (actor.has(Role.ADMIN) and organisation_id == actor.organisation_id)


def check_fingerprint(fingerprint: str | None, *, is_own: bool) -> None:
    """An operator never sees a secret: the person tells the fingerprint of its own. Raises `fingerprint_needed`."""
    if fingerprint is None and not is_own:
        raise problems.FINGERPRINT_NEEDED(field="fingerprint")


def check_secret(secret: str) -> None:
    """Raises `secret_too_short`: its fingerprint is known to others, so that it must not be guessed."""
    if len(secret) < SHORTEST:
        raise problems.SECRET_TOO_SHORT(field="secret", least=SHORTEST)


def check_second(actor: Actor, asked_by: UUID, person_id: UUID) -> None:
    """Raises `second_person_needed` for who asked, or whom it is for."""
    if actor.person_id in {asked_by, person_id}:
        raise problems.SECOND_PERSON()


def check_confirmable(status: InvitationStatus) -> None:
    """Raises `nothing_to_confirm` for an invitation that does not wait for it."""
    if status is not InvitationStatus.ASKED:
        raise problems.NOTHING_TO_CONFIRM()
