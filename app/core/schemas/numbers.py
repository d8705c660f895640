"""Numbers: amounts, shares and rates as decimals in strings, whole numbers and flags as JSON has them.

An amount that comes in is below 10 million million (10^13). What is computed of amounts (sums, the next step, a
conversion) may be larger: it goes out as `Amount` or `SignedMoney`, which have no bound to break.
"""

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

LARGEST_AMOUNT: Final = Decimal("9999999999999.99")
"""The largest amount (CNY) that anybody may send. Columns hold a thousand of these: 16 digits before the point."""

_DECIMAL = re.compile(r"(?!-0*\.?0*$)-?(?P<whole>0|[1-9][0-9]*)(\.(?P<fraction>[0-9]+))?")
MONEY_PATTERN = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
SHARE_PATTERN = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"


def _decimal(whole: int, places: int) -> BeforeValidator:
    """A decimal in a string, in one form: `Decimal` itself would also take 1_000, 1e3, 007, 5.000 and full width."""

    def check(value: Any) -> Any:
        if isinstance(value, Decimal):
            return value
        if not isinstance(value, str):
            raise PydanticCustomError(
                "decimal_string", 'Send a decimal in a string, such as "1000.00", not a JSON number'
            )
        form = _DECIMAL.fullmatch(value)
        if form is None:
            raise PydanticCustomError("decimal_parsing", 'Send digits and at most one point, such as "1000.00"')
        if len(form["whole"]) > whole:
            raise PydanticCustomError(
                "decimal_whole_digits", "Send at most {whole_digits} digits before the point", {"whole_digits": whole}
            )
        if len(form["fraction"] or "") > places:
            raise PydanticCustomError(
                "decimal_max_places", "Send at most {decimal_places} decimals", {"decimal_places": places}
            )
        return value

    return BeforeValidator(check)


def _fixed(places: int) -> PlainSerializer:
    return PlainSerializer(lambda value: f"{value:.{places}f}", return_type=str, when_used="json")


def _schema(pattern: str, example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example], "description": description})


def _digits(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"0|-?[1-9][0-9]{0,18}", value):
        raise PydanticCustomError("int_parsing", "Send a whole number in digits")
    return value


def _word(value: Any) -> Any:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise PydanticCustomError("bool_parsing", "Send `true` or `false`")
    return value


def _true(value: Any) -> Any:
    if value is not True:
        raise PydanticCustomError("literal_error", "Send `true`", {"expected": "true"})
    return value


Money = Annotated[
    Decimal,
    _decimal(13, 2),
    Field(ge=0),
    _fixed(2),
    _schema(MONEY_PATTERN, "1000000.00", "CNY, to the fen, in a string"),
]
PositiveMoney = Annotated[
    Decimal,
    _decimal(13, 2),
    Field(gt=0),
    _fixed(2),
    _schema(MONEY_PATTERN, "1000000.00", "CNY above zero, to the fen, in a string"),
]
Amount = Annotated[
    Decimal,
    _fixed(2),
    _schema(r"^(0|[1-9]\d{0,21})\.\d{2}$", "1000000.00", "CNY, to the fen, in a string"),
]
SignedMoney = Annotated[
    Decimal,
    _fixed(2),
    _schema(r"^-?(0|[1-9]\d{0,21})\.\d{2}$", "-150.00", "CNY, to the fen, in a string; may be negative"),
]
Share = Annotated[
    Decimal,
    _decimal(1, 6),
    Field(gt=0, le=1),
    _fixed(6),
    _schema(SHARE_PATTERN, "0.700000", "A part of one, in a string"),
]
ExchangeRate = Annotated[
    Decimal,
    _decimal(6, 6),
    Field(gt=0),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    _schema(r"^(0|[1-9]\d{0,5})(\.\d{1,6})?$", "7.1", "CNY for one unit of a foreign currency, in a string"),
]
Flag = Annotated[bool, Strict()]
"""`true` or `false`: neither 0 nor "no"."""
Agreed = Annotated[Literal[True], BeforeValidator(_true)]
"""`true`: what one cannot go on without. 1 is not it, although Python holds it equal."""
Whole = Annotated[int, Strict()]
"""A whole number in JSON: no string, no `true`, no `7.0`."""
AskedFlag = Annotated[bool, BeforeValidator(_word)]
"""`true` or `false` in a query string."""
AskedWhole = Annotated[int, BeforeValidator(_digits)]
"""A whole number in a query string, a path or a header: digits in the form in which JSON has them."""
