"""A deposit's life: asked for, held, given back in time, applied or forfeited; who sees it; what the ledger shows."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.core.clock import read_clock
from app.core.deadlines import run_due
from app.core.history import events
from app.core.problems import Problem
from app.law.calendar.queries import load_calendar
from app.office.ledger.deposits import service as deposits
from app.office.ledger.kinds import DepositStatus
from app.office.ledger.models import Deposit
from tests.market.listings.factory import WUHAN_TIME, move_clock_to
from tests.office.ledger.factory import (
    balances,
    confirmed,
    held_deposit,
    new_subject,
    open_instructions,
    releasing,
    requested_deposit,
    shown,
)
from tests.support.databases import CITY
from tests.support.world import World

DEAL = new_subject("deal")


async def event_types(world: World, subject_id: object) -> list[str]:
    async with world.database.reading() as session:
        statement = text("SELECT type FROM events WHERE subject_id = CAST(:id AS uuid) ORDER BY seq")
        return list((await session.execute(statement, {"id": str(subject_id)})).scalars())


async def test_an_organisation_has_one_live_deposit_for_a_subject(world: World) -> None:
    buyer, subject = await world.enterprise(), new_subject()
    first = await requested_deposit(world, buyer, subject)
    with pytest.raises(Problem, match="deposit_exists") as caught:
        await requested_deposit(world, buyer, subject)
    assert caught.value.params["number"] == first.number
    await requested_deposit(world, buyer, new_subject())
    await requested_deposit(world, await world.enterprise(), subject)


async def test_the_losers_have_theirs_back_within_five_working_days(world: World) -> None:
    """Fixed on 2026-12-30: the days run into a year whose holidays may not be announced, and the answer says so."""
    subject = new_subject()
    winner, loser, absent = [await world.enterprise() for _ in range(3)]
    won, lost = [await held_deposit(world, party, subject) for party in (winner, loser)]
    unpaid = await requested_deposit(world, absent, subject)
    other = await held_deposit(world, loser, new_subject())
    now = datetime.fromisoformat("2026-12-30T15:30:00+08:00")
    async with world.database.transaction() as session:
        released = await deposits.release_losers(session, subject, winner.organisation_id, now)
        assert [row.id for row in released] == [lost.id]
        assert await deposits.release_losers(session, subject, winner.organisation_id, now) == []
    body = await shown(world, lost)
    assert (body["status"], body["winner_fixed_on"]) == ("release_due", "2026-12-30")
    due = date.fromisoformat(body["release_due_on"])
    async with world.database.transaction() as session:
        calendar = await load_calendar(session)
    assert calendar.working_days_between(date(2026, 12, 30), due) == 5
    assert calendar.is_working_day(due)
    assert body["release_provisional"] is (not calendar.is_announced(due))
    assert [(await shown(world, row))["status"] for row in (won, unpaid, other)] == ["held", "cancelled", "held"]
    (instruction,) = await open_instructions(world)
    assert (instruction["deposit_id"], instruction["due_on"]) == (str(lost.id), due.isoformat())
    assert await balances(world) == {
        "bank": "150000.00",
        "deposit_held": "100000.00",
        "deposit_repayable": "50000.00",
    }
    await confirmed(world, direction="out", purpose_reference=instruction["number"])
    assert (await shown(world, lost))["status"] == "released"
    assert await event_types(world, lost.id) == [
        "deposit.requested", "deposit.received", "deposit.held", "deposit.release_due", "deposit.released",
    ]  # fmt: skip


async def test_f7_half_past_midnight_is_the_city_s_day(world: World) -> None:
    """The days of a release count from the day that it is where the exchange stands, not in UTC."""
    deposit = await held_deposit(world, await world.enterprise())
    async with world.database.transaction() as session:
        at = datetime(2027, 1, 1, 0, 30, tzinfo=WUHAN_TIME).astimezone(UTC)
        subject = (deposit.subject_type, deposit.subject_id)
        released = await deposits.release(session, subject, deposit.organisation_id, at)
    assert released.winner_fixed_on == date(2027, 1, 1)


async def test_without_a_winner_everybody_has_theirs_back(world: World) -> None:
    subject = new_subject()
    for _ in range(2):
        await held_deposit(world, await world.enterprise(), subject)
    async with world.database.transaction() as session:
        now = await read_clock(session)
        assert len(await deposits.release_losers(session, subject, None, now)) == 2


async def test_the_market_hears_of_a_release_that_is_overdue_and_only_then(world: World) -> None:
    late, punctual = [await held_deposit(world, await world.enterprise()) for _ in range(2)]
    await releasing(world, late)
    await confirmed(world, direction="out", purpose_reference=(await releasing(world, punctual))["number"])
    due = date.fromisoformat((await shown(world, late))["release_due_on"])
    midnight = datetime.combine(due + timedelta(days=1), datetime.min.time(), CITY.zone)
    await move_clock_to(world, midnight - timedelta(minutes=5))
    await run_due(world.database)
    assert "deposit.release_overdue" not in await event_types(world, late.id)
    await move_clock_to(world, midnight + timedelta(seconds=1))
    await run_due(world.database)
    assert (await event_types(world, late.id)).count("deposit.release_overdue") == 1
    assert "deposit.release_overdue" not in await event_types(world, punctual.id)
    async with world.database.reading() as session:
        told = text("SELECT audiences FROM events WHERE type = 'deposit.release_overdue'")
        assert (await session.execute(told)).scalar_one() == [events.OPERATOR]


async def test_a_holiday_that_is_announced_moves_the_day(world: World) -> None:
    kept, moved = [await held_deposit(world, await world.enterprise()) for _ in range(2)]
    paid = await releasing(world, kept)
    await confirmed(world, direction="out", purpose_reference=paid["number"])
    await releasing(world, moved)
    before = date.fromisoformat((await shown(world, moved))["release_due_on"])
    holiday = {"is_working": False, "reference": "示例通知"}
    await world.api.ok("PUT", f"/v1/calendar/overrides/{before}", world.operator, json=holiday)
    after = date.fromisoformat((await shown(world, moved))["release_due_on"])
    assert after > before
    assert [row["due_on"] for row in await open_instructions(world)] == [after.isoformat()]
    assert (await shown(world, kept))["release_due_on"] == before.isoformat()
    assert (await event_types(world, moved.id))[-1] == "deposit.release_moved"
    await move_clock_to(world, datetime.combine(after, datetime.min.time(), CITY.zone))
    await run_due(world.database)
    assert "deposit.release_overdue" not in await event_types(world, moved.id)


async def _release(world: World, deposit: Deposit) -> None:
    async with world.database.transaction() as session:
        subject = (deposit.subject_type, deposit.subject_id)
        await deposits.release(session, subject, deposit.organisation_id, await read_clock(session))


async def _forfeit(world: World, deposit: Deposit) -> None:
    async with world.database.transaction() as session:
        subject = (deposit.subject_type, deposit.subject_id)
        await deposits.forfeit(session, subject, deposit.organisation_id, reason="拒绝签约")


async def _apply(world: World, deposit: Deposit) -> None:
    async with world.database.transaction() as session:
        subject = (deposit.subject_type, deposit.subject_id)
        await deposits.apply_to_price(session, subject, deposit.organisation_id, deal=DEAL)


ENDS: dict[DepositStatus, Callable[[World, Deposit], Awaitable[None]]] = {
    DepositStatus.RELEASE_DUE: _release,
    DepositStatus.FORFEITED: _forfeit,
    DepositStatus.APPLIED: _apply,
}


@pytest.mark.parametrize("second", ENDS)
@pytest.mark.parametrize("first", [None, *ENDS])
async def test_only_what_is_held_moves_and_only_once(
    world: World, first: DepositStatus | None, second: DepositStatus
) -> None:
    buyer = await world.enterprise()
    if first is None:
        deposit = await requested_deposit(world, buyer)
    else:
        deposit = await held_deposit(world, buyer)
        await ENDS[first](world, deposit)
        assert (await shown(world, deposit))["status"] == first
    before = await balances(world)
    with pytest.raises(Problem, match="deposit_not_held") as caught:
        await ENDS[second](world, deposit)
    assert caught.value.params["status"] == (first or "requested")
    assert await balances(world) == before


async def test_nobody_releases_what_was_never_asked_for(world: World) -> None:
    buyer = await world.enterprise()
    async with world.database.transaction() as session:
        with pytest.raises(Problem, match="not_found"):
            await deposits.forfeit(session, new_subject(), buyer.organisation_id, reason="示例")


async def test_a_forfeited_deposit_says_why(world: World) -> None:
    buyer = await world.enterprise()
    deposit = await held_deposit(world, buyer)
    await _forfeit(world, deposit)
    own = await world.api.ok("GET", f"/v1/deposits/{deposit.id}", buyer)
    assert (own["status"], own["reason"], "server_time" in own) == ("forfeited", "拒绝签约", True)
    assert await balances(world) == {"bank": "50000.00", "forfeitures": "50000.00"}


async def test_an_organisation_sees_its_own_deposits_and_instructions_only(world: World) -> None:
    first, second = [await world.enterprise() for _ in range(2)]
    subject = new_subject()
    own = await held_deposit(world, first, subject)
    other = await held_deposit(world, second, subject)
    await releasing(world, own)
    seen = await world.api.ok("GET", f"/v1/deposits?subject_id={subject[1]}", first)
    assert [row["id"] for row in seen["items"]] == [str(own.id)]
    await world.api.refused(404, "not_found", "GET", f"/v1/deposits/{other.id}", first)
    staff = await world.api.ok("GET", f"/v1/deposits?subject_id={subject[1]}", world.auditor)
    assert [row["id"] for row in staff["items"]] == [str(other.id), str(own.id)]
    for role in (world.registrar, world.award_officer):  # C3: who deposits is who bids
        assert (await world.api.ok("GET", f"/v1/deposits?subject_id={subject[1]}", role))["items"] == []
    held = await world.api.ok("GET", f"/v1/deposits?subject_id={subject[1]}&status=held&limit=1", world.operator)
    assert ([row["id"] for row in held["items"]], held["next_cursor"]) == ([str(other.id)], None)
    assert len((await world.api.ok("GET", "/v1/settlement-instructions", first))["items"]) == 1
    assert (await world.api.ok("GET", "/v1/settlement-instructions", second))["items"] == []
    assert len((await world.api.ok("GET", "/v1/settlement-instructions", world.auditor))["items"]) == 1


async def bank_account(world: World) -> str:
    page = await world.api.ok("GET", "/v1/ledger/accounts?code=bank", world.operator)
    (account,) = page["items"]
    return str(account["id"])


async def test_the_entries_of_an_account_run_to_its_balance(world: World) -> None:
    for number in range(1, 6):
        await held_deposit(world, await world.enterprise(), amount=Decimal(number * 100))
    path = f"/v1/ledger/accounts/{await bank_account(world)}/entries"
    rows = await world.api.every(path, world.auditor, limit=2)
    assert [row["amount"] for row in rows] == ["100.00", "200.00", "300.00", "400.00", "500.00"]
    assert [row["balance"] for row in rows] == ["100.00", "300.00", "600.00", "1000.00", "1500.00"]
    assert {row["kind"] for row in rows} == {"deposit_received"}
    listed = await world.api.ok("GET", "/v1/ledger/accounts?code=deposit_held&limit=100", world.auditor)
    assert sorted(row["balance"] for row in listed["items"]) == ["100.00", "200.00", "300.00", "400.00", "500.00"]
    assert {row["side"] for row in listed["items"]} == {"credit"}


async def test_the_entries_come_as_csv_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.office.ledger.csv_export.BATCH", 2)
    await confirmed(world, bank_reference="=1+1")
    for _ in range(3):
        await held_deposit(world, await world.enterprise())
    path = f"/v1/ledger/accounts/{await bank_account(world)}/entries.csv"
    answer = await world.api.get(path, world.auditor)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["balance"] for row in rows] == ["50000.00", "100000.00", "150000.00", "200000.00"]
    assert rows[0]["bank_reference"] == "'=1+1", "a spreadsheet must not take it for a formula"
    await world.api.refused(403, "forbidden", "GET", path, await world.enterprise())
    missing = "/v1/ledger/accounts/00000000-0000-7000-8000-000000000000/entries"
    for address in (missing, f"{missing}.csv"):
        await world.api.refused(404, "not_found", "GET", address, world.operator)


async def test_the_trial_balance_lists_every_code_used(world: World) -> None:
    await held_deposit(world, await world.enterprise())
    trial = await world.api.ok("GET", "/v1/ledger/trial-balance", world.operator)
    assert {row["code"]: (row["debit"], row["credit"], row["balance"]) for row in trial["lines"]} == {
        "bank": ("50000.00", "0.00", "50000.00"),
        "deposit_received": ("50000.00", "50000.00", "0.00"),
        "deposit_held": ("0.00", "50000.00", "50000.00"),
    }
    assert (trial["debit"], trial["credit"], trial["difference"]) == ("100000.00", "100000.00", "0.00")


async def test_sums_may_be_longer_than_any_amount(world: World) -> None:
    for _ in range(2):
        await confirmed(world, amount="9999999999999.99")
    assert (await balances(world))["bank"] == "19999999999999.98"


async def period_of(world: World, deposit: Deposit) -> dict[str, Any]:
    """The last period of a deposit's return, as its owner's market sees it."""
    page = await world.api.ok("GET", f"/v1/periods?subject_id={deposit.id}", world.operator)
    return dict(page["items"][-1])


async def test_the_days_of_a_release_are_a_period_that_ends_with_it(world: World) -> None:
    owner = await world.enterprise()
    deposit = await held_deposit(world, owner)
    instruction = await releasing(world, deposit)
    period, body = await period_of(world, deposit), await shown(world, deposit)
    assert (period["rule"], period["count"], period["unit"], period["mark"]) == ("deposit_release", 5, "working", "V")
    assert (period["starts_on"], period["ends_on"]) == (body["winner_fixed_on"], body["release_due_on"])
    path = f"/v1/periods?subject_id={deposit.id}"
    assert len((await world.api.ok("GET", path, owner))["items"]) == 1
    assert (await world.api.ok("GET", path, await world.enterprise()))["items"] == []
    await confirmed(world, direction="out", purpose_reference=instruction["number"])
    assert (await period_of(world, deposit))["status"] == "ended"


async def test_a_release_that_the_bank_took_back_counts_the_days_as_they_are_now(world: World) -> None:
    """What was back did not move with a holiday; owed again, it does."""
    deposit = await held_deposit(world, await world.enterprise())
    instruction = await releasing(world, deposit)
    before = date.fromisoformat((await shown(world, deposit))["release_due_on"])
    paid = await confirmed(world, direction="out", purpose_reference=instruction["number"])
    holiday = {"is_working": False, "reference": "示例通知"}
    await world.api.ok("PUT", f"/v1/calendar/overrides/{before}", world.operator, json=holiday)
    assert (await shown(world, deposit))["release_due_on"] == before.isoformat()
    path = f"/v1/bank-confirmations/{paid['id']}/reversal"
    await world.api.ok("POST", path, world.operator, json={"reason": "示例"})
    after = date.fromisoformat((await shown(world, deposit))["release_due_on"])
    assert after > before
    assert [row["due_on"] for row in await open_instructions(world)] == [after.isoformat()]
    assert (await period_of(world, deposit))["ends_on"] == after.isoformat()
    await move_clock_to(world, datetime.combine(after + timedelta(days=1), datetime.min.time(), CITY.zone))
    await run_due(world.database)
    assert (await event_types(world, deposit.id)).count("deposit.release_overdue") == 1
