"""Statutory holidays are never worked: periods that reach into years not announced are counted again."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the worker count them at its next start, as it does when a year is announced."""
    op.execute("UPDATE periods SET announced_year = announced_year - 1 WHERE provisional")


def downgrade() -> None:
    """Nothing to undo: a period that was counted again stays so."""
