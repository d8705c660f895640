"""What a printed document is made of: plain data, in the order in which it is read."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside the document; it stays with what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph; a line feed in it begins a new line. `small` for remarks."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Names and values, one pair a row."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, with bullets or numbered from 1."""

    items: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that may run over many pages; its header comes again on each.

    `weights` are the relative widths of the columns (left out: equal ones); columns in `right` are set flush right.
    Raises `ValueError` where a row is not as long as the header.
    """

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    weights: Sequence[int] = ()
    right: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.header) for row in self.rows) or len(self.weights) not in {0, len(self.header)}:
            raise ValueError("a row, or the widths, are not as long as the header")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square code of `content` (an address, say) with lines of text next to it."""

    content: str
    lines: Sequence[str] = ()


Block = Heading | Prose | Fields | Items | Grid | QrCode


@dataclass(frozen=True, slots=True)
class Printed:
    """A document to be printed on A4.

    `footer` are the lines at the foot of each page (a verification code, a hash), next to the page's number. `mark` is
    printed large and pale across each page (作废), or not at all.
    """

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    footer: Sequence[str] = ()
    mark: str = ""
    language: str = "zh-CN"
