"""Text that people can read: a name or a line has no character that is invisible or controls the display."""

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

# Control, format (bidirectional marks, zero width), surrogate, private and unassigned; separators of lines.
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What Unicode files under letters, marks or symbols and no font shows: fillers, joiners, blank patterns; and the
# characters that stand for something lost. Property Default_Ignorable_Code_Point, as far as not in the categories.
_HIDDEN: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc\ufffd\U0001d159\U00016fe4"
)
_JOINERS: Final = "\u200c\u200d"
_PLAIN: Final = re.compile(r"[\n\t\x20-\x7e\u4e00-\u9fff\u3000-\u3002\uff01-\uff5e]*")


def is_selector(char: str) -> bool:
    """Whether it is a variation selector, which says how the character before it is drawn."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def is_hidden(char: str) -> bool:
    """Whether nobody sees the character, or it changes how others are shown. New Han characters are none, unassigned.

    Python 3.11 knows Unicode 14: what the planes of Han characters have got since then is text.
    """
    if "\U00020000" <= char <= "\U0003fffd" and ord(char) & 0xFFFE != 0xFFFE:
        return False
    return char in _HIDDEN or is_selector(char) or unicodedata.category(char) in _HIDDEN_CATEGORIES


def _belongs(char: str, before: str) -> bool:
    """Whether a hidden character does something for the one before it that a reader sees.

    A variant of a Han character or of a symbol (U+FE00 on, U+E0100 on), and a joiner after a virama (RFC 5892).
    """
    if is_selector(char):
        return (unicodedata.category(before) in {"Lo", "Cn"} and before >= "\u3400") or _is_symbol(before)
    return char in _JOINERS and unicodedata.combining(before) == 9


def _is_symbol(char: str) -> bool:
    return unicodedata.category(char).startswith("S")


def _check(value: str, allowed: str) -> None:
    before = " "
    for place, char in enumerate(value, 1):
        if char not in allowed and is_hidden(char) and not _belongs(char, before):
            code = f"U+{ord(char):04X}"
            raise PydanticCustomError(
                "hidden_character",
                "Leave out {code}, character {place}: it cannot be seen",
                {"code": code, "place": place},
            )
        before = char


def _readable(value: str) -> str:
    return _legible(value, "")


def _written(value: str) -> str:
    return _legible(value.replace("\r\n", "\n"), "\n\t")


def _legible(value: str, allowed: str) -> str:
    if not _PLAIN.fullmatch(value) or (not allowed and not value.isprintable()):
        _check(value, allowed)
    if not any(unicodedata.category(char)[0] in "LNPS" for char in value):
        raise PydanticCustomError("no_letter", "Write something that can be read")
    return value


Readable = AfterValidator(_readable)
"""Refuses what cannot be seen in a name or a line: control and format characters, fillers, line feeds."""
Written = AfterValidator(_written)
"""The same for text of several lines: line feeds and tabs pass."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), Readable]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), Readable]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Written]
DivisionCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""A code of GB/T 2260."""
