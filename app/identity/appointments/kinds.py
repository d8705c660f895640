"""The states of an appointment."""

from enum import StrEnum


class AppointmentStatus(StrEnum):
    """Where an appointment stands. Only one in force gives its role."""

    ASKED = "asked"
    IN_FORCE = "in_force"
    ENDED = "ended"
