"""D8: the yearly notice of holidays is entered at once, in the form in which it is published, and tried before."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar
from tests.law.declarations.test_calendar_api import next_day
from tests.market.listings.factory import today
from tests.pricing.listed.factory import competitive_listing
from tests.support.world import World

Json = dict[str, Any]
PATH = "/v1/calendar/notices"


async def _counts(world: World) -> list[int]:
    async with world.database.reading() as session:
        count = text("SELECT (SELECT count(*) FROM calendar_overrides), (SELECT count(*) FROM events)")
        return list((await session.execute(count)).one())


async def test_d8_a_notice_says_what_it_would_move_and_then_moves_it_once(fresh_world: World) -> None:
    world = fresh_world
    listing = await competitive_listing(world, await world.university())
    of_listing = f"/v1/periods?subject_id={listing['id']}"
    (before,) = (await world.api.ok("GET", of_listing, world.operator))["items"]
    off, on = await next_day(world, True, after=3), await next_day(world, False, after=60)
    holiday = {"name": "示例节", "first": off.isoformat(), "last": off.isoformat(), "make_up_days": [on.isoformat()]}
    body = {"reference": "示例通知", "holidays": [holiday]}
    counts = await _counts(world)
    tried = await world.api.ok("POST", PATH, world.operator, json=body | {"dry_run": True})
    assert (await _counts(world))[0] == counts[0]
    (still,) = (await world.api.ok("GET", of_listing, world.operator))["items"]
    assert [still[name] for name in ("ends_on", "revision")] == [before[name] for name in ("ends_on", "revision")]
    done = await world.api.ok("POST", PATH, world.operator, json=body)
    same = ("declared", "changed_days", "moved", "recomputing")
    assert [tried[name] for name in same] == [done[name] for name in same]
    assert (done["declared"], done["changed_days"]) == (2, [off.isoformat(), on.isoformat()])
    (after,) = (await world.api.ok("GET", of_listing, world.operator))["items"]
    (moved,) = [each for each in done["moved"] if each["period_id"] == before["id"]]
    assert (moved["old_end"], moved["new_end"]) == (before["ends_on"], after["ends_on"])
    assert after["ends_on"] > before["ends_on"]
    days = (await world.api.ok("GET", f"/v1/calendar?from={off}&to={off}"))["days"]
    assert (days[0]["is_working"], days[0]["reference"]) == (False, "示例通知")
    again = await world.api.ok("POST", PATH, world.operator, json=body)
    assert (again["declared"], again["moved"]) == (0, []), "the same notice is not declared twice"


async def test_d8_the_notice_of_a_known_year_changes_no_day(world: World) -> None:
    """As published: 国办发明电〔2025〕7号."""
    year = {
        "元旦": ("01-01", "01-03", ["01-04"]), "春节": ("02-15", "02-23", ["02-14", "02-28"]),
        "清明节": ("04-04", "04-06", []), "劳动节": ("05-01", "05-05", ["05-09"]),
        "端午节": ("06-19", "06-21", []), "中秋节": ("09-25", "09-27", []),
        "国庆节": ("10-01", "10-07", ["09-20", "10-10"]),
    }  # fmt: skip
    holidays = [
        {
            "name": name,
            "first": f"2026-{first}",
            "last": f"2026-{last}",
            "make_up_days": [f"2026-{day}" for day in days],
        }
        for name, (first, last, days) in year.items()
    ]
    body = {"reference": "国办发明电〔2025〕7号", "holidays": holidays, "dry_run": True}
    found = await world.api.ok("POST", PATH, world.operator, json=body)
    assert (found["declared"], found["changed_days"], found["moved"]) == (39, [], [])
    assert LAST_ANNOUNCED_YEAR >= 2026


@pytest.mark.parametrize(
    ("holidays", "status", "code"),
    [
        ([("2040-02-03", "2040-02-01", [])], 422, "dates_out_of_order"),
        ([("2040-02-01", "2040-02-03", ["2040-02-02"])], 422, "calendar_day_twice"),
        ([("2040-02-01", "2040-02-03", []), ("2040-02-03", "2040-02-04", [])], 422, "calendar_day_twice"),
        ([("2040-02-01", "2042-02-03", [])], 422, "calendar_range_too_long"),
        ([], 422, "invalid_input"),
    ],
)
async def test_d8_a_notice_that_contradicts_itself_is_refused_as_a_whole(
    world: World, holidays: list[tuple[str, str, list[str]]], status: int, code: str
) -> None:
    body = [{"name": "x", "first": first, "last": last, "make_up_days": days} for first, last, days in holidays]
    await world.api.refused(status, code, "POST", PATH, world.operator, json={"reference": "x", "holidays": body})


async def test_d8_a_notice_changes_no_day_that_has_passed(world: World) -> None:
    day = await today(world) - timedelta(days=1)
    while not Calendar().is_working_day(day):
        day -= timedelta(days=1)
    past, later = day.isoformat(), date(2040, 2, 1).isoformat()
    holidays = [{"name": "a", "first": later, "last": later}, {"name": "b", "first": past, "last": past}]
    body = {"reference": "x", "holidays": holidays}
    await world.api.refused(409, "calendar_day_past", "POST", PATH, world.operator, json=body)
    assert (await world.api.ok("GET", f"/v1/calendar/overrides/{later}"))["items"] == []
