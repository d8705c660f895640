"""The exchange's signatures (Ed25519) on an auction's log, each in its own domain, so that none stands for another.

A receipt is under one entry and, by its hash, all before it. A head says besides that no entry follows, and whether the
log is open, closed or cancelled: a bidder who holds receipts cannot pass one off as the end.
"""

from collections.abc import Callable
from typing import Final, ParamSpec
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.canonical import sha256_hex

P = ParamSpec("P")
DOMAIN: Final = b"techex auction receipt v1\0"
HEAD: Final = b"techex auction head v1\0"
CONFIRMATION: Final = b"techex auction confirmation v1\0"
REFUSAL: Final = b"techex auction refusal v1\0"


def key_id_of(public_key: bytes) -> str:
    """A key's short name: the first 16 hex characters of the SHA-256 of its 32 bytes."""
    return sha256_hex(public_key)[:16]


def statement(auction_id: UUID, seq: int, entry_hash: bytes) -> bytes:
    """The bytes that a receipt signs."""
    return DOMAIN + auction_id.bytes + seq.to_bytes(8, "big") + entry_hash


def head_statement(auction_id: UUID, seq: int, entry_hash: bytes, state: str) -> bytes:
    """The bytes that a head signs: the last entry, and `open`, `closed` or `cancelled`."""
    return HEAD + auction_id.bytes + seq.to_bytes(8, "big") + entry_hash + state.encode()


def refusal_statement(content: str) -> bytes:
    """The bytes that the refusal of a bid signs: its content in canonical JSON."""
    return REFUSAL + content.encode()


class Signer:
    """Signs receipts with the key that a seed of 32 bytes gives. The same receipt always has the same signature."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_key)

    def sign(self, auction_id: UUID, seq: int, entry_hash: bytes) -> str:
        """The signature in hex of a receipt."""
        return self._key.sign(statement(auction_id, seq, entry_hash)).hex()

    def sign_head(self, auction_id: UUID, seq: int, entry_hash: bytes, state: str) -> str:
        """The signature in hex of a head."""
        return self._key.sign(head_statement(auction_id, seq, entry_hash, state)).hex()

    def sign_confirmation(self, content: bytes) -> str:
        """The signature in hex under the canonical JSON of a confirmation (成交确认书)."""
        return self._key.sign(CONFIRMATION + content).hex()

    def sign_refusal(self, content: str) -> str:
        """The signature in hex under the canonical JSON of the refusal of a bid that has no place in the log."""
        return self._key.sign(refusal_statement(content)).hex()


def verify(public_key: bytes, auction_id: UUID, seq: int, entry_hash: bytes, signature: str) -> bool:
    """Whether `signature` is the key's under that entry; False, never an exception, for whatever is malformed."""
    return _holds(public_key, signature, statement, auction_id, seq, entry_hash)


def verify_head(public_key: bytes, auction_id: UUID, seq: int, entry_hash: bytes, state: str, signature: str) -> bool:
    """Whether `signature` is the key's under that head; False, never an exception, for whatever is malformed."""
    return _holds(public_key, signature, head_statement, auction_id, seq, entry_hash, state)


def verify_refusal(public_key: bytes, content: str, signature: str) -> bool:
    """Whether `signature` is the key's under that refusal; False, never an exception, for whatever is malformed."""
    return _holds(public_key, signature, refusal_statement, content)


def _holds(public_key: bytes, signature: str, of: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(signature), of(*args, **kwargs))
    except (InvalidSignature, ValueError, TypeError, OverflowError, AttributeError):
        return False
    return True
