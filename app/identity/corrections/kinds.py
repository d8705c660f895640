"""What of identity can be put right."""

from enum import StrEnum


class Corrected(StrEnum):
    """The kind of record that a correction is of."""

    ORGANISATION = "organisation"
    FORMER_NAME = "organisation_former_name"
    QUALITY = "organisation_quality"
    RELATION = "organisation_relation"
    BROKER = "broker"
    EMPLOYMENT = "employment"
