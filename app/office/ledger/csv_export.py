"""An account's entries as CSV, read and sent in batches so that an account of any length fits."""

from collections.abc import AsyncIterator

from app.core.database import Database
from app.core.web.answers.csv_lines import MARK, line, text_cell
from app.office.ledger import queries, rules
from app.office.ledger.models import LedgerAccount
from app.office.ledger.queries import RunningEntry
from app.office.ledger.schemas import JournalEntryOut, entry_out

BATCH = 1000
COLUMNS = tuple(JournalEntryOut.model_fields)
_TEXTS = frozenset({"reference", "bank_reference", "reason"})


async def entries_csv(database: Database, account: LedgerAccount) -> AsyncIterator[bytes]:
    """The lines, UTF-8 with a byte order mark (spreadsheets ask for it), the column names first."""
    yield MARK + line(COLUMNS)
    after: int | None = None
    before = rules.ZERO
    while True:
        async with database.reading() as session:
            rows = await queries.entries_after(session, account, after, BATCH, before)
        yield b"".join(line(_cells(row)) for row in rows)
        if len(rows) < BATCH:
            return
        after, before = rows[-1].entry.seq, rows[-1].balance


def _cells(row: RunningEntry) -> list[str]:
    values = entry_out(row).model_dump(mode="json")
    return [_cell(name, values[name]) for name in COLUMNS]


def _cell(name: str, value: object) -> str:
    text = "" if value is None else str(value)
    return text_cell(text) if name in _TEXTS else text
