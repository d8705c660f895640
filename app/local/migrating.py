"""Runs the migrations in this process. Imports Alembic, and through it every model."""

from alembic import command
from alembic.config import Config

from app.local.revisions import ROOT


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database up to `revision`. Two processes at once take turns: the second finds nothing left to do."""
    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Migrate the database down to `revision` (`base`: to nothing)."""
    command.downgrade(alembic_config(url), revision)
