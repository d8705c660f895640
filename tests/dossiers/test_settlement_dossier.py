"""What the dossier of a deal under contract tells of its money and its certificate, and what gathering it costs."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from tests.contracts.factory import recorded_payment
from tests.contracts.settlement.factory import all_paid, issued, open_requests, paid, settlement, signed, worked
from tests.dossiers.factory import Json, checked, dossier_of, facts, section, words
from tests.market.deals.factory import agreed_deal
from tests.pricing.auction import factory
from tests.support.world import Party, World


async def test_money_past_the_exchange_and_taken_back(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    seller, buyer, agency = await world.institution(), await world.enterprise(), await world.agency()
    deal = await agreed_deal(world, seller, buyer, agency_id=str(agency.id))
    contract = await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    payment = await recorded_payment(world, contract, seller, buyer, "400000.00")
    reversal = {"reversed_at": payment["received_at"], "bank_reference": "R", "reason": "示例"}
    await world.api.ok("POST", f"/v1/payments/{payment['id']}/reversal", seller, json=reversal)
    fee = next(row for row in open_requests(await settlement(world, deal)) if row["kind"] == "fee_due")
    confirmed = await paid(world, fee)
    path = f"/v1/bank-confirmations/{confirmed['id']}/reversal"
    await world.api.ok("POST", path, world.operator, json={"reason": "示例冲销"})
    await worked(world)

    found = await checked(world, buyer, deal, tmp_path)
    happened = words(found, "settlement")
    assert happened.count("Payment that the seller received") == happened.count("Payment returned by the bank") == 1
    assert happened.index("Instruction settled by the bank") < happened.index("Instruction open again")
    (settled,) = facts(found, "settlement", "Instruction settled by the bank")
    assert (settled["amount"], settled["settled_at"]) == (fee["amount"], None), "the bank's time went with the reversal"
    (opened,) = facts(found, "settlement", "Settlement opened with the contract")
    assert [part["amount"] for part in opened["parts"]] == ["1000000.00"]
    assert opened["figures"]["deal_fee_rate_seller"].startswith("0.01 [P] ")
    assert happened[0] == "Settlement opened with the contract"
    assert {row["organisation_id"] for row in opened["fees"]} == {str(seller.id), str(buyer.id)}

    third = await checked(world, agency, deal, tmp_path)
    assert "Payment that the seller received" not in words(third, "settlement"), "it is no party of the contract"
    assert section(third, "settlement")["withheld"]["en"].startswith("Only the parties of the contract")
    registrar = await checked(world, world.registrar, deal, tmp_path)
    assert "The bank confirmed money in" not in words(registrar, "settlement")
    operator = await checked(world, world.operator, deal, tmp_path)
    assert words(operator, "settlement").count("The bank confirmed money in") == 1
    (taken_back,) = facts(operator, "settlement", "Confirmation reversed")
    assert taken_back["reason"] == "示例冲销"


async def test_a_certificate_that_was_revoked_and_replaced(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    await signed(world, deal, seller, buyer, payment_terms="lump_sum")
    await all_paid(world, deal)
    first = await issued(world, deal)
    body = {"reason": "标的名称有误"}
    await world.api.ok("POST", f"/v1/certificates/{first['id']}/revocation", world.operator, json=body)
    second = await issued(world, deal)
    found = await checked(world, seller, deal, tmp_path)
    assert words(found, "certificates") == [
        "Conditions met: certificate to be issued", "Certificate issued", "Certificate revoked", "Certificate issued",
    ]  # fmt: skip
    numbers = [(row["number"], row["replaces"]) for row in facts(found, "certificates", "Certificate issued")]
    assert numbers == [(first["number"], None), (second["number"], first["number"])]
    (revoked,) = facts(found, "certificates", "Certificate revoked")
    assert revoked["reason"] == "标的名称有误"


async def _reads(world: World, bidders: int) -> int:
    """How many queries the operator's dossier of an auction with so many bidders takes."""
    scene = await factory.running(world, bidders)
    for place, bidder in enumerate(scene.bidders):
        await scene.accepted(bidder, f"{110000 + 10000 * place}.00")
    deal: Json = {"id": (await scene.end())["deal_id"]}
    return await _counted(world, world.operator, deal)


async def _counted(world: World, party: Party, deal: Json) -> int:
    statements: list[str] = []
    assert world.database.bound is not None
    connection = world.database.bound.sync_connection

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(connection, "before_cursor_execute", note)
    found = await dossier_of(world, party, deal)
    event.remove(connection, "before_cursor_execute", note)
    assert section(found, "deposits")["entries"]
    return len([statement for statement in statements if statement.startswith("SELECT")])


async def test_more_bidders_take_no_more_queries(world: World) -> None:
    assert await _reads(world, 2) == await _reads(world, 4)
