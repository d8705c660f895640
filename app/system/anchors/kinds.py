"""Where an anchor is sent."""

from enum import StrEnum


class AnchorTarget(StrEnum):
    """A file, or an address that takes it by POST."""

    FILE = "file"
    URL = "url"
