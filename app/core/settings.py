"""Settings, read once from the environment (`TECHEX_…`; `DATABASE_URL` has no prefix)."""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PACKAGE_ROOT = Path(__file__).resolve().parents[1]


class Environment(StrEnum):
    """Where the process runs. Only a sandbox may move its clock; production refuses to start on a moved one."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class Settings(BaseSettings):
    """Everything an installation may choose. A city is a setting: Wuhan is the one delivered."""

    model_config = SettingsConfigDict(env_prefix="TECHEX_", extra="ignore", frozen=True)

    environment: Environment = Environment.PRODUCTION
    database_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("DATABASE_URL", "TECHEX_DATABASE_URL"),
        description="A PostgreSQL 15 or later; without it `techex run` starts an embedded server in `data_dir`.",
    )
    data_dir: Path = Field(default=Path(".data"), description="Embedded database and stored documents.")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    database_pool_size: int = Field(default=16, ge=1, le=200)
    log_level: str = "INFO"

    documents_url: str | None = Field(
        default=None,
        description="`s3://bucket/prefix` for any S3-compatible store; without it documents lie under `data_dir`.",
    )
    s3_endpoint: str | None = None
    s3_access_key_id: SecretStr | None = None
    s3_secret_access_key: SecretStr | None = None
    s3_region: str = "us-east-1"
    document_max_bytes: int = Field(default=50 * 2**20, ge=1)
    body_max_bytes: int = Field(default=2**20, ge=1024, description="Limit of a JSON body; documents have their own.")

    city_code: str = Field(default="WH", pattern=r"^[A-Z]{2,4}$", description="Prefix of readable numbers.")
    division_prefix: str = Field(default="4201", pattern=r"^\d{2,6}$", description="GB/T 2260; Wuhan is 4201xx.")
    timezone: str = "Asia/Shanghai"
    programmes_dir: Path = PACKAGE_ROOT / "awards" / "programmes"
    registry_region_code: str = Field(default="4201", pattern=r"^\d{4}$")
    registry_station_code: str = Field(default="01", pattern=r"^\d{2}$")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        ZoneInfo(value)
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone: award years and notice days are local."""
        return ZoneInfo(self.timezone)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings; a wrong variable raises `pydantic.ValidationError` naming it."""
    return Settings()
