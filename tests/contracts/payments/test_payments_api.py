"""Payments, reversals and invoices from the outside, and the race for what is due."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from app.contracts.models import Payment
from app.contracts.queries import award_facts
from app.core.database import advisory_lock
from app.core.web.lists import bound_to
from app.core.web.pages import encode_cursor
from tests.contracts.factory import (
    Json,
    agency_part,
    contractable_deal,
    drafted_contract,
    payment_body,
    recorded_payment,
    registered_contract,
    registration_step,
    signed_contract,
)
from tests.market.listings.factory import today
from tests.support.world import Party, World

WUHAN = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def seller(world: World) -> Party:
    return await world.institution()


@pytest.fixture
async def buyer(world: World) -> Party:
    return await world.enterprise()


def _path(contract: Json) -> str:
    return f"/v1/contracts/{contract['id']}/payments"


async def _totals(world: World, contract: Json, party: Party) -> tuple[str, str, str]:
    totals = (await world.api.ok("GET", _path(contract), party))["totals"]
    return totals["paid"], totals["due"], totals["technical_paid"]


async def _refused(world: World, contract: Json, party: Party, body: Json, status: int, code: str, field: str) -> Json:
    """The refusal of a payment, which leaves the sums as they were."""
    before = await _totals(world, contract, party)
    problem: Json = await world.api.refused(status, code, "POST", _path(contract), party, json=body)
    assert problem["errors"][0]["field"] == field
    assert await _totals(world, contract, party) == before
    return problem


async def test_instalments_add_up_to_what_is_due(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    first = await recorded_payment(world, contract, seller, buyer, "333333.33")
    assert (first["payee_id"], first["technical_amount"]) == (str(seller.id), None)
    assert await _totals(world, contract, buyer) == ("333333.33", "666666.67", "266666.66")
    body = await payment_body(world, buyer, "666666.68")
    problem = await _refused(world, contract, seller, body, 422, "payment_above_due", "amount")
    assert "666666.67" in problem["remedy"]
    await recorded_payment(world, contract, seller, buyer, "666666.67")
    assert await _totals(world, contract, world.auditor) == ("1000000.00", "0.00", "800000.00")


async def test_what_was_received_is_checked(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)

    async def refused(status: int, code: str, field: str, **change: Any) -> None:
        body = await payment_body(world, buyer, "100.00") | change
        await _refused(world, contract, seller, body, status, code, field)

    day = await today(world)
    yesterday = datetime(day.year, day.month, day.day, tzinfo=WUHAN) - timedelta(seconds=1)
    await refused(422, "dates_out_of_order", "received_at", received_at=yesterday.isoformat())
    tomorrow = yesterday + timedelta(days=2)
    await refused(422, "contract_date_in_future", "received_at", received_at=tomorrow.isoformat())
    await refused(422, "dates_out_of_order", "received_at", received_at="1949-10-02T00:00:00+14:00")
    await refused(422, "invalid_input", "received_at", received_at="2026-01-01T00:30:00")
    await refused(422, "payer_not_a_buyer", "payer_id", payer_id=str(seller.id))
    await refused(422, "technical_above_payment", "technical_amount", technical_amount="100.01")
    await refused(422, "invalid_input", "amount", amount="0.00")
    await refused(422, "invalid_input", "amount", amount="1.005")
    await refused(422, "contract_date_in_future", "invoice.issued_on", invoice=_invoice("1", "1.00", date(2199, 1, 1)))
    await refused(422, "dates_out_of_order", "invoice.issued_on", invoice=_invoice("1", "1.00", date(2001, 1, 1)))
    await refused(422, "invoice_above_payment", "invoice.amount", invoice=_invoice("1", "100.01", day))


async def test_only_the_payee_records_and_only_on_a_signed_contract(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    body = await payment_body(world, buyer, "1.00")
    await world.api.refused(403, "contract_party_only", "POST", _path(contract), buyer, json=body)
    await world.api.refused(404, "not_found", "POST", _path(contract), await world.institution(), json=body)
    draft = await drafted_contract(world, seller, buyer)
    await world.api.refused(409, "contract_not_signed", "POST", _path(draft), seller, json=body)
    headers = {"Authorization": f"Bearer {seller.secret}"}
    bare = await world.api.client.post(_path(contract), json=body, headers=headers)
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency_key_required")


async def test_a_retry_counts_once_and_a_bank_reference_is_used_once(world: World, seller: Party, buyer: Party) -> None:
    contract, other = await signed_contract(world, seller, buyer), await signed_contract(world, seller, buyer)
    body = await payment_body(world, buyer, "1.00")
    key = {"Idempotency-Key": "one"}
    first = await world.api.ok("POST", _path(contract), seller, json=body, headers=key)
    assert await world.api.ok("POST", _path(contract), seller, json=body, headers=key) == first
    for somewhere in (contract, other):
        await _refused(world, somewhere, seller, body, 409, "bank_reference_used", "bank_reference")
    assert await _totals(world, contract, seller) == ("1.00", "999999.00", "0.80")


async def test_the_technical_part_is_bound_by_what_was_registered(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    await registration_step(
        world, contract, "approval", world.registrar,
        total_amount="1000000.00", technical_amount="500000.00", reason="核减",
    )  # fmt: skip
    body = await payment_body(world, buyer, "600000.00", technical_amount="500000.01")
    problem = await _refused(world, contract, seller, body, 422, "technical_above_left", "technical_amount")
    assert "500000.00" in problem["remedy"]
    await recorded_payment(world, contract, seller, buyer, "600000.00", technical_amount="500000.00")
    assert (await _totals(world, contract, seller))[2] == "500000.00"


async def test_royalties_may_pass_the_estimate(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer, payment_terms="royalty")
    await recorded_payment(world, contract, seller, buyer, "1500000.00")
    totals = (await world.api.ok("GET", _path(contract), seller))["totals"]
    assert (totals["paid"], totals["due"], totals["amounts_provisional"]) == ("1500000.00", "0.00", True)


async def test_a_reversal_is_a_payment_of_its_own_and_happens_once(world: World, seller: Party, buyer: Party) -> None:
    contract = await signed_contract(world, seller, buyer)
    paid = await recorded_payment(world, contract, seller, buyer, "1000000.00", technical_amount="800000.00")
    now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
    body = {"reversed_at": now, "bank_reference": "BACK-1", "reason": "银行退回"}
    path = f"/v1/payments/{paid['id']}/reversal"
    early = body | {"reversed_at": paid["received_at"].replace("202", "199", 1)}
    await world.api.refused(422, "dates_out_of_order", "POST", path, seller, json=early)
    await world.api.refused(403, "contract_party_only", "POST", path, buyer, json=body)
    await world.api.refused(404, "not_found", "POST", path, await world.institution(), json=body)
    reversal = await world.api.ok("POST", path, seller, json=body)
    assert (reversal["amount"], reversal["technical_amount"]) == ("-1000000.00", "-800000.00")
    assert (reversal["reverses_id"], reversal["reversal"]) == (paid["id"], "returned_by_bank")
    again = body | {"bank_reference": "BACK-2"}
    await world.api.refused(409, "payment_reversed", "POST", path, seller, json=again)
    itself = f"/v1/payments/{reversal['id']}/reversal"
    await world.api.refused(409, "payment_reversed", "POST", itself, seller, json=again)
    invoice = _invoice("1", "1.00", await today(world))
    await world.api.refused(
        409, "payment_reversed", "POST", f"/v1/payments/{paid['id']}/invoices", seller, json=invoice
    )
    assert await _totals(world, contract, seller) == ("0.00", "1000000.00", "0.00")
    await recorded_payment(world, contract, seller, buyer, "1000000.00")


async def test_d8_a_record_that_was_wrong_asks_for_no_bank_and_leaves_its_numbers_free(
    world: World, seller: Party, buyer: Party
) -> None:
    contract, day = await signed_contract(world, seller, buyer), await today(world)
    body = await payment_body(world, buyer, "100.00", invoice=_invoice("F-1", "100.00", day))
    slip = await world.api.ok("POST", _path(contract), seller, json=body)
    path, wrong = f"/v1/payments/{slip['id']}/reversal", {"kind": "recorded_wrongly", "reason": "金额误录"}
    moved = {"reversed_at": slip["received_at"], "bank_reference": "BACK-1"}
    for name, value in moved.items():
        sent = wrong | {name: value}
        problem = await world.api.refused(422, "payment_reversal_moves_nothing", "POST", path, seller, json=sent)
        assert problem["errors"][0]["field"] == name
        for kind in ("refunded", "returned_by_bank"):
            sent = wrong | {"kind": kind, name: value}
            await world.api.refused(422, "payment_reversal_incomplete", "POST", path, seller, json=sent)
    reversal = await world.api.ok("POST", path, seller, json=wrong)
    assert (reversal["reversal"], reversal["received_at"]) == ("recorded_wrongly", slip["received_at"])
    right = body | {"amount": "1000.00", "invoice": _invoice("F-1", "1000.00", day)}
    recorded = await world.api.ok("POST", _path(contract), seller, json=right)
    await _refused(world, contract, seller, right, 409, "bank_reference_used", "bank_reference")
    used = right | {"bank_reference": "F-2"}
    await _refused(world, contract, seller, used, 409, "invoice_number_used", "invoice.number")

    refund = moved | {"kind": "refunded", "reason": "协商退款"}
    back = await world.api.ok("POST", f"/v1/payments/{recorded['id']}/reversal", seller, json=refund)
    assert (back["reversal"], back["bank_reference"]) == ("refunded", "BACK-1")
    await _refused(world, contract, seller, right, 409, "bank_reference_used", "bank_reference")
    async with world.database.reading() as session:
        told = await session.execute(text("SELECT payload ->> 'kind' FROM events WHERE type = 'payment.reversed'"))
        assert sorted(told.scalars()) == ["recorded_wrongly", "refunded"]
    assert await _totals(world, contract, seller) == ("0.00", "1000000.00", "0.00")


async def test_invoices_come_with_the_payment_or_later_and_never_above_it(
    world: World, seller: Party, buyer: Party
) -> None:
    contract, day = await signed_contract(world, seller, buyer), await today(world)
    paid = await recorded_payment(world, contract, seller, buyer, "100.00", invoice=_invoice("A-1", "60.00", day))
    assert [invoice["number"] for invoice in paid["invoices"]] == ["A-1"]
    path = f"/v1/payments/{paid['id']}/invoices"
    above = _invoice("A-2", "40.01", day)
    problem = await world.api.refused(422, "invoice_above_payment", "POST", path, seller, json=above)
    assert "40.00" in problem["remedy"]
    await world.api.refused(409, "invoice_number_used", "POST", path, seller, json=_invoice("A-1", "1.00", day))
    await world.api.refused(403, "contract_party_only", "POST", path, buyer, json=_invoice("A-2", "1.00", day))
    await world.api.ok("POST", path, seller, json=_invoice("A-2", "40.00", day))
    (listed,) = (await world.api.ok("GET", _path(contract), buyer))["items"]
    assert [(i["number"], i["amount"]) for i in listed["invoices"]] == [("A-1", "60.00"), ("A-2", "40.00")]


async def test_payments_are_listed_in_order_of_receipt(world: World, seller: Party, buyer: Party) -> None:
    deal = await contractable_deal(world, seller, buyer, agreed_on="2024-01-01")
    contract = await signed_contract(
        world, seller, buyer, deal=deal, signed_on=date(2024, 1, 2), valid_from="2024-01-02"
    )
    for day in ("2025-01-01", "2024-03-01", "2024-12-31"):
        await recorded_payment(world, contract, seller, buyer, "1.00", received_at=f"{day}T00:30:00+08:00")
    seen, cursor = [], ""
    for _ in range(3):
        page = await world.api.ok("GET", f"{_path(contract)}?limit=1{cursor}", seller)
        seen += [item["received_at"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
        assert page["totals"]["paid"] == "3.00"
    assert page["next_cursor"] is None
    bound = bound_to(_path(contract), (), "received_at")
    for at in ("2024-03-01T00:00:00", "0001-01-01T00:00:00+14:00"):
        forged = encode_cursor(at, seller.id, bound=bound)
        await world.api.refused(400, "cursor_invalid", "GET", f"{_path(contract)}?cursor={forged}", seller)
    assert [datetime.fromisoformat(at).astimezone(WUHAN).date().isoformat() for at in seen] == [
        "2024-03-01",
        "2024-12-31",
        "2025-01-01",
    ]


async def test_award_facts_hold_what_was_received_by_the_local_end_of_the_year_in_three_queries(
    world: World, seller: Party, buyer: Party
) -> None:
    agency = await world.agency()
    part = agency_part(agency, [await world.broker(agency)])
    for number in range(2):
        deal = await contractable_deal(
            world, seller, buyer, agreed_on="2024-01-01", agencies=[{"organisation_id": str(agency.id), "share": "1"}]
        )
        contract = await signed_contract(
            world, seller, buyer, deal=deal, signed_on=date(2024, 1, 2), valid_from="2024-01-02",
            agencies=[part], agency_service="居间撮合",
        )  # fmt: skip
        contract = await registered_contract(world, seller, buyer, contract=contract)
        for at in ("2024-12-31T23:59:59+08:00", "2025-01-01T00:30:00+08:00"):
            invoice = _invoice(f"{number}-{at}", "1.00", date(2024, 12, 1))
            await recorded_payment(world, contract, seller, buyer, "1.00", received_at=at, invoice=invoice)
    await signed_contract(world, seller, buyer)
    statements: list[str] = []
    async with world.database.reading() as session:
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
        contracts, payments, organisations = await award_facts(session, date(2024, 12, 31))
        later = await award_facts(session, date(2025, 12, 31))
    assert len([sql for sql in statements if sql.startswith("SELECT")]) == 6
    assert [len(contracts), len(payments), len(later[0]), len(later[1])] == [2, 2, 2, 4]
    assert organisations == {seller.id, buyer.id, agency.id}
    assert all(p.invoices[0].amount == Decimal("1.00") and p.amount == Decimal("1.00") for p in payments)
    for found in contracts:
        assert found.registration is not None
        assert found.registration.number
        assert (len(found.parties), len(found.brokers), found.deal.related_party) == (3, 1, None)


async def test_two_payments_at_once_never_exceed_what_is_due(fresh_world: World) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    bodies = [await payment_body(world, buyer, "300000.00") for _ in range(8)]
    answers = await asyncio.gather(*(world.api.post(_path(contract), seller, json=body) for body in bodies))
    codes = sorted("paid" if answer.is_success else answer.json()["code"] for answer in answers)
    assert codes == ["paid"] * 3 + ["payment_above_due"] * 5
    assert await _totals(world, contract, seller) == ("900000.00", "100000.00", "720000.00")


async def test_a_bank_reference_being_recorded_elsewhere_is_waited_for(fresh_world: World) -> None:
    """A rival transaction records the reference on another contract and commits while the request waits."""
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    mine, other = [await signed_contract(world, seller, buyer) for _ in range(2)]
    body = await payment_body(world, buyer, "1.00")
    async with world.database.transaction() as rival:
        await advisory_lock(rival, "payee", seller.organisation_id)
        received_at = datetime.fromisoformat(body["received_at"])
        rival.add(
            Payment(
                contract_id=UUID(other["id"]),
                payer_id=buyer.organisation_id,
                payee_id=seller.organisation_id,
                amount=Decimal("1.00"),
                received_at=received_at,
                recorded_at=received_at,
                bank_reference=body["bank_reference"],
            )
        )
        await rival.flush()
        request = asyncio.create_task(world.api.post(_path(mine), seller, json=body))
        while not (await rival.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
            assert not request.done()
    answer = await request
    assert (answer.status_code, answer.json()["code"]) == (409, "bank_reference_used")


def _invoice(number: str, amount: str, issued_on: date) -> Json:
    return {"number": number, "amount": amount, "issued_on": issued_on.isoformat()}
