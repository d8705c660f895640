"""Comparing what an engine holds with what is public, and mending it."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.core.database import Database
from app.finding import queries, sources
from app.finding.keeping import feeding
from search.engine import Engine
from search.indexes import Index

_FIRST: Final = UUID(int=0)
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of an index: documents that are public, and those that the engine lacks, has otherwise, or has
    though they are not public.
    """

    index: str
    public: int
    missing: int
    different: int
    extra: int

    @property
    def is_true(self) -> bool:
        """Whether the engine holds exactly what is public."""
        return not (self.missing or self.different or self.extra)


async def check(database: Database, engine: Engine, index: Index, *, mend: bool) -> Found:
    """Compare an index with the database, and put right what differs. Raises `EngineDown`."""
    stored = {UUID(each): digest async for each, digest in engine.stored(index)}
    missing, different, public, after = [], [], 0, _FIRST
    while ids := await queries.next_ids(database, index.name, after, _BATCH):
        for document in await sources.read(database, index.name, ids):
            digest = stored.pop(UUID(document.id), None)
            if digest is None:
                missing.append(UUID(document.id))
            elif digest != document.digest:
                different.append(UUID(document.id))
            public += 1
        after = ids[-1]
    wrong = [*missing, *different, *stored]
    if mend and wrong:
        # Under the feeder's lock, and read again: what changed meanwhile is not undone.
        async with database.transaction() as session:
            await queries.lock_feed(session, engine.name, wait=True)
            await feeding.bring(database, engine, {index.name: wrong})
    return Found(index.name, public, len(missing), len(different), len(stored))
