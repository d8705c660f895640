"""The exchange's own keys: one signs what it gives out (Ed25519), one encrypts what nobody may read yet (AES-256-GCM).

They come from the settings. A sandbox without them makes its own, in files under `data_dir`, once; production does not:
processes on several machines must hold the same keys, and a key that exists nowhere else is lost with its machine.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from app.core.problems import ProblemType, Text
from app.core.settings import Environment, Settings

KEY_BYTES = 32
ID_BYTES = 8
NONCE_BYTES = 12
EXCHANGE_KEYS_MISSING = ProblemType(
    "exchange_keys_missing",
    503,
    Text("The exchange's keys are missing", "交易所密钥未配置"),
    Text("The setting `{variable}` is missing. Production needs it.", "生产环境未设置 `{variable}`。"),
    Text("Ask the administrator of the installation to set it. `techex keys` generates a key.",
         "请系统管理员设置:`techex keys` 可生成密钥。"),
)  # fmt: skip
EXCHANGE_KEYS_WRONG = ProblemType(
    "exchange_keys_wrong",
    503,
    Text("The exchange's keys do not match", "交易所密钥不符"),
    Text("The sealing key of this process cannot open what was sealed before.",
         "本进程的封存密钥无法开启此前封存的内容。"),
    Text("Ask the administrator of the installation to restore the `TECHEX_SEALING_KEY` that sealed it. Then retry.",
         "请系统管理员恢复封存时使用的 `TECHEX_SEALING_KEY`,然后重试。"),
)  # fmt: skip


@dataclass(frozen=True)
class Keys:
    """The keys of one installation."""

    signing_seed: bytes
    sealing_key: bytes

    @cached_property
    def sealing_key_id(self) -> str:
        """A short name of the sealing key, which tells nothing of it: processes that share it have the same one."""
        derived = HKDF(hashes.SHA256(), ID_BYTES, salt=None, info=b"techex sealing key id v1")
        return derived.derive(self.sealing_key).hex()

    @cached_property
    def _sealers(self) -> dict[UUID, AESGCM]:
        return {}

    def seal(self, subject_id: UUID, purpose: str, plain: bytes) -> bytes:
        """Encrypt for a subject; only `unseal` with the same subject and purpose opens it."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._sealer(subject_id).encrypt(nonce, plain, purpose.encode())

    def unseal(self, subject_id: UUID, purpose: str, sealed: bytes) -> bytes:
        """What was sealed. Raises `exchange_keys_wrong` for other keys, another subject or purpose, a changed byte."""
        try:
            return self._sealer(subject_id).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())
        except InvalidTag as error:
            raise EXCHANGE_KEYS_WRONG() from error

    def _sealer(self, subject_id: UUID) -> AESGCM:
        """A key of its own for each subject, derived from the one that is kept."""
        known = self._sealers.get(subject_id)
        if known is None:
            derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"techex seal v1" + subject_id.bytes)
            known = self._sealers[subject_id] = AESGCM(derived.derive(self.sealing_key))
        return known


_SETTINGS: list[Settings] = []
_LOADED: list[Keys] = []


def configure(settings: Settings) -> None:
    """Say where this process's keys come from; they are loaded when they are first needed."""
    _SETTINGS[:] = [settings]
    _LOADED.clear()


def current() -> Keys:
    """This process's keys; raises `exchange_keys_missing` where production has none."""
    if not _LOADED:
        _LOADED.append(load(_SETTINGS[0]))
    return _LOADED[0]


def load(settings: Settings) -> Keys:
    """The keys of an installation."""
    return Keys(
        _key(settings, settings.signing_key, "signing"),
        _key(settings, settings.sealing_key, "sealing"),
    )


def _key(settings: Settings, given: SecretStr | None, name: str) -> bytes:
    if given is not None:
        return bytes.fromhex(given.get_secret_value())
    if settings.environment is Environment.PRODUCTION:
        raise EXCHANGE_KEYS_MISSING(variable=f"TECHEX_{name.upper()}_KEY")
    return _kept(settings.data_dir / "keys" / f"{name}.key")


def _kept(path: Path) -> bytes:
    """The key in a file, which is made if it is not there. Of processes that make it at once, all use the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii").strip())
