"""What is shown of the things that a saved search has found."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.database import Database
from app.finding import answers, queries
from app.finding.saved.kinds import SearchedFor
from app.finding.saved.models import SavedSearchMatch

_CARDS = {SearchedFor.LISTINGS: "listing", SearchedFor.DEMANDS: "demand"}


async def cards(
    database: Database, searched_for: SearchedFor, matches: Sequence[SavedSearchMatch]
) -> Mapping[UUID, dict[str, Any]]:
    """By thing, its card as it stands now; None where it is not public any more."""
    shown: dict[UUID, dict[str, Any]] = {each.thing_id: dict.fromkeys(_CARDS.values()) for each in matches}
    for row in await queries.read_public(database, searched_for, list(shown)):
        shown[row["id"]][_CARDS[searched_for]] = answers.SHOW[searched_for](row, ())
    return shown
