"""The one typeface of printed documents, and what it does with characters it does not have."""

import gzip
import re
import unicodedata
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from reportlab.pdfbase import ttfonts
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

NAME: Final = "NotoSansSC"
FILE: Final = Path(__file__).parent / "font" / "NotoSansSC-Regular-GB18030.ttf.gz"
MISSING: Final = "〓"
"""The geta mark, which printers have always set for a character that they do not have."""

SHAPELESS: Final = frozenset({"Cc", "Cf", "Mn"})
"""Control and format characters and marks that found no letter: nothing to print, so nothing is missing."""


@lru_cache(maxsize=1)
def load() -> frozenset[int]:
    """Make the typeface known to reportlab, once a process; answers the code points that it has."""
    ttfonts.makeToUnicodeCMap = _to_unicode
    font = TTFont(NAME, BytesIO(gzip.decompress(FILE.read_bytes())))
    registerFont(font)
    return frozenset(font.face.charToGlyph)


def _to_unicode(name: str, subset: list[int]) -> str:
    """Which text the glyphs stand for, in UTF-16 as PDF asks: reportlab 5.1 writes 𠮷 as <20BB7>, which reads as ₻."""
    return _BEYOND.sub(
        lambda code: f"<{chr(int(code[1], 16)).encode('utf-16-be').hex().upper()}>", _with_codes(name, subset)
    )


_BEYOND: Final = re.compile(r"(?<= )<([0-9A-F]{5,6})>$", re.MULTILINE)
_with_codes: Final = ttfonts.makeToUnicodeCMap


def printable(text: str) -> str:
    """The text as it can be printed: composed (NFC), without what has no shape, and `MISSING` for what is not there."""
    known = load()
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return "".join(_glyph(character, known) for character in composed)


def _glyph(character: str, known: frozenset[int]) -> str:
    if character == "\n" or ord(character) in known:
        return character
    return "" if unicodedata.category(character) in SHAPELESS else MISSING
