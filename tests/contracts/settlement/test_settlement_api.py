"""Settlement of a deal from the outside: what is asked for, how it is paid, and that no money counts twice."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.contracts.settlement import service
from app.law.figures import Parameter, parameter
from tests.contracts.factory import draft_of, recorded_payment, registration_step
from tests.contracts.settlement.factory import (
    Json,
    all_paid,
    contracted,
    issued,
    open_requests,
    paid,
    settlement,
    signed,
    worked,
)
from tests.market.deals.factory import agreed_deal, recorded_deal
from tests.office.ledger.factory import balances, held_deposit
from tests.pricing.negotiated.factory import agreed, notice_over, read, terms
from tests.support.world import Party, World


def asked(shown: Json) -> list[tuple[str, str]]:
    """Kind and amount of what is still asked for."""
    return [(row["kind"], row["amount"]) for row in open_requests(shown)]


def condition(shown: Json, kind: str) -> Json:
    return next(row for row in shown["conditions"] if row["kind"] == kind)


async def with_deposit(world: World, seller: Party, buyer: Party, amount: str, **contract: Any) -> Json:
    """A deal under contract whose buyer had a deposit held for the listing."""
    deal = await agreed_deal(world, seller, buyer)
    await held_deposit(world, buyer, ("listing", UUID(deal["listing_id"])), Decimal(amount))
    await signed(world, deal, seller, buyer, **contract)
    return deal


def free(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    """Other figures than those of the file."""

    def instead(name: str, **kwargs: Any) -> Parameter:
        found = parameter(name, **kwargs)
        value = Decimal(values.get(name, found.value))
        return Parameter(name, value, found.valid_from, found.valid_to, found.mark, found.reference)

    monkeypatch.setattr(service, "parameter", instead)


async def test_a_lump_sum_is_asked_for_whole_with_both_fees(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    shown = await settlement(world, await contracted(world, seller, buyer), buyer)
    assert asked(shown) == [("price_due", "1000000.00"), ("fee_due", "10000.00"), ("fee_due", "10000.00")]
    assert [row["before_certificate"] for row in shown["parts"]] == [True]
    assert [row["holds"] for row in shown["conditions"]] == [True, False, False]
    (missing,) = condition(shown, "price_arrived")["missing"]
    assert missing == {
        "organisation_id": str(buyer.id),
        "amount": "1000000.00",
        "instructions": [open_requests(shown)[0]["number"]],
    }
    assert shown["figures"]["deal_fee_rate_seller"]["mark"] == "P"
    assert (await balances(world)) == {"fee_receivable": "20000.00", "fee_income": "20000.00"}


@pytest.mark.parametrize(
    ("deposit", "used", "left"),
    [
        ("50000.00", ("10000.00", "40000.00", "0.00"), [("price_due", "960000.00"), ("fee_due", "10000.00")]),
        (
            "4000.00",
            ("4000.00", "0.00", "0.00"),
            [("price_due", "1000000.00"), ("fee_due", "10000.00"), ("fee_due", "6000.00")],
        ),
        ("1200000.00", ("10000.00", "1000000.00", "190000.00"), [("fee_due", "10000.00")]),
    ],
)
async def test_a_deposit_pays_the_fee_then_the_price_and_the_rest_goes_back(
    world: World, deposit: str, used: tuple[str, str, str], left: list[tuple[str, str]]
) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await with_deposit(world, seller, buyer, deposit, payment_terms="lump_sum")
    shown = await settlement(world, deal)
    (row,) = shown["deposits"]
    assert (row["fee"], row["credited"], row["returned"]) == used
    assert asked(shown) == left
    assert [(out["kind"], out["amount"]) for out in shown["payouts"]] == (
        [("price_return", used[2])] if used[2] != "0.00" else []
    )
    assert shown["gathered"] == used[1]
    await all_paid(world, deal)
    await issued(world, deal)
    for out in (await settlement(world, deal))["payouts"]:
        body = {"direction": "out", "amount": out["amount"], "purpose_reference": out["number"]}
        now = (await world.api.ok("GET", "/v1/clock"))["server_time"]
        body |= {"bank_reference": out["number"], "received_at": now}
        await world.api.ok("POST", "/v1/bank-confirmations", world.operator, json=body)
    assert await balances(world) == {"bank": "20000.00", "fee_income": "20000.00"}


async def test_a_free_rate_makes_no_instruction(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, deal_fee_rate_seller="0", deal_fee_minimum="12345.67")
    shown = await settlement(world, await contracted(world, await world.institution(), await world.enterprise()))
    assert asked(shown) == [("price_due", "1000000.00"), ("fee_due", "12345.67")]
    assert [fee["role"] for fee in shown["fees"]] == ["buyer"]


async def test_what_the_seller_receives_itself_is_not_asked_for_again(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    payment = await recorded_payment(world, contract, seller, buyer, "400000.00")
    shown = await settlement(world, deal)
    assert asked(shown)[0] == ("price_due", "600000.00")
    assert (shown["payers"][0]["direct"], shown["payers"][0]["left"]) == ("400000.00", "600000.00")
    reversal = {"reversed_at": payment["received_at"], "bank_reference": "R", "reason": "示例"}
    await world.api.ok("POST", f"/v1/payments/{payment['id']}/reversal", seller, json=reversal)
    assert asked(await settlement(world, deal))[0] == ("price_due", "1000000.00")
    await recorded_payment(world, contract, seller, buyer, "1000000.00", bank_reference="again")
    shown = await settlement(world, deal)
    assert (asked(shown), shown["gathered"]) == ([("fee_due", "10000.00")] * 2, "0.00")
    await all_paid(world, deal)
    made = await issued(world, deal)
    assert (made["content"]["price"]["direct"], made["content"]["price"]["through_exchange"]) == ("1000000.00", "0.00")
    assert (await settlement(world, deal))["payouts"] == []


async def test_a_payout_that_the_seller_records_for_its_award_counts_once(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="instalments")
    shown = await settlement(world, deal)
    assert [row["amount"] for row in shown["parts"]] == ["300000.00", "700000.00"]
    assert [row["due_on"] is None for row in shown["parts"]] == [False, True]
    await paid(world, open_requests(shown)[0])
    for row in open_requests(shown)[2:]:
        await paid(world, row)
    await issued(world, deal)
    (payout,) = (await settlement(world, deal))["payouts"]
    assert (payout["kind"], payout["amount"]) == ("price_payout", "300000.00")
    await recorded_payment(world, contract, seller, buyer, "300000.00")
    shown = await settlement(world, deal)
    (payer,) = shown["payers"]
    assert (payer["through_exchange"], payer["direct"], payer["left"]) == ("300000.00", "0.00", "700000.00")
    await all_paid(world, deal)
    shown = await settlement(world, deal)
    assert [row["amount"] for row in shown["payouts"]] == ["300000.00", "700000.00"]
    assert (shown["gathered"], shown["payers"][0]["left"]) == ("0.00", "0.00")


async def test_what_was_paid_directly_stays_paid_when_the_rest_is_paid_out(world: World) -> None:
    """The payout is ordered later than the seller's record, so it is not what the seller recorded."""
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="instalments")
    await recorded_payment(world, contract, seller, buyer, "250000.00")
    for row in open_requests(await settlement(world, deal)):
        if row["amount"] != "700000.00":
            await paid(world, row)
    made = await issued(world, deal)
    await worked(world)
    shown = await settlement(world, deal)
    (payer,) = shown["payers"]
    assert (payer["through_exchange"], payer["direct"], payer["left"]) == ("50000.00", "250000.00", "700000.00")
    assert asked(shown) == [("price_due", "700000.00")]
    revocation = f"/v1/certificates/{made['id']}/revocation"
    await world.api.ok("POST", revocation, world.operator, json={"reason": "示例"})
    assert (await issued(world, deal))["content"]["price"] == made["content"]["price"]


async def test_a_confirmation_taken_back_is_asked_for_again(world: World) -> None:
    deal = await contracted(world, await world.institution(), await world.enterprise())
    await worked(world)
    row = open_requests(await settlement(world, deal))[0]
    confirmation = await paid(world, row)
    await worked(world)
    assert condition(await settlement(world, deal), "price_arrived")["holds"]
    path = f"/v1/bank-confirmations/{confirmation['id']}/reversal"
    await world.api.ok("POST", path, world.operator, json={"reason": "示例"})
    await worked(world)
    shown = await settlement(world, deal)
    assert not condition(shown, "price_arrived")["holds"]
    assert asked(shown)[0] == ("price_due", "1000000.00")


async def negotiated(world: World, seller: Party, buyer: Party, *payment: Json) -> Json:
    """A negotiated deal whose contract is signed."""
    negotiation = await agreed(world, seller, buyer, terms=terms(*payment, public_notice=False))
    if negotiation["deal_id"] is None:
        await notice_over(world, negotiation)
        negotiation = await read(world, buyer, negotiation)
    deal: Json = await world.api.ok("GET", f"/v1/deals/{negotiation['deal_id']}", buyer)
    estimate = {"total_amount": "80000.00", "technical_amount": "80000.00"}
    said = {row["field"]: row["value"] for row in (await draft_of(world, deal, seller))["fields"]}
    await signed(world, deal, seller, buyer, payment_terms=said["payment_terms"], **estimate)
    return deal


async def test_of_a_contingent_price_nothing_is_due(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    royalty = {"kind": "royalty", "base": "sales", "rate": {"kind": "fixed", "rate": "0.05"}}
    deal = await negotiated(world, seller, buyer, royalty)
    shown = await settlement(world, deal)
    assert (shown["cash"], shown["parts"], shown["fees"], asked(shown)) == ("0.00", [], [], [])
    assert all(row["holds"] for row in shown["conditions"])
    made = await issued(world, deal)
    assert made["content"]["conclusion"]["code"] == "nothing_due"


async def test_while_a_free_trial_runs_no_price_has_arrived(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    then = [{"kind": "lump_sum", "amount": "80000.00"}]
    deal = await negotiated(world, seller, buyer, {"kind": "trial", "free_until": {"event": "试用期满"}, "then": then})
    for row in open_requests(await settlement(world, deal)):
        if row["kind"] == "fee_due":
            await paid(world, row)
    await worked(world)
    content = (await issued(world, deal))["content"]
    assert (content["price"]["standing"], content["conclusion"]["code"]) == ("trial_running", "trial_running")
    assert "price due has arrived" not in content["conclusion"]["en"]


async def test_what_has_no_settlement(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    unsigned = await agreed_deal(world, seller, buyer)
    await world.api.refused(404, "not_found", "GET", f"/v1/deals/{unsigned['id']}/settlement", buyer)
    elsewhere = await recorded_deal(world, seller, buyer)
    await signed(world, elsewhere, seller, buyer, type="transfer", payment_terms="lump_sum")
    await world.api.refused(404, "not_found", "GET", f"/v1/deals/{elsewhere['id']}/settlement", buyer)
    path = f"/v1/deals/{elsewhere['id']}/certificate"
    await world.api.refused(409, "certificate_not_for_recorded", "POST", path, world.operator)


async def test_the_end_of_the_contract_stops_the_requests_and_revokes_the_certificate(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer, payment_terms="instalments")
    shown = await settlement(world, deal)
    for row in [open_requests(shown)[0], *open_requests(shown)[2:]]:
        await paid(world, row)
    made = await issued(world, deal)
    await registration_step(world, contract, "", seller)
    await registration_step(world, contract, "acceptance", world.registrar)
    amounts = {"total_amount": contract["total_amount"], "technical_amount": contract["technical_amount"]}
    await registration_step(world, contract, "approval", world.registrar, **amounts)
    await registration_step(world, contract, "cancellation", world.registrar, reason="解除", contract_ended=True)
    await worked(world)
    assert open_requests(await settlement(world, deal)) == []
    now = await world.api.ok("GET", f"/v1/certificates/{made['id']}", buyer)
    assert (now["status"], contract["number"] in now["revocation"]["reason"]) == ("revoked", True)
    problem = await world.api.refused(
        409, "certificate_not_due", "POST", f"/v1/deals/{deal['id']}/certificate", world.operator
    )
    assert [row["kind"] for row in problem["conditions"] if not row["holds"]] == ["contract_signed"]
