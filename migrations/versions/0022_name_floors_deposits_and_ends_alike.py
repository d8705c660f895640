"""What the API names alike has one name in the tables too: `valid_to`, `price_floor`, `deposit_amount`."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

COLUMNS = (
    ("appraisal_reports", "valid_until", "valid_to"),
    ("deal_appraisals", "valid_until", "valid_to"),
    ("deal_appraisals", "floor", "price_floor"),
    ("listed_conditions", "deposit", "deposit_amount"),
)
# A proposed revision is read again when it is published.
REVISIONS = """
    UPDATE listed_revisions
    SET changes = jsonb_set(changes #- '{{conditions,{old}}}', '{{conditions,{new}}}', changes #> '{{conditions,{old}}}')
    WHERE changes #> '{{conditions,{old}}}' IS NOT NULL
"""


def upgrade() -> None:
    """Rename the columns, and the field in the changes of revisions."""
    for table, old, new in COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    op.execute(REVISIONS.format(old="deposit", new="deposit_amount"))


def downgrade() -> None:
    """Give them their old names."""
    op.execute(REVISIONS.format(old="deposit_amount", new="deposit"))
    for table, old, new in reversed(COLUMNS):
        op.alter_column(table, new, new_column_name=old)
