"""Recognition and registration from the outside."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.access import Role
from app.core.deadlines import run_due
from app.core.history import events
from app.core.history.events import Event
from app.identity.models import Membership
from app.law.calendar.rules import Calendar
from tests.contracts.factory import (
    Json,
    contract_body,
    contractable_deal,
    drafted_contract,
    registered_contract,
    registration_step,
    sign,
    signed_contract,
)
from tests.market.listings.factory import WUHAN_TIME, move_clock_to, today
from tests.support.world import Party, World

CALENDAR = Calendar()


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


@pytest.fixture
async def buyer(world: World) -> Party:
    return await world.enterprise()


def _path(contract: Json, step: str = "") -> str:
    return f"/v1/contracts/{contract['id']}/registration" + (f"/{step}" if step else "")


async def _events(world: World, type_: str) -> list[Json]:
    """The payloads of a type's events that the market's staff is told of."""
    async with world.database.reading() as session:
        statement = select(Event.payload).where(Event.type == type_, Event.audiences.contains([*events.STAFF]))
        return [dict(payload) for payload in (await session.execute(statement)).scalars()]


async def test_an_application_is_accepted_and_registered_with_a_number(
    world: World, seller: Party, buyer: Party
) -> None:
    contract = await signed_contract(world, seller, buyer)
    applied = await registration_step(world, contract, "", seller, note="请予登记")
    assert (applied["status"], applied["decision_due_on"]) == ("submitted", None)
    accepted = await registration_step(world, contract, "acceptance", world.registrar)
    day = await today(world)
    end = CALENDAR.add_working_days(day, 15)
    assert (accepted["accepted_on"], accepted["decision_due_on"]) == (day.isoformat(), end.day.isoformat())
    assert accepted["decision_due_provisional"] is end.provisional
    assert accepted["server_time"]
    amounts = {"total_amount": "1000000.00", "technical_amount": "800000.00"}
    registered = await registration_step(world, contract, "approval", world.registrar, **amounts)
    assert registered["number"] == f"420101{day.year}000001"
    assert registered["registered_on"] == day.isoformat()
    assert [step["status"] for step in registered["steps"]] == ["submitted", "accepted", "registered"]
    read = await world.api.ok("GET", _path(contract), buyer)
    assert read["steps"] == registered["steps"]
    second = await registered_contract(world, seller, buyer)
    assert second["registration_number"] == f"420101{day.year}000002"


async def test_a_large_contract_and_one_before_experts_have_thirty_days(
    world: World, seller: Party, buyer: Party
) -> None:
    plain: dict[str, Any] = {"deductions": [], "total_amount": "5000000.00", "technical_amount": "5000000.00"}
    deal = await contractable_deal(world, seller, buyer, price="5000000.00")
    large = await signed_contract(world, seller, buyer, deal=deal, **plain)
    small = await signed_contract(world, seller, buyer)
    due = CALENDAR.add_working_days(await today(world), 30).day.isoformat()
    for contract, experts in ((large, False), (small, True)):
        await registration_step(world, contract, "", seller)
        accepted = await registration_step(world, contract, "acceptance", world.registrar, expert_review=experts)
        assert accepted["decision_due_on"] == due


async def test_a_resubmission_resets_acceptance_to_its_own_day(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    asked = await registration_step(world, contract, "supplement-request", world.registrar, missing="权属证明")
    assert (asked["status"], asked["accepted_on"], asked["decision_due_on"]) == ("supplements_requested", None, None)
    assert asked["steps"][-1]["note"] == "权属证明"
    later = await today(world) + timedelta(days=9)
    await move_clock_to(world, datetime.combine(later, time(0, 30), WUHAN_TIME))
    again = await registration_step(world, contract, "resubmission", seller, note="已补正")
    assert again["accepted_on"] == later.isoformat()
    assert again["decision_due_on"] == CALENDAR.add_working_days(later, 15).day.isoformat()


async def test_steps_out_of_order_are_refused_and_change_nothing(world: World, seller: Party, buyer: Party) -> None:
    draft = await drafted_contract(world, seller, buyer)
    await world.api.refused(409, "contract_not_signed", "POST", _path(draft), seller, json={})
    await world.api.refused(404, "not_found", "GET", _path(draft), seller)
    await world.api.refused(404, "not_found", "POST", _path(draft, "acceptance"), world.registrar, json={})
    contract = await signed_contract(world, seller, buyer)
    await world.api.refused(403, "contract_party_only", "POST", _path(contract), buyer, json={})
    await registration_step(world, contract, "", seller)
    await world.api.refused(409, "registration_exists", "POST", _path(contract), seller, json={})
    amounts = {"total_amount": "1000000.00", "technical_amount": "800000.00"}
    for step, party, body in (
        ("approval", world.registrar, amounts),
        ("resubmission", seller, {}),
        ("cancellation", world.registrar, {"reason": "x"}),
    ):
        await world.api.refused(409, "registration_step", "POST", _path(contract, step), party, json=body)
    for other in (world.operator, world.award_officer, world.auditor, seller):
        await world.api.refused(403, "forbidden", "POST", _path(contract, "acceptance"), other, json={})
    assert [step["status"] for step in (await world.api.ok("GET", _path(contract), seller))["steps"]] == ["submitted"]


async def test_both_amounts_are_needed_and_less_needs_a_reason(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)

    async def refused(code: str, field: str, **body: str) -> None:
        problem = await world.api.refused(422, code, "POST", _path(contract, "approval"), world.registrar, json=body)
        assert problem["errors"][0]["field"] == field

    await refused("invalid_input", "technical_amount", total_amount="1000000.00")
    await refused("total_not_confirmed", "total_amount", total_amount="900000.00", technical_amount="800000.00")
    await refused(
        "technical_above_contract", "technical_amount", total_amount="1000000.00", technical_amount="800000.01"
    )
    less = {"total_amount": "1000000.00", "technical_amount": "700000.00"}
    await refused("registration_reason_needed", "reason", **less)
    assert (await world.api.ok("GET", _path(contract), seller))["number"] is None
    registered = await registration_step(world, contract, "approval", world.registrar, **less, reason="设备未扣除")
    assert registered["registered_technical_amount"] == "700000.00"


async def test_after_a_refusal_the_contract_is_amended_signed_and_applied_for_anew(
    world: World, seller: Party, buyer: Party
) -> None:
    deal = await contractable_deal(world, seller, buyer)
    contract = await signed_contract(world, seller, buyer, deal=deal)
    body = await contract_body(world, deal, seller, buyer, deductions=[], technical_amount="1000000.00")
    del body["deal_id"]
    path = f"/v1/contracts/{contract['id']}"
    match = {"If-Match": f'"{contract["revision"]}"'}
    await world.api.refused(409, "contract_not_draft", "PATCH", path, seller, json=body, headers=match)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "refusal", world.registrar, reason="扣除不实")
    await world.api.refused(409, "registration_exists", "POST", _path(contract), seller, json={})
    amended = await world.api.ok("PATCH", path, seller, json=body, headers=match)
    assert (amended["status"], amended["signed_on"]) == ("draft", None)
    await sign(world, contract, seller)
    await sign(world, contract, buyer)
    again = await registration_step(world, contract, "", seller)
    assert [step["status"] for step in again["steps"]] == ["submitted", "refused", "submitted"]


async def test_the_regime_is_the_contracts_own(world: World, seller: Party, buyer: Party) -> None:
    for signed_on, regime in ((date(2026, 2, 28), "measures_2000"), (date(2026, 3, 1), "measures_2026")):
        await _to_2026(world)
        deal = await contractable_deal(world, seller, buyer, agreed_on="2026-02-01")
        contract = await signed_contract(
            world, seller, buyer, deal=deal, signed_on=signed_on, valid_from=signed_on.isoformat()
        )
        assert (await registration_step(world, contract, "", seller))["regime"] == regime


async def _to_2026(world: World) -> None:
    if await today(world) < date(2026, 3, 2):
        await move_clock_to(world, datetime(2026, 3, 2, tzinfo=WUHAN_TIME))


async def test_a_seller_outside_the_mainland_is_out_of_scope(world: World, buyer: Party) -> None:
    seller = await world.institution(division="810000")
    contract = await signed_contract(world, seller, buyer)
    await world.api.refused(422, "applicant_out_of_scope", "POST", _path(contract), seller, json={})
    await world.api.refused(404, "not_found", "GET", _path(contract), seller)


async def test_a_cancellation_keeps_the_history_and_tells_the_market(world: World, seller: Party, buyer: Party) -> None:
    contract = await registered_contract(world, seller, buyer)
    cancelled = await registration_step(world, contract, "cancellation", world.registrar, reason="材料不实")
    assert (cancelled["status"], cancelled["number"]) == ("cancelled", contract["registration_number"])
    assert (cancelled["cancelled_on"], cancelled["reason"]) == ((await today(world)).isoformat(), "材料不实")
    assert [step["status"] for step in cancelled["steps"]] == ["submitted", "accepted", "registered", "cancelled"]
    assert (await world.api.ok("GET", f"/v1/contracts/{contract['id']}", seller))["status"] == "signed"
    (told,) = await _events(world, "contract.registration_cancelled")
    assert told["number"] == contract["registration_number"]


async def test_a_contract_that_ended_is_cancelled_with_its_registration(
    world: World, seller: Party, buyer: Party
) -> None:
    contract = await registered_contract(world, seller, buyer)
    await registration_step(world, contract, "cancellation", world.registrar, reason="合同解除", contract_ended=True)
    read = await world.api.ok("GET", f"/v1/contracts/{contract['id']}", seller)
    assert (read["status"], read["cancelled_on"]) == ("cancelled", (await today(world)).isoformat())


async def test_a_registrar_does_not_decide_on_their_own_organisation(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    async with world.database.transaction() as session:
        session.add(
            Membership(person_id=world.registrar.person_id, organisation_id=buyer.organisation_id, role=Role.MEMBER)
        )
    await world.api.refused(
        403, "conflict_of_interest", "POST", _path(contract, "acceptance"), world.registrar, json={}
    )


async def test_an_undecided_case_is_reported_once_after_its_last_day(world: World, seller: Party, buyer: Party) -> None:
    late, decided = await signed_contract(world, seller, buyer), await registered_contract(world, seller, buyer)
    await registration_step(world, late, "", seller)
    due = (await registration_step(world, late, "acceptance", world.registrar))["decision_due_on"]
    midnight = datetime.combine(date.fromisoformat(due) + timedelta(days=1), time.min, WUHAN_TIME)
    await move_clock_to(world, midnight - timedelta(minutes=5))
    await run_due(world.database)
    assert await _events(world, "registration.overdue") == []
    await move_clock_to(world, midnight)
    await run_due(world.database)
    await run_due(world.database)
    assert await _events(world, "registration.overdue") == [{"number": late["number"], "decision_due_on": due}]
    assert decided["registration_status"] == "registered"


async def test_the_worklist_is_in_order_of_the_day_a_decision_is_due(world: World, seller: Party, buyer: Party) -> None:
    new, slow, quick = [await signed_contract(world, seller, buyer) for _ in range(3)]
    for contract in (new, slow, quick):
        await registration_step(world, contract, "", seller)
    await registration_step(world, slow, "acceptance", world.registrar, expert_review=True)
    await registration_step(world, quick, "acceptance", world.registrar)
    await registered_contract(world, seller, buyer)
    seen, cursor = [], ""
    for _ in range(3):
        page = await world.api.ok("GET", f"/v1/registrations?limit=1{cursor}", world.registrar)
        seen += [item["contract_id"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [quick["id"], slow["id"], new["id"]]
    assert page["next_cursor"] is None
    only = await world.api.ok("GET", "/v1/registrations?status=submitted", world.registrar)
    assert [item["contract_id"] for item in only["items"]] == [new["id"]]
    await world.api.refused(403, "forbidden", "GET", "/v1/registrations", seller)
    listed = await world.api.ok("GET", "/v1/contracts?registration_status=registered&status=signed", world.auditor)
    assert len(listed["items"]) == 1


async def test_a_second_application_has_no_day_of_acceptance_yet(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    await registration_step(world, contract, "refusal", world.registrar, reason="示例原因")
    current = await world.api.ok("GET", f"/v1/contracts/{contract['id']}", seller)
    body = await contract_body(world, {"id": contract["deal_id"]}, seller, buyer)
    del body["deal_id"]
    tag = {"If-Match": f'"{current["revision"]}"'}
    await world.api.ok("PATCH", f"/v1/contracts/{contract['id']}", seller, json=body, headers=tag)
    await sign(world, contract, seller)
    await sign(world, contract, buyer)
    again = await registration_step(world, contract, "", seller)
    assert (again["status"], again["accepted_on"], again["decision_due_on"]) == ("submitted", None, None)
