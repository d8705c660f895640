"""HTTP/1.1 with limits: of the head, of time, and of connections. uvicorn and llhttp, which parses, have none of them.

Measured without: one connection that sends headers for ever took 151 MB, and a body of a byte a minute was waited for.
"""

from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from app.core.logs import get_logger
from app.core.problems import (
    ADDRESS_TOO_LONG,
    HEADERS_TOO_LARGE,
    MALFORMED_REQUEST,
    REQUEST_TOO_SLOW,
    SERVER_FULL,
    Problem,
)
from app.core.web.leaving import LEAVING, Leaving, leaving_of
from app.core.web.middleware import problem_response

log = get_logger("http")

_OVERHEAD_PER_BYTE = 16
"""What frames a body: a chunk of one byte takes six."""
_LINGER_SECONDS = 1
"""Closed at once, with something unread, the connection would be reset, and the answer lost with it."""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one connection may take: bytes, and seconds.

    `body_seconds` is for a body of no length; each `bytes_a_second` it has brought gives it a second more. `unread`: an
    answer of which the client takes nothing.
    """

    connections: int = 4000
    address_bytes: int = 8192
    headers: int = 100
    head_bytes: int = 65536
    head_seconds: float = 10
    body_seconds: float = 20
    bytes_a_second: int = 8192
    unread_seconds: float = 60


class LimitedProtocol(HttpToolsProtocol):
    """One connection. What is beyond a limit is answered by a problem document, where it still can be, and closed.

    Times are looked at by the server once a second (`look`): a timer for each request would cost more.
    """

    limits = HttpLimits()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._now = self.loop.time
        self._since: float | None = self._now()
        self._in_head = True
        self._begun = 0
        self._raw = 0
        self._body = 0
        self._unread_since: float | None = None
        self._refusal: Problem | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.limits.connections:
            self._refuse(SERVER_FULL(headers={"Retry-After": "5"}))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            scope: Any = self.cycle.scope
            leaving_of(scope).leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        begun = self._begun
        super().data_received(data)
        if begun == self._begun:  # else some of it was of the request before: it has at most one such piece for nothing
            self._raw += len(data)
            if self._since is None and self._answered():  # empty lines, which begin no request
                self._in_head, self._since = True, self._now()
        if self._raw - self._body > self.limits.head_bytes + _OVERHEAD_PER_BYTE * self._body:
            self._refuse(HEADERS_TOO_LARGE(limit=self.limits.head_bytes, count=self.limits.headers))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope[LEAVING] = Leaving()
        self._begun += 1
        self._in_head, self._since = True, self._now()
        self._raw = self._body = 0

    def on_headers_complete(self) -> None:
        self._check_head()
        self._in_head, self._since = False, self._now()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._since = None
        super().on_message_complete()

    def pause_writing(self) -> None:
        self._unread_since = self._now()
        super().pause_writing()

    def resume_writing(self) -> None:
        self._unread_since = None
        super().resume_writing()

    def look(self, now: float) -> None:
        """Close the connection if it has taken longer than it may for what it is at."""
        limits = self.limits
        if self._unread_since is not None and now - self._unread_since > limits.unread_seconds:
            self.transport.abort()
        if self._since is None or self._refusal is not None:
            return
        if not self._in_head and self.flow.read_paused:  # it is we who are slow
            self._since = now - self._body / limits.bytes_a_second
        allowed = limits.head_seconds if self._in_head else limits.body_seconds + self._body / limits.bytes_a_second
        if now - self._since > allowed:
            self._refuse(REQUEST_TOO_SLOW())

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses, or one of the checks above within it."""
        self._refuse(self._refusal or MALFORMED_REQUEST())

    def _check_head(self) -> None:
        limits = self.limits
        if len(self.url) > limits.address_bytes:
            self._refusal = ADDRESS_TOO_LONG(limit=limits.address_bytes)
        elif len(self.headers) > limits.headers or sum(len(n) + len(v) for n, v in self.headers) > limits.head_bytes:
            self._refusal = HEADERS_TOO_LARGE(limit=limits.head_bytes, count=limits.headers)
        if self._refusal is not None:
            raise self._refusal  # the parser stops, and says so to `send_400_response`

    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, problem: Problem) -> None:
        """Answer where nothing else is being answered, and close once the client had time to read it."""
        self._refusal = problem
        log.info("refused", code=problem.kind.code)
        if (
            self._answered()
            if self._in_head
            else not (self._answered() or self.cycle.response_started or self.pipeline)
        ):
            body, headers = problem_response(problem, "en")
            lines = [b"%s: %s\r\n" % header for header in (*headers, (b"connection", b"close"))]
            self.transport.write(b"".join([STATUS_LINE[problem.kind.status], *lines, b"\r\n", body]))
        if not self._answered():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_SECONDS, self.transport.close)
