"""The route class of the whole API: access stated, one transaction a command, answers stored for retries.

A command (POST, PUT, PATCH, DELETE) runs, is serialised and is stored under its `Idempotency-Key` inside one
transaction, which commits before the first byte of the answer leaves: a failing commit never answers 2xx. A client that
leaves before the commit breaks it off.
A read gets a session whose statements commit by themselves; a read that names no `Session` and comes without a key
gets none at all.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from app.core.access import Actor
from app.core.database import Database
from app.core.database import Session as _Session
from app.core.history import events
from app.core.problems import (
    BODY_TOO_LARGE,
    IDEMPOTENCY_KEY_REQUIRED,
    PROBLEM_MEDIA_TYPE,
    SECRET_SHOWN_ONCE,
    UNSUPPORTED_MEDIA_TYPE,
)
from app.core.room import check_room
from app.core.settings import Settings
from app.core.storage import Storage
from app.core.web import idempotency
from app.core.web.access import Allow
from app.core.web.answers import caching, locations
from app.core.web.leaving import leaving_of
from app.core.web.middleware import problem_response
from app.core.web.parameters import Parameters, with_sent
from app.core.web.preconditions import Precondition, etag
from app.core.web.reading import read_json

_LONGEST_LENGTH = 18
"""Digits of a `Content-Length`: Python refuses to read a number of thousands."""
_SETS_KEPT = 16
"""Of parameters that were sent together, a route: each has a handler, which is made in 0.2 ms."""
COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Inner = Callable[[Request], Awaitable[Response]]
Handle = Callable[[Request], Coroutine[Any, Any, Response]]


class Authenticate(Protocol):
    """Turns an `Authorization` header into the actor; raises `unauthenticated` for a key that is not valid."""

    async def __call__(self, session: _Session, authorization: str) -> Actor: ...


@dataclass(slots=True)
class Context:
    """What a process holds for all its requests; found at `request.app.state.context`."""

    settings: Settings
    database: Database
    storage: Storage
    authenticate: Authenticate


def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


class Endpoint(APIRoute):
    """A route that states its access (`allow`, `public` or `Public`), or is refused when it is built.

    In the OpenAPI document the first sentence of the docstring is the summary, and what follows the description.
    An answer that has a `revision` has it as its `ETag` too.
    """

    requires_key = False

    def __init__(self, path: str, endpoint: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(path, _tagged(endpoint), **kwargs)
        access = next(_access_statements(self.dependant), None)
        if access is None:
            raise TypeError(f"{sorted(self.methods or ())} {path} does not state who may call it")
        self.access: Allow = access
        self.summary, self.description = _told(self.description)
        self.openapi_extra = {**(self.openapi_extra or {}), "x-access": access.as_openapi()}
        if not access.roles:
            self.openapi_extra.setdefault("security", [{}, {"key": []}])
        else:
            self.openapi_extra.setdefault("security", [{"key": []}])
        if "POST" in (self.methods or ()):
            self.openapi_extra.setdefault("parameters", [_key_parameter(self.requires_key)])
        self.is_command = not COMMANDS.isdisjoint(self.methods or ())
        self.responses = {**_problems(self), **self.responses}

    def get_route_handler(self) -> Handle:
        inner = self._inner()
        handle = self._read(inner) if COMMANDS.isdisjoint(self.methods or ()) else self._command(inner)
        parameters = Parameters(_dependants(self.dependant))

        async def checked(request: Request) -> Response:
            query: bytes = request.scope["query_string"]
            if query:
                parameters.check(query)
            parameters.check_path(request.path_params)
            return await handle(request)

        return checked

    def _inner(self) -> Inner:
        """FastAPI's handler: one for each set of parameters of the query that is sent."""
        if not any(dependant.query_params for dependant in _dependants(self.dependant)):
            return super().get_route_handler()

        @lru_cache(maxsize=_SETS_KEPT)
        def handler(sent: frozenset[str]) -> Handle:
            route = copy(self)
            route.dependant = with_sent(self.dependant, sent)
            return APIRoute.get_route_handler(route)

        async def inner(request: Request) -> Response:
            return await handler(frozenset(request.query_params))(request)

        return inner

    def _read(self, inner: Inner) -> Handle:
        needs_session = any(call is _session for call in _calls(self.dependant))

        async def handle(request: Request) -> Response:
            context, leaving = context_of(request), leaving_of(request.scope)
            if not needs_session and "authorization" not in request.headers:
                request.state.actor = None
                with leaving:
                    response = await inner(request)
                return caching.finish(request, response)
            async with context.database.reading() as session:
                with leaving:
                    await _enter(request, context, session)
                    response = await inner(request)
            return caching.finish(request, response)

        return handle

    def _command(self, inner: Inner) -> Handle:
        async def handle(request: Request) -> Response:
            context = context_of(request)
            check_room(context.settings)
            body = await self.receive(request)
            request = Request(request.scope, _replay(body))
            async with context.database.transaction() as session:
                with leaving_of(request.scope):
                    await _enter(request, context, session)
                    if body and self.body_field is not None:
                        request._json = read_json(body)
                    response = await self._once(request, session, body, inner)
            return response

        return handle

    async def receive(self, request: Request) -> bytes:
        """Read the whole body before a connection is taken, so that a slow sender holds none."""
        body = await read_body(request, context_of(request).settings.body_max_bytes)
        if body and self.body_field is not None:
            got = request.headers.get("content-type", "")
            if got.partition(";")[0].strip().lower() not in {"application/json", "application/merge-patch+json"}:
                raise UNSUPPORTED_MEDIA_TYPE(expected="application/json", got=got or "-")
        return body

    async def _once(self, request: Request, session: _Session, body: bytes, inner: Inner) -> Response:
        key = request.headers.get(idempotency.HEADER)
        actor: Actor | None = request.state.actor
        if request.method != "POST" or key is None or actor is None:
            if self.requires_key and actor is not None:
                raise IDEMPOTENCY_KEY_REQUIRED(field="Idempotency-Key")
            return self._located(request, await inner(request))
        principal = actor.key_id
        key = idempotency.check_key(key)
        digest = idempotency.request_hash(request.method, request.url.path, request.url.query, body)
        stored = await idempotency.claim(session, principal, key, digest)
        if stored is not None:
            headers = {str(name): str(value) for name, value in (stored.headers or {}).items()}
            return Response(stored.body, stored.status or 200, headers | {idempotency.REPLAYED: "true"})
        response = self._located(request, await inner(request))
        kept = self.kept(request, response)
        await idempotency.store(session, principal, key, kept.status_code, kept.headers, bytes(kept.body))
        return response

    def _located(self, request: Request, response: Response) -> Response:
        locations.locate(request.app, self.response_model, response, request.path_params)
        return response

    def kept(self, request: Request, response: Response) -> Response:
        """What a retry is answered."""
        return response


class SecretEndpoint(Endpoint):
    """A command whose answer holds a secret: it is not kept, so a retry learns only that the work was done."""

    def kept(self, request: Request, response: Response) -> Response:
        body, headers = problem_response(SECRET_SHOWN_ONCE(), request.scope.get("language", "en"))
        kept = Response(body, SECRET_SHOWN_ONCE.status)
        kept.raw_headers = headers
        return kept


class MoneyEndpoint(Endpoint):
    """A command whose retry must never count twice: it is refused without an `Idempotency-Key`."""

    requires_key = True


async def read_body(request: Request, limit: int) -> bytes:
    """The body, if it has at most `limit` bytes, announced or not; raises `body_too_large`."""
    return await receive_body(dict(request.scope["headers"]), request.receive, limit)


async def receive_body(headers: Mapping[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """The same from the bare protocol; a client that goes away in the middle raises `ClientDisconnect`."""
    refuse_announced(headers.get(b"content-length", b"0"), limit)
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > limit:
            raise BODY_TOO_LARGE(limit=limit)
    return body


def refuse_announced(length: bytes, limit: int) -> None:
    """Raise `body_too_large` for a `Content-Length` above `limit`, of however many digits."""
    digits = length.lstrip(b"0")
    if digits.isdigit() and (len(digits) > _LONGEST_LENGTH or int(digits) > limit):
        raise BODY_TOO_LARGE(limit=limit)


def _replay(body: bytes) -> Callable[[], Awaitable[Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _enter(request: Request, context: Context, session: _Session) -> None:
    state = request.state
    state.session = session
    state.actor = None
    authorization = request.headers.get("authorization")
    if authorization is not None:
        state.actor = await context.authenticate(session, authorization)
    session.info["actor"] = state.actor
    session.info["request_id"] = request.scope.get("request_id")


def _tagged(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, which sets the `ETag` where it answers a `revision`."""
    signature = inspect.signature(endpoint)
    if "revision" not in getattr(signature.return_annotation, "model_fields", ()):
        return endpoint

    @wraps(endpoint)
    async def tagged(response: Response, **arguments: Any) -> Any:
        answer = await endpoint(**arguments)
        response.headers["ETag"] = etag(answer.revision)
        return answer

    told = inspect.Parameter("response", inspect.Parameter.KEYWORD_ONLY, annotation=Response)
    tagged.__signature__ = signature.replace(parameters=[*signature.parameters.values(), told])  # type: ignore[attr-defined]
    return tagged


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    """The route itself, and everything it depends on, its dependencies' dependencies included."""
    yield dependant
    for dependency in dependant.dependencies:
        yield from _dependants(dependency)


def _calls(dependant: Dependant) -> Iterator[Any]:
    return (part.call for part in _dependants(dependant) if part is not dependant)


def _told(docstring: str) -> tuple[str, str]:
    """The first sentence of a docstring on one line, and the rest."""
    sentence, _, rest = _AFTER_SENTENCE.sub("\0", docstring, count=1).partition("\0")
    return " ".join(sentence.split()), rest


def _key_parameter(required: bool) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": "Repeat it on every retry: the first answer comes again and nothing is done twice",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!#-~]+$"},
    }


def _access_statements(dependant: Dependant) -> Iterator[Allow]:
    return (call for call in _calls(dependant) if isinstance(call, Allow))


def _problems(route: Endpoint) -> dict[int | str, dict[str, Any]]:
    """The refusals a route can answer by its nature; a route adds its own 409 or 428 in `responses`."""
    statuses = {400, 401, 408, 414, 422, 431, 503}
    if route.access.roles:
        statuses.add(403)
    if route.dependant.path_params:
        statuses.add(404)
    if route.is_command:
        statuses |= {404, 409, 413, 415}
    if any(param.name == "if_match" for param in route.dependant.header_params) or any(
        param.name == "if_match" for dep in route.dependant.dependencies for param in dep.header_params
    ):
        statuses |= {412, 428}
    return refusals(*statuses)


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of refusals with these statuses."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        status: {"description": DESCRIPTIONS[status], "content": {PROBLEM_MEDIA_TYPE: schema}}
        for status in sorted(statuses)
    }


def file_answer(description: str, media_type: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers a file."""
    return {200: {"description": description, "content": {media_type: {"schema": BINARY}}}}


_AFTER_SENTENCE = re.compile(r"(?<=\.)\s+")
BINARY = {"type": "string", "format": "binary"}
DESCRIPTIONS = {
    400: "Malformed request",
    401: "The key is missing, unknown, expired or revoked",
    403: "The key may not do this",
    404: "There is no such thing, or the caller may not see it",
    408: "The request did not arrive in time",
    409: "What is stored does not allow it",
    412: "Changed meanwhile",
    413: "Body too large",
    414: "Path and query too long",
    415: "Not JSON",
    422: "A field is wrong, or a rule refuses",
    428: "If-Match needed",
    431: "Headers too large",
    503: "Temporarily unavailable; retry",
}


async def note_read(request: Request, session: _Session, type_: str, subject: tuple[str, UUID]) -> None:
    """Leave an event, for auditors alone, of a read of what is sealed or personal: who read it, and when.

    It is written before the answer leaves, in a transaction of its own. The read's connection goes back first, so that
    a request never holds two.
    """
    await session.commit()
    async with context_of(request).database.transaction() as writing:
        writing.info["actor"] = request.state.actor
        writing.info["request_id"] = request.scope.get("request_id")
        events.append(writing, type_, subject, audience=[])


def session_of(request: Request) -> _Session:
    session: _Session = request.state.session
    return session


async def settings_of(request: Request) -> Settings:
    return context_of(request).settings


async def _session(request: Request) -> _Session:
    return session_of(request)


Session = Annotated[_Session, Depends(_session)]
Config = Annotated[Settings, Depends(settings_of)]


async def _if_match(
    if_match: Annotated[str | None, Header(max_length=200, description="The `ETag` you read")] = None,
) -> Precondition:
    return Precondition(if_match)


IfMatch = Annotated[Precondition, Depends(_if_match)]
