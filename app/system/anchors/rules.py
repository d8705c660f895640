"""An anchor: on a day the audit chain had this length and this head, signed by the exchange (Ed25519), as one line.

Kept where the exchange cannot change it, it shows that what was sealed up to then is still what it was: who rewrites
the database and computes every seal again gets another head.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.canonical import canonical_json
from app.pricing.auction.proof.receipts import key_id_of

DOMAIN: Final = b"techex audit anchor v1\0"
"""What else the exchange signs begins otherwise, so that no signature stands for another."""
_HASH_BYTES, _SIGNATURE_BYTES = 32, 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """`day` in the city; `position` is the length of the chain and `head` its hash there, 32 bytes."""

    day: date
    position: int
    head: bytes
    key_id: str
    signature: bytes

    def as_json(self) -> dict[str, Any]:
        """As it is sent and recorded: bytes in hex."""
        return {
            "day": self.day.isoformat(),
            "position": self.position,
            "head": self.head.hex(),
            "key_id": self.key_id,
            "signature": self.signature.hex(),
        }

    def line(self) -> bytes:
        """Its canonical JSON and a line feed."""
        return canonical_json(self.as_json()) + b"\n"

    def is_signed_by(self, public_key: bytes) -> bool:
        """Whether the holder of this key made it."""
        try:
            key = Ed25519PublicKey.from_public_bytes(public_key)
            key.verify(self.signature, statement(self.day, self.position, self.head))
        except InvalidSignature:
            return False
        return True


def statement(day: date, position: int, head: bytes) -> bytes:
    """The bytes that an anchor signs: the domain, `2026-11-27`, the position in 8 bytes, the head."""
    return DOMAIN + day.isoformat().encode() + position.to_bytes(8, "big") + head


def signed(day: date, position: int, head: bytes, seed: bytes) -> Anchor:
    """The anchor of a day, signed with the key that a seed of 32 bytes gives."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    key_id = key_id_of(key.public_key().public_bytes_raw())
    return Anchor(day, position, head, key_id, key.sign(statement(day, position, head)))


def read(line: str) -> Anchor:
    """The anchor of a line. Raises `ValueError` for any other line than `Anchor.line` writes."""
    found = json.loads(line)
    if not isinstance(found, dict) or not isinstance(found.get("position"), int):
        raise ValueError("no anchor")
    try:
        anchor = Anchor(
            date.fromisoformat(found["day"]),
            found["position"],
            bytes.fromhex(found["head"]),
            found["key_id"],
            bytes.fromhex(found["signature"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("no anchor") from error
    lengths = len(anchor.head), len(anchor.signature)
    if anchor.as_json() != found or lengths != (_HASH_BYTES, _SIGNATURE_BYTES) or not 0 <= anchor.position < 2**63:
        raise ValueError("no anchor")
    return anchor


def missing(days: Collection[date], today: date) -> list[tuple[date, date]]:
    """The gaps in the days of anchors, each by its first and last day: from the first anchor to yesterday.

    Today's may still be on its way. What lies between two anchors is vouched for by the later one alone.
    """
    known = sorted(set(days))
    ends = [*known[1:], max(today, known[-1])] if known else []
    gaps = [(day + timedelta(days=1), after - timedelta(days=1)) for day, after in zip(known, ends, strict=True)]
    return [(first, last) for first, last in gaps if first <= last]
