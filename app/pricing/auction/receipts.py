import hashlib
from uuid import UUID
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Signer:
    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()
        self.key_id = hashlib.sha256(self.public_key).hexdigest()[:16]

    def sign(self, auction_id: UUID, seq: int, hash_: bytes) -> str:
        return self._key.sign(b"techex auction receipt v1\0" + auction_id.bytes + seq.to_bytes(8, "big") + hash_).hex()
