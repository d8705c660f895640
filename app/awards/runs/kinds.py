"""The kinds and states of runs: pure, so that rules may know them without a database."""

from enum import StrEnum


class AwardRunStatus(StrEnum):
    """Where a run stands. Only a draft may be superseded; a published one is what organisations see."""

    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
