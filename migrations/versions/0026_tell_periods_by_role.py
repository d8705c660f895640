"""An audience of the market's staff becomes one a role: periods are told to each role that may read what they are of."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPERATOR = "'00000000-0000-7000-8000-000000000002'::uuid"
OTHERS = "ARRAY['00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000004']::uuid[]"


def upgrade() -> None:
    """Add registrar and award officer, except where the period is of a deposit: who deposits tells who bids.

    Events are sealed and stay as they are: those written before are told to the operator alone.
    """
    told = f"audiences @> ARRAY[{OPERATOR}] AND NOT audiences && {OTHERS}"
    op.execute(f"UPDATE periods SET audiences = audiences || {OTHERS} WHERE {told} AND subject_type <> 'deposit'")


def downgrade() -> None:
    """Take them out again; the operator's audience was that of all three."""
    op.execute(
        "UPDATE periods SET audiences = array_remove(array_remove(audiences,"
        " '00000000-0000-7000-8000-000000000003'), '00000000-0000-7000-8000-000000000004')"
    )
