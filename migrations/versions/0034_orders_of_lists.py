"""Each order of a list has its index, and a refused bid holds its idempotency key for the same request only."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

DAY, MOMENT = "'9999-12-31'::date", "'9999-12-31 00:00:00+00'::timestamptz"
OPEN: Final = "status IN ('submitted', 'accepted', 'supplements_requested')"
UNMATCHED: Final = "deposit_id IS NULL AND instruction_id IS NULL"
CLAIMED: Final = """(CASE WHEN content LIKE '%"code"_null%' THEN ''::bytea ELSE request_hash END)"""
PUBLIC: Final = "version > 0"


def _last(column: str, latest: str) -> str:
    return f"coalesce({column}, {latest})"


# Name, table, columns, condition.
NEW: Final[tuple[tuple[str, str, tuple[str, ...], str | None], ...]] = (
    ("ix_organisations_name", "organisations", ("name", "id"), None),
    ("ix_api_keys_by_expires_at", "api_keys", ("expires_at", "id"), None),
    ("ix_deals_by_price", "deals", ("price", "id"), None),
    ("ix_deals_by_contract_due_at", "deals", (_last("contract_due_at", MOMENT), "id"), None),
    ("ix_contracts_by_total_amount", "contracts", ("total_amount", "id"), None),
    ("ix_contracts_by_signed_on", "contracts", (_last("signed_on", DAY), "id"), None),
    (
        "ix_registrations_status_decision_due_on",
        "registrations",
        ("status", _last("decision_due_on", DAY), "id"),
        None,
    ),
    ("ix_registrations_open", "registrations", (_last("decision_due_on", DAY), "id"), OPEN),
    ("ix_payments_contract_id", "payments", ("contract_id", "received_at", "id"), None),
    ("ix_payments_by_amount", "payments", ("contract_id", "amount", "id"), None),
    ("ix_deposits_by_due_at", "deposits", (_last("due_at", MOMENT), "id"), None),
    ("ix_deposits_by_release_due_on", "deposits", (_last("release_due_on", DAY), "id"), None),
    ("ix_settlement_instructions_by_amount", "settlement_instructions", ("amount", "id"), None),
    ("ix_settlement_instructions_by_due_on", "settlement_instructions", (_last("due_on", DAY), "id"), None),
    ("ix_bank_confirmations_by_received_at", "bank_confirmations", ("received_at", "id"), UNMATCHED),
    ("ix_documents_organisation_id", "documents", ("organisation_id", "id"), None),
    ("ix_documents_by_filename", "documents", ("filename", "id"), None),
    ("ix_award_statements_by_amount", "award_statements", ("amount", "id"), None),
    ("ix_results_by_title", "results", ("title", "id"), None),
    ("ix_appraisal_reports_by_valid_to", "appraisal_reports", ("valid_to", "id"), None),
    ("ix_purchase_offers_by_price", "purchase_offers", ("price", "id"), None),
    ("ix_purchase_offers_by_expires_at", "purchase_offers", ("expires_at", "id"), None),
    ("ix_auctions_by_starts_at", "auctions", ("starts_at", "id"), None),
    ("ix_notices_by_ends_at", "notices", ("ends_at", "id"), None),
    ("ix_gates_by_lapses_at", "gates", (_last("lapses_at", MOMENT), "id"), None),
    ("ix_listings_status_asking_price", "listings", ("status", "asking_price", "id"), PUBLIC),
    ("ix_listings_status_closes_at", "listings", ("status", "closes_at", "id"), PUBLIC),
    ("ix_listings_by_asking_price", "listings", ("asking_price", "id"), None),
)
# Those that stood before under the same name.
BEFORE: Final[tuple[tuple[str, str, tuple[str, ...], str | None], ...]] = (
    ("ix_organisations_name", "organisations", ("name",), None),
    ("ix_registrations_status_decision_due_on", "registrations", ("status", "decision_due_on", "id"), None),
    ("ix_payments_contract_id", "payments", ("contract_id", "received_at"), None),
    ("ix_listings_status_asking_price", "listings", ("status", "asking_price"), PUBLIC),
)


def _create(indexes: tuple[tuple[str, str, tuple[str, ...], str | None], ...]) -> None:
    for name, table, columns, condition in indexes:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, table, [sa.text(column) for column in columns], postgresql_where=where)


def upgrade() -> None:
    """Create the indexes; those of bids are one less than before."""
    for name, table, _, _ in BEFORE:
        op.drop_index(name, table)
    _create(NEW)
    op.drop_index("uq_auction_entries_idempotency", "auction_entries")
    op.drop_index("ix_auction_entries_key_id", "auction_entries")
    op.create_index(
        "uq_auction_entries_idempotency",
        "auction_entries",
        ["key_id", "idempotency_key", sa.text(CLAIMED), "auction_id"],
        unique=True,
        postgresql_where=sa.text("key_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Put the former indexes back. It fails where a key has brought an accepted bid after a refused one."""
    op.drop_index("uq_auction_entries_idempotency", "auction_entries")
    op.create_index(
        "uq_auction_entries_idempotency",
        "auction_entries",
        ["auction_id", "key_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "ix_auction_entries_key_id", "auction_entries", ["key_id"], postgresql_where=sa.text("key_id IS NOT NULL")
    )
    for name, table, _, _ in NEW:
        op.drop_index(name, table)
    _create(BEFORE)
