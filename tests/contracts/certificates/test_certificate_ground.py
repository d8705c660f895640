"""Row B11: the ground of a valid certificate falls away. It is told and shown, and the rules revoke it at the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.contracts.certificates.test_certificates_api import conditions, event_types
from tests.contracts.factory import contract_body, recorded_payment, registration_step, sign
from tests.contracts.settlement.factory import Json, issued, open_requests, paid, settlement, signed, worked
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import move_clock_to, today
from tests.support.world import Party, World

AMOUNTS = {"type": "licence", "total_amount": "1000000.00", "technical_amount": "1000000.00", "deductions": []}


@dataclass
class Certified:
    """A deal with a certificate, whose price the seller received itself and whose fees the bank confirmed."""

    world: World
    seller: Party
    buyer: Party
    deal: Json
    contract: Json
    payment: Json
    fee: Json
    certificate: Json

    async def verified(self) -> tuple[str, str | None, str | None]:
        code = self.certificate["content"]["verification_code"]
        shown = await self.world.api.ok("GET", f"/v1/certificates/verify/{code}")
        return shown["status"], shown["ground_lost_on"], shown["ground_due_on"]

    async def told(self) -> list[str]:
        return await event_types(self.world, self.certificate["id"])

    async def lost(self) -> tuple[list[str], str]:
        """What the event says is missing, and until when."""
        statement = text("SELECT payload FROM events WHERE subject_id = :id AND type = 'certificate.ground_lost'")
        async with self.world.database.reading() as session:
            payload = (await session.execute(statement, {"id": UUID(self.certificate["id"])})).scalar_one()
        return payload["missing"], payload["ground_due_on"]

    async def lose(self, ground: str) -> None:
        """A condition falls away, and the worker has seen it."""
        api = self.world.api
        if ground == "price_arrived":
            now = (await api.ok("GET", "/v1/clock"))["server_time"]
            body = {"reversed_at": now, "bank_reference": "BACK-1", "reason": "银行退回"}
            await api.ok("POST", f"/v1/payments/{self.payment['id']}/reversal", self.seller, json=body)
        elif ground == "fees_paid":
            path = f"/v1/bank-confirmations/{self.fee['id']}/reversal"
            await api.ok("POST", path, self.world.operator, json={"reason": "银行退回"})
        else:
            await registration_step(self.world, self.contract, "", self.seller)
            await registration_step(self.world, self.contract, "refusal", self.world.registrar, reason="扣除不实")
            body = await contract_body(self.world, self.deal, self.seller, self.buyer, **AMOUNTS)
            del body["deal_id"]
            match = {"If-Match": f'"{self.contract["revision"]}"'}
            await api.ok("PATCH", f"/v1/contracts/{self.contract['id']}", self.seller, json=body, headers=match)
        await worked(self.world)

    async def mend(self, ground: str) -> None:
        """The condition holds again, and the worker has seen it."""
        if ground == "contract_signed":
            await sign(self.world, self.contract, self.seller)
            await sign(self.world, self.contract, self.buyer)
        else:
            for row in open_requests(await settlement(self.world, self.deal)):
                await paid(self.world, row)
        await worked(self.world)

    async def after(self, day: str) -> None:
        """The day has passed, and the worker has seen it."""
        await move_clock_to(self.world, datetime.fromisoformat(f"{day}T00:00:00+08:00") + timedelta(days=1))
        await worked(self.world)


@pytest.fixture
async def certified(world: World) -> Certified:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    contract = await signed(world, deal, seller, buyer)
    payment = await recorded_payment(world, contract, seller, buyer, "1000000.00")
    await worked(world)
    fees = [await paid(world, row) for row in open_requests(await settlement(world, deal))]
    await worked(world)
    certificate = await issued(world, deal)
    return Certified(world, seller, buyer, deal, contract, payment, fees[0], certificate)


@pytest.mark.parametrize("ground", ["price_arrived", "fees_paid", "contract_signed"])
async def test_b11_a_condition_that_falls_away_is_told_and_shown_and_may_be_mended(
    certified: Certified, ground: str
) -> None:
    assert await certified.verified() == ("valid", None, None)
    await certified.lose(ground)
    status, lost_on, due_on = await certified.verified()
    assert (status, lost_on) == ("valid", (await today(certified.world)).isoformat())
    assert await certified.lost() == ([ground], due_on)
    await certified.mend(ground)
    assert await certified.verified() == ("valid", None, None)
    assert due_on is not None
    await certified.after(due_on)
    assert await certified.verified() == ("valid", None, None)
    assert await certified.told() == ["certificate.issued", "certificate.ground_lost", "certificate.ground_restored"]


async def test_b11_what_is_not_mended_is_revoked_at_the_end_and_may_be_issued_again(certified: Certified) -> None:
    await certified.lose("price_arrived")
    _, _, due_on = await certified.verified()
    assert due_on is not None
    await move_clock_to(certified.world, datetime.fromisoformat(f"{due_on}T23:00:00+08:00"))
    await worked(certified.world)
    assert (await certified.verified())[0] == "valid"
    await certified.after(due_on)
    assert await certified.verified() == ("revoked", None, None)
    path = f"/v1/certificates/{certified.certificate['id']}"
    reason = (await certified.world.api.ok("GET", path, certified.buyer))["revocation"]["reason"]
    assert "price_arrived" in reason
    assert due_on in reason
    assert await certified.told() == ["certificate.issued", "certificate.ground_lost", "certificate.revoked"]
    await certified.mend("price_arrived")
    assert (await conditions(certified.world, certified.deal))["issue_due_on"] is not None
    assert (await issued(certified.world, certified.deal))["replaces_id"] == certified.certificate["id"]


async def test_b11_a_certificate_revoked_meanwhile_ends_the_days(certified: Certified) -> None:
    """By the end of its contract, after which no day of mending is left."""
    await registration_step(certified.world, certified.contract, "", certified.seller)
    await registration_step(certified.world, certified.contract, "acceptance", certified.world.registrar)
    amounts = {name: certified.contract[name] for name in ("total_amount", "technical_amount")}
    await registration_step(certified.world, certified.contract, "approval", certified.world.registrar, **amounts)
    await certified.lose("price_arrived")
    _, _, due_on = await certified.verified()
    assert due_on is not None
    ending = {"reason": "解除", "contract_ended": True}
    await registration_step(certified.world, certified.contract, "cancellation", certified.world.registrar, **ending)
    assert await certified.verified() == ("revoked", None, None)
    path = f"/v1/periods?subject_id={certified.deal['id']}"
    found = (await certified.world.api.ok("GET", path, certified.world.operator))["items"]
    assert [(row["rule"], row["status"]) for row in found][-1] == ("certificate_ground", "ended")
    await certified.after(due_on)
    assert await certified.told() == ["certificate.issued", "certificate.ground_lost", "certificate.revoked"]
