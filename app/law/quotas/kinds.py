"""What is bounded."""

from enum import StrEnum


class Quota(StrEnum):
    """What is bounded; the name of its figure."""

    PEOPLE = "people_per_organisation"
    KEYS = "keys_per_person"
    INVITATIONS = "invitations_per_organisation"
    UPLOADS = "uploads_per_day"
    REQUESTS = "requests_per_organisation"
    SAVED_SEARCHES = "saved_searches_per_organisation"
