"""Transaction certificates: issued once all three conditions hold, once, sealed, verified by whoever has the code."""

import hashlib
import re
from datetime import datetime, timedelta

import rfc8785
from sqlalchemy import text

from app.catalogue.results.kinds import TransferMode
from app.contracts.certificates.printed import NAMES
from app.contracts.certificates.rules import ALPHABET, fingerprint, new_code
from app.contracts.kinds import PaymentTerms
from app.market.deals.kinds import PriceBasis
from app.market.listings.kinds import PricingMode
from tests.contracts.settlement.factory import (
    Json,
    all_paid,
    contracted,
    issued,
    open_requests,
    paid,
    settlement,
    worked,
)
from tests.market.deals.factory import agreed_deal
from tests.market.listings.factory import move_clock_to
from tests.office.ledger.factory import balances
from tests.support.world import World


async def conditions(world: World, deal: Json) -> Json:
    found: Json = await world.api.ok("GET", f"/v1/deals/{deal['id']}/certificate-conditions", world.operator)
    return found


async def event_types(world: World, subject_id: str) -> list[str]:
    statement = text("SELECT type FROM events WHERE subject_id = CAST(:id AS uuid) ORDER BY seq")
    async with world.database.reading() as session:
        return list((await session.execute(statement, {"id": subject_id})).scalars())


async def test_too_early_is_told_what_is_missing(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    path = f"/v1/deals/{deal['id']}/certificate"
    problem = await world.api.refused(409, "certificate_not_due", "POST", path, world.operator)
    assert [row["holds"] for row in problem["conditions"]] == [False, False, False]
    deal = await contracted(world, seller, buyer)
    path = f"/v1/deals/{deal['id']}/certificate"
    requests = open_requests(await settlement(world, deal))
    for row in requests:
        problem = await world.api.refused(409, "certificate_not_due", "POST", path, world.operator)
        missing = [item for state in problem["conditions"] for item in state["missing"]]
        assert row["number"] in [number for item in missing for number in item["instructions"]]
        assert problem["rule"]["article"] == "3"
        await paid(world, row)
    assert (await issued(world, deal))["number"].startswith("WH-Z-")


async def test_it_is_sealed_and_says_what_the_rules_want(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contracted(world, seller, buyer)
    await all_paid(world, deal)
    made = await issued(world, deal)
    content = made["content"]
    assert hashlib.sha256(rfc8785.dumps(content)).hexdigest() == made["sha256"]
    assert (content["deal_number"], content["subject"]) == (deal["number"], deal["subject"])
    assert content["listed_from"] <= content["listed_until"] <= content["signed_on"] == content["issued_on"]
    assert [party["name"] for party in content["sellers"] + content["buyers"]] == [seller.name, buyer.name]
    assert (content["price"]["amount"], content["price"]["arrived"]) == ("1000000.00", "1000000.00")
    assert (content["contracts"][0]["payment_terms"], content["conclusion"]["code"]) == ("lump_sum", "paid_in_full")
    assert await balances(world) == {"bank": "1020000.00", "fee_income": "20000.00", "seller_payable": "1000000.00"}
    for party in (seller, buyer, world.auditor):
        assert (await world.api.ok("GET", f"/v1/certificates/{made['id']}", party))["content"] == content
    stranger = await world.enterprise()
    for path in (f"/v1/certificates/{made['id']}", f"/v1/certificates/{made['id']}.pdf"):
        await world.api.refused(404, "not_found", "GET", path, stranger)
    assert (await world.api.ok("GET", "/v1/certificates", stranger))["items"] == []
    (listed,) = (await world.api.ok("GET", f"/v1/certificates?deal_id={deal['id']}", buyer))["items"]
    assert listed["id"] == made["id"]


async def test_the_days_for_issuing_it_begin_when_all_three_hold(world: World) -> None:
    deal = await contracted(world, await world.institution(), await world.enterprise())
    await worked(world)
    assert (await conditions(world, deal))["issue_due_on"] is None
    await all_paid(world, deal)
    shown = await conditions(world, deal)
    assert all(row["holds"] for row in shown["conditions"])
    periods = (await world.api.ok("GET", f"/v1/periods?subject_id={deal['id']}", world.operator))["items"]
    assert [(row["rule"], row["ends_on"]) for row in periods] == [("certificate", shown["issue_due_on"])]
    await move_clock_to(world, datetime.fromisoformat(f"{shown['issue_due_on']}T00:00:00+08:00") + timedelta(days=1))
    await worked(world)
    types = await event_types(world, deal["id"])
    assert types[-2:] == ["certificate.due", "certificate.overdue"]
    made = await issued(world, deal)
    assert (await conditions(world, deal))["certificate_id"] == made["id"]
    assert await event_types(world, made["id"]) == ["certificate.issued"]


async def test_once_issued_never_again_save_to_correct_a_revoked_one(world: World) -> None:
    buyer = await world.enterprise()
    deal = await contracted(world, await world.institution(), buyer)
    await all_paid(world, deal)
    first = await issued(world, deal)
    path = f"/v1/deals/{deal['id']}/certificate"
    problem = await world.api.refused(409, "certificate_exists", "POST", path, world.operator)
    assert (problem["certificate_id"], first["number"] in problem["detail"]) == (first["id"], True)
    revocation = f"/v1/certificates/{first['id']}/revocation"
    revoked = await world.api.ok("POST", revocation, world.operator, json={"reason": "标的名称有误"})
    assert (revoked["status"], revoked["revocation"]["reason"]) == ("revoked", "标的名称有误")
    await world.api.refused(409, "certificate_revoked", "POST", revocation, world.operator, json={"reason": "x"})
    second = await issued(world, deal)
    assert (second["replaces_id"], second["content"]["replaces"]) == (first["id"], first["number"])
    assert second["content"]["verification_code"] != first["content"]["verification_code"]
    await world.api.refused(409, "certificate_exists", "POST", path, world.operator)
    assert [row["status"] for row in (await world.api.ok("GET", "/v1/certificates", buyer))["items"]] == [
        "valid",
        "revoked",
    ]


async def test_anyone_with_the_code_on_the_paper_verifies_it(world: World) -> None:
    buyer = await world.enterprise(name="示例镕喆科技有限公司")
    deal = await contracted(world, await world.institution(), buyer)
    await all_paid(world, deal)
    made = await issued(world, deal)
    code = made["content"]["verification_code"]
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " ")):
        found = await world.api.ok("GET", f"/v1/certificates/verify/{typed}")
        assert (found["status"], found["content"], found["sha256"]) == ("valid", made["content"], made["sha256"])
    path = f"/v1/certificates/{made['id']}.pdf"
    paper, again = await world.api.get(path, buyer), await world.api.get(path, world.operator)
    assert (paper.headers["content-type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert paper.content == again.content
    # The rights that were sold take it to a second page; each page bears number, code and SHA-256.
    assert len(re.findall(rb"/Type /Page\b(?!s)", paper.content)) == 2
    wrong = new_code()
    for typed in (wrong, code[:-1], code + "A", "x"):
        await world.api.refused(404, "not_found", "GET", f"/v1/certificates/verify/{typed}")
    await world.api.ok("POST", f"/v1/certificates/{made['id']}/revocation", world.operator, json={"reason": "示例"})
    found = await world.api.ok("GET", f"/v1/certificates/verify/{code}")
    assert (found["status"], found["revoked_at"] is not None) == ("revoked", True)
    assert (await world.api.get(path, buyer)).content != paper.content
    async with world.database.reading() as session:
        told = await session.execute(
            text("SELECT count(*) FROM events WHERE payload::text LIKE :code"), {"code": f"%{code}%"}
        )
        assert told.scalar_one() == 0


def test_everything_that_may_be_printed_has_a_name() -> None:
    printable = {*TransferMode, *PricingMode, *PaymentTerms, *PriceBasis}
    assert printable == set(NAMES)


def test_codes_are_long_and_hold_nothing_to_confuse() -> None:
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) == 29 and set(code) <= set(ALPHABET) | {"-"} for code in codes)
    assert not set(ALPHABET) & set("0O1I2Z5S8B")
    assert len(ALPHABET) ** 24 > 2**100
    assert fingerprint("ab-c d") == fingerprint("ABCD")
