"""Cursor pages: `{items, next_cursor}`, without offsets and without counting, in an order that an index has.

A list declares its `Orders`; `sort` chooses one of them. A cursor is bound to the list, its filters and its order.
Without FastAPI, which the worker does not load: the parameters of a request are read in `core.web.asking`.
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from sqlalchemy import ColumnElement, Select, func, literal, literal_column, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import Selected, Session, read_all
from app.core.problems import CURSOR_INVALID, CURSOR_OF_ANOTHER_LIST

Item = TypeVar("Item")
Row = TypeVar("Row")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

MAX_LIMIT = 100
LONGEST_TEXT: Final = 500
"""Characters of the longest text that a list is ordered by: a line, which is longer than a name."""
LONGEST_CURSOR: Final = (4 * LONGEST_TEXT + 220) * 4 // 3
"""Four bytes a character in UTF-8, as rare Han have, and room for what it is bound to, an id and a time, in base 64."""


class Page(BaseModel, Generic[Item]):
    """A page of a list. `next_cursor` is null on the last page."""

    model_config = ConfigDict(defer_build=True)

    items: list[Item]
    next_cursor: str | None = Field(default=None, description="Pass as `cursor` for the next page; null on the last.")

    @classmethod
    @cache
    def __class_getitem__(cls, item: type[BaseModel]) -> type["Page[Any]"]:  # type: ignore[override]
        """A page of one kind of item is a model of its own with a plain public name: `Page[DealOut]` is `DealPage`."""
        name = f"{item.__name__.removesuffix('Out')}Page"
        return create_model(name, __base__=cls, __module__=item.__module__, items=(list[item], ...))  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class SortKey:
    """What a list can be ordered by: a column or expression that is never null, and its value in a row."""

    name: str
    column: Column
    value: Callable[[Any], object]


class Orders:
    """The orders of a list, each in both directions. `unique` breaks ties, and is an order itself.

    Each key has an index that ends with the key and `unique`, so that no page sorts more than itself.
    """

    def __init__(self, default: str, unique: Column | SortKey, *columns: Column | SortKey) -> None:
        self.unique, *_ = found = [_sort_key(column) for column in (unique, *columns)]
        self._keys = {key.name: key for key in found}
        self.default = self[default]

    @property
    def names(self) -> tuple[str, ...]:
        """The values of `sort`: each key ascending, then descending."""
        return tuple(sign + name for name in self._keys for sign in ("", "-"))

    def __getitem__(self, name: str) -> "Order":
        key = self._keys[name.removeprefix("-")]
        keys = (key,) if key is self.unique else (key, self.unique)
        return Order(name, keys, descending=name.startswith("-"))


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a list: by keys that are unique together, all in one direction."""

    name: str
    keys: tuple[SortKey, ...]
    descending: bool

    @property
    def parsers(self) -> list[Callable[[str], Any]]:
        """How the values of its keys are read from a cursor."""
        return [_PARSERS[key.column.type.python_type] for key in self.keys]


def _sort_key(column: Column | SortKey) -> SortKey:
    if isinstance(column, SortKey):
        return column
    name = str(column.key)
    return SortKey(name, column, attrgetter(name))


_LATEST: Final[dict[type, object]] = {date: date.max, datetime: datetime(9999, 12, 31, tzinfo=UTC)}


def open_ended(column: InstrumentedAttribute[Any]) -> SortKey:
    """A day or time that may be null as a sort key: what has none comes last, or first where it descends.

    Written as it stands in the index, without a parameter: the planner knows an expression by its text.
    """
    kind = column.type.python_type
    last = _LATEST[kind]
    shown = "'9999-12-31'::date" if kind is date else "'9999-12-31 00:00:00+00'::timestamptz"
    name = column.key
    expression = func.coalesce(column, literal_column(shown, column.type))
    return SortKey(name, expression, lambda row: getattr(row, name) or last)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for, of which list, in which order (None: the only one that the list has), of which rows."""

    limit: int
    cursor: str | None
    order: Order | None = None
    bound: str = ""
    filters: tuple[ColumnElement[bool], ...] = ()

    def after(self, *types: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The decoded place to continue after, or None for the first page.

        Raises `cursor_invalid`, and `cursor_of_another_list` for one of other filters or another order.
        """
        if self.cursor is None:
            return None
        try:
            values = json.loads(base64.urlsafe_b64decode(self.cursor.encode("ascii")))
            if not isinstance(values, list) or not values:
                raise ValueError
            bound, *values = values
            if bound != self.bound:
                raise CURSOR_OF_ANOTHER_LIST(field="cursor")
            if len(values) != len(types):
                raise ValueError
            for value in values:
                str(value).encode()  # a lone surrogate is JSON, but no text the database could compare with
            return tuple(convert(str(value)) for convert, value in zip(types, values, strict=True))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise CURSOR_INVALID(field="cursor") from error

    def sorted_as(self, orders: Orders) -> Order:
        """The order that was asked for, or the list's own."""
        order = self.order or orders.default
        assert order.keys[-1] is orders.unique
        return order


def moment(value: str) -> datetime:
    """A time in a cursor; `ValueError` or `OverflowError` for one that the database could not compare with."""
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError(f"{value} has no offset")
    return parsed.astimezone(UTC)


def amount(value: str) -> Decimal:
    """An amount in a cursor; `ValueError` or `ArithmeticError` for what is none."""
    parsed = Decimal(value)
    if not parsed.is_finite() or parsed.adjusted() > 20:
        raise ValueError(f"{value} is no amount")
    return parsed


_PARSERS: Final[dict[type, Callable[[str], Any]]] = {
    str: str, int: int, UUID: UUID, date: date.fromisoformat, datetime: moment, Decimal: amount,
}  # fmt: skip
"""How a column's value is read from a cursor."""


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def encode_cursor(*values: object, bound: str = "") -> str:
    """The place after a row with these values, at most `LONGEST_CURSOR` long."""
    written = json.dumps([bound, *(_written(value) for value in values)], ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows of a page, and the cursor of the next one."""

    rows: Sequence[Row]
    next_cursor: str | None

    def shown(self, show: Callable[[Row], Item]) -> "Page[Item]":
        """The page as it is answered, each row by `show`."""
        return Page(items=[show(row) for row in self.rows], next_cursor=self.next_cursor)


def cut(rows: Sequence[Row], page: PageRequest, key: Callable[[Row], tuple[object, ...]]) -> Found[Row]:
    """Split what was read with `limit + 1` into the page and the cursor of the next one."""
    if len(rows) <= page.limit:
        return Found(rows, None)
    kept = rows[: page.limit]
    return Found(kept, encode_cursor(*key(kept[-1]), bound=page.bound))


def cut_known(rows: Iterable[Row], page: PageRequest, key: Callable[[Row], str]) -> Found[Row]:
    """A page of what is short and held in memory, such as rules, by a unique text. Raises `cursor_invalid`."""
    (after,) = page.after(str) or ("",)
    following = sorted((row for row in rows if key(row) > after), key=key)
    return cut(following[: page.limit + 1], page, lambda row: (key(row),))


def ordered(statement: Selected, page: PageRequest, order: Order) -> Selected:
    """A statement in an order from the cursor on, with one row more. Raises what `PageRequest.after` does.

    Only the rows of the page's filters.
    """
    columns = [key.column for key in order.keys]
    statement = statement.where(*page.filters)
    after = page.after(*order.parsers)
    if after:
        key: ColumnElement[Any] = columns[0].expression
        last: ColumnElement[Any] = literal(after[0], columns[0].type)
        if len(columns) > 1:
            key, last = tuple_(*columns), tuple_(*map(literal, after))
        statement = statement.where(key < last if order.descending else key > last)
    return statement.order_by(*(column.desc() if order.descending else column for column in columns)).limit(
        page.limit + 1
    )


def cut_in(
    order: Order, rows: Sequence[Row], page: PageRequest, of: Callable[[Row], Any] = lambda row: row
) -> Found[Row]:
    """`cut` by the keys of an order; `of` finds what has their values in a row."""
    return cut(rows, page, lambda row: tuple(key.value(of(row)) for key in order.keys))


async def read_page(session: Session, statement: Select[Row], page: PageRequest, orders: Orders) -> Found[Row]:
    """A page of a table's rows in the order and with the filters that were asked for. Raises what `ordered` does."""
    order = page.sorted_as(orders)
    return cut_in(order, await read_all(session, ordered(statement, page, order)), page)
