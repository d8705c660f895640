"""The revision that an editor read, and must still find."""

from app.core.problems import PRECONDITION_FAILED, PRECONDITION_REQUIRED


def etag(revision: int) -> str:
    return f'"{revision}"'


class Precondition:
    """The revision an editor read (`If-Match`). `check` refuses when it is not the current one any more.

    `*` takes whatever is there, save where the caller binds itself to what it read (`any_revision=False`).
    """

    def __init__(self, value: str | None) -> None:
        self._value = value

    def check(self, current: int, *, any_revision: bool = True) -> None:
        if self._value is None:
            raise PRECONDITION_REQUIRED(field="If-Match")
        sent = {tag.strip().removeprefix("W/") for tag in self._value.split(",")}
        if etag(current) not in sent and not (any_revision and "*" in sent):
            raise PRECONDITION_FAILED(field="If-Match", current=current, headers={"ETag": etag(current)})
