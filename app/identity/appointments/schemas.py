"""Requests and responses of appointments."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.core.access import Role
from app.core.schemas import Id, Input, Name, Output
from app.identity.appointments.kinds import AppointmentStatus
from app.identity.appointments.rules import StaffRole


class AppointmentIn(Input):
    """Whom to appoint, and as what: a new person by name, or one that is recorded."""

    role: StaffRole
    name: Name | None = Field(default=None, description="Of a person who is not recorded yet")
    person_id: Id | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.name is None) == (self.person_id is None):
            raise PydanticCustomError(
                "one_of_two", "Send either `name` or `person_id`", {"zh": "请填写 `name` 或者 `person_id` 之一"}
            )
        return self


class AppointmentOut(Output):
    id: UUID
    person_id: UUID
    name: str
    role: Role
    status: AppointmentStatus
    asked_by: UUID | None = Field(description="The operator who asked for it; null for one made on the machine")
    confirmed_by: UUID | None
    ended_at: datetime | None
