"""What wraps every request: a request id, the language, one structured log line, metrics, and the last catch.

Pure ASGI: Starlette's `BaseHTTPMiddleware` costs a task and a queue a request.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.ids import new_id
from app.core.logs import get_logger, trace_of
from app.core.problems import INTERNAL, PROBLEM_MEDIA_TYPE, Language, Problem
from app.core.web.answers.methods import Headless, HeadSentError

log = get_logger("http")

REQUESTS = Counter("techex_http_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "techex_http_request_seconds",
    "Time to the end of the answer",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
STREAM = "techex_stream"
"""Set in the scope of an answer that goes on for as long as its client likes: how long says nothing of the server."""
VARY = b"Accept-Encoding, Accept-Language, Authorization"
CLIENT_GONE = 499
"""What is logged and counted where the client went away before it had sent its request or had its answer."""
_REQUEST_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_children: dict[tuple[str, str, int], tuple[Any, Any]] = {}


def language_of(header: str) -> Language:
    """The language of messages by `Accept-Language`: Chinese where it is preferred to English, else English."""
    best: tuple[float, Language] = (0.0, "en")
    for part in header.lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        if tag[:2] in ("zh", "en") and weight > best[0]:
            best = (weight, "zh" if tag[:2] == "zh" else "en")
    return best[1]


def problem_response(problem: Problem, language: Language) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    body = json.dumps(problem.as_json(language), ensure_ascii=False).encode()
    headers = [
        (b"content-type", PROBLEM_MEDIA_TYPE.encode()),
        (b"content-language", language.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    return body, headers


class RequestContext:
    """Outermost of our layers: whatever happens inside, one answer leaves and one line is logged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, method = time.perf_counter(), scope["method"]
        if method == "HEAD":
            headless = Headless(scope, receive, send)
            scope, receive, send = headless.scope, headless.receive, headless.send
        headers = {name: value for name, value in scope["headers"] if name in (b"x-request-id", b"accept-language")}
        sent_id = headers.get(b"x-request-id", b"")
        request_id = sent_id.decode() if _REQUEST_ID.match(sent_id) else str(new_id())
        scope["request_id"] = request_id
        scope["language"] = (
            language_of(headers[b"accept-language"].decode("latin-1")) if b"accept-language" in headers else "en"
        )
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *_added(message["headers"], request_id)]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except (ClientDisconnect, HeadSentError):  # nobody is left to answer
            status = status or CLIENT_GONE
        except Exception as error:  # noqa: BLE001 — the last catch: log it, answer 500, leak nothing
            log.error("unhandled", request_id=request_id, error=type(error).__name__, trace=trace_of(error))
            if status == 0:
                body, problem_headers = problem_response(INTERNAL(request_id=request_id), scope["language"])
                await answer({"type": "http.response.start", "status": 500, "headers": problem_headers})
                await answer({"type": "http.response.body", "body": body})
        finally:
            _record(scope, method, status or 500, time.perf_counter() - started, request_id)


def _added(headers: Iterable[tuple[bytes, bytes]], request_id: str) -> Iterator[tuple[bytes, bytes]]:
    """What every answer says: which request it answers, what it depends on, and that it is not to be kept unless the
    route says that it may be.
    """
    yield b"x-request-id", request_id.encode()
    yield b"x-content-type-options", b"nosniff"
    names = {name for name, _ in headers}
    if b"vary" not in names:
        yield b"vary", VARY
    if b"cache-control" not in names:
        yield b"cache-control", b"no-store"


def _record(scope: MutableMapping[str, Any], method: str, status: int, seconds: float, request_id: str) -> None:
    route = scope.get("techex_route") or getattr(scope.get("route"), "path", None) or "unmatched"
    method = method if method in _METHODS else "OTHER"
    key = (method, route, status)
    children = _children.get(key)
    if children is None:
        children = _children[key] = (REQUESTS.labels(method, route, str(status)), SECONDS.labels(method, route))
    children[0].inc()
    if STREAM not in scope:
        children[1].observe(seconds)
    if status >= 500:
        log.warning(
            "request", request_id=request_id, method=method, route=route, status=status, ms=round(seconds * 1000, 2)
        )
    else:
        log.info(
            "request", request_id=request_id, method=method, route=route, status=status, ms=round(seconds * 1000, 2)
        )
