"""What changes a competitive sale under way: revision, suspension, withdrawal, a holiday, a deal that fails."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core.history import events
from app.law.calendar.queries import load_calendar
from app.law.figures import Parameter, parameter
from app.law.periods import service as periods
from app.pricing.listed.announcement import notice
from tests.market.deals.factory import purchase
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, published_listing, today
from tests.office.ledger.factory import balances
from tests.pricing.listed.factory import (
    CONDITIONS,
    competitive_listing,
    deals_of,
    deposits,
    end_of,
    errors,
    judged,
    notice_over,
    paid,
    qualified,
    read,
    registered,
    registration_now,
    sale,
    work,
)
from tests.support.world import Party, World

Json = dict[str, Any]
REASON: Json = {"reason": "示例"}


async def proposed(world: World, seller: Party, listing: Json, **changes: Any) -> Json:
    made: Json = await world.api.ok("POST", f"/v1/listings/{listing['id']}/revision", seller, json=REASON | changes)
    return made


async def revised(world: World, seller: Party, listing: Json, **changes: Any) -> Json:
    """The listing after a revision was published."""
    await proposed(world, seller, listing, **changes)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/revision/publication", world.operator)
    return await read(world, None, listing)


async def working_days_to(world: World, moment: datetime) -> int:
    """How many working days lie after today up to the day that ends at a moment."""
    last = (moment - timedelta(seconds=1)).astimezone(WUHAN_TIME).date()
    async with world.database.reading() as session:
        return (await load_calendar(session)).working_days_between(await today(world), last)


async def pass_days(world: World, days: int) -> None:
    now = datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])
    await move_clock_to(world, now + timedelta(days=days))
    await work(world)


# Revision


async def test_changed_content_is_a_new_version_and_the_notice_begins_anew(world: World) -> None:
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    await pass_days(world, 10)
    shown = await revised(world, seller, listing, asking_price="900000.00", title="新题")
    assert (shown["version"], shown["published"]["asking_price"], shown["published"]["title"]) == (
        2, "900000.00", "新题",
    )  # fmt: skip
    assert await working_days_to(world, datetime.fromisoformat(shown["closes_at"])) == 20
    (period,) = shown["periods"]
    assert shown["published"]["closes_on"] == period["last_day"]
    first = await world.api.ok("GET", f"/v1/listings/{listing['id']}/versions/1")
    assert first["asking_price"] == "1000000.00"
    await move_clock_to(world, datetime.fromisoformat(listing["closes_at"]))
    await work(world)
    assert (await sale(world, listing))["phase"] == "notice", "the old end has no effect"


async def test_who_registered_before_confirms_or_is_not_counted(world: World) -> None:
    seller, one, other = await world.university(), await world.enterprise(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    rows = [await qualified(world, seller, buyer, listing) for buyer in (one, other)]
    shown = await revised(world, seller, listing, terms="新条款")
    body = {"listing_version": 2, "meets_conditions": True}
    path = "/v1/listing-registrations/{}/confirmation"
    stale = await world.api.refused(
        409, "version_changed", "POST", path.format(rows[0]["id"]), one, json=body | {"listing_version": 1}
    )
    assert stale["current"] == {"listing_version": 2}
    judge = f"/v1/listing-registrations/{rows[0]['id']}/qualification"
    await world.api.refused(409, "registration_of_old_version", "POST", judge, seller, json={"outcome": "qualified"})
    await world.api.refused(404, "not_found", "POST", path.format(rows[0]["id"]), seller, json=body)
    agreed = await world.api.ok("POST", path.format(rows[0]["id"]), one, json=body)
    assert agreed["listing_version"] == 2
    await world.api.refused(409, "registration_current", "POST", path.format(rows[0]["id"]), one, json=body)
    # What was decided was decided on something else.
    for party in (seller, world.operator):
        await judged(world, party, agreed)
    held = await deposits(world, world.operator, listing)
    assert [(row["status"], row["due_at"]) for row in held] == [("held", listing["closes_at"])] * 2
    await notice_over(world, shown)
    (deal,) = await deals_of(world, listing)
    assert (deal["listing_version"], str(one.id) in str(deal["parties"])) == (2, True)
    assert (await registration_now(world, rows[1]))["status"] == "lapsed"
    back = {row["organisation_id"]: row["status"] for row in await deposits(world, world.operator, listing)}
    assert back == {str(one.id): "held", str(other.id): "release_due"}


async def test_another_deposit_is_paid_anew_and_the_old_one_goes_back(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    row = await qualified(world, seller, buyer, listing)
    await revised(
        world, seller, listing, conditions=CONDITIONS | {"deposit_amount": "150000.00", "notice_working_days": 30}
    )
    shown = await read(world, None, listing)
    assert await working_days_to(world, datetime.fromisoformat(shown["closes_at"])) == 30
    body = {"listing_version": 2, "meets_conditions": True}
    await world.api.ok("POST", f"/v1/listing-registrations/{row['id']}/confirmation", buyer, json=body)
    new, old = await deposits(world, buyer, listing)
    assert [(d["required_amount"], d["status"]) for d in (new, old)] == [
        ("150000.00", "requested"), ("100000.00", "release_due"),
    ]  # fmt: skip
    assert new["due_at"] == shown["closes_at"]
    await paid(world, buyer, listing)
    assert await balances(world) == {
        "bank": "250000.00", "deposit_held": "150000.00", "deposit_repayable": "100000.00",
    }  # fmt: skip


async def test_what_revisions_are_refused(world: World) -> None:
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    path = f"/v1/listings/{listing['id']}/revision"
    title = listing["published"]["title"]
    await world.api.refused(422, "revision_empty", "POST", path, seller, json=REASON | {"title": title})
    same = REASON | {"conditions": CONDITIONS, "asking_price": "1000000"}
    await world.api.refused(422, "revision_empty", "POST", path, seller, json=same)
    low = REASON | {"asking_price": "100000.00"}
    await world.api.refused(422, "deposit_out_of_range", "POST", path, seller, json=low)
    short = REASON | {"conditions": CONDITIONS | {"notice_working_days": 10}}
    await world.api.refused(422, "period_too_short", "POST", path, seller, json=short)
    await world.api.refused(404, "not_found", "POST", path, await world.enterprise(), json=REASON | {"title": "新"})
    await world.api.refused(409, "no_revision", "POST", f"{path}/publication", world.operator)
    await proposed(world, seller, listing, title="新")
    await world.api.refused(409, "revision_pending", "POST", path, seller, json=REASON | {"title": "再"})
    back = await world.api.ok("POST", f"{path}/return", world.operator, json={"reason": "示例退回"})
    assert (back["status"], back["status_reason"]) == ("returned", "示例退回")
    assert (await read(world, None, listing))["version"] == 1
    await proposed(world, seller, listing, title="新")
    await notice_over(world, listing)
    await world.api.refused(409, "listing_notice_over", "POST", f"{path}/publication", world.operator)
    rows = await world.api.ok("GET", f"/v1/listings/{listing['id']}/revisions", seller)
    assert [row["status"] for row in rows["items"]] == ["returned", "moot"]
    for nobody in (await world.enterprise(),):
        assert (await world.api.ok("GET", f"/v1/listings/{listing['id']}/revisions", nobody))["items"] == []


async def test_a_revision_in_an_extension_begins_the_whole_notice_anew(world: World) -> None:
    seller = await world.university()
    listing = await competitive_listing(world, seller, {"extension_working_days": 5, "extensions_max": 1})
    await notice_over(world, listing)
    assert (await sale(world, listing))["extensions_used"] == 1
    shown = await revised(world, seller, listing, summary="新摘要")
    assert [period["rule"] for period in shown["periods"]] == ["listing_notice"]
    assert await working_days_to(world, datetime.fromisoformat(shown["closes_at"])) == 20
    assert (await sale(world, listing))["extensions_used"] == 0
    await notice_over(world, listing)
    assert (await sale(world, listing))["extensions_used"] == 1
    assert await errors(world) == []


# Suspension


@pytest.mark.parametrize(("passed", "left"), [(2, 19), (21, 10)])
async def test_suspension_stops_the_notice_and_both_floors_hold(world: World, passed: int, left: int) -> None:
    """On 2026-11-24 or whatever day this runs: at least 20 working days in all, and at least 10 still to come."""
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await registered(world, buyer, listing)
    await pass_days(world, passed)
    halted = await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json=REASON)
    assert {period["rule"] for period in halted["periods"]} == {"listing_notice", "suspension_max"}
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["due_at"] == halted["closes_at"]
    path = f"/v1/listings/{listing['id']}/registrations"
    body = {"listing_version": 1, "meets_conditions": True}
    await world.api.refused(409, "listing_not_open", "POST", path, await world.enterprise(), json=body)
    await pass_days(world, 20)
    shown = await world.api.ok("POST", f"/v1/listings/{listing['id']}/resumption", seller)
    (period,) = shown["periods"]
    found = await world.api.ok("GET", f"/v1/periods/{period['id']}")
    assert max(20 - found["elapsed"], 10) == await working_days_to(world, await end_of(world, listing))
    assert found["elapsed"] <= passed
    assert await working_days_to(world, await end_of(world, listing)) >= (10 if left == 10 else 18)
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["due_at"] == (await read(world, None, listing))["closes_at"]
    await paid(world, buyer, listing)
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "review"
    assert await errors(world) == []


async def test_a_suspension_that_nobody_lifts_ends_the_sale(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await registered(world, buyer, listing)
    await paid(world, buyer, listing)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", world.operator, json=REASON)
    await notice_over(world, listing)
    assert (await read(world, None, listing))["status"] == "lapsed"
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["status"] == "release_due"
    assert await errors(world) == []


# Withdrawal, calendar


async def test_a_seller_takes_the_listing_back_while_the_notice_runs_only(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await registered(world, buyer, listing)
    await paid(world, buyer, listing)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/withdrawal", seller)
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["status"] == "release_due"
    other = await competitive_listing(world, seller)
    await registered(world, buyer, other)
    await notice_over(world, other)
    path = f"/v1/listings/{other['id']}/withdrawal"
    assert (await world.api.refused(409, "listed_sale_under_way", "POST", path, seller))["remedy"]


async def test_a_holiday_declared_later_moves_the_end_and_what_depends_on_it(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing = await competitive_listing(world, seller)
    await registered(world, buyer, listing)
    before = await end_of(world, listing)
    day = (before - timedelta(seconds=1)).astimezone(WUHAN_TIME).date()
    body = {"is_working": False, "reference": "示例通知"}
    await world.api.ok("PUT", f"/v1/calendar/overrides/{day}", world.operator, json=body)
    shown = await read(world, None, listing)
    assert datetime.fromisoformat(shown["closes_at"]) > before
    assert shown["closes_at"] == f"{shown['periods'][0]['last_day']}T16:00:00Z"
    assert (await deposits(world, buyer, listing))[0]["due_at"] == shown["closes_at"]
    await move_clock_to(world, before)
    await work(world)
    assert (await sale(world, listing))["phase"] == "notice"
    await paid(world, buyer, listing)
    await notice_over(world, listing)
    assert (await sale(world, listing))["phase"] == "review"


# A deal that fails


async def sold(world: World, seller: Party, buyer: Party) -> tuple[Json, Json]:
    listing = await competitive_listing(world, seller)
    await qualified(world, seller, buyer, listing)
    await notice_over(world, listing)
    (deal,) = await deals_of(world, listing)
    return listing, deal


@pytest.mark.parametrize(
    ("who", "said", "becomes"),
    [
        ("buyer", None, "forfeited"),
        ("seller", None, "release_due"),
        ("operator", "seller", "release_due"),
    ],
)
async def test_who_lets_a_deal_fail_decides_on_the_deposit(
    world: World, who: str, said: str | None, becomes: str
) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing, deal = await sold(world, seller, buyer)
    caller = {"buyer": buyer, "seller": seller, "operator": world.operator}[who]
    path = f"/v1/deals/{deal['id']}/cancellation"
    if who == "operator":
        await world.api.refused(422, "default_missing", "POST", path, caller, json=REASON)
    else:
        await world.api.refused(403, "default_not_yours", "POST", path, caller, json=REASON | {"defaulted": "none"})
    ended = await world.api.ok("POST", path, caller, json=REASON | ({"defaulted": said} if said else {}))
    assert (ended["status"], ended["default"]["defaulted"]) == ("cancelled", said or who)
    (deposit,) = await deposits(world, buyer, listing)
    assert deposit["status"] == becomes
    assert await told_of(world, deal, "deal.default_open") == [], "nothing waits for a finding"
    assert (await read(world, None, listing))["status"] == "lapsed", "its notice is over: the seller lists anew"
    shown = await sale(world, listing)
    assert (shown["phase"], shown["reason"]) == ("ended", "deal: cancelled")
    account = {"forfeited": "forfeitures", "release_due": "deposit_repayable"}[becomes]
    assert await balances(world) == {"bank": "100000.00", account: "100000.00"}


async def told_of(world: World, deal: Json, type_: str) -> list[events.Event]:
    async with world.database.reading() as session:
        return [event for event in await events.of_subjects(session, [UUID(deal["id"])]) if event.type == type_]


async def test_an_expired_deal_leaves_the_deposit_until_the_operator_finds_who_defaulted(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    listing, deal = await sold(world, seller, buyer)
    path, finding = f"/v1/deals/{deal['id']}/default-finding", {"defaulted": "buyer", "reason": "示例认定"}
    await world.api.refused(409, "no_default_open", "POST", path, world.operator, json=finding)
    await move_clock_to(world, datetime.fromisoformat(deal["contract_due_at"]))
    await work(world)
    assert (await deposits(world, buyer, listing))[0]["status"] == "held"
    assert [(told.payload, set(told.audiences)) for told in await told_of(world, deal, "deal.default_open")] == [
        ({"number": deal["number"], "listing_id": listing["id"]}, {*events.STAFF, seller.id, buyer.id})
    ]
    await world.api.refused(403, "forbidden", "POST", path, seller, json=finding)
    found = await world.api.ok("POST", path, world.operator, json=finding)
    assert (found["status"], found["default"]["reason"]) == ("expired", "示例认定")
    assert (await deposits(world, buyer, listing))[0]["status"] == "forfeited"
    await world.api.refused(409, "no_default_open", "POST", path, world.operator, json=finding)


async def test_a_deal_without_deposit_is_cancelled_without_a_finding(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await purchase(world, buyer, await published_listing(world, seller))
    ended = await world.api.ok("POST", f"/v1/deals/{deal['id']}/cancellation", world.operator, json=REASON)
    assert (ended["status"], ended["default"]) == ("cancelled", None)


async def test_an_extension_is_as_long_as_the_rule_of_its_day_asks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule grew after the announcement: the worker extends by more, and does not refuse for ever."""

    def grown(name: str, **kwargs: Any) -> Parameter:
        found = parameter(name, **kwargs)
        value = Decimal(8) if name == "listing_extension_working_days" else found.value
        return Parameter(name, value, found.valid_from, found.valid_to, found.mark, found.reference)

    conditions = {"extension_working_days": 5, "extensions_max": 1}
    listing = await competitive_listing(world, await world.university(), conditions)
    for module in (periods, notice):
        monkeypatch.setattr(module, "parameter", grown, raising=False)
    await notice_over(world, listing)
    assert await errors(world) == []
    assert (await sale(world, listing))["extensions_used"] == 1
    assert await working_days_to(world, await end_of(world, listing)) == 8


async def test_why_a_sale_was_suspended_or_terminated_is_in_no_public_period(world: World) -> None:
    """The reason is for the seller's side and the market's staff; a period is for everyone."""
    seller = await world.university()
    listing = await competitive_listing(world, seller)
    path = f"/v1/listings/{listing['id']}"
    await world.api.ok("POST", f"{path}/suspension", seller, json={"reason": "示例中止原因"})
    await world.api.ok("POST", f"{path}/resumption", seller)
    await world.api.ok("POST", f"{path}/sale-termination", world.operator, json={"reason": "示例终结原因"})
    for caller in (None, await world.enterprise()):
        shown = await world.api.ok("GET", f"/v1/periods?subject_id={listing['id']}", caller)
        assert [row["rule"] for row in shown["items"]] == ["listing_notice", "suspension_max", "listing_notice"]
        assert "原因" not in str(shown)
        assert "原因" not in str(await read(world, caller, listing))
        assert "原因" not in str(await sale(world, listing, caller or await world.enterprise()))
    assert (await sale(world, listing, seller))["reason"] == "示例终结原因"
