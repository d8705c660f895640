"""Lines of CSV as spreadsheets read them."""

import csv
import io
from collections.abc import Iterable
from typing import Final

MARK: Final = "\ufeff".encode()
"""A byte order mark: spreadsheets ask for it to read UTF-8."""
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def text_cell(text: str) -> str:
    """A text as a cell that no spreadsheet calculates."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def line(cells: Iterable[str]) -> bytes:
    """A line."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()
