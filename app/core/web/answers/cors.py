"""What a page of another origin may do in a browser: call with a key in the header, and read our own headers.

Never with cookies: the API knows none, and a browser must not lend its user's.
"""

from collections.abc import Sequence
from typing import Any, Final

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT: Final = (
    "Authorization", "Content-Type", "Accept-Language", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "X-Request-ID",
)  # fmt: skip
SHOWN: Final = (
    "Content-Disposition", "Content-Language", "ETag", "Idempotency-Replayed", "Location", "Retry-After",
    "X-Request-ID",
)  # fmt: skip
PREFLIGHT_SECONDS: Final = 3600


def rules(origins: Sequence[str]) -> dict[str, Any]:
    """The options of Starlette's `CORSMiddleware` for these origins."""
    return {
        "allow_origins": origins,
        "allow_methods": METHODS,
        "allow_headers": SENT,
        "expose_headers": SHOWN,
        "max_age": PREFLIGHT_SECONDS,
    }
