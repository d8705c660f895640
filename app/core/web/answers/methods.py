"""HEAD, OPTIONS and `Allow` for every path (RFC 9110, 9.3.2, 9.3.7 and 10.2.1), from the routes as they are told."""

from collections.abc import Iterable
from typing import Any, Final

from starlette.types import Message, Receive, Scope, Send

ALSO_WITH_GET: Final = "HEAD"
ALWAYS: Final = "OPTIONS"
_GONE: Final[Message] = {"type": "http.disconnect"}


class HeadSentError(OSError):
    """The head was asked for and is sent: the route that still writes may stop, as if the client had gone."""


def allow_header(methods: Iterable[str]) -> str:
    """`Allow` of a path whose routes take these methods."""
    found = {*methods, ALWAYS}
    return ", ".join(sorted(found | ({ALSO_WITH_GET} if "GET" in found else set())))


class Headless:
    """A HEAD request: GET without its body. After the head the route is told that the client went away, so that what
    would go on for ever ends.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope: Scope = {**scope, "method": "GET"}
        self._receive = receive
        self._send = send
        self._ended = False

    async def receive(self) -> Message:
        return _GONE if self._ended else await self._receive()

    async def send(self, message: Any) -> None:
        if self._ended:
            if message.get("more_body"):
                raise HeadSentError
            return
        await self._send(message)
        if message["type"] == "http.response.start":
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})
