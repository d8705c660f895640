"""What the bank confirms: matched, refused with what would pass, kept in suspense, resolved, reversed."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core.clock import read_clock
from app.core.problems import Problem
from app.office.ledger.deposits import service as deposits
from app.office.ledger.instructions import service as instructions
from app.office.ledger.kinds import AccountCode
from app.office.ledger.queries import balance_of
from app.office.ledger.rules import Place, Subject
from tests.office.ledger.factory import (
    AMOUNT,
    balances,
    confirmation_body,
    confirmed,
    held_deposit,
    new_subject,
    open_instructions,
    releasing,
    requested_deposit,
    shown,
)
from tests.support.world import Party, World

PATH = "/v1/bank-confirmations"


async def refused(world: World, status: int, code: str, **overrides: Any) -> dict[str, Any]:
    """The refusal of a confirmation that leaves the ledger as it was."""
    before = await balances(world)
    body = await confirmation_body(world, **overrides)
    problem: dict[str, Any] = await world.api.refused(status, code, "POST", PATH, world.operator, json=body)
    assert await balances(world) == before
    return problem


async def test_a_deposit_is_held_once_the_bank_confirms_it(world: World) -> None:
    buyer, subject = await world.enterprise(), new_subject()
    deposit = await requested_deposit(world, buyer, subject)
    assert (await shown(world, deposit))["status"] == "requested"
    async with world.database.transaction() as session:
        assert not await deposits.is_held(session, subject, buyer.organisation_id)
    answer = await confirmed(world, purpose_reference=deposit.number)
    assert answer["deposit_id"] == str(deposit.id)
    body = await shown(world, deposit)
    assert (body["status"], body["required_amount"], body["received_at"]) == (
        "held", "50000.00", answer["received_at"],
    )  # fmt: skip
    async with world.database.transaction() as session:
        assert await deposits.is_held(session, subject, buyer.organisation_id)
        assert not await deposits.is_held(session, new_subject(), buyer.organisation_id)
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


@pytest.mark.parametrize("amount", ["49999.99", "50000.01", "0.01"])
async def test_a_wrong_amount_is_refused_with_the_amount_that_passes(world: World, amount: str) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    problem = await refused(world, 422, "deposit_amount_wrong", amount=amount, purpose_reference=deposit.number)
    assert problem["rule"]["article"] == "on deposits"
    assert problem["errors"][0]["field"] == "amount"
    assert "50000.00" in problem["remedy"]
    assert (await shown(world, deposit))["status"] == "requested"


async def test_a_deposit_is_paid_once(world: World) -> None:
    deposit = await held_deposit(world, await world.enterprise())
    problem = await refused(world, 409, "deposit_not_payable", purpose_reference=deposit.number)
    assert problem["rule"]["article"] == "on deposits"
    assert problem["errors"][0]["field"] == "purpose_reference"
    assert "suspense" in problem["remedy"]
    problem = await refused(world, 422, "direction_wrong", direction="out", purpose_reference=deposit.number)
    assert problem["errors"][0]["field"] == "direction"


async def test_the_same_confirmation_again_gets_the_first_answer(world: World) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    body = await confirmation_body(world, purpose_reference=deposit.number, account_tail="6789")
    first = await world.api.post(PATH, world.operator, json=body)
    again = await world.api.post(PATH, world.operator, json=body | {"amount": "50000"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


@pytest.mark.parametrize(
    "change",
    [{"amount": "1.00"}, {"direction": "out"}, {"account_tail": "0000"}, {"purpose_reference": None}],
)
async def test_a_bank_reference_is_used_once(world: World, change: dict[str, Any]) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    body = await confirmation_body(world, purpose_reference=deposit.number)
    first = await world.api.ok("POST", PATH, world.operator, json=body)
    problem = await refused(world, 409, "bank_reference_used", **(body | change))
    assert problem["errors"][0]["field"] == "bank_reference"
    assert problem["confirmation_id"] == first["id"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"amount": "0"}, "amount", "too_small"),
        ({"amount": "-1"}, "amount", "too_small"),
        ({"amount": "NaN"}, "amount", "not_a_decimal"),
        ({"amount": "1.005"}, "amount", "too_many_decimals"),
        ({"amount": "1" * 19}, "amount", "too_many_digits"),
        ({"amount": 50000}, "amount", "not_a_decimal_string"),
        ({"direction": "sideways"}, "direction", "not_one_of"),
        ({"received_at": "2026-01-01T00:00:00"}, "received_at", "no_offset"),
        ({"bank_reference": ""}, "bank_reference", "too_short"),
        ({"account_tail": "12"}, "account_tail", "wrong_pattern"),
        ({"surprise": 1}, "surprise", "unknown_field"),
    ],
)
async def test_a_field_that_is_not_well_formed(world: World, change: dict[str, Any], field: str, code: str) -> None:
    problem = await refused(world, 422, "invalid_input", **change)
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [(field, code)]


async def test_the_banks_time_is_past_and_a_key_is_needed(world: World) -> None:
    async with world.database.transaction() as session:
        later = await read_clock(session) + timedelta(minutes=5)
    problem = await refused(world, 422, "bank_time_in_future", received_at=later.isoformat())
    assert problem["errors"][0]["field"] == "received_at"
    body = await confirmation_body(world)
    answer = await world.api.client.post(PATH, json=body, headers={"Authorization": f"Bearer {world.operator.secret}"})
    assert answer.json()["code"] == "idempotency_key_required"


async def test_late_money_is_received_and_held_only_when_accepted(world: World) -> None:
    buyer = await world.enterprise()
    async with world.database.transaction() as session:
        before = await read_clock(session) - timedelta(seconds=1)
    deposit = await held_deposit(world, buyer, due_at=before)
    assert (await shown(world, deposit))["status"] == "received"
    assert await balances(world) == {"bank": "50000.00", "deposit_received": "50000.00"}
    async with world.database.transaction() as session:
        with pytest.raises(Problem, match="deposit_not_held"):
            await deposits.forfeit(
                session, (deposit.subject_type, deposit.subject_id), buyer.organisation_id, reason="示例"
            )
        await deposits.hold(session, deposit.id)
        with pytest.raises(Problem, match="deposit_not_held"):
            await deposits.hold(session, deposit.id)
    assert (await shown(world, deposit))["status"] == "held"


async def test_late_money_can_go_straight_back(world: World) -> None:
    async with world.database.transaction() as session:
        before = await read_clock(session) - timedelta(seconds=1)
    deposit = await held_deposit(world, await world.enterprise(), due_at=before)
    instruction = await releasing(world, deposit)
    await confirmed(world, direction="out", purpose_reference=instruction["number"])
    assert (await shown(world, deposit))["status"] == "released"
    assert await balances(world) == {}


async def test_an_instruction_is_settled_once_in_its_amount_and_direction(world: World) -> None:
    deposit = await held_deposit(world, await world.enterprise())
    number = (await releasing(world, deposit))["number"]
    problem = await refused(
        world, 422, "instruction_amount_wrong", direction="out", amount="49999.99", purpose_reference=number
    )
    assert problem["errors"][0]["field"] == "amount"
    assert "50000.00" in problem["remedy"]
    await refused(world, 422, "direction_wrong", purpose_reference=number)
    answer = await confirmed(world, direction="out", purpose_reference=number)
    assert answer["instruction_id"] is not None
    assert await open_instructions(world) == []
    problem = await refused(world, 409, "instruction_not_open", direction="out", purpose_reference=number)
    assert problem["errors"][0]["field"] == "purpose_reference"
    assert await balances(world) == {}


async def unmatched(world: World) -> list[str]:
    page = await world.api.ok("GET", "/v1/settlement/unmatched", world.operator)
    return [row["id"] for row in page["items"]]


async def resolve(world: World, confirmation: dict[str, Any], **body: Any) -> dict[str, Any]:
    path = f"{PATH}/{confirmation['id']}/resolution"
    made: dict[str, Any] = await world.api.ok("POST", path, world.operator, json={"reason": "示例"} | body)
    return made


async def test_unmatched_money_waits_in_suspense_until_it_is_resolved(world: World) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    stray = await confirmed(world, purpose_reference="WH-B-1999-000001")
    other = await confirmed(world, amount="7.00", account_tail="1234")
    assert await unmatched(world) == [stray["id"], other["id"]]
    assert await balances(world) == {"bank": "50007.00", "suspense_in": "50007.00"}
    resolved = await resolve(world, stray, kind="deposit", purpose_reference=deposit.number)
    assert resolved["resolution"]["deposit_id"] == str(deposit.id)
    assert (await shown(world, deposit))["status"] == "held"
    await resolve(world, other, kind="return")
    assert await unmatched(world) == []
    (instruction,) = await open_instructions(world)
    assert (instruction["kind"], instruction["amount"], instruction["account_tail"]) == (
        "suspense_return", "7.00", "1234",
    )  # fmt: skip
    await confirmed(world, direction="out", amount="7.00", purpose_reference=instruction["number"])
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


async def test_money_that_left_unmatched_is_laid_to_its_instruction(world: World) -> None:
    deposit = await held_deposit(world, await world.enterprise())
    instruction = await releasing(world, deposit)
    stray = await confirmed(world, direction="out")
    assert (await balances(world))["suspense_out"] == "50000.00"
    await resolve(world, stray, kind="instruction", purpose_reference=instruction["number"])
    assert await balances(world) == {}
    assert (await shown(world, deposit))["status"] == "released"


async def test_a_resolution_that_does_not_fit_is_refused(world: World) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    held = await held_deposit(world, await world.enterprise())
    matched = await confirmed(world, purpose_reference=deposit.number)
    wrong = await confirmed(world, amount="3.00")
    out = await confirmed(world, direction="out", amount="3.00")
    before = await balances(world)

    async def no(status: int, code: str, confirmation: dict[str, Any], **body: Any) -> dict[str, Any]:
        path = f"{PATH}/{confirmation['id']}/resolution"
        problem: dict[str, Any] = await world.api.refused(
            status, code, "POST", path, world.operator, json={"reason": "示例"} | body
        )
        return problem

    await no(409, "confirmation_settled", matched, kind="return")
    await no(422, "resolution_unfit", out, kind="return")
    problem = await no(422, "unknown_reference", wrong, kind="instruction", purpose_reference=held.number)
    assert problem["errors"][0]["field"] == "purpose_reference"
    await no(409, "deposit_not_payable", wrong, kind="deposit", purpose_reference=held.number)
    third = await requested_deposit(world, await world.enterprise())
    await no(422, "deposit_amount_wrong", wrong, kind="deposit", purpose_reference=third.number)
    problem = await no(422, "invalid_input", wrong, kind="return", purpose_reference="x")
    assert problem["errors"][0]["code"] == "purpose_reference"
    await no(422, "invalid_input", wrong, kind="deposit")
    await no(422, "invalid_input", wrong, kind="reversal", purpose_reference="x")
    await no(404, "not_found", {"id": str(UUID(int=1))}, kind="return")
    assert await balances(world) == before
    await resolve(world, wrong, kind="return")
    await no(409, "confirmation_settled", wrong, kind="return")


async def reverse(world: World, confirmation: dict[str, Any]) -> dict[str, Any]:
    path = f"{PATH}/{confirmation['id']}/reversal"
    made: dict[str, Any] = await world.api.ok("POST", path, world.operator, json={"reason": "录入有误"})
    return made


async def test_a_wrong_confirmation_is_reversed_by_mirrored_entries(world: World) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    wrong = await confirmed(world, purpose_reference=deposit.number)
    assert (await reverse(world, wrong))["resolution"]["kind"] == "reversal"
    assert await balances(world) == {}
    assert (await shown(world, deposit))["status"] == "requested"
    path = f"{PATH}/{wrong['id']}/reversal"
    await world.api.refused(409, "confirmation_settled", "POST", path, world.operator, json={"reason": "示例"})
    await confirmed(world, purpose_reference=deposit.number)
    assert (await shown(world, deposit))["status"] == "held"
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}


async def test_a_payment_that_the_bank_took_back_is_owed_again(world: World) -> None:
    deposit = await held_deposit(world, await world.enterprise())
    number = (await releasing(world, deposit))["number"]
    paid = await confirmed(world, direction="out", purpose_reference=number)
    await reverse(world, paid)
    assert (await shown(world, deposit))["status"] == "release_due"
    assert [row["number"] for row in await open_instructions(world)] == [number]
    assert await balances(world) == {"bank": "50000.00", "deposit_repayable": "50000.00"}
    await confirmed(world, direction="out", purpose_reference=number)
    assert await balances(world) == {}


async def test_unmatched_money_that_never_was_is_reversed(world: World) -> None:
    stray = await confirmed(world)
    await reverse(world, stray)
    assert await unmatched(world) == []
    assert await balances(world) == {}


async def test_what_has_moved_on_is_not_reversed(world: World) -> None:
    deposit = await requested_deposit(world, await world.enterprise())
    paid = await confirmed(world, purpose_reference=deposit.number)
    await releasing(world, deposit)
    before = await balances(world)
    path = f"{PATH}/{paid['id']}/reversal"
    problem = await world.api.refused(409, "not_reversible", "POST", path, world.operator, json={"reason": "示例"})
    assert deposit.number in problem["detail"]
    assert await balances(world) == before


async def held_price(world: World, deal: Subject) -> Decimal:
    async with world.database.transaction() as session:
        return await balance_of(session, Place(AccountCode.PRICE_SETTLEMENT, None, deal))


async def price_of(world: World, buyer: Party, deal: Subject, amount: str) -> dict[str, Any]:
    async with world.database.transaction() as session:
        instruction = await instructions.request_price(
            session, deal=deal, payer_id=buyer.organisation_id, amount=Decimal(amount)
        )
    return await confirmed(world, amount=amount, purpose_reference=instruction.number)


async def test_the_price_goes_through_the_exchange_to_the_seller(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    subject, deal = new_subject(), new_subject("deal")
    await held_deposit(world, buyer, subject)
    async with world.database.transaction() as session:
        await deposits.apply_to_price(session, subject, buyer.organisation_id, deal=deal, fee=Decimal("2000.00"))
    assert await held_price(world, deal) == Decimal("48000.00")
    paid = await price_of(world, buyer, deal, "952000.00")
    assert await held_price(world, deal) == Decimal("1000000.00")
    async with world.database.transaction() as session:
        with pytest.raises(Problem, match="more_than_held") as caught:
            async with session.begin_nested():
                await instructions.pay_out_price(
                    session, deal=deal, seller_id=seller.organisation_id, amount=Decimal("1000000.01")
                )
        assert caught.value.params["held"] == Decimal("1000000.00")
        payout = await instructions.pay_out_price(
            session, deal=deal, seller_id=seller.organisation_id, amount=Decimal("1000000.00")
        )
    path = f"{PATH}/{paid['id']}/reversal"
    await world.api.refused(422, "more_than_held", "POST", path, world.operator, json={"reason": "示例"})
    own = await world.api.ok("GET", "/v1/settlement-instructions?status=open", seller)
    assert [(row["kind"], row["amount"]) for row in own["items"]] == [("price_payout", "1000000.00")]
    await confirmed(world, direction="out", amount="1000000.00", purpose_reference=payout.number)
    assert await balances(world) == {"bank": "2000.00", "fee_income": "2000.00"}


async def test_a_fee_is_charged_paid_or_taken_back(world: World) -> None:
    payer, deal = await world.enterprise(), new_subject("deal")
    async with world.database.transaction() as session:
        first, second = [
            await instructions.charge_fee(
                session, subject=deal, organisation_id=payer.organisation_id, amount=Decimal("800.00")
            )
            for _ in range(2)
        ]
    assert await balances(world) == {"fee_receivable": "1600.00", "fee_income": "1600.00"}
    await confirmed(world, amount="800.00", purpose_reference=first.number)
    async with world.database.transaction() as session:
        await instructions.cancel_request(session, second.id, reason="示例")
    with pytest.raises(Problem, match="instruction_not_open"):
        async with world.database.transaction() as session:
            await instructions.cancel_request(session, first.id, reason="示例")
    assert await balances(world) == {"bank": "800.00", "fee_income": "800.00"}
    await refused(world, 409, "instruction_not_open", amount="800.00", purpose_reference=second.number)


async def test_a_deposit_larger_than_its_fee_only(world: World) -> None:
    buyer, subject, deal = await world.enterprise(), new_subject(), new_subject("deal")
    await held_deposit(world, buyer, subject)
    async with world.database.transaction() as session:
        with pytest.raises(Problem, match="more_than_held") as caught:
            await deposits.apply_to_price(
                session, subject, buyer.organisation_id, deal=deal, fee=AMOUNT + Decimal("0.01")
            )
        assert caught.value.params["held"] == AMOUNT
        await deposits.apply_to_price(session, subject, buyer.organisation_id, deal=deal, fee=AMOUNT)
    assert await balances(world) == {"bank": "50000.00", "fee_income": "50000.00"}


async def test_money_that_was_resolved_to_the_wrong_deposit_is_taken_back(world: World) -> None:
    """A slip of the operator: the wrong organisation would have it back. The right deposit takes it afterwards."""
    wrong, right = [await requested_deposit(world, await world.enterprise()) for _ in range(2)]
    stray = await confirmed(world)
    await resolve(world, stray, kind="deposit", purpose_reference=wrong.number)
    assert (await shown(world, wrong))["status"] == "held"
    taken = (await reverse(world, stray))["resolution"]
    assert (taken["kind"], taken["reversal"]["reason"]) == ("deposit", "录入有误")
    assert (await shown(world, wrong))["status"] == "requested"
    assert await balances(world) == {}
    assert await unmatched(world) == []
    path = f"{PATH}/{stray['id']}/reversal"
    await world.api.refused(409, "confirmation_settled", "POST", path, world.operator, json={"reason": "示例"})
    again = await confirmed(world, bank_reference=f"{stray['bank_reference']}-2")
    await resolve(world, again, kind="deposit", purpose_reference=right.number)
    assert await balances(world) == {"bank": "50000.00", "deposit_held": "50000.00"}
    await releasing(world, right)
    path = f"{PATH}/{again['id']}/reversal"
    await world.api.refused(409, "not_reversible", "POST", path, world.operator, json={"reason": "示例"})


async def test_a_payment_that_was_resolved_to_the_wrong_instruction_is_owed_again(world: World) -> None:
    one, other = [await held_deposit(world, await world.enterprise()) for _ in range(2)]
    numbers = [(await releasing(world, deposit))["number"] for deposit in (one, other)]
    stray = await confirmed(world, direction="out")
    await resolve(world, stray, kind="instruction", purpose_reference=numbers[0])
    await reverse(world, stray)
    assert (await shown(world, one))["status"] == "release_due"
    assert {row["number"] for row in await open_instructions(world)} == set(numbers)
    again = await confirmed(world, direction="out", bank_reference=f"{stray['bank_reference']}-2")
    await resolve(world, again, kind="instruction", purpose_reference=numbers[1])
    assert (await shown(world, other))["status"] == "released"
    assert await balances(world) == {"bank": "50000.00", "deposit_repayable": "50000.00"}


async def test_what_is_on_its_way_back_is_not_reversed(world: World) -> None:
    stray = await confirmed(world)
    await resolve(world, stray, kind="return")
    path = f"{PATH}/{stray['id']}/reversal"
    await world.api.refused(409, "confirmation_settled", "POST", path, world.operator, json={"reason": "示例"})
