"""Settings, read once from the environment (`TECHEX_…`; `DATABASE_URL` has no prefix)."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_LEAST_DIFFERENT_BYTES = 16
"""Of the 32 of a key. A random one has fewer once in 10 to the 12th."""
PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class Environment(StrEnum):
    """Where the process runs. Only a sandbox may move its clock; production refuses to start on a moved one."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class City:
    """Where the exchange stands: days, award years and ends of periods are local, and numbers bear its code."""

    code: str
    zone: ZoneInfo

    def day_of(self, moment: datetime) -> date:
        """The calendar day of a moment in the city: 00:30 on 1 January there belongs to the new year."""
        return moment.astimezone(self.zone).date()


class Settings(BaseSettings):
    """Everything an installation may choose. A city is a setting: Wuhan is the one delivered."""

    model_config = SettingsConfigDict(env_prefix="TECHEX_", extra="ignore", frozen=True)

    environment: Environment = Field(
        default=Environment.PRODUCTION,
        description="`production`, or `sandbox`, whose clock may be moved; `techex run` takes `sandbox` if unset.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "TECHEX_DATABASE_URL"),
        description="A PostgreSQL 15 or later; without it `techex run` starts an embedded server in `data_dir`.",
    )
    data_dir: Path = Field(default=Path(".data"), description="Embedded database and stored documents.")
    disk_floor_bytes: int = Field(
        default=64 * 2**20,
        ge=0,
        description="Free space on the disk of `data_dir` below which commands are refused, and reads go on.",
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the API listens on; 0 takes a free one.")
    database_pool_size: int = Field(
        default=16,
        ge=3,
        le=200,
        description="Connections of one process, API or worker, at most; a quarter is kept for reads and health. "
        "Searches have up to four more.",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = Field(
        default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`; requests are logged at `INFO`."
    )

    documents_url: str | None = Field(
        default=None,
        description="`s3://bucket/prefix` for any S3-compatible store; without it documents lie under `data_dir`.",
    )
    s3_endpoint: str | None = Field(default=None, description="Where the store is, if it is not AWS; may be `http://`.")
    s3_access_key_id: SecretStr | None = Field(
        default=None, description="With the secret; without both, the environment's own credentials are looked for."
    )
    s3_secret_access_key: SecretStr | None = Field(default=None, description="See above.")
    s3_region: str = Field(default="us-east-1", description="Region of the store.")
    document_max_bytes: int = Field(default=50 * 2**20, ge=1, description="Limit of an uploaded document.")
    body_max_bytes: int = Field(default=2**20, ge=1024, description="Limit of a JSON body; documents have their own.")

    signing_key: SecretStr | None = Field(
        default=None,
        description="64 hex digits; signs receipts and dossiers. A sandbox without it makes its own in `data_dir`.",
    )
    sealing_key: SecretStr | None = Field(
        default=None, description="64 hex digits; encrypts sealed bids, reserves and limits. The same holds."
    )

    city_code: str = Field(default="WH", pattern=r"^[A-Z]{2,4}$", description="Prefix of readable numbers.")
    timezone: str = Field(
        default="Asia/Shanghai", description="The city's: days, award years and the ends of periods are local."
    )
    programmes_dir: Path = Field(
        default=PACKAGE_ROOT / "awards" / "technology" / "programmes", description="Folder of the award programmes."
    )
    registry_region_code: str = Field(
        default="4201", pattern=r"^\d{4}$", description="First four digits of a registration's number."
    )
    registry_station_code: str = Field(default="01", pattern=r"^\d{2}$", description="The two digits after them.")

    public_url: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="Where the public reaches this API; printed on certificates, so that they can be verified.",
    )

    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Pages of other origins that may call the API from a browser: `https://a.example,https://b.example`"
        ", or `*` for all; none by default.",
    )

    meili_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("MEILI_URL", "TECHEX_MEILI_URL"),
        pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
        description="A Meilisearch server; without it PostgreSQL answers searches.",
    )
    meili_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("MEILI_KEY", "TECHEX_MEILI_KEY"),
        description="A key of that server that may do everything to the indexes `techex_*`.",
    )

    anchor_file: Path | None = Field(
        default=None,
        description="Takes the signed head of the audit chain once a day, a line each; its folder is there.",
    )
    anchor_url: SecretStr | None = Field(
        default=None, description="Takes the same line by POST; `https://`, or `http://` on this machine."
    )

    @field_validator("anchor_url")
    @classmethod
    def _private_way(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            url = urlsplit(value.get_secret_value())
            plain = url.scheme == "http" and url.hostname in {"127.0.0.1", "::1", "localhost"}
            if not url.hostname or not (url.scheme == "https" or plain):
                raise ValueError("an address `https://host/path`; `http://` only on this machine")
        return value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        origins = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        if isinstance(origins, list):
            for origin in origins:
                if not re.fullmatch(r"\*|https?://[\w.-]+(:\d{1,5})?", origin):
                    raise ValueError(f"{origin!r} is no origin; one is `https://host` without a path")
        return origins

    @field_validator("signing_key", "sealing_key")
    @classmethod
    def _whole_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[0-9a-f]{64}", value.get_secret_value()):
            raise ValueError("64 hex digits, as `techex keys` prints them")
        if value is not None and len(set(bytes.fromhex(value.get_secret_value()))) < _LEAST_DIFFERENT_BYTES:
            raise ValueError("its bytes repeat: no random key; take one that `techex keys` prints")
        return value

    @field_validator("sealing_key")
    @classmethod
    def _another_key(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and value == info.data.get("signing_key"):
            raise ValueError("it is TECHEX_SIGNING_KEY too; each key has its own purpose")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone; one is `Asia/Shanghai`") from None
        return value

    @property
    def city(self) -> City:
        """The city of the process: it goes with the database into every session."""
        return City(self.city_code, ZoneInfo(self.timezone))


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings; a wrong variable raises `pydantic.ValidationError` naming it."""
    return Settings()
