"""The filters of a list, each a parameter of the query. A list declares them next to its orders.

A filter only narrows what the actor sees: with one on what is hidden, the list is empty. Each compares what the list
shows, and begins an index of its table, so that a rare value is found without reading the others.
Without FastAPI, which the worker does not load: the parameters of a request are read in `core.web.lists`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.orm import InstrumentedAttribute

from app.core.schemas import Day
from app.core.web.pages import open_ended

Condition = ColumnElement[bool]
_SINCE: Final = "Not before this day, local"
_UNTIL: Final = "Not after this day, local"


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter by its name and type, what the document says of it, and the condition that a value makes.

    `zone` is the city's, in whose days a moment falls. `column`: what is compared, if it is one column of the list.
    """

    name: str
    kind: Any
    says: str
    condition: Callable[[Any, ZoneInfo], Condition]
    column: InstrumentedAttribute[Any] | None = None


def equal(column: InstrumentedAttribute[Any], kind: Any, says: str, *, name: str | None = None) -> Filter:
    """Only rows whose column has the value; the parameter bears the column's name if it is given none."""
    return Filter(name or column.key, kind, says, lambda value, _: column == value, column)


def having(name: str, kind: Any, says: str, condition: Callable[[Any], Condition]) -> Filter:
    """Only rows for which the condition of the value holds, such as that an organisation is among the parties."""
    return Filter(name, kind, says, lambda value, _: condition(value))


def between(name: str, column: InstrumentedAttribute[Any]) -> tuple[Filter, Filter]:
    """`{name}_since` and `{name}_until`: the local days of a day or a moment, both within the range.

    What has no day is in no range. One that may have none is compared as the list is ordered by it, for that index.
    """
    compared = open_ended(column).column if column.expression.nullable else column
    set_: Condition = column.is_not(None) if column.expression.nullable else true()
    moments = column.type.python_type is datetime

    def since(day: date, zone: ZoneInfo) -> Condition:
        return and_(compared >= (_start(day, zone) if moments else day), set_)

    def until(day: date, zone: ZoneInfo) -> Condition:
        return compared < _start(day + timedelta(days=1), zone) if moments else compared <= day

    return Filter(f"{name}_since", Day, _SINCE, since, column), Filter(f"{name}_until", Day, _UNTIL, until, column)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
