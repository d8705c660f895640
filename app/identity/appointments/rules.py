"""Pure decisions about who works for the market."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from app.core.access import ROLE_NAMES, Role
from app.core.problems import listed
from app.identity import problems
from app.identity.appointments.kinds import AppointmentStatus

StaffRole = Literal[Role.OPERATOR, Role.REGISTRAR, Role.AWARD_OFFICER, Role.AUDITOR]


def status_of(awaits_confirmation: bool, ended_at: datetime | None) -> AppointmentStatus:
    """Where an appointment stands."""
    if ended_at is not None:
        return AppointmentStatus.ENDED
    return AppointmentStatus.ASKED if awaits_confirmation else AppointmentStatus.IN_FORCE


def check_compatible(role: Role, others: Collection[Role]) -> None:
    """An auditor has no other role: nobody audits the own acts. Raises `roles_incompatible`."""
    others = {other for other in others if other is not role}
    if others and (role is Role.AUDITOR or Role.AUDITOR in others):
        raise problems.ROLES_INCOMPATIBLE(
            field="role", role=ROLE_NAMES[role], held=listed(ROLE_NAMES[other] for other in sorted(others))
        )


def check_asks_for_other(actor_id: UUID, person_id: UUID) -> None:
    """Nobody asks for an appointment of their own. Raises `second_person_needed`."""
    if actor_id == person_id:
        raise problems.SECOND_PERSON()


def check_confirmable(status: AppointmentStatus) -> None:
    """Raises `nothing_to_confirm` for an appointment that does not wait for it."""
    if status is not AppointmentStatus.ASKED:
        raise problems.NOTHING_TO_CONFIRM()
