import hashlib, json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def genesis(auction_id: UUID) -> bytes:
    return hashlib.sha256(b"techex auction log v1\0" + auction_id.bytes).digest()


def link(previous: bytes, content: Mapping[str, Any]) -> tuple[str, bytes]:
    text = canonical(content)
    return text, hashlib.sha256(previous + text.encode()).digest()


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def commitment(salt: str, amount: Decimal) -> str:
    return hashlib.sha256(f"{salt}:{amount:.2f}".encode()).hexdigest()
