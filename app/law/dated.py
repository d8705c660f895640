"""The one form of a dated value, for figures of law and for award programmes.

A key has its versions in order of time, without gap or overlap:

    buyer_rate:
      - {value: "0.08", valid_from: 2023, valid_to: null, reference: "Art. 14, first clause", mark: V, note: ""}

`valid_from` and `valid_to` are the first and the last day, or year (null: until changed). `reference` is where the
value stands, `mark` how sure it is: V rule text read, S secondary source, D draft, P product decision where the sources
are silent; a product decision has a `note` with its reason. Figures are in quotes, so that none passes through a float.
"""

import json
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from app.law import strict_yaml
from app.law.strict_yaml import SourceError

Words = Annotated[str, Field(min_length=1)]
Point = TypeVar("Point", int, date)


class Strict(BaseModel):
    """Plain data of known keys and exact types."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Validity(Strict, Generic[Point]):
    """When something holds, where it stands and how sure that is."""

    valid_from: Point
    valid_to: Point | None
    reference: Words
    mark: Literal["V", "S", "D", "P"]
    note: str

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        if self.mark == "P" and not self.note:
            raise ValueError("a product decision (mark P) needs a note that gives its reason")
        return self

    def holds(self, point: Point) -> bool:
        """Whether a day or year lies within it; both ends do."""
        return self.valid_from <= point and (self.valid_to is None or point <= self.valid_to)

    @property
    def source(self) -> str:
        """The reference with its mark: `Art. 14 [V]`."""
        return f"{self.reference} [{self.mark}]"


Held = TypeVar("Held", bound=Validity[Any])


def in_order(versions: tuple[Held, ...]) -> tuple[Held, ...]:
    """The versions of a key as they are; a `ValueError` says where there is none, a gap or an overlap."""
    if not versions:
        raise ValueError("missing")
    for earlier, later in pairwise(versions):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise ValueError(f"{later.valid_from} overlaps the version from {earlier.valid_from}")
        if later.valid_from > _next(earlier.valid_to):
            raise ValueError(f"gap between {earlier.valid_to} and {later.valid_from}")
    return versions


def _next(point: Any) -> Any:
    return point + (timedelta(days=1) if isinstance(point, date) else 1)


def decimal_of(value: Any) -> Decimal:
    """A figure in quotes as a decimal; a `ValueError` says why it is none."""
    if not isinstance(value, str):
        raise ValueError("must be one decimal in quotes")
    try:
        found = Decimal(value)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError(f"is not a decimal: {value!r}")
    return found


Form = TypeVar("Form")


def read_yaml(form: TypeAdapter[Form], text: str, source: str) -> Form:
    """A YAML text as its form; `SourceError` names the source, and the line or the key at fault."""
    return read(form, strict_yaml.load(text, source), source)


def read(form: TypeAdapter[Form], document: Any, source: str) -> Form:
    """Plain data as its form; `SourceError` names the source (a file, a frozen run) and every key at fault."""
    try:
        return form.validate_json(json.dumps(document))
    except ValidationError as error:
        faults = "; ".join(_fault(detail["loc"], detail["msg"]) for detail in error.errors())
        raise SourceError(f"{source}: {faults}") from None


def _fault(location: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, location))}: {said}" if location else said
