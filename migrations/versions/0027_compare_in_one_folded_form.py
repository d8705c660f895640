"""Bank references, invoices, certificates, report and patent numbers and names compare in one folded form."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Compatibility characters as plain ones, small letters, and neither spaces nor anything that nobody sees.
FOLDED = r"""
    CREATE FUNCTION techex_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(
            normalize(lower(normalize(value, NFKC)), NFKC),
            '[[:space:]\u0085\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F'
            '\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFD\U000E0000-\U000E0FFF]+',
            '', 'g')
    $$
"""
# The schema is named: an index is built without a search path. ZL and CN stand before the number of a Chinese patent or application, and a point before its check digit.
PATENT = r"""
    CREATE FUNCTION techex_patent(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT regexp_replace(public.techex_folded(value), '^(zl|cn)|[.]', '', 'g')
    $$
"""
# Table, the columns beside, the column that is folded, the constraint before.
UNIQUE = (
    ("payments", ("payee_id",), "bank_reference", "uq_payments_payee_id_bank_reference"),
    ("invoices", ("issuer_id",), "number", "uq_invoices_issuer_id_number"),
    ("bank_confirmations", (), "bank_reference", "uq_bank_confirmations_bank_reference"),
    ("brokers", (), "certificate_number", "uq_brokers_certificate_number"),
)
LOOKED_UP = (
    ("ix_organisations_folded_name", "organisations", "techex_folded(name)"),
    ("ix_ip_assets_application_number", "ip_assets", "techex_patent(application_number)"),
    ("ix_ip_assets_grant_number", "ip_assets", "techex_patent(grant_number)"),
)
OPEN = "status <> 'refused'"


def upgrade() -> None:
    """Create the functions and the indexes over them. Fails where two rows are one, and says which."""
    op.execute(FOLDED)
    op.execute(PATENT)
    for table, beside, column, old in UNIQUE:
        _refuse_doubles(table, beside, column, "true")
        op.drop_constraint(old, table, type_="unique")
        op.create_index(f"uq_{table}_{column}", table, [*beside, sa.text(f"techex_folded({column})")], unique=True)
    _refuse_doubles("appraisal_reports", ("appraiser_id",), "number", OPEN)
    op.drop_index("uq_appraisal_reports_number", "appraisal_reports")
    _number_reports("techex_folded(number)")
    for name, table, expression in LOOKED_UP:
        op.create_index(name, table, [sa.text(expression)])


def downgrade() -> None:
    """Compare as typed again."""
    for name, table, _ in LOOKED_UP:
        op.drop_index(name, table)
    op.drop_index("uq_appraisal_reports_number", "appraisal_reports")
    _number_reports("number")
    for table, beside, column, old in reversed(UNIQUE):
        op.drop_index(f"uq_{table}_{column}", table)
        op.create_unique_constraint(old, table, [*beside, column])
    op.execute("DROP FUNCTION techex_patent(text)")
    op.execute("DROP FUNCTION techex_folded(text)")


def _number_reports(number: str) -> None:
    op.create_index(
        "uq_appraisal_reports_number",
        "appraisal_reports",
        ["appraiser_id", sa.text(number)],
        unique=True,
        postgresql_where=sa.text(OPEN),
    )


def _refuse_doubles(table: str, beside: tuple[str, ...], column: str, where: str) -> None:
    keys = ", ".join((*beside, f"techex_folded({column})"))
    doubles = op.get_bind().execute(
        sa.text(
            f"SELECT string_agg(format('%s (%s)', id, {column}), ', ' ORDER BY id) FROM {table} WHERE {where} "
            f"GROUP BY {keys} HAVING count(*) > 1 LIMIT 20"
        )
    )
    found = "; ".join(doubles.scalars())
    if found:
        raise ValueError(f"{table}.{column}: one in several spellings, to be put right before the upgrade: {found}")
