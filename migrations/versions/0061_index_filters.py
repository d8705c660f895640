"""A rare value of a filter is found by an index, however many rows a list has."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_deals_status", "deals", ["status"]),
    ("ix_deals_pricing_mode", "deals", ["pricing_mode"]),
    ("ix_deals_transfer_mode", "deals", ["transfer_mode"]),
    ("ix_deals_by_agreed_at", "deals", ["agreed_at", "id"]),
    ("ix_contracts_type", "contracts", ["type"]),
    ("ix_registrations_applicant_id", "registrations", ["applicant_id"]),
    ("ix_deposits_status", "deposits", ["status"]),
    ("ix_settlement_instructions_status", "settlement_instructions", ["status"]),
    ("ix_settlement_instructions_direction", "settlement_instructions", ["direction"]),
    ("ix_settlement_instructions_kind", "settlement_instructions", ["kind"]),
    ("ix_ledger_accounts_organisation_id", "ledger_accounts", ["organisation_id"]),
    ("ix_documents_media_type", "documents", ["media_type"]),
    ("ix_documents_by_uploaded_at", "documents", ["uploaded_at", "id"]),
    ("ix_appraisal_reports_status", "appraisal_reports", ["status"]),
    ("ix_appraisal_reports_method", "appraisal_reports", ["method"]),
    ("ix_negotiations_status", "negotiations", ["status"]),
    ("ix_negotiations_by_opened_at", "negotiations", ["opened_at", "id"]),
    ("ix_purchase_offers_status", "purchase_offers", ["status"]),
    ("ix_listed_registrations_status", "listed_registrations", ["status"]),
    ("ix_auctions_form", "auctions", ["form"]),
    ("ix_certificates_by_issued_at", "certificates", ["issued_at", "id"]),
    ("ix_gates_kind", "gates", ["kind"]),
    ("ix_identity_corrections_subject_type", "identity_corrections", ["subject_type"]),
    ("ix_invitations_person_id", "invitations", ["person_id"]),
    ("ix_demand_responses_status", "demand_responses", ["status"]),
    ("ix_demand_responses_by_sent_at", "demand_responses", ["sent_at", "id"]),
    ("ix_demands_status", "demands", ["status"]),
    ("ix_demands_kind", "demands", ["kind"]),
    ("ix_listings_pricing_mode", "listings", ["pricing_mode"]),
    ("ix_listings_transfer_mode", "listings", ["transfer_mode"]),
    ("ix_results_technical_field", "results", ["technical_field"]),
    ("ix_results_publicly_funded", "results", ["publicly_funded"]),
    ("ix_results_readiness_level", "results", ["readiness_level"]),
    ("ix_results_registered_on", "results", ["registered_on"]),
    ("ix_ip_assets_type", "ip_assets", ["type"]),
    ("ix_organisations_kind", "organisations", ["kind"]),
    ("ix_organisations_verification", "organisations", ["verification"]),
    ("ix_organisation_divisions_division_code", "organisation_divisions", ["division_code"]),
    ("ix_organisation_relations_kind", "organisation_relations", ["kind"]),
    ("ix_memberships_role", "memberships", ["role"]),
    ("ix_bank_confirmations_direction", "bank_confirmations", ["direction"]),
)


def upgrade() -> None:
    """Index what lists are filtered by; a range of days also with the id, for the order by that day."""
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Drop the indexes."""
    for name, table, _ in INDEXES:
        op.drop_index(name, table_name=table)
