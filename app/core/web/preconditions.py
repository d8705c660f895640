"""The revision that an editor read, and must still find."""

import re
from typing import Final

from app.core.problems import MALFORMED_HEADER, PRECONDITION_FAILED, PRECONDITION_REQUIRED, Text

_TAG: Final = r'(?:W/)?"[!#-~]*"'
_TAGS: Final = re.compile(rf"{_TAG}(?:\s*,\s*{_TAG})*")
_EXPECTED: Final = Text('the `ETag` that you read, such as `"3"`, or `*`', '读到的 `ETag`，如 `"3"`，或 `*`')


def etag(revision: int) -> str:
    return f'"{revision}"'


def tags_of(value: str, field: str) -> frozenset[str]:
    """The entity tags of a header without their `W/`, or `*` alone (RFC 9110, 13.1). Raises `malformed_header`."""
    value = value.strip()
    if value == "*":
        return frozenset({value})
    if not _TAGS.fullmatch(value):
        raise MALFORMED_HEADER(header=field, field=field, expected=_EXPECTED)
    return frozenset(re.findall(r'"[!#-~]*"', value))


class Precondition:
    """The revision an editor read (`If-Match`). `check` refuses when it is not the current one any more.

    `*` takes whatever is there, and a list any of its revisions, save where the caller binds itself to the one that it
    read (`any_revision=False`). Raises `malformed_header`.
    """

    def __init__(self, value: str | None) -> None:
        self._tags = None if value is None else tags_of(value, "If-Match")

    def check(self, current: int, *, any_revision: bool = True) -> None:
        if self._tags is None:
            raise PRECONDITION_REQUIRED(field="If-Match")
        found = bool(self._tags & {etag(current), "*"}) if any_revision else self._tags == {etag(current)}
        if not found:
            raise PRECONDITION_FAILED(field="If-Match", current=current, headers={"ETag": etag(current)})
