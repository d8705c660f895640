"""What comes after a run, or in the middle of it: later facts, tampering, reversals, the turn of the year, rivals."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.contracts import queries
from tests.awards.factory import Json, Sale, amounts, codes, computed_run, next_year, paid, sale
from tests.contracts.factory import registration_step
from tests.market.listings.factory import WUHAN_TIME, today
from tests.support.world import World


async def _set(world: World, statement: str, **values: Any) -> None:
    """As someone with full rights on the database would."""
    async with world.database.transaction() as session:
        await session.execute(text(statement), values)


async def _verification(world: World, run: Json) -> Json:
    found: Json = await world.api.ok("GET", f"/v1/award-runs/{run['id']}/verification", world.auditor)
    return found


async def test_a_run_recomputes_to_the_byte(world: World, registered_sale: Sale) -> None:
    await paid(world, registered_sale, "123456.78")
    run = await computed_run(world)
    found = await _verification(world, run)
    assert found["same"] is True
    assert found["stored_sha256"] == found["recomputed_sha256"] == run["outcome_sha256"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE award_runs SET outcome = replace(outcome, '7901.23', '7901.24')",
        "UPDATE award_runs SET outcome = replace(outcome, '7901.23', '7901.24'), "
        "outcome_sha256 = encode(sha256(convert_to(replace(outcome, '7901.23', '7901.24'), 'UTF8')), 'hex')",
        "UPDATE award_runs SET facts = replace(facts, '123456.75', '123456.76')",
        "UPDATE award_runs SET facts = replace(facts, '示例', '改名')",
        "UPDATE award_runs SET facts = facts || ' '",
        "UPDATE award_runs SET facts = '{}'",
        "UPDATE award_runs SET facts = 'not json'",
        "UPDATE award_runs SET facts = '[]'",
        r"UPDATE award_runs SET facts = replace(facts, '\:20', '\:19')",  # the year
        "UPDATE award_runs SET facts_sha256 = outcome_sha256",
        "UPDATE award_runs SET year = year - 1",
        "UPDATE award_statements SET amount = amount + 1 WHERE role = 'buyer'",
        "UPDATE award_statements SET content = content || '{\"total\": \"1.00\"}' WHERE role = 'seller'",
        "DELETE FROM award_statements WHERE role = 'agency'",
    ],
)
async def test_whatever_was_tampered_with_is_found(world: World, registered_sale: Sale, tampering: str) -> None:
    await paid(world, registered_sale, "123456.75")
    run = await computed_run(world)
    assert amounts(run)[str(registered_sale.buyer.id), "buyer"] == "7901.23"
    await _set(world, tampering)
    assert (await _verification(world, run))["same"] is False


async def test_what_happens_later_does_not_change_a_run(world: World, registered_sale: Sale) -> None:
    await paid(world, registered_sale, "1000.00")
    run = await computed_run(world)
    await paid(world, registered_sale, "500000.00")
    await _set(world, "UPDATE organisations SET name = '改名' WHERE id = :id", id=registered_sale.buyer.id)
    await registration_step(world, registered_sale.contract, "cancellation", world.registrar, reason="撤销")
    assert await world.api.ok("GET", f"/v1/award-runs/{run['id']}", world.auditor) == run
    assert (await _verification(world, run))["same"] is True
    again = await computed_run(world)
    assert again["facts_sha256"] != run["facts_sha256"]
    assert (again["statements"], codes(again)) == ([], {"cancelled"})


async def test_a_payment_just_after_midnight_in_the_city_belongs_to_the_new_year(
    world: World, registered_sale: Sale
) -> None:
    old = (await today(world)).year
    new = await next_year(world)
    at = datetime(new, 1, 1, tzinfo=WUHAN_TIME)
    await paid(world, registered_sale, "100000.00", received_at=(at - timedelta(seconds=1)).isoformat())
    # 00:30 in Wuhan is 16:30 of 31 December in UTC.
    await paid(world, registered_sale, "200000.00", received_at=(at + timedelta(minutes=29)).isoformat())
    buyer = (str(registered_sale.buyer.id), "buyer")
    before, after = await computed_run(world, old), await computed_run(world, new)
    assert (amounts(before)[buyer], amounts(after)[buyer]) == ("6400.00", "12800.00")
    assert (before["preliminary"], after["preliminary"]) == (False, True)
    (line,) = after["statements"][0]["lines"]
    assert line["received_on"] == f"{new}-01-01"


async def _reverse(world: World, made: Sale, payment: Json, kind: str = "returned_by_bank") -> None:
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    body = {"kind": kind, "reason": "示例"}
    if kind != "recorded_wrongly":
        body |= {"reversed_at": now, "bank_reference": f"BACK-{now}"}
    await world.api.ok("POST", f"/v1/payments/{payment['id']}/reversal", made.seller, json=body)


async def test_d8_a_reversed_payment_earns_nothing_and_its_statement_says_why(
    world: World, registered_sale: Sale
) -> None:
    made, why = registered_sale, {}
    kept = await paid(world, made, "10000.00")
    for kind, code, told in (
        ("returned_by_bank", "payment_reversed", "the bank reversed the payment on"),
        ("refunded", "payment_refunded", "the payee paid the payment back on"),
        ("recorded_wrongly", "payment_never_was", "the payment was recorded wrongly"),
    ):
        gone = await paid(world, made, "20000.00")
        await _reverse(world, made, gone, kind)
        why[code, gone["id"]] = told
    run = await computed_run(world)
    assert amounts(run)[str(made.buyer.id), "buyer"] == "640.00"
    assert {line["payment_id"] for s in run["statements"] for line in s["lines"]} == {kept["id"]}
    assert {(e["code"], e["payment_id"]) for e in run["exclusions"]} == why.keys()
    assert all(e["reason_en"].startswith(why[e["code"], e["payment_id"]]) for e in run["exclusions"])
    assert {e["organisation_id"] for e in run["exclusions"]} == {
        str(made.buyer.id), str(made.seller.id), str(made.agency.id),
    }  # fmt: skip


async def test_a_reversal_of_the_next_year_leaves_the_year_of_receipt_as_it_was(world: World) -> None:
    made = await sale(world)
    payment, slip = await paid(world, made, "10000.00"), await paid(world, made, "20000.00")
    year = (await today(world)).year
    await next_year(world)
    await _reverse(world, made, payment)
    await _reverse(world, made, slip, "recorded_wrongly")  # it never was, in no year
    assert amounts(await computed_run(world, year))[str(made.buyer.id), "buyer"] == "640.00"


async def test_a_first_payment_recorded_while_a_run_reads_is_left_to_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contracts and payments are two queries: what commits between them belongs to a contract that was not read."""
    made, late = await sale(world), await sale(world)
    await paid(world, made, "1000.00")
    await paid(world, late, "1000.00")
    read = queries.award_facts

    async def without_the_late_contract(*arguments: Any) -> Any:
        found, payments, ids = await read(*arguments)
        return [contract for contract in found if str(contract.id) != late.contract["id"]], payments, ids

    monkeypatch.setattr(queries, "award_facts", without_the_late_contract)
    run = await computed_run(world)
    assert {s["organisation_id"] for s in run["statements"]} == {
        str(made.buyer.id), str(made.seller.id), str(made.agency.id),
    }  # fmt: skip
    assert (await _verification(world, run))["same"] is True


async def test_two_drafts_computed_at_once_leave_exactly_one(fresh_world: World) -> None:
    world, year = fresh_world, (await today(fresh_world)).year
    runs = await asyncio.gather(*(computed_run(world, year) for _ in range(6)))
    assert len({run["number"] for run in runs}) == 6
    listed = (await world.api.ok("GET", "/v1/award-runs", world.auditor))["items"]
    assert sorted(item["status"] for item in listed) == ["draft"] + ["superseded"] * 5
    (draft,) = [item for item in listed if item["status"] == "draft"]
    assert draft["id"] in {run["id"] for run in runs}


async def test_a_draft_superseded_while_it_is_being_published_is_not_published(fresh_world: World) -> None:
    """A rival supersedes the draft and commits while the request waits for the row it has already read."""
    world, year = fresh_world, (await today(fresh_world)).year - 1
    run = await computed_run(world, year)
    path = f"/v1/award-runs/{run['id']}/publication"
    async with world.database.transaction() as rival:
        await rival.execute(text("UPDATE award_runs SET status = 'superseded' WHERE id = :id"), {"id": UUID(run["id"])})
        request = asyncio.create_task(world.api.post(path, world.award_officer))
        while not (await rival.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
            assert not request.done()
            await asyncio.sleep(0)
    answer = await request
    assert (answer.status_code, answer.json()["code"]) == (409, "award_run_not_draft")
    async with world.database.reading() as session:
        told = text("SELECT count(*) FROM events WHERE type = 'award_run.published'")
        assert (await session.execute(told)).scalar_one() == 0


async def test_a_run_published_twice_at_once_is_told_once(fresh_world: World) -> None:
    world, year = fresh_world, (await today(fresh_world)).year - 1
    run = await computed_run(world, year)
    path = f"/v1/award-runs/{run['id']}/publication"
    answers = await asyncio.gather(*(world.api.post(path, world.award_officer) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "award_run_not_draft"}
