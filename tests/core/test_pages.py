"""Pages by cursor: every row once in both directions, also where many rows share the first column of the order."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.database import Database, add_unique, given
from app.core.deadlines import Deadline
from app.core.problems import CONFLICT, Problem
from app.core.web.pages import Orders, PageRequest, encode_cursor, moment, ordered, read_page
from app.identity.kinds import OrganisationKind
from app.identity.models import Organisation

ORDERS = Orders("name", Organisation.id, Organisation.name)
NAMES = ("同名", "同名", "同名", "甲", "乙", "同名", "甲")


async def _store(database: Database) -> None:
    async with database.transaction() as session:
        session.add_all(Organisation(name=name, kind=OrganisationKind.ENTERPRISE) for name in NAMES)


@pytest.mark.parametrize("sort", ["name", "-name", "id", "-id"])
@pytest.mark.parametrize("limit", [2, 7])
async def test_walking_the_pages_gives_every_row_once_in_order(database: Database, sort: str, limit: int) -> None:
    await _store(database)
    seen, cursor, pages, order = [], None, 0, ORDERS[sort]
    async with database.reading() as session:
        while (pages == 0 or cursor is not None) and pages <= len(NAMES):
            page, pages = PageRequest(limit, cursor, order), pages + 1
            statement = given(select(Organisation).where(Organisation.name.in_(NAMES)), (Organisation.kind, None))
            found = await read_page(session, statement, page, ORDERS)
            seen += found.rows
            cursor = found.next_cursor
        columns = [key.column.desc() if order.descending else key.column for key in order.keys]
        wanted = (await session.execute(statement.order_by(*columns))).scalars().all()
    assert [row.id for row in seen] == [row.id for row in wanted]
    assert len(seen) == len(NAMES)
    assert pages == -(-len(NAMES) // limit)


def test_a_cursor_holds_every_kind_of_column() -> None:
    at = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=8)))
    values = ("甲", 7, UUID(int=7), date(2026, 3, 1), at)
    page = PageRequest(limit=1, cursor=encode_cursor(*values))
    assert page.after(str, int, UUID, date.fromisoformat, moment) == values


@pytest.mark.parametrize(
    ("cursor", "kind"),
    [
        ("nonsense", str),
        ("é", str),
        (encode_cursor(), str),
        (encode_cursor("a", "b"), str),
        ("WyIiLCJcdWQ4MDAiXQ==", str),  # a lone surrogate: JSON, but no text
        (encode_cursor("7"), UUID),
        (encode_cursor("2026-03-01T09:00:00"), moment),  # of which place?
        (encode_cursor(datetime.min.replace(tzinfo=UTC).isoformat().replace("+00:00", "+08:00")), moment),
    ],
)
def test_a_forged_cursor_is_refused(cursor: str, kind: Callable[[str], Any]) -> None:
    with pytest.raises(Problem, match="cursor_invalid"):
        PageRequest(limit=1, cursor=cursor).after(kind)


def test_a_cursor_is_read_as_the_column_it_continues() -> None:
    for column, value in ((Deadline.id, "7"), (Deadline.due_at, "2026-03-01T09:00:00")):
        order = Orders(column.key, column).default
        with pytest.raises(Problem, match="cursor_invalid"):
            ordered(select(Deadline), PageRequest(limit=1, cursor=encode_cursor(value)), order)


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
