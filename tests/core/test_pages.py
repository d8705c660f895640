"""Pages by cursor: every row once in both directions, also where many rows share the first column of the order."""

import pytest
from sqlalchemy import select

from app.core.database import Database, add_unique, given
from app.core.problems import CONFLICT, Problem
from app.core.web.pages import PageRequest, read_page
from app.identity.kinds import OrganisationKind
from app.identity.models import Organisation

NAMES = ("同名", "同名", "同名", "甲", "乙", "同名", "甲")


async def _store(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(Organisation(name=name, kind=OrganisationKind.ENTERPRISE) for name in NAMES)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 6, 7])
async def test_walking_the_pages_gives_every_row_once_in_order(
    database: Database, newest_first: bool, limit: int
) -> None:
    await _store(database)
    seen, cursor, pages = [], None, 0
    async with database.reading() as session:
        while (pages == 0 or cursor is not None) and pages <= len(NAMES):
            page, pages = PageRequest(limit=limit, cursor=cursor), pages + 1
            columns = (Organisation.name, Organisation.id)
            statement = given(select(Organisation).where(Organisation.name.in_(NAMES)), (Organisation.kind, None))
            found = await read_page(session, statement, page, *columns, newest_first=newest_first)
            seen += found.rows
            cursor = found.next_cursor
        order = [column.desc() if newest_first else column for column in columns]
        wanted = (await session.execute(statement.order_by(*order))).scalars().all()
    assert [row.id for row in seen] == [row.id for row in wanted]
    assert len(seen) == len(NAMES)
    assert pages == -(-len(NAMES) // limit)


async def test_a_row_that_an_index_has_is_refused_and_the_transaction_goes_on(database: Database) -> None:
    taken = CONFLICT(constraint="uscc")
    async with database.transaction() as session:
        for name in ("甲", "乙"):
            row = Organisation(name=name, kind=OrganisationKind.ENTERPRISE, uscc="91420100MA4K00000A")
            if name == "甲":
                await add_unique(session, row, taken, "uq_organisations_uscc")
            else:
                with pytest.raises(Problem) as refused:
                    await add_unique(session, row, taken, "uq_organisations_uscc")
        assert refused.value is taken
        assert [row.name for row in (await session.execute(select(Organisation))).scalars() if row.uscc] == ["甲"]
