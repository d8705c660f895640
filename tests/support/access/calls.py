"""A call of an operation, for the access matrix."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Call:
    """A call of an operation: what fills its path, its body, and where the body is not JSON, its content."""

    path: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    query: str = ""
    content: bytes | None = None
