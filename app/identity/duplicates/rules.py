"""Which of two organisations is kept, and what is then to be done."""

from typing import Final
from uuid import UUID

from app.core.problems import Text
from app.identity import problems
from app.identity.duplicates.kinds import Finding

REMEDY: Final = Text(
    "Use {kept} for new business. Suspend {other} with `POST /v1/organisations/{other}/verification`, so that nothing "
    "new is done in its name. What it did keeps its name until the two are merged.",
    "今后以 {kept} 办理业务。请以 `POST /v1/organisations/{other}/verification` 中止 {other}，使其不再办理新业务;"
    "合并之前，其已办理的业务仍记在其名下。",
)


def check_kept(finding: Finding, kept_id: UUID | None, pair: tuple[UUID, UUID]) -> None:
    """One of two that are the same is kept, and of two that are not, none is named. Raises `kept_not_of_pair`."""
    fits = kept_id in pair if finding is Finding.THE_SAME else kept_id is None
    if not fits:
        raise problems.KEPT_NOT_OF_PAIR(field="kept_id", first=pair[0], second=pair[1])
