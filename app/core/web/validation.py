"""Turns what FastAPI, Starlette and the database raise into problem documents in the caller's language."""

import json
from collections.abc import Mapping
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette._utils import get_route_path
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.core.logs import get_logger
from app.core.problems import (
    CONFLICT,
    INVALID_INPUT,
    MALFORMED_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    UNAVAILABLE,
    FieldError,
    Problem,
    Text,
)
from app.core.web.methods import allow_header
from app.core.web.middleware import problem_response
from app.core.web.routing import methods_at

log = get_logger(__name__)

# pydantic's error types, as the field's code, its Chinese reason, and what would pass where the type says it.
_REASONS: dict[str, tuple[str, str]] = {
    "missing": ("missing", "缺少此字段"),
    "extra_forbidden": ("unknown_field", "没有这个字段"),
    "string_type": ("not_a_string", "应为字符串"),
    "string_too_short": ("too_short", "太短,至少 {min_length} 个字符"),
    "string_too_long": ("too_long", "太长,至多 {max_length} 个字符"),
    "string_pattern_mismatch": ("wrong_pattern", "格式不符,应匹配 {pattern}"),
    "decimal_string": ("not_a_decimal_string", '请以字符串给出十进制数,如 "1000.00",不要用 JSON 数字'),
    "decimal_parsing": ("not_a_decimal", "不是十进制数"),
    "decimal_max_digits": ("too_many_digits", "位数过多,至多 {max_digits} 位"),
    "decimal_max_places": ("too_many_decimals", "小数位过多,至多 {decimal_places} 位"),
    "decimal_whole_digits": ("too_many_digits", "整数位过多,至多 {whole_digits} 位"),
    "finite_number": ("not_finite", "应为有限数"),
    "greater_than": ("too_small", "应大于 {gt}"),
    "greater_than_equal": ("too_small", "应不小于 {ge}"),
    "less_than": ("too_large", "应小于 {lt}"),
    "less_than_equal": ("too_large", "应不大于 {le}"),
    "enum": ("not_one_of", "应为其中之一:{expected}"),
    "literal_error": ("not_one_of", "应为其中之一:{expected}"),
    "uuid_parsing": ("not_a_uuid", "不是合法的 UUID"),
    "date_from_datetime_parsing": ("not_a_date", "不是合法日期,应为 YYYY-MM-DD"),
    "date_parsing": ("not_a_date", "不是合法日期,应为 YYYY-MM-DD"),
    "datetime_parsing": ("not_a_time", "不是合法时间,应为 RFC 3339"),
    "datetime_from_date_parsing": ("not_a_time", "不是合法时间,应为 RFC 3339"),
    "timezone_aware": ("no_offset", "请带时区,如 2026-01-01T00:30:00+08:00"),
    "int_parsing": ("not_an_integer", "不是整数"),
    "int_type": ("not_an_integer", "应为整数"),
    "bool_type": ("not_a_boolean", "应为 true 或 false"),
    "bool_parsing": ("not_a_boolean", "应为 true 或 false"),
    "list_type": ("not_a_list", "应为数组"),
    "too_long": ("too_many", "至多 {max_length} 项"),
    "too_short": ("too_few", "至少 {min_length} 项"),
    "model_attributes_type": ("not_an_object", "应为 JSON 对象"),
    "model_type": ("not_an_object", "应为 JSON 对象"),
    "dict_type": ("not_an_object", "应为 JSON 对象"),
    "hidden_character": ("hidden_character", "第 {place} 个字符 {code} 不可见,请删去"),
    "no_letter": ("no_letter", "请填写可读的文字"),
    "no_country": ("no_country", "不是 ISO 3166-1 的国家和地区代码,如 DE"),
    "no_currency": ("no_currency", "不是 ISO 4217 的货币代码,如 USD"),
    "no_industry": ("no_industry", "不是 GB/T 4754-2017 的行业代码,如 C2710"),
    "string_unicode": ("not_unicode", "不是合法的 Unicode 文本"),
}


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors as ours. An error raised with a `code` in its context keeps that code."""
    context = error.get("ctx") or {}
    code, zh = _REASONS.get(error["type"], (error["type"], None))
    location = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "header")]
    reason_zh = context.get("zh") or (zh.format_map(_Lenient(context)) if zh else f"不合要求:{error['msg']}")
    return FieldError(".".join(location) or "body", code, Text(error["msg"], reason_zh))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def answer(request: Request, problem: Problem) -> Response:
    body, headers = problem_response(problem, request.scope.get("language", "en"))
    response = Response(body, problem.kind.status)
    response.raw_headers = headers
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer_invalid(request, error)


def answer_invalid(request: Request, error: RequestValidationError) -> Response:
    """The refusal of an input that is not well-formed, with each wrong field."""
    fields = [field_error(item) for item in error.errors()[:50]]
    return answer(request, INVALID_INPUT(count=len(fields), errors=fields))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            problem = NOT_FOUND(what="address")
        case 405:
            return _other_method(request, error)
        case _:
            problem = MALFORMED_REQUEST()
    return answer(request, problem)


def _other_method(request: Request, error: HTTPException) -> Response:
    """The answer to OPTIONS, or the refusal of a method; `Allow` names those of all routes of the path."""
    found = methods_at(request.app, get_route_path(request.scope))
    allow = {"Allow": allow_header(found) if found else (error.headers or {}).get("Allow", "")}
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=allow)
    return answer(request, METHOD_NOT_ALLOWED(headers=allow))


# Unique, foreign key, check, exclusion: what somebody else may have written meanwhile. A missing value is our fault.
CLASHES = frozenset({"23505", "23503", "23514", "23P01"})
# The last comes bare, not as a DBAPIError, while the driver has heard of a connection's end but not closed it.
AWAY = (PoolTimeoutError, OSError, asyncpg.InternalClientError)


async def _database(request: Request, error: Exception) -> Response:
    problem = database_problem(error)
    if problem is None:
        raise error
    return answer(request, problem)


def database_problem(error: Exception) -> Problem | None:
    """A clash is told to the caller; an unavailable database is a 503; None stands for a fault of the server."""
    state = str(getattr(getattr(error, "orig", None), "sqlstate", "") or "")
    if isinstance(error, IntegrityError) and state in CLASHES:
        cause = getattr(error.orig, "__cause__", None)
        constraint, table = getattr(cause, "constraint_name", None), getattr(cause, "table_name", None)
        column = (constraint or "").removeprefix(f"uq_{table}_") if (constraint or "").startswith("uq_") else None
        return CONFLICT(constraint=constraint or "-", field=column)
    if state.startswith("22"):  # a value that the database cannot hold, such as NUL in a search text
        return MALFORMED_REQUEST()
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    # 08: connection; 53: resources, a full disk; 57: shut down, cancelled, out of time; 40: serialization or deadlock;
    # 55: a lock not had in time; 25: a transaction idle for too long, a database that is read-only.
    if lost or isinstance(error, AWAY) or state[:2] in {"08", "53", "57", "40", "55", "25"}:
        log.warning("database_unavailable", error=type(error).__name__, sqlstate=state)
        return UNAVAILABLE(headers={"Retry-After": "2"})
    return None


def install(app: FastAPI) -> None:
    """Register the handlers on the application."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for kind in (DBAPIError, *AWAY):
        app.add_exception_handler(kind, _database)


PROBLEM_SCHEMA = json.loads(
    """{
  "type": "object", "title": "Problem", "description": "RFC 9457 problem document",
  "required": ["type", "title", "status", "code", "detail"],
  "properties": {
    "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
    "code": {"type": "string", "description": "Stable; decide on this, not on the text"},
    "detail": {"type": "string"}, "remedy": {"type": "string", "description": "What would pass"},
    "rule": {"type": "object", "properties": {"instrument": {"type": "string"}, "article": {"type": "string"}}},
    "errors": {"type": "array", "items": {"type": "object", "required": ["field", "code", "reason"],
      "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "reason": {"type": "string"},
                     "expected": {"type": "string"}}}}
  }
}"""
)
