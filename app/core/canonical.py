"""The one canonical JSON and the one SHA-256 of all that is stored, sealed, signed or compared byte for byte."""

import hashlib
from typing import Any

import rfc8785
from pydantic import BaseModel


def canonical_json(value: Any) -> bytes:
    """Plain data, or a schema as it is answered, in canonical JSON (RFC 8785): equal data gives equal bytes."""
    return rfc8785.dumps(value.model_dump(mode="json") if isinstance(value, BaseModel) else value)


def sha256(data: bytes | str) -> bytes:
    """The 32 bytes of the SHA-256 of bytes, or of a text in UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()


def sha256_hex(data: bytes | str) -> str:
    """The same in hexadecimal, as it is stored and shown."""
    return sha256(data).hex()
