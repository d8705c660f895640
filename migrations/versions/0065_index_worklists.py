"""What waits for one organisation is found by an index of the open rows alone, in the order of the day it is due."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

LATEST = "'9999-12-31 00:00:00+00'::timestamptz"
LAST_DAY = "'9999-12-31'::date"
"""As the models and the statements say it, for an expression is known by its text."""
INDEXES = (
    ("ix_settlement_instructions_open", "settlement_instructions",
     ("organisation_id", "kind", f"coalesce(due_on, {LAST_DAY})", "id"), "status = 'open'"),
    ("ix_deposits_requested", "deposits",
     ("organisation_id", f"coalesce(due_at, {LATEST})", "id"), "status = 'requested'"),
    ("ix_purchase_offers_open_seller", "purchase_offers", ("seller_id", "expires_at", "id"), "status = 'open'"),
    ("ix_purchase_offers_open_buyer", "purchase_offers", ("buyer_id", "expires_at", "id"), "status = 'open'"),
    ("ix_demand_responses_waiting_demander", "demand_responses",
     ("demander_id", "id"), "status IN ('sent', 'shortlisted') AND NOT sealed"),
    ("ix_demand_responses_waiting_responder", "demand_responses",
     ("responder_id", "id"), "status IN ('sent', 'shortlisted') AND NOT sealed"),
    ("ix_listings_waiting", "listings",
     ("seller_id", "status", "id"), "status IN ('returned', 'submitted', 'suspended')"),
    ("ix_demands_waiting", "demands",
     ("demander_id", "check_status", f"coalesce(check_due_at, {LATEST})", "id"),
     "check_status IN ('submitted', 'checked', 'returned')"),
    ("ix_gates_seller_lapses_at", "gates", ("seller_id", f"coalesce(lapses_at, {LATEST})", "id"), None),
    ("ix_gates_holder_lapses_at", "gates",
     ("holder_organisation_id", f"coalesce(lapses_at, {LATEST})", "id"), "holder_organisation_id IS NOT NULL"),
    ("ix_registrations_open_applicant", "registrations",
     ("applicant_id", "status", f"coalesce(decision_due_on, {LAST_DAY})", "id"),
     "status IN ('submitted', 'accepted', 'supplements_requested')"),
    ("ix_contract_parties_unsigned", "contract_parties", ("organisation_id", "contract_id"), "signed_on IS NULL"),
    ("ix_dormant_results_waiting", "dormant_results", ("organisation_id", "id"), "status = 'waiting'"),
    ("ix_negotiations_live_seller", "negotiations", ("seller_id", "id"), "status IN ('open', 'agreed')"),
    ("ix_listed_registrations_live_seller", "listed_registrations", ("seller_id", "id"), "status = 'registered'"),
    ("ix_listed_registrations_live_organisation", "listed_registrations",
     ("organisation_id", "id"), "status = 'registered'"),
    ("ix_listing_questions_open_asker", "listing_questions", ("asker_id", "id"), "answered_at IS NULL"),
    ("ix_listing_questions_open_listing", "listing_questions", ("listing_id", "id"), "answered_at IS NULL"),
    ("ix_appraisal_reports_submitted", "appraisal_reports", ("id",), "status = 'submitted'"),
    ("ix_periods_certificates", "periods", ("ends_on", "id"), "rule = 'certificate' AND status = 'open'"),
    ("ix_invitations_second", "invitations", ("expires_at", "id"),
     "needs_second AND confirmed_by IS NULL AND redeemed_at IS NULL AND revoked_at IS NULL"),
    ("ix_organisations_pending", "organisations", ("id",), "verification = 'pending'"),
    ("ix_saved_searches_paused", "saved_searches", ("organisation_id", "ends_on", "id"), "status = 'paused'"),
    ("ix_settlement_instructions_out", "settlement_instructions",
     (f"coalesce(due_on, {LAST_DAY})", "id"), "status = 'open' AND direction = 'out'"),
    ("ix_challenge_objections_open", "challenge_objections", ("organisation_id", "id"), "outcome IS NULL"),
    ("ix_challenge_experts_person_id", "challenge_experts", ("person_id", "id"), None),
    ("ix_appraisal_reports_submitted_by", "appraisal_reports", ("submitted_by_id", "id"), "status = 'submitted'"),
)  # fmt: skip


def upgrade() -> None:
    """Make them one after the other."""
    for name, table, columns, where in INDEXES:
        written = [sa.text(column) if "(" in column else column for column in columns]
        op.create_index(name, table, written, postgresql_where=sa.text(where) if where else None)


def downgrade() -> None:
    """Drop them."""
    for name, table, _columns, _where in reversed(INDEXES):
        op.drop_index(name, table)
