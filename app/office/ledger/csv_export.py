"""An account's entries as CSV, read and sent in batches so that an account of any length fits."""

import csv
import io
from collections.abc import AsyncIterator

from app.core.database import Database
from app.office.ledger import queries, rules
from app.office.ledger.models import LedgerAccount
from app.office.ledger.queries import RunningEntry
from app.office.ledger.schemas import JournalEntryOut, entry_out

BATCH = 1000
COLUMNS = tuple(JournalEntryOut.model_fields)
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXTS = frozenset({"reference", "bank_reference", "reason"})


async def entries_csv(database: Database, account: LedgerAccount) -> AsyncIterator[bytes]:
    """The lines, UTF-8 with a byte order mark (spreadsheets ask for it), the column names first."""
    yield "\ufeff".encode() + _line(COLUMNS)
    after: int | None = None
    before = rules.ZERO
    while True:
        async with database.reading() as session:
            rows = await queries.entries_after(session, account, after, BATCH, before)
        yield b"".join(_line(_cells(row)) for row in rows)
        if len(rows) < BATCH:
            return
        after, before = rows[-1].entry.seq, rows[-1].balance


def _cells(row: RunningEntry) -> list[str]:
    values = entry_out(row).model_dump(mode="json")
    return [_cell(name, values[name]) for name in COLUMNS]


def _cell(name: str, value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if name in _TEXTS and text.startswith(_FORMULA) else text


def _line(cells: list[str] | tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
