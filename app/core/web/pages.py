"""Cursor pages: `{items, next_cursor}`, without offsets and without counting."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field, create_model

from app.core.problems import CURSOR_INVALID

Item = TypeVar("Item")
Row = TypeVar("Row")

MAX_LIMIT = 100


class Page(BaseModel, Generic[Item]):
    """A page of a list. `next_cursor` is null on the last page."""

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


def encode_cursor(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode("ascii")


def cut(
    rows: Sequence[Row], page: PageRequest, key: Callable[[Row], tuple[object, ...]]
) -> tuple[Sequence[Row], str | None]:
    """Split what was read with `limit + 1` into the page and the cursor of the next one."""
    if len(rows) <= page.limit:
        return rows, None
    kept = rows[: page.limit]
    return kept, encode_cursor(*key(kept[-1]))


async def _page_request(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Items a page")] = 20,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before")] = None,
) -> PageRequest:
    return PageRequest(limit=limit, cursor=cursor)


Paging = Annotated[PageRequest, Depends(_page_request)]
