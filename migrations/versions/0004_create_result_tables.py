"""Research results, owners, IP assets and entitlements."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("technical_field", sa.Text(), nullable=False),
        sa.Column("readiness_level", sa.Integer(), nullable=True),
        sa.Column("publicly_funded", sa.Boolean(), nullable=False),
        sa.Column("funding_plan", sa.Text(), nullable=True),
        sa.Column("secrecy", sa.Text(), nullable=False),
        sa.Column("export_control", sa.Text(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("conversion_begun_on", sa.Date(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.CheckConstraint("readiness_level BETWEEN 1 AND 9", name=op.f("ck_results_readiness_level")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_results_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("number", name=op.f("uq_results_number")),
    )
    op.create_index("ix_results_organisation_id_id", "results", ["organisation_id", "id"], unique=False)
    op.create_table(
        "entitlements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'ownership' AND share > 0 AND share <= 1 AND years IS NULL) OR (kind = 'right_of_use' AND years > 0 AND share IS NULL)",
            name=op.f("ck_entitlements_measure"),
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_entitlements_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint("result_id", "kind", name=op.f("uq_entitlements_result_id_kind")),
    )
    op.create_table(
        "ip_assets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("application_number", sa.Text(), nullable=True),
        sa.Column("grant_number", sa.Text(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("granted_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("invalidated_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_ip_assets_result_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_assets")),
    )
    op.create_index("ix_ip_assets_result_id", "ip_assets", ["result_id", "position"], unique=False)
    op.create_table(
        "result_completers",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_result_completers_person_id")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_result_completers_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name=op.f("pk_result_completers")),
    )
    op.create_table(
        "result_consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("transfer_mode", sa.Text(), nullable=False),
        sa.Column("document_reference", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("techex_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_result_consents_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_result_consents_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_consents")),
        sa.UniqueConstraint(
            "result_id",
            "organisation_id",
            "transfer_mode",
            name=op.f("uq_result_consents_result_id_organisation_id_transfer_mode"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "result_owners",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("share", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_result_owners_share")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_result_owners_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_result_owners_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", "position", name=op.f("pk_result_owners")),
        sa.UniqueConstraint(
            "result_id",
            "organisation_id",
            name=op.f("uq_result_owners_result_id_organisation_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_result_owners_organisation_id", "result_owners", ["organisation_id"], unique=False)
    # The guard under the service: the ownership shares of a result sum to 1 when a transaction commits.
    op.execute(
        """
        CREATE OR REPLACE FUNCTION techex_check_result_shares() RETURNS trigger LANGUAGE plpgsql AS
        $$
        DECLARE
            checked uuid;
            total numeric;
        BEGIN
            IF TG_TABLE_NAME = 'results' THEN
                checked := NEW.id;
            ELSE
                checked := coalesce(NEW.result_id, OLD.result_id);
            END IF;
            PERFORM FROM results WHERE id = checked FOR UPDATE;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            SELECT coalesce(sum(share), 0) INTO total FROM result_owners WHERE result_id = checked;
            IF total <> 1 THEN
                RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_result_owners_sum',
                    MESSAGE = 'the ownership shares of a result sum to ' || total || ', not 1';
            END IF;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE CONSTRAINT TRIGGER result_shares_of_owners AFTER INSERT OR UPDATE OR DELETE ON result_owners
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION techex_check_result_shares()
        """
    )
    op.execute(
        """
        CREATE CONSTRAINT TRIGGER result_shares_of_result AFTER INSERT ON results
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION techex_check_result_shares()
        """
    )


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TRIGGER result_shares_of_result ON results")
    op.execute("DROP TRIGGER result_shares_of_owners ON result_owners")
    op.execute("DROP FUNCTION techex_check_result_shares()")
    op.drop_index("ix_result_owners_organisation_id", table_name="result_owners")
    op.drop_table("result_owners")
    op.drop_table("result_consents")
    op.drop_table("result_completers")
    op.drop_index("ix_ip_assets_result_id", table_name="ip_assets")
    op.drop_table("ip_assets")
    op.drop_table("entitlements")
    op.drop_index("ix_results_organisation_id_id", table_name="results")
    op.drop_table("results")
