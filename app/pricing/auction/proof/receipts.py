"""Receipts: the exchange's signature (Ed25519) under one entry of an auction's log and, by its hash, all before it."""

from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.canonical import sha256_hex

DOMAIN: Final = b"techex auction receipt v1\0"
CONFIRMATION: Final = b"techex auction confirmation v1\0"
"""What else the exchange signs begins otherwise, so that no signature stands for another."""


def key_id_of(public_key: bytes) -> str:
    """A key's short name: the first 16 hex characters of the SHA-256 of its 32 bytes."""
    return sha256_hex(public_key)[:16]


def statement(auction_id: UUID, seq: int, entry_hash: bytes) -> bytes:
    """The bytes that are signed."""
    return DOMAIN + auction_id.bytes + seq.to_bytes(8, "big") + entry_hash


class Signer:
    """Signs receipts with the key that a seed of 32 bytes gives. The same receipt always has the same signature."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.public_key)

    def sign(self, auction_id: UUID, seq: int, entry_hash: bytes) -> str:
        """The signature in hex."""
        return self._key.sign(statement(auction_id, seq, entry_hash)).hex()

    def sign_confirmation(self, content: bytes) -> str:
        """The signature in hex under the canonical JSON of a confirmation (成交确认书)."""
        return self._key.sign(CONFIRMATION + content).hex()


def verify(public_key: bytes, auction_id: UUID, seq: int, entry_hash: bytes, signature: str) -> bool:
    """Whether `signature` is the key's under that entry; False, never an exception, for whatever is malformed."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(signature), statement(auction_id, seq, entry_hash))
    except (InvalidSignature, ValueError, TypeError, OverflowError, AttributeError):
        return False
    return True
