"""Which share of the documents is counted: all where few are met, else a sample, of which all the rest is estimated.

Sample 1 is one document in 2, sample 2 one in 4 of these, and so on, each a lexeme of its own: to ask for several of
equal size cost twice the time.
"""

from typing import Final
from uuid import UUID

SMALLEST: Final = 8
"""The sample of one document in 256."""
_ALL_TO: Final = 2_000
"""Documents up to which all are counted."""
_ENOUGH: Final = 800
"""Documents of a sample that are enough: a share of a tenth is then right to a ninth of it."""
_READ_FIRST: Final = 10_000
"""Documents of a table that the first sample holds at most: one that is too small costs little more than it saves."""


def samples(document: UUID) -> range:
    """The samples that a document is in, by the last byte of its id, which is random."""
    return range(1, SMALLEST + 1 - (document.int & 0xFF).bit_length())


def first(size: int) -> int:
    """The sample that is counted first in a table of this size; 0: all."""
    return min((size // _READ_FIRST).bit_length(), SMALLEST)


def following(sample: int, counted: int) -> int | None:
    """The sample to count after one in which so many were met; None where that was enough."""
    if sample == 0 or counted >= _ENOUGH:
        return None
    estimate = counted << sample
    return 0 if estimate <= _ALL_TO else (estimate // _ENOUGH).bit_length() - 1
