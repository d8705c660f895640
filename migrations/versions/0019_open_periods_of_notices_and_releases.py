"""Notices of negotiated prices and the return of deposits run as periods: what is under way gets its own."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NOTICE = (
    "State Council provisions of 2016 on the Law on Promoting Conversion (Guofa 2016 No. 16), art. 1(2); corroborated "
    "by provincial regulations; assumed for the time before"
)
RELEASE = (
    "Operating rules for transactions in state-owned property rights of enterprises (SASAC 2009 No. 120), on deposits; "
    "assumed for the time before"
)
PUBLIC, MARKET = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
COLUMNS = """
    id, subject_type, subject_id, rule, unit, count, elapsed, least_remaining, starts_on, ends_on, provisional,
    parameter, reference, mark, deadline_kind, audiences, status, calendar_seq, announced_year, revision, opened_at
"""


def upgrade() -> None:
    """No end moves by it. A deadline of a notice becomes that of its period; a deposit's is that already."""
    op.execute(f"""
        INSERT INTO periods ({COLUMNS})
        SELECT
            gen_random_uuid(), 'notice', p.id, 'negotiated_notice', 'calendar', p.last_day - p.first_day + 1, 0, 0,
            p.first_day - 1, p.last_day, false, 'negotiated_notice_days', '{NOTICE}', 'S', 'notice.ended',
            ARRAY['{PUBLIC}'::uuid], 'open', 0, 0, 1, p.published_at
        FROM notices p JOIN negotiations n ON n.id = p.negotiation_id WHERE n.status = 'agreed'
    """)
    op.execute("""
        UPDATE deadlines d SET kind = 'notice.ended', subject_id = p.id FROM notices p
        WHERE d.kind = 'negotiation.notice_ended' AND d.subject_id = p.negotiation_id AND d.settled_at IS NULL
    """)
    op.execute(f"""
        INSERT INTO periods ({COLUMNS})
        SELECT
            gen_random_uuid(), 'deposit', id, 'deposit_release', 'working', 5, 0, 0,
            winner_fixed_on, release_due_on, release_provisional, 'deposit_release_working_days', '{RELEASE}', 'V',
            'deposit.release_due', ARRAY['{MARKET}'::uuid, organisation_id], 'open', 0, 0, 1, techex_now()
        FROM deposits WHERE status = 'release_due' AND winner_fixed_on IS NOT NULL
    """)


def downgrade() -> None:
    """Give the deadlines of notices back to the negotiations."""
    op.execute("""
        UPDATE deadlines d SET kind = 'negotiation.notice_ended', subject_id = p.negotiation_id FROM notices p
        WHERE d.kind = 'notice.ended' AND d.subject_id = p.id AND d.settled_at IS NULL
    """)
    op.execute("DELETE FROM periods WHERE rule IN ('negotiated_notice', 'deposit_release')")
