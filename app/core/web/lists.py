"""What a reader asks of a list: how many, from where on, and in which order."""

import base64
import hashlib
from collections.abc import Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, Literal, cast

from fastapi import Depends, Query, Request

from app.core.schemas import AskedWhole
from app.core.web.filters import Filter
from app.core.web.http import context_of
from app.core.web.pages import LONGEST_CURSOR, MAX_LIMIT, Order, Orders, PageRequest

_PLACE: Final = frozenset({"limit", "cursor", "sort"})
Limit = Annotated[AskedWhole, Query(ge=1, le=MAX_LIMIT, description="Items a page")]
Cursor = Annotated[str | None, Query(max_length=LONGEST_CURSOR, description="`next_cursor` of the page before")]
_SORT: Final = "The order; `-` is descending. `id` goes with the time of recording. Ties go by `id`."


async def _paging(request: Request, limit: Limit = 20, cursor: Cursor = None) -> PageRequest:
    return PageRequest(limit, cursor, bound=_bound(request, None))


Paging = Annotated[PageRequest, Depends(_paging)]
"""Of a list that has one order, which its docstring states."""


def sorted_by(orders: Orders, filters: Sequence[Filter] = ()) -> Any:
    """`Annotated[PageRequest, sorted_by(queries.ORDERS, queries.FILTERS)]`: of a list whose order `sort` chooses.

    Each filter is a parameter of its own.
    """

    async def paging(
        request: Request, limit: int = 20, cursor: str | None = None, sort: str = orders.default.name, **wanted: Any
    ) -> PageRequest:
        order, zone = orders[sort], context_of(request).database.city.zone
        given = (each.condition(wanted[each.name], zone) for each in filters if wanted.get(each.name) is not None)
        return PageRequest(limit, cursor, order, _bound(request, order), tuple(given))

    names = cast(Any, Literal)[orders.names]
    asked = [(each.name, Annotated[each.kind | None, Query(description=each.says)]) for each in filters]
    paging.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            _parameter("request", Request),
            _parameter("limit", Limit, 20),
            _parameter("cursor", Cursor, None),
            _parameter("sort", Annotated[names, Query(description=_SORT)], orders.default.name),
            *(_parameter(name, kind, None) for name, kind in asked),
        ]
    )
    return Depends(paging)


def _parameter(name: str, kind: Any, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _bound(request: Request, order: Order | None) -> str:
    return bound_to(request.url.path, request.query_params.multi_items(), order.name if order else None)


def bound_to(path: str, parameters: Sequence[tuple[str, str]], sort: str | None) -> str:
    """What a cursor is bound to: the path, the filters and the order, in eight characters."""
    asked = repr((path, sorted(pair for pair in parameters if pair[0] not in _PLACE), sort))
    return base64.b64encode(hashlib.blake2b(asked.encode(errors="replace"), digest_size=6).digest()).decode()
