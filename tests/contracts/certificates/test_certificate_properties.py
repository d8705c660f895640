"""Whatever is signed, paid, taken back, issued and revoked in whatever order: a certificate is issued exactly where its
conditions hold, a deal has one that is valid at most, and no money is made, lost or counted twice.

Random steps go through the API of a deal; what the bank moved and the seller recorded is counted beside it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.database import Database
from app.core.deadlines import run_due
from app.core.settings import Environment, Settings
from tests.contracts.factory import contract_body, sign
from tests.contracts.settlement.factory import Json, worked
from tests.market.deals.factory import agreed_deal
from tests.office.ledger.factory import confirmation_body, held_deposit
from tests.office.ledger.test_ledger_properties import BALANCES, STATEMENTS
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.world import Party, World

NIL = Decimal(0)
PRICE, FIRST, DEPOSIT, CREDIT = Decimal(1_000_000), Decimal(300_000), "50000.00", Decimal(40_000)
DIRECT = ("100000.00", "260000.00", "960000.00")
VALID = """
SELECT count(*) FROM certificates c
WHERE NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)"""


@dataclass
class Play:
    """One deal, and what was done to it, counted apart from it."""

    world: World
    seller: Party
    buyer: Party
    deal: Json
    contract: Json
    signed: set[str] = field(default_factory=set)
    bank: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    direct: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    valid: bool = False
    serial: int = 0

    def moved(self, *kinds: str) -> Decimal:
        return sum((amount for kind, amount in self.bank.values() if not kinds or kind in kinds), NIL)

    async def rows(self, statement: str) -> list[Any]:
        async with self.world.database.reading() as session:
            return list((await session.execute(text(statement), {"deal": UUID(self.deal["id"])})).all())


async def _sign(play: Play, which: int) -> None:
    party = (play.seller, play.buyer)[which % 2]
    if party.name not in play.signed:
        await sign(play.world, play.contract, party)
        play.signed.add(party.name)


INSTRUCTIONS = """
SELECT number, amount, kind, direction, status FROM settlement_instructions
WHERE subject_id = :deal ORDER BY status, id"""


async def _bank(play: Play, which: int) -> None:
    """Any instruction of the deal, open or not, in or out, by its exact amount."""
    found = await play.rows(INSTRUCTIONS)
    if not found:
        return
    row = sorted(found, key=lambda row: row.status != "open")[which % len(found)]
    body = await confirmation_body(
        play.world, amount=str(row.amount), purpose_reference=row.number, direction=row.direction
    )
    answer = await play.world.api.post("/v1/bank-confirmations", play.world.operator, json=body)
    assert answer.status_code == (201 if row.status == "open" else 409), answer.text
    if answer.status_code == 201:
        amount = row.amount if row.direction == "in" else -row.amount
        play.bank[answer.json()["id"]] = (row.kind, amount)


async def _part(play: Play, which: int) -> None:
    """A sum that fits no instruction: it stands in suspense and pays nothing."""
    body = await confirmation_body(play.world, amount=f"{which + 1}.00")
    made = await play.world.api.ok("POST", "/v1/bank-confirmations", play.world.operator, json=body)
    play.bank[made["id"]] = ("suspense", Decimal(which + 1))


async def _take_back(play: Play, which: int) -> None:
    if not play.bank:
        return
    key = list(play.bank)[which % len(play.bank)]
    path = f"/v1/bank-confirmations/{key}/reversal"
    answer = await play.world.api.post(path, play.world.operator, json={"reason": "示例"})
    assert answer.status_code in {201, 409, 422}, answer.text
    if answer.status_code == 201:
        play.bank[key] = (play.bank[key][0], NIL)


async def _direct(play: Play, which: int) -> None:
    """The seller records a receipt: money of the buyer's, or, as far as one was ordered before, a payout."""
    now = (await play.world.api.ok("GET", "/v1/clock"))["server_time"]
    play.serial += 1
    body = {"payer_id": str(play.buyer.id), "amount": DIRECT[which % 3], "received_at": now}
    body["bank_reference"] = f"D-{play.serial}"
    path = f"/v1/contracts/{play.contract['id']}/payments"
    answer = await play.world.api.post(path, play.seller, json=body)
    assert answer.status_code in {201, 409, 422}, answer.text
    if answer.status_code == 201:
        amount, payouts = Decimal(DIRECT[which % 3]), await play.rows(INSTRUCTIONS)
        ordered = sum((row.amount for row in payouts if row.kind == "price_payout"), NIL)
        payout = min(amount, ordered - sum((paid_out for _, paid_out in play.direct.values()), NIL))
        play.direct[answer.json()["id"]] = (amount - payout, payout)


async def _undo_direct(play: Play, which: int) -> None:
    if not play.direct:
        return
    key = list(play.direct)[which % len(play.direct)]
    now = (await play.world.api.ok("GET", "/v1/clock"))["server_time"]
    play.serial += 1
    body = {"reversed_at": now, "bank_reference": f"D-{play.serial}", "reason": "示例"}
    answer = await play.world.api.post(f"/v1/payments/{key}/reversal", play.seller, json=body)
    assert answer.status_code in {201, 409}, answer.text
    play.direct[key] = (NIL, NIL)


async def _issue(play: Play, which: int) -> None:
    expected = await _conditions_hold(play)
    answer = await play.world.api.post(f"/v1/deals/{play.deal['id']}/certificate", play.world.operator)
    if play.valid:
        assert answer.json()["code"] == "certificate_exists"
    elif expected:
        assert answer.status_code == 201, answer.text
        play.valid = True
    else:
        assert answer.json()["code"] == "certificate_not_due", answer.text


async def _conditions_hold(play: Play) -> bool:
    """The three conditions by what was counted here, not by what the settlement says."""
    if len(play.signed) < 2:
        return False
    arrived = CREDIT + play.moved("price_due") + sum((amount for amount, _ in play.direct.values()), NIL)
    return arrived >= FIRST and play.moved("fee_due") == Decimal(10_000)


async def _revoke(play: Play, which: int) -> None:
    listed = await play.world.api.ok("GET", "/v1/certificates", play.world.operator)
    for row in listed["items"]:
        if row["status"] == "valid":
            path = f"/v1/certificates/{row['id']}/revocation"
            await play.world.api.ok("POST", path, play.world.operator, json={"reason": "示例"})
            play.valid = False


async def _work(play: Play, which: int) -> None:
    await run_due(play.world.database)


STEPS: dict[str, Callable[[Play, int], Awaitable[None]]] = {
    "sign": _sign,
    "bank": _bank,
    "bank_again": _bank,
    "part": _part,
    "take_back": _take_back,
    "direct": _direct,
    "undo_direct": _undo_direct,
    "issue": _issue,
    "issue_again": _issue,
    "revoke": _revoke,
    "work": _work,
}
A_STEP = st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5))


async def check(play: Play) -> None:
    """The ledger adds up and agrees with the bank, and there is a valid certificate exactly where one was issued."""
    async with play.world.database.reading() as session:
        for name, statement in STATEMENTS.items():
            assert (await session.execute(text(statement))).scalar_one() == 0, name
        held = {row[0]: row[1] for row in (await session.execute(text(BALANCES))).all()}
        assert (await session.execute(text(VALID))).scalar_one() == int(play.valid)
    bank = held.pop("bank", NIL)
    assert bank == Decimal(DEPOSIT) + play.moved(), "what the bank moved"
    assert bank + held.pop("fee_receivable", NIL) == sum(held.values(), NIL), "held, owed, earned or paid out"


async def compare(play: Play) -> Json:
    """What the settlement shows against what was counted here."""
    shown = await play.world.api.ok("GET", f"/v1/deals/{play.deal['id']}/settlement", play.world.operator)
    (payer,) = shown["payers"]
    amounts = {name: Decimal(payer[name]) for name in ("owed", "from_deposit", "through_exchange", "direct", "left")}
    assert amounts["owed"] == PRICE
    assert amounts["through_exchange"] == play.moved("price_due")
    assert sum(amounts.values(), NIL) == 2 * PRICE
    ordered = sum((Decimal(row["amount"]) for row in shown["payouts"]), NIL)
    assert ordered + Decimal(shown["gathered"]) == CREDIT + play.moved("price_due"), "nothing leaves but to the seller"
    return dict(shown)


async def _finish(play: Play) -> None:
    """Before the worker and after it the sums agree; when it has seen everything, what is missing is asked for."""
    if len(play.signed) < 2:
        return
    await compare(play)
    await worked(play.world)
    await check(play)
    shown = await compare(play)
    (payer,) = shown["payers"]
    asked = sum((Decimal(row["amount"]) for row in payer["requests"] if row["status"] == "open"), NIL)
    assert asked == Decimal(payer["left"])
    assert not play.valid or shown["gathered"] == "0.00"


async def run(url: str, steps: Sequence[tuple[str, int]]) -> None:
    database = Database(url, CITY, pool_size=6)
    configured = Settings(environment=Environment.SANDBOX, log_level="ERROR")
    try:
        async with database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("confirmation_resolutions", "bank_confirmations", "journal_entries", "journal_transactions",
                          "ledger_accounts", "certificates", "certificate_revocations", "deadlines"):  # fmt: skip
                await session.execute(text(f"DELETE FROM {table}"))
        async with Api(application(configured, database, "examples")) as api:
            world = await World.create(database, api)
            seller, buyer = await world.institution(), await world.enterprise()
            deal = await agreed_deal(world, seller, buyer)
            await held_deposit(world, buyer, ("listing", UUID(deal["listing_id"])), Decimal(DEPOSIT))
            amounts = {"total_amount": deal["price"], "technical_amount": deal["price"], "deductions": []}
            body = await contract_body(world, deal, seller, buyer, type="licence", **amounts)
            contract = await api.ok("POST", "/v1/contracts", seller, json=body)
            play = Play(world, seller, buyer, deal, contract)
            for name, which in steps:
                await STEPS[name](play, which)
                await check(play)
            await _finish(play)
    finally:
        await database.close()


@settings(max_examples=4)
@given(st.lists(A_STEP, min_size=8, max_size=14), st.booleans())
def test_a_certificate_is_issued_exactly_where_its_conditions_hold(
    fresh_url: str, steps: list[tuple[str, int]], begun: bool
) -> None:
    head = [("sign", 0), ("sign", 1), ("bank", 0), ("bank", 1)] if begun else []
    asyncio.run(run(fresh_url, [*head, *steps]))
