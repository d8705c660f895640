"""What two organisations have in common, and what the operator finds of the two."""

from enum import StrEnum


class Likeness(StrEnum):
    """What makes two organisations look like one. Names count where not both have a USCC."""

    NAME = "name"
    """One name, apart from spelling, punctuation and the legal form (有限公司, 股份有限公司, …)."""
    FORMER_NAME = "former_name"
    """The name of one, now or once, is a former name of the other."""
    ORGANISATION_CODE = "organisation_code"
    """One organisation code (主体标识码): characters 9 to 17 of the USCC, which stay when the register changes."""


class Finding(StrEnum):
    """What the operator finds of two organisations that look like one."""

    THE_SAME = "the_same"
    NOT_THE_SAME = "not_the_same"
