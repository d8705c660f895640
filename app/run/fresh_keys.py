"""Fresh secrets of an installation, as lines for its environment. Nothing is stored: who asks keeps them."""

import secrets
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.core.keys import KEY_BYTES


def lines(*, compose: bool) -> Iterator[str]:
    """The exchange's two keys, the public one as a comment; `compose`: also the passwords that `compose.yaml` needs."""
    signing = secrets.token_bytes(KEY_BYTES)
    public = Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw()
    yield f"# Public key of TECHEX_SIGNING_KEY, to be made known: {public.hex()}"
    yield f"TECHEX_SIGNING_KEY={signing.hex()}"
    yield f"TECHEX_SEALING_KEY={secrets.token_hex(KEY_BYTES)}"
    if compose:
        for name in ("POSTGRES_PASSWORD", "APPLICATION_PASSWORD", "MEILI_MASTER_KEY"):
            yield f"{name}={secrets.token_hex(KEY_BYTES)}"
