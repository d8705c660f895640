"""Days and moments, each in one form. A number is neither: 20270129 would be read as seconds since 1970."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, TypeVar

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

FIRST_DAY: Final = date(1949, 10, 1)
LAST_DAY: Final = date(2199, 12, 31)
"""Nothing is recorded of a day outside these: one before or after is a slip of the hand."""
FIRST_MOMENT: Final = datetime.combine(FIRST_DAY, time.min, UTC)
LAST_MOMENT: Final = datetime.combine(LAST_DAY, time.max, UTC)
D = TypeVar("D", date, datetime)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# RFC 3339, with the nanoseconds that some languages write.
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_MICROSECONDS = len(".123456")
# No place on earth keeps a time further from UTC.
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)


def _day(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return _between(date.fromisoformat(value), FIRST_DAY, LAST_DAY)
        except ValueError:
            pass
    raise PydanticCustomError("date_parsing", "Send a day of the calendar as YYYY-MM-DD, in a string")


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    form = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if form is None:
        raise _NOT_A_TIME
    day, clock, fraction, offset = form.groups(default="")
    if not offset:
        raise PydanticCustomError("timezone_aware", "Give the offset too, such as 2026-01-01T00:30:00+08:00")
    try:
        parsed = datetime.fromisoformat(f"{day}T{clock}{fraction[:_MICROSECONDS]}{offset.upper()}")
    except ValueError:
        raise _NOT_A_TIME from None
    if not _WEST <= (parsed.utcoffset() or timedelta(0)) <= _EAST:
        raise PydanticCustomError("timezone_aware", "Give an offset that a place has: from -12:00 to +14:00")
    return _between(parsed, FIRST_MOMENT, LAST_MOMENT)


def _between(value: D, first: D, last: D) -> D:
    if value < first:
        raise PydanticCustomError("greater_than_equal", "Send none before {ge}", {"ge": first.isoformat()})
    if value > last:
        raise PydanticCustomError("less_than_equal", "Send none after {le}", {"le": last.isoformat()})
    return value


_NOT_A_TIME = PydanticCustomError(
    "datetime_parsing", "Send a time as RFC 3339 writes it, in a string: 2026-01-01T00:30:00+08:00"
)

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A calendar day, from the first day of the People's Republic to the end of the next century."""

Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A point in time, with its offset from UTC."""
