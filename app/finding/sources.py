"""The kinds of document: where each is read, and what is made of it. A new kind is a row here, in `queries` and a file
in `search/indexes/`.
"""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from app.core.database import Database
from app.finding import documents, queries
from search.documents import Document
from search.indexes import Index, index

MAKE: Final[dict[str, Callable[[Record], Document]]] = {
    "listings": documents.listing,
    "results": documents.result,
    "demands": documents.demand,
    "agencies": documents.agency,
    "brokers": documents.broker,
    "deals": documents.deal,
}
NAMES: Final = tuple(MAKE)


def indexes() -> list[Index]:
    """The settings of every index that is fed."""
    return [index(name) for name in NAMES]


async def read(database: Database, name: str, ids: Sequence[UUID]) -> list[Document]:
    """The documents of these ids as they are now; one that is not public has none."""
    return [MAKE[name](row) for row in await queries.read_public(database, name, ids)]
