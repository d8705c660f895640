"""The exchange's signature (Ed25519) on a bundle: over its manifest, and so over each file and the chain's end."""

from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.core.canonical import canonical_json

CONTEXT: Final = b"techex dossier v1\0"
"""What else the exchange signs begins otherwise, so that no signature stands for another."""
PUBLIC_KEY, SIGNATURE = "public_key", "signature"


def sign(manifest: dict[str, Any], seed: bytes) -> dict[str, Any]:
    """The manifest with the public key and, over both, the signature (hex)."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signed = manifest | {PUBLIC_KEY: key.public_key().public_bytes_raw().hex()}
    return signed | {SIGNATURE: key.sign(CONTEXT + canonical_json(signed)).hex()}


def is_signed(manifest: dict[str, Any]) -> bool:
    """Whether the manifest is as the holder of its public key signed it."""
    signed = {name: value for name, value in manifest.items() if name != SIGNATURE}
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(manifest[PUBLIC_KEY]))
        key.verify(bytes.fromhex(manifest[SIGNATURE]), CONTEXT + canonical_json(signed))
    except InvalidSignature:
        return False
    return True
