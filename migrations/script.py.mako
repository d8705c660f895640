"""${message}

Say in one sentence what this does to the data and why; it must run beside the previous release, which still serves.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
Create Date: ${create_date}
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
${imports + "\n" if imports else ""}
revision: str = ${repr(up_revision)}
down_revision: str | Sequence[str] | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}

# env.py sets lock_timeout to 4 s: a statement that cannot have its lock by then fails, and the whole migration rolls
# back. Where a table is large, create its index CONCURRENTLY, in a migration of its own, in an `autocommit_block()`.


def upgrade() -> None:
    """Go to this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Go back to the one before."""
    ${downgrades if downgrades else "pass"}
