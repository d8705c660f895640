"""A payment is taken back for one of three reasons; after a record that was wrong its numbers are free again.

Written to stand next to the release before: it records reversals without a reason, which are the bank's, and every row
has the bank reference that it always had.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

NUMBERS: Final = (
    ("uq_payments_bank_reference", "payments", "payee_id", "bank_reference"),
    ("uq_invoices_number", "invoices", "issuer_id", "number"),
)


def upgrade() -> None:
    """Add the reason, and the count by which a number may be recorded again."""
    op.add_column("payments", sa.Column("reversal_kind", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payments_reversal_kind"), "payments", "reversal_kind IS NULL OR reverses_id IS NOT NULL"
    )
    for index, table, owner, number in NUMBERS:
        op.add_column(table, sa.Column("attempt", sa.SmallInteger(), nullable=False, server_default="0"))
        op.drop_index(index, table)
        op.create_index(index, table, [owner, sa.text(f"techex_folded({number})"), "attempt"], unique=True)


def downgrade() -> None:
    """Refused by the unique indexes where a number was recorded again."""
    for index, table, owner, number in NUMBERS:
        op.drop_index(index, table)
        op.create_index(index, table, [owner, sa.text(f"techex_folded({number})")], unique=True)
        op.drop_column(table, "attempt")
    op.drop_constraint(op.f("ck_payments_reversal_kind"), "payments", type_="check")
    op.drop_column("payments", "reversal_kind")
