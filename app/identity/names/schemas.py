"""Requests of renames."""

from pydantic import Field

from app.core.schemas import Day, Input, Line, Name


class RenameIn(Input):
    """A new name, and since when the organisation bears it. A name that was typed wrongly is corrected instead."""

    name: Name
    valid_from: Day
    source: Line = Field(description="The document that says it, with its number")
