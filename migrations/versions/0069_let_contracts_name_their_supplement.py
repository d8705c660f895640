"""A contract names the supplement (补充协议) that covers what departs from its deal."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns that are null; what is there already is checked without holding up writers."""
    op.add_column("contracts", sa.Column("supplement_document_id", sa.Uuid(), nullable=True))
    op.add_column("contracts", sa.Column("supplement_fields", sa.ARRAY(sa.Text()), nullable=True))
    op.execute(
        "ALTER TABLE contracts ADD CONSTRAINT ck_contracts_supplement "
        "CHECK ((supplement_document_id IS NULL) = (supplement_fields IS NULL)) NOT VALID"
    )
    op.execute(
        "ALTER TABLE contracts ADD CONSTRAINT fk_contracts_supplement_document_id_documents "
        "FOREIGN KEY (supplement_document_id) REFERENCES documents (id) NOT VALID"
    )
    op.execute("ALTER TABLE contracts VALIDATE CONSTRAINT ck_contracts_supplement")
    op.execute("ALTER TABLE contracts VALIDATE CONSTRAINT fk_contracts_supplement_document_id_documents")


def downgrade() -> None:
    """Without the supplement."""
    op.drop_column("contracts", "supplement_fields")
    op.drop_column("contracts", "supplement_document_id")
