"""Strict request bodies, responses, and the shapes that many of them share."""

import re
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from app.core.schemas.text import Line


# `defer_build`: what is validated or written is built when that first happens: 0.1 s and 3 MB for 300 models.
class Input(BaseModel):
    """A request body: an unknown field is refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, defer_build=True)


class Output(BaseModel):
    """A response body, made from a row or from keywords."""

    model_config = ConfigDict(from_attributes=True, defer_build=True)

    @classmethod
    def of(cls, row: object, **computed: Any) -> Self:
        """A row as it is answered, with what the row does not hold, or not as it is shown."""
        held = {name: getattr(row, name) for name in cls.model_fields if name not in computed}
        return cls.model_validate(held | computed)


class Bilingual(Output):
    """A text in both languages."""

    en: str
    zh: str


class RuleOut(Output):
    """The instrument and the article that something rests on, never their wording."""

    instrument: str
    article: str


class ReasonIn(Input):
    """The reason for a step."""

    reason: Line


def unset() -> Any:
    """Default of a patch's field that was left out (`default_factory`): null itself is refused, as the type says."""
    return None


def _hyphenated(value: Any) -> Any:
    # `UUID` itself would also take braces, `urn:uuid:` and 32 digits without hyphens.
    if isinstance(value, str) and not HYPHENATED_ID.fullmatch(value):
        raise PydanticCustomError("uuid_parsing", "Send a UUID such as 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
    return value


CANONICAL_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""An identifier as it is answered: one thing has one address, so a path takes no other spelling of a UUID."""
HYPHENATED_ID: Final = re.compile(CANONICAL_ID.pattern, re.IGNORECASE | re.ASCII)
"""The same in capitals too: what a body or a query may name it by."""

Id = Annotated[UUID, BeforeValidator(_hyphenated)]
"""The identifier of something recorded here."""
