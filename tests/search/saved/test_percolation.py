"""A document meets a kept search exactly where the engine on PostgreSQL finds it as typed."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.ids import new_id
from app.finding.saved import queries
from app.finding.saved.kinds import SearchedFor
from app.finding.saved.models import SavedSearch
from app.finding.saved.queries import Change
from search.engine import Between, Filter, OneOf, Place, Query
from search.postgres import percolation
from search.postgres.engine import PostgresEngine
from search.postgres.pool import Pool
from search.text.queries import parse
from tests.conftest import CITY
from tests.search.conftest import DOCUMENTS, LISTINGS

WORDS = (
    "石墨烯", "石墨", "散热", "燃料电池", "燃料", "桥", "桥梁健康", "graphene", "graph", "PEMFC", "shimoxi", "smx",
    "的", "示例(武汉)", "usb", "m2", '"散热薄膜"', '"薄膜与石墨"', "ZL202310000001", "WH-L-2026-000003",
    "氢燃料电池双极板", "Graphene coating",
)  # fmt: skip
FILTERS: tuple[Filter, ...] = (
    OneOf("technical_field", ("new_materials",)), OneOf("technical_field", ("transport", "electronics_information")),
    OneOf("pricing_mode", ("auction",)), OneOf("ip_type", ("patent",)), OneOf("division", ("50",)),
    Between("asking_price", least=Decimal("3000.51")), Between("asking_price", most=Decimal("5000.50")),
    Between("readiness_level", least=4), Between("readiness_level", most=5),
)  # fmt: skip
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def asked(chance: random.Random) -> Query:
    typed = chance.sample(WORDS, chance.choice((0, 1, 1, 1, 2)))
    filters = chance.sample(FILTERS, chance.choice((0, 0, 1, 2)))
    return Query(parse(" ".join(typed)) if typed else None, (*filters, OneOf("status", ("published",))))


@pytest.fixture
async def store(search_url: str) -> AsyncIterator[Database]:
    """The database of the tests of engines; what a test writes besides is taken back."""
    database = Database(search_url, CITY)
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # without owners
        yield Database(search_url, CITY, bound=connection)
        await outer.rollback()
    await database.close()


async def test_a_kept_search_meets_what_the_engine_finds(store: Database, search_url: str) -> None:
    engine = PostgresEngine(Pool(search_url))
    await engine.begin(LISTINGS)
    await engine.apply(LISTINGS, DOCUMENTS, [], Place.NEXT)
    await engine.swap(LISTINGS)
    chance = random.Random(7)
    searches = {new_id(): asked(chance) for _ in range(120)}
    async with store.transaction() as session:
        for id_, query in searches.items():
            kept = percolation.keep(LISTINGS, query)
            session.add(
                SavedSearch(
                    id=id_, organisation_id=id_, saved_by=id_, name="-", searched_for=SearchedFor.LISTINGS, search={},
                    ends_on=date(2027, 1, 1), since=SINCE, form="", asked=kept.asked, anchors=list(kept.anchors),
                    phrases=list(kept.phrases), least=list(kept.least), most=list(kept.most),
                )
            )  # fmt: skip
    arrivals = [percolation.arrival(LISTINGS, each) for each in DOCUMENTS]
    changes = {UUID(each.id): Change(UUID(each.id), 1, SINCE, SINCE) for each in DOCUMENTS}
    met = await queries.met(store, SearchedFor.LISTINGS, arrivals, changes, date(2026, 1, 1), 0)
    met_by: dict[UUID, set[str]] = {id_: set() for id_ in searches}
    for search, thing in met:
        met_by[search].add(str(thing))
    for id_, query in searches.items():
        found = await engine.search(LISTINGS, query)
        expected = set() if found.loosely else set(found.ids)
        if query.text is not None and query.text.number and query.text.terms:  # the engine stops at the number
            words = await engine.search(LISTINGS, replace(query, text=replace(query.text, number=None)))
            expected |= set() if words.loosely else set(words.ids)
        assert met_by[id_] == expected, query
    assert sum(map(len, met_by.values())) > 60, "the searches find something"
    await engine.close()
