"""Notices of negotiated prices run as periods: those under way get theirs, and their deadline is the period's."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

REFERENCE = (
    "State Council provisions of 2016 on the Law on Promoting Conversion (Guofa 2016 No. 16), art. 1(2); corroborated "
    "by provincial regulations; assumed for the time before"
)
PUBLIC = "00000000-0000-7000-8000-000000000001"


def upgrade() -> None:
    """Calendar days: nothing that is declared of the calendar moves their end."""
    op.execute(f"""
        INSERT INTO periods (
            id, subject_type, subject_id, rule, unit, count, elapsed, least_remaining, starts_on, ends_on, provisional,
            parameter, reference, mark, deadline_kind, audiences, status, calendar_seq, announced_year, revision,
            opened_at
        )
        SELECT
            gen_random_uuid(), 'notice', p.id, 'negotiated_notice', 'calendar', p.last_day - p.first_day + 1, 0, 0,
            p.first_day - 1, p.last_day, false, 'negotiated_notice_days', '{REFERENCE}', 'S', 'notice.ended',
            ARRAY['{PUBLIC}'::uuid], 'open', 0, 0, 1, p.published_at
        FROM notices p JOIN negotiations n ON n.id = p.negotiation_id WHERE n.status = 'agreed'
    """)
    op.execute("""
        UPDATE deadlines d SET kind = 'notice.ended', subject_id = p.id FROM notices p
        WHERE d.kind = 'negotiation.notice_ended' AND d.subject_id = p.negotiation_id AND d.settled_at IS NULL
    """)


def downgrade() -> None:
    """Give the deadlines back to the negotiations."""
    op.execute("""
        UPDATE deadlines d SET kind = 'negotiation.notice_ended', subject_id = p.negotiation_id FROM notices p
        WHERE d.kind = 'notice.ended' AND d.subject_id = p.id AND d.settled_at IS NULL
    """)
    op.execute("DELETE FROM periods WHERE rule = 'negotiated_notice'")
