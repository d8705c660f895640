"""The states of an invitation."""

from enum import StrEnum


class InvitationStatus(StrEnum):
    """Where an invitation stands; from each of the last three there is no way back."""

    ASKED = "asked"
    OPEN = "open"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVOKED = "revoked"
