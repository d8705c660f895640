"""Runs the migrations in this process. Imports Alembic, and through it every model."""

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from app.run.errors import StartError
from app.run.migrations.revisions import ROOT


def alembic_config(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database up to `revision`. Two processes at once take turns: the second finds nothing left to do.

    A migration that the database refuses, say for a lock it did not get in time, is rolled back: `StartError`. So is
    one that needs rows put right before it (`ValueError`).
    """
    try:
        command.upgrade(alembic_config(url), revision)
    except (DBAPIError, ValueError) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).splitlines()[0]
        raise StartError(f"A migration failed and was rolled back, nothing is changed: {reason}") from error


def downgrade(url: str, revision: str) -> None:
    """Migrate the database down to `revision` (`base`: to nothing)."""
    command.downgrade(alembic_config(url), revision)
