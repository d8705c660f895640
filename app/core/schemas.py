"""The shapes that requests and responses share: strict bodies, money, shares, dates."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError


# `defer_build`: what is validated or written is built when that first happens: 0.1 s and 3 MB for 300 models.
class Input(BaseModel):
    """A request body: an unknown field is refused, text is trimmed, NUL is refused in text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True, defer_build=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        """PostgreSQL's text cannot hold NUL."""
        if isinstance(value, str) and "\x00" in value:
            raise PydanticCustomError("nul_character", "NUL characters are not allowed")
        return value


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


def unset() -> Any:
    """Default of a patch's field that was left out (`default_factory`): null itself is refused, as the type says."""
    return None


def _decimal_string(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("decimal_string", 'Send a decimal in a string, such as "1000.00", not a JSON number')
    # `Decimal` itself would also take 1_000, 1e3, full-width digits and a negative zero.
    if not _DECIMAL.fullmatch(value):
        raise PydanticCustomError("decimal_parsing", 'Send digits and at most one point, such as "1000.00"')
    return value


def _fixed(places: int) -> PlainSerializer:
    return PlainSerializer(lambda value: f"{value:.{places}f}", return_type=str, when_used="json")


def _schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example], "description": description})


_DECIMAL = re.compile(r"(?!-0*\.?0*$)-?[0-9]+(\.[0-9]+)?")
MONEY_PATTERN = r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?$"
SHARE_PATTERN = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"

Money = Annotated[
    Decimal,
    BeforeValidator(_decimal_string),
    Field(ge=0, max_digits=18, decimal_places=2, allow_inf_nan=False),
    _fixed(2),
    _schema(MONEY_PATTERN, "1000000.00", "CNY, to the fen, in a string"),
]
PositiveMoney = Annotated[
    Decimal,
    BeforeValidator(_decimal_string),
    Field(gt=0, max_digits=18, decimal_places=2, allow_inf_nan=False),
    _fixed(2),
    _schema(MONEY_PATTERN, "1000000.00", "CNY above zero, to the fen, in a string"),
]
SignedMoney = Annotated[
    Decimal,
    _fixed(2),
    _schema(r"^-?(0|[1-9]\d{0,15})\.\d{2}$", "-150.00", "CNY, to the fen, in a string; may be negative"),
]
Share = Annotated[
    Decimal,
    BeforeValidator(_decimal_string),
    Field(gt=0, le=1, max_digits=7, decimal_places=6, allow_inf_nan=False),
    _fixed(6),
    _schema(SHARE_PATTERN, "0.700000", "A part of one, in a string"),
]

ExchangeRate = Annotated[
    Decimal,
    BeforeValidator(_decimal_string),
    Field(gt=0, max_digits=12, decimal_places=6, allow_inf_nan=False),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    _schema(r"^(0|[1-9]\d{0,5})(\.\d{1,6})?$", "7.1", "CNY for one unit of a foreign currency, in a string"),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class ReasonIn(Input):
    """The reason for a step."""

    reason: Line


Day = Annotated[date, Field(ge=date(1900, 1, 1)), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day. One before 1900 is a slip of the hand, and in year 1 there is none to convert to another zone."""


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("timezone_aware", "Give the offset too, such as 2026-01-01T00:30:00+08:00")
    return value


Moment = Annotated[datetime, AfterValidator(_aware), WithJsonSchema({"type": "string", "format": "date-time"})]
