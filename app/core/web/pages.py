"""Cursor pages: `{items, next_cursor}`, without offsets and without counting.

Without FastAPI, which the worker does not load: the parameters of a request are `Paging` in `core.web.http`.
"""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from app.core.database import Selected, Session, read_all
from app.core.problems import CURSOR_INVALID

Item = TypeVar("Item")
Row = TypeVar("Row")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

MAX_LIMIT = 100
LONGEST_TEXT: Final = 500
"""Characters of the longest text that a list is ordered by: a line, which is longer than a name."""
LONGEST_CURSOR: Final = (4 * LONGEST_TEXT + 200) * 4 // 3
"""Four bytes a character in UTF-8, as rare Han have, and room for an id and a time, in base 64."""


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


class PageRequest(BaseModel):
    """Which page is asked for."""

    limit: int
    cursor: str | None

    def after(self, *types: Callable[[str], Any]) -> tuple[Any, ...] | None:
        """The decoded sort key to continue after, or None for the first page. Raises `cursor_invalid`."""
        if self.cursor is None:
            return None
        try:
            values = json.loads(base64.urlsafe_b64decode(self.cursor.encode("ascii")))
            if not isinstance(values, list) or len(values) != len(types):
                raise ValueError
            for value in values:
                str(value).encode()  # a lone surrogate is JSON, but no text the database could compare with
            return tuple(convert(str(value)) for convert, value in zip(types, values, strict=True))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise CURSOR_INVALID(field="cursor") from error


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


def encode_cursor(*values: object) -> str:
    """The place after a row with these values, at most `LONGEST_CURSOR` long."""
    written = json.dumps([_written(value) for value in values], ensure_ascii=False)
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
    return Found(kept, encode_cursor(*key(kept[-1])))


def cut_known(rows: Iterable[Row], page: PageRequest, key: Callable[[Row], str]) -> Found[Row]:
    """A page of what is short and held in memory, such as rules, by a unique text. Raises `cursor_invalid`."""
    (after,) = page.after(str) or ("",)
    following = sorted((row for row in rows if key(row) > after), key=key)
    return cut(following[: page.limit + 1], page, lambda row: (key(row),))


def paged(statement: Selected, page: PageRequest, *columns: Column, newest_first: bool = False) -> Selected:
    """A statement in the order of its columns (together unique, indexed) from the cursor on, with one row more.

    Raises `cursor_invalid`.
    """
    after = page.after(*(_PARSERS[column.type.python_type] for column in columns))
    if after:
        key: ColumnElement[Any] = columns[0].expression
        last: ColumnElement[Any] = literal(after[0], columns[0].type)
        if len(columns) > 1:
            key, last = tuple_(*columns), tuple_(*map(literal, after))
        statement = statement.where(key < last if newest_first else key > last)
    order = [column.desc() for column in columns] if newest_first else columns
    return statement.order_by(*order).limit(page.limit + 1)


async def read_page(
    session: Session,
    statement: Select[Row],
    page: PageRequest,
    *columns: InstrumentedAttribute[Any],
    newest_first: bool = False,
) -> Found[Row]:
    """A page of a table's rows in the order of some of its columns. Raises `cursor_invalid`."""
    rows = await read_all(session, paged(statement, page, *columns, newest_first=newest_first))
    return cut(rows, page, lambda row: tuple(getattr(row, column.key) for column in columns))
