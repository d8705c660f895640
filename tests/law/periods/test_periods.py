"""Periods as things: opened, suspended, resumed, restarted, recomputed when a day is declared."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core import deadlines
from app.core.database import Session
from app.core.deadlines import run_due
from app.core.history import events
from app.core.ids import new_id
from app.law.calendar.rules import LAST_ANNOUNCED_YEAR, Calendar
from app.law.declarations import service as calendar_service
from app.law.periods import queries, recompute, rules, service
from app.law.periods.catalogue import RULES
from app.law.periods.hooks import RECOUNTED
from app.law.periods.kinds import PeriodStatus
from app.law.periods.models import Period
from tests.contracts.factory import registration_step, signed_contract
from tests.law.declarations.test_calendar_api import NOTICE, Json, declare, next_day
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.patience import PATIENCE
from tests.support.world import Party, World

ENDED: list[UUID] = []
FOLLOWED: list[UUID] = []
HELD: set[UUID] = set()


async def _ended(session: Session, subject_id: UUID, now: datetime) -> None:
    ENDED.append(subject_id)


async def _followed(session: Session, subject_id: UUID, wait: bool) -> bool:
    if subject_id in HELD and not wait:
        return False
    FOLLOWED.append(subject_id)
    return True


deadlines.HANDLERS.provide("test.period_ended", _ended)
RECOUNTED.provide("thing", _followed)


async def opened(world: World, rule: str, starts_on: date, audience: list[UUID] | None = None) -> Period:
    """A period of a fresh subject, with a deadline at its end."""
    opening = service.Opening(
        rule, ("thing", new_id()), starts_on, audience or [events.PUBLIC], deadline="test.period_ended"
    )
    async with world.database.transaction() as session:
        return await service.open_period(session, opening)


@asynccontextmanager
async def acting(world: World) -> AsyncIterator[Session]:
    async with world.database.transaction() as session:
        yield session


async def now_of(world: World, period: Period) -> Period:
    async with world.database.reading() as session:
        found = await queries.get_by_id(session, period.id)
        assert found is not None
        return found


def subject_of(period: Period) -> service.Subject:
    return (period.subject_type, period.subject_id)


async def due_of(world: World, period: Period) -> datetime | None:
    """When the period's deadline falls due; None where none is pending."""
    async with world.database.reading() as session:
        statement = text("SELECT due_at FROM deadlines WHERE subject_id = :id AND settled_at IS NULL")
        due: datetime | None = (await session.execute(statement, {"id": period.subject_id})).scalar_one_or_none()
        return due


async def moves(world: World, subject_id: UUID) -> list[Json]:
    """What the subject's audience was told of recomputations."""
    async with world.database.reading() as session:
        statement = text(
            "SELECT payload FROM events WHERE type = 'period.recomputed' AND subject_id = :id ORDER BY seq"
        )
        return list((await session.execute(statement, {"id": subject_id})).scalars())


async def test_a_period_is_shown_with_its_rule_end_and_article(world: World) -> None:
    start = date(2026, 3, 2)
    period = await opened(world, "listing_notice", start)
    shown = await world.api.ok("GET", f"/v1/periods/{period.id}")
    assert (shown["rule"], shown["unit"], shown["count"], shown["sense"]) == (
        "listing_notice",
        "working",
        20,
        "at_least",
    )
    assert shown["ends_on"] == Calendar().add_working_days(start, 20).day.isoformat()
    assert (shown["source"]["article"], shown["mark"], shown["provisional"]) == ("17, 23", "V", False)
    assert "120" in shown["reference"]
    assert shown["server_time"]
    chinese = await world.api.ok("GET", f"/v1/periods/{period.id}", headers={"Accept-Language": "zh"})
    assert chinese["name"] == "挂牌公告期"
    listed = await world.api.ok("GET", f"/v1/periods?subject_id={period.subject_id}&status=open")
    assert [item["id"] for item in listed["items"]] == [str(period.id)]
    catalogue = await world.api.ok("GET", "/v1/period-rules?on=2026-05-01")
    assert {item["code"] for item in catalogue["items"]} == set(RULES)


async def test_a_period_is_seen_by_those_who_are_told_of_it(world: World) -> None:
    party, stranger = await world.enterprise(), await world.enterprise()
    period = await opened(world, "deposit_release", await today(world), [party.organisation_id, events.OPERATOR])
    path = f"/v1/periods/{period.id}"
    for caller in (party, world.operator, world.auditor):
        await world.api.ok("GET", path, caller)
    for hidden in (None, stranger, world.registrar):
        await world.api.refused(404, "not_found", "GET", path, hidden)
        assert (await world.api.ok("GET", f"/v1/periods?subject_id={period.subject_id}", hidden))["items"] == []


async def test_a_declared_holiday_moves_running_periods_their_deadlines_and_tells(world: World) -> None:
    start = await today(world)
    day = await next_day(world, True)
    period, calendar_days = await opened(world, "certificate", start), await opened(world, "negotiated_notice", start)
    old = period.ends_on
    answer = await declare(world, day, False)
    assert (answer["periods_moved"], answer["recomputing"]) == (1, False)
    moved = await now_of(world, period)
    assert moved.ends_on == Calendar({day: False}).add_working_days(start, 3).day > old
    assert moved.revision == 2
    assert await due_of(world, period) == rules.end_moment(moved.ends_on, WUHAN_TIME)
    (told,) = await moves(world, period.subject_id)
    assert (told["rule"], told["old_end"], told["new_end"]) == (
        "certificate",
        old.isoformat(),
        moved.ends_on.isoformat(),
    )
    assert told["because"] == {"day": day.isoformat(), "is_working": False, "reference": NOTICE}
    assert (await now_of(world, calendar_days)).ends_on == calendar_days.ends_on
    assert FOLLOWED.count(period.subject_id) == 1


async def test_a_worked_weekend_shortens_what_must_happen_within_and_never_a_published_notice(world: World) -> None:
    start = await today(world)
    saturday = await next_day(world, False)
    within, notice = await opened(world, "deposit_release", start), await opened(world, "listing_notice", start)
    await declare(world, saturday, True)
    assert (await now_of(world, within)).ends_on == Calendar({saturday: True}).add_working_days(start, 5).day
    assert (await now_of(world, within)).ends_on < within.ends_on
    assert (await now_of(world, notice)).ends_on == notice.ends_on


async def test_what_has_stopped_is_not_recomputed(world: World) -> None:
    start, day = await today(world), await next_day(world, True)
    period = await opened(world, "certificate", start)
    async with acting(world) as session:
        await service.end(session, subject_of(period), "certificate", start, "issued")
    assert await due_of(world, period) is None
    assert (await declare(world, day, False))["periods_moved"] == 0
    ended = await now_of(world, period)
    assert (ended.status, ended.reason, ended.ends_on) == (PeriodStatus.ENDED, "issued", period.ends_on)
    assert await moves(world, period.subject_id) == []


async def test_many_periods_are_recomputed_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recompute, "BATCH", 2)
    start, day = await today(world), await next_day(world, True)
    periods = [await opened(world, "certificate", start) for _ in range(5)]
    answer = await declare(world, day, False)
    assert (answer["periods_moved"], answer["recomputing"]) == (2, True)
    while await run_due(world.database):
        pass
    expected = Calendar({day: False}).add_working_days(start, 3).day
    for period in periods:
        assert (await now_of(world, period)).ends_on == expected
        assert len(await moves(world, period.subject_id)) == 1


async def test_a_subject_that_is_held_is_told_later(world: World) -> None:
    start, day = await today(world), await next_day(world, True)
    period = await opened(world, "certificate", start)
    HELD.add(period.subject_id)
    await declare(world, day, False)
    assert (await now_of(world, period)).ends_on > period.ends_on
    assert period.subject_id not in FOLLOWED
    await run_due(world.database)
    assert FOLLOWED.count(period.subject_id) == 1


async def test_suspension_and_resumption_keep_both_floors(world: World) -> None:
    start = await today(world)
    period = await opened(world, "listing_notice", start)
    stopped = Calendar().add_working_days(start, 15).day
    async with acting(world) as session:
        suspended = await service.suspend(session, subject_of(period), "listing_notice", stopped, "争议")
    assert (suspended.status, suspended.elapsed) == (PeriodStatus.SUSPENDED, 14)
    assert await due_of(world, period) is None
    back = stopped + timedelta(days=20)
    async with acting(world) as session:
        resumed = await service.resume(session, subject_of(period), "listing_notice", back)
    assert (resumed.count, resumed.elapsed, resumed.least_remaining) == (20, 14, 10)
    assert resumed.ends_on == Calendar().add_working_days(back, 10).day
    assert await due_of(world, period) == rules.end_moment(resumed.ends_on, WUHAN_TIME)
    assert (await now_of(world, period)).status == PeriodStatus.SUPERSEDED
    listed = await world.api.ok("GET", f"/v1/periods?subject_id={period.subject_id}")
    assert [item["status"] for item in listed["items"]] == ["superseded", "open"]


async def test_a_change_restarts_in_full(world: World) -> None:
    start = await today(world)
    period = await opened(world, "listing_notice", start)
    async with acting(world) as session:
        later = start + timedelta(days=10)
        anew = await service.restart(session, subject_of(period), "listing_notice", later, "内容变更")
    assert anew.ends_on == Calendar().add_working_days(later, 20).day
    old = await now_of(world, period)
    assert (old.status, old.stopped_on, old.reason) == (PeriodStatus.SUPERSEDED, later, "内容变更")


async def test_the_deadline_falls_due_at_the_end_of_the_last_day(world: World) -> None:
    period = await opened(world, "certificate", await today(world))
    end = rules.end_moment(period.ends_on, WUHAN_TIME)
    await move_clock_to(world, end - timedelta(minutes=1))
    await run_due(world.database)
    assert period.subject_id not in ENDED
    await move_clock_to(world, end)
    await run_due(world.database)
    assert ENDED.count(period.subject_id) == 1


async def test_a_provisional_end_is_counted_anew_when_a_release_announces_the_year(world: World) -> None:
    period = await opened(world, "listing_notice", date(2025, 9, 24))
    async with world.database.transaction() as session:  # as a release that did not know the year would have left it
        await session.execute(
            text("UPDATE periods SET announced_year = 2024, provisional = true, ends_on = :day"),
            {"day": date(2025, 10, 22)},
        )
    assert await recompute.after_announcement(world.database) == 1
    moved = await now_of(world, period)
    assert (moved.ends_on, moved.provisional) == (Calendar().add_working_days(date(2025, 9, 24), 20).day, False)
    (told,) = await moves(world, period.subject_id)
    assert told["because"] == {"announced_year": LAST_ANNOUNCED_YEAR}
    assert await recompute.after_announcement(world.database) == 0


async def test_a_registrations_decision_day_moves_with_the_calendar(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    accepted = await registration_step(world, contract, "acceptance", world.registrar)
    day = await next_day(world, True)
    await declare(world, day, False)
    path = f"/v1/contracts/{contract['id']}/registration"
    read = await world.api.ok("GET", path, seller)
    start = date.fromisoformat(accepted["accepted_on"])
    expected = Calendar({day: False}).add_working_days(start, 15)
    assert (read["decision_due_on"], read["decision_due_provisional"]) == (
        expected.day.isoformat(),
        expected.provisional,
    )
    assert read["revision"] == accepted["revision"] + 1
    (period,) = (await world.api.ok("GET", f"/v1/periods?subject_id={read['id']}", buyer))["items"]
    assert (period["rule"], period["ends_on"], period["mark"]) == (
        "registration_decision",
        read["decision_due_on"],
        "D",
    )
    await _is_overdue_only_after(world, contract, expected.day)


async def _is_overdue_only_after(world: World, contract: Json, last: date) -> None:
    async def overdue() -> int:
        await run_due(world.database)
        async with world.database.reading() as session:
            statement = text("SELECT count(*) FROM events WHERE type = 'registration.overdue' AND subject_id = :id")
            return int((await session.execute(statement, {"id": UUID(contract["id"])})).scalar_one())

    midnight = rules.end_moment(last, WUHAN_TIME)
    await move_clock_to(world, midnight - timedelta(minutes=1))
    assert await overdue() == 0
    await move_clock_to(world, midnight)
    assert await overdue() == 1


async def until_it_waits(world: World, task: "asyncio.Task[Any]") -> None:
    """Until the task is done, or waits for a lock in the database."""
    statement = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while not task.done():
        async with world.database.reading() as session:
            if (await session.execute(statement)).scalar_one():
                return


async def test_a_day_declared_while_a_period_is_being_opened_moves_it(fresh_world: World) -> None:
    world, start, day = fresh_world, await today(fresh_world), await next_day(fresh_world, True)
    opening = service.Opening("certificate", ("thing", new_id()), start, [events.PUBLIC])
    async with world.database.transaction() as session:
        period = await service.open_period(session, opening)
        declaring = asyncio.create_task(declare(world, day, False))
        await until_it_waits(world, declaring)
    assert (await declaring)["periods_moved"] == 1
    assert (await now_of(world, period)).ends_on == Calendar({day: False}).add_working_days(start, 3).day


async def test_a_period_opened_while_a_day_is_being_declared_knows_the_day(fresh_world: World) -> None:
    world, start, day = fresh_world, await today(fresh_world), await next_day(fresh_world, True)
    async with world.database.transaction() as session:
        await calendar_service.declare(session, day, is_working=False, reference=NOTICE)
        opening = asyncio.create_task(opened(world, "certificate", start))
        await until_it_waits(world, opening)
    assert (await opening).ends_on == Calendar({day: False}).add_working_days(start, 3).day


async def test_a_declaration_does_not_wait_for_a_held_contract(
    fresh_world: World, seller_and_buyer: list[Party]
) -> None:
    """Whoever holds the contract may itself be waiting for the calendar."""
    world = fresh_world
    contract = await signed_contract(world, *seller_and_buyer)
    await registration_step(world, contract, "", seller_and_buyer[0])
    accepted = await registration_step(world, contract, "acceptance", world.registrar)
    day = await next_day(world, True)
    async with world.database.transaction() as session:
        await session.execute(text("SELECT FROM contracts FOR UPDATE"))
        await asyncio.wait_for(declare(world, day, False), PATIENCE)
        await service.end(session, ("registration", new_id()), "registration_decision", day, "waits for the calendar")
    path = f"/v1/contracts/{contract['id']}/registration"
    assert (await world.api.ok("GET", path, world.registrar))["decision_due_on"] == accepted["decision_due_on"]
    await run_due(world.database)
    assert (await world.api.ok("GET", path, world.registrar))["decision_due_on"] > accepted["decision_due_on"]


@pytest.fixture
async def seller_and_buyer(fresh_world: World) -> list[Party]:
    return [await fresh_world.institution(), await fresh_world.enterprise()]
