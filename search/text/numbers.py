"""Numbers that name a thing: listings, results, deals, patents, certificates."""

import re
from typing import Final

from search.text.folding import squeeze

_NUMBER: Final = re.compile(r"[a-z]{0,6}\d[a-z0-9]{4,29}")
_PATENT: Final = re.compile(r"(?:zl|cn)?(\d{8}|\d{12})([\dx]?)")
LEAST_DIGITS: Final = 6


def spellings(number: str) -> list[str]:
    """Every form in which a number is looked for.

    A Chinese patent number is written with or without `ZL` or `CN`, and with or without its check digit.
    """
    plain = squeeze(number)
    patent = _PATENT.fullmatch(plain)
    if patent is None:
        return [plain] if plain else []
    return sorted({plain, patent.group(1), patent.group(1) + patent.group(2)})


def as_number(text: str) -> str | None:
    """The form in which a query is looked for as a number, or None where it is none: it has at least six digits."""
    plain = squeeze(text)
    if not plain.isascii() or not _NUMBER.fullmatch(plain) or sum(map(str.isdigit, plain)) < LEAST_DIGITS:
        return None
    patent = _PATENT.fullmatch(plain)
    return patent.group(1) + patent.group(2) if patent else plain
