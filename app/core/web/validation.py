"""Turns what FastAPI, Starlette and the database raise into problem documents in the caller's language."""

import json

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
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
    Problem,
    Text,
)
from app.core.web.answers.methods import allow_header
from app.core.web.middleware import problem_response
from app.core.web.reasons import field_error
from app.core.web.routing import methods_at

log = get_logger(__name__)


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
    return answer(request, invalid(error))


def invalid(error: RequestValidationError | ValidationError) -> Problem:
    """The refusal of an input that is not well-formed, with each wrong field."""
    fields = [field_error(item) for item in error.errors()[:50]]
    return INVALID_INPUT(count=len(fields), errors=fields)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    match error.status_code:
        case 404:
            problem = NOT_FOUND(what=Text("address", "地址"))
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
