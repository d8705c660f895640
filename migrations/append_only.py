"""What several migrations do: make a table append-only (`refuse_change` is created by revision 0001)."""

from alembic import op


def make_append_only(table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE on a table, whoever asks."""
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
