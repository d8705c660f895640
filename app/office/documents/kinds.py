"""The kinds and states of documents: pure, so that rules may know them without a database."""

from enum import StrEnum


class Visibility(StrEnum):
    """Who may read an attached document: everyone who may read its subject, or the parties and the market's staff."""

    PUBLIC = "public"
    PARTIES = "parties"
