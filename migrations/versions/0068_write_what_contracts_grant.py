"""What contracts say of field of use and sublicensing, and what the signed ones granted."""

import sqlalchemy as sa
from alembic import op

from app.core.history.records import Form

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

# Of the rights of the result as it is now: what was sealed up to release 0.1 names none. The territory is the one that
# was listed; a deal recorded from elsewhere names none, and so reaches everywhere.
SIGNED = """
    INSERT INTO asset_grants (id, asset_id, origin, contract_id, deal_id, mode, grantor_ids, grantee_ids, territory,
      valid_from, valid_to)
    SELECT gen_random_uuid(), g.asset_id, 'contract', g.contract_id, g.deal_id, g.transfer_mode, g.sellers, g.buyers,
      g.territory, g.valid_from, g.valid_to
    FROM (
        SELECT DISTINCT a.asset_id, c.id AS contract_id, d.id AS deal_id, d.transfer_mode, l.territory, c.valid_from,
          CASE WHEN d.transfer_mode NOT IN ('assignment', 'equity_contribution') THEN c.valid_to END AS valid_to,
          ARRAY(SELECT organisation_id FROM contract_parties WHERE contract_id = c.id AND role = 'seller' ORDER BY 1)
            AS sellers,
          ARRAY(SELECT organisation_id FROM contract_parties WHERE contract_id = c.id AND role = 'buyer' ORDER BY 1)
            AS buyers
        FROM contracts c
        JOIN deals d ON d.id = c.deal_id
        LEFT JOIN listings l ON l.id = d.listing_id
        JOIN ip_assets a ON a.result_id = d.result_id AND a.asset_id IS NOT NULL
        WHERE c.status = 'signed' AND c.type IN ('transfer', 'licence')
          AND d.transfer_mode IN ('assignment', 'equity_contribution', 'exclusive_licence', 'sole_licence',
                                  'ordinary_licence')
    ) g
"""


def upgrade() -> None:
    """Add the columns, and write the grants of signed contracts."""
    op.add_column("contracts", sa.Column("field_of_use", sa.Text(), nullable=True))
    op.add_column("contracts", sa.Column("sublicensing", sa.Boolean(), nullable=True))
    op.execute(SIGNED)
    op.execute(Form("asset_grants", (("id", "uuid"),)).all_rows())


def downgrade() -> None:
    """Forget both."""
    op.execute("DELETE FROM asset_grants WHERE origin = 'contract'")
    op.drop_column("contracts", "sublicensing")
    op.drop_column("contracts", "field_of_use")
