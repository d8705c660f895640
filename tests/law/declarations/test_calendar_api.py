"""The operator's calendar from the outside: declared days, what they move, what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar
from tests.market.listings.factory import today
from tests.support.world import World

Json = dict[str, Any]
NOTICE = "示例通知(2026)1 号"


def _path(day: date) -> str:
    return f"/v1/calendar/overrides/{day.isoformat()}"


async def declare(world: World, day: date, is_working: bool, reference: str = NOTICE) -> Json:
    body = {"is_working": is_working, "reference": reference}
    made: Json = await world.api.ok("PUT", _path(day), world.operator, json=body)
    return made


async def next_day(world: World, is_working: bool, after: int = 0) -> date:
    """The next working day, or day off, from some days after today."""
    day = await today(world) + timedelta(days=1 + after)
    while Calendar().is_working_day(day) is not is_working:
        day += timedelta(days=1)
    return day


async def _count(world: World, table: str) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_the_calendar_says_whence_it_knows_a_day(world: World) -> None:
    known = await world.api.ok("GET", "/v1/calendar?from=2024-02-03&to=2024-02-10")
    days = {item["day"]: (item["is_working"], item["source"]) for item in known["days"]}
    assert len(days) == 8
    assert days["2024-02-03"] == (False, "announced")
    assert days["2024-02-04"] == (True, "announced")
    assert known["server_time"]
    beyond = f"{LAST_ANNOUNCED_YEAR + 1}-05-04"
    (day,) = (await world.api.ok("GET", f"/v1/calendar?from={beyond}&to={beyond}"))["days"]
    assert day["source"] == "provisional"
    await declare(world, date.fromisoformat(beyond), not day["is_working"])
    (day,) = (await world.api.ok("GET", f"/v1/calendar?from={beyond}&to={beyond}"))["days"]
    assert (day["source"], day["reference"]) == ("override", NOTICE)


async def test_working_days_are_added(world: World) -> None:
    path = "/v1/calendar/working-days?from=2024-01-29&add=20"
    answer = await world.api.ok("GET", path)
    assert (answer["ends_on"], answer["provisional"]) == ("2024-02-29", False)
    assert answer["ends_at"] == "2024-03-01T00:00:00+08:00"
    far = await world.api.ok("GET", f"/v1/calendar/working-days?from={LAST_ANNOUNCED_YEAR}-12-31&add=1")
    assert far["provisional"] is True


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("from=2024-02-10&to=2024-02-09", "dates_out_of_order", "to"),
        ("from=2024-01-01&to=2025-02-04", "calendar_range_too_long", "to"),
        ("from=1999-12-31&to=2000-01-01", "invalid_input", "from"),
        ("from=2024-01-01", "invalid_input", "to"),
        ("from=2024-02-30&to=2024-03-01", "invalid_input", "from"),
    ],
)
async def test_a_wrong_range_is_refused(world: World, query: str, code: str, field: str) -> None:
    problem = await world.api.refused(422, code, "GET", f"/v1/calendar?{query}")
    assert problem["errors"][0]["field"] == field


async def test_a_day_is_declared_replaced_and_withdrawn_and_all_of_it_stays(world: World) -> None:
    day = await next_day(world, True, after=20)
    first = await declare(world, day, False)
    assert (first["is_working"], first["periods_moved"], first["recomputing"]) == (False, 0, False)
    again = await declare(world, day, False)
    assert again["id"] == first["id"], "the same declaration is not written twice"
    await declare(world, day, True, "更正通知")
    await declare(world, day, False, "再次通知")
    await world.api.ok("DELETE", f"{_path(day)}?reference=撤销通知", world.operator)
    history = (await world.api.ok("GET", _path(day)))["items"]
    assert [(row["is_working"], row["reference"]) for row in history] == [
        (False, NOTICE),
        (True, "更正通知"),
        (False, "再次通知"),
        (None, "撤销通知"),
    ]
    (shown,) = (await world.api.ok("GET", f"/v1/calendar?from={day}&to={day}"))["days"]
    assert (shown["is_working"], shown["source"] != "override", shown["reference"]) == (True, True, None)
    await world.api.refused(404, "not_found", "DELETE", f"{_path(day)}?reference=x", world.operator)
    async with world.database.reading() as session:
        rows = await session.execute(
            text("SELECT type, payload FROM events WHERE subject_type = 'calendar_override' ORDER BY seq")
        )
        told = [(row.type, row.payload["replaces"]) for row in rows]
    assert [type_ for type_, _ in told] == ["calendar.day_declared"] * 3 + ["calendar.day_withdrawn"]
    assert told[0][1] is None
    assert told[3][1] == {"is_working": False, "reference": "再次通知"}


async def test_a_past_day_is_refused_unless_nothing_changes(world: World) -> None:
    yesterday = await today(world) - timedelta(days=1)
    was = Calendar().is_working_day(yesterday)
    body = {"is_working": not was, "reference": NOTICE}
    problem = await world.api.refused(409, "calendar_day_past", "PUT", _path(yesterday), world.operator, json=body)
    assert problem["errors"][0]["field"] == "day"
    assert (await today(world)).isoformat() in problem["remedy"]
    assert await _count(world, "calendar_overrides") == 0
    await declare(world, yesterday, was)
    assert await _count(world, "calendar_overrides") == 1
    now = await today(world)
    await declare(world, now, not Calendar().is_working_day(now))
    assert await _count(world, "calendar_overrides") == 2, "today has not passed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"is_working": True}, "reference"),
        ({"is_working": "perhaps", "reference": "x"}, "is_working"),
        ({"is_working": None, "reference": "x"}, "is_working"),
        ({"is_working": True, "reference": "  "}, "reference"),
        ({"is_working": True, "reference": "x", "day": "2027-01-01"}, "day"),
    ],
)
async def test_a_wrong_declaration_writes_nothing(world: World, body: Json, field: str) -> None:
    problem = await world.api.refused(422, "invalid_input", "PUT", _path(date(2027, 1, 4)), world.operator, json=body)
    assert problem["errors"][0]["field"] == field
    assert await _count(world, "calendar_overrides") == 0


async def test_only_the_operator_declares(world: World) -> None:
    body = {"is_working": False, "reference": NOTICE}
    for caller in (world.registrar, world.auditor, world.award_officer, await world.enterprise()):
        await world.api.refused(403, "forbidden", "PUT", _path(date(2027, 1, 4)), caller, json=body)
    assert await _count(world, "calendar_overrides") == 0


async def test_the_history_cannot_be_edited(world: World) -> None:
    await declare(world, date(2027, 1, 4), False)
    async with world.database.session() as session:
        for statement in ("UPDATE calendar_overrides SET is_working = true", "DELETE FROM calendar_overrides"):
            with pytest.raises(Exception, match="append-only"):
                await session.execute(text(statement))
            await session.rollback()
