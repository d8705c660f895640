"""Asks a server whether it is ready, with the standard library alone: an HTTP client's import is not worth the wait."""

import http.client
import time
from collections.abc import Callable
from urllib.parse import urlsplit

_POLL_SECONDS = 0.02
_ANSWER_SECONDS = 10


def wait_ready(base_url: str, *, seconds: float, give_up: Callable[[], bool]) -> bool:
    """Whether `GET /readyz` answered 200 within `seconds`, and before `give_up()`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not give_up():
        if get_status(base_url, "/readyz") == http.client.OK:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def get_status(base_url: str, path: str) -> int | None:
    """The status of a GET, none if there was no answer."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
