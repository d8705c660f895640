"""A7, A9: what must be unique is compared in one folded form, and kept as typed."""

import asyncio

import pytest
from sqlalchemy import text

from app.core.database import Database
from tests.catalogue.appraisals.factory import appraiser_of, report_body, submitted_report
from tests.catalogue.results.factory import PATENT, recorded_result, result_body
from tests.contracts.factory import payment_body, signed_contract
from tests.faults.test_bounds import ORGANISATION
from tests.office.ledger.factory import confirmation_body
from tests.support.world import World

SPELLINGS = ("ICBC 1", "ＩＣＢＣ　１", "icbc 1", "Icbc1")


@pytest.mark.parametrize(
    "other", [*SPELLINGS, "icbc\u200b1", "\u3164ICBC\u00a01", "I\u2060C\ufeffB\u202eC 1", "icbc\U000e01001", "𝐈𝐂𝐁𝐂 ①"]
)
async def test_a7_the_folded_form_of_two_spellings_is_one(database: Database, other: str) -> None:
    async with database.reading() as session:
        same = text("SELECT techex_folded(:one) = techex_folded(:other), techex_folded(:other)")
        assert (await session.execute(same, {"one": "ICBC 1", "other": other})).one() == (True, "icbc1")


async def test_a7_other_words_stay_others(database: Database) -> None:
    words = ["ICBC 1", "ICBC 11", "ICBC-1", "武汉大学", "武漢大学", "Ä1", "A1", "Д", "д\u0306"]
    async with database.reading() as session:
        folded = [
            (await session.execute(text("SELECT techex_folded(:word)"), {"word": word})).scalar() for word in words
        ]
    assert len(set(folded)) == len(words)


async def test_a7_a_bank_reference_is_used_once(world: World) -> None:
    bodies = [await confirmation_body(world, bank_reference=spelling) for spelling in SPELLINGS]
    made = await world.api.ok("POST", "/v1/bank-confirmations", world.operator, json=bodies[1])
    assert made["bank_reference"] == SPELLINGS[1]
    for body in (bodies[0], *bodies[2:]):
        path = "/v1/bank-confirmations"
        problem = await world.api.refused(409, "bank_reference_used", "POST", path, world.operator, json=body)
        assert problem["confirmation_id"] == made["id"]


async def test_a7_a_payment_and_an_invoice_count_once(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    path = f"/v1/contracts/{contract['id']}/payments"
    invoice = {"number": "FP 001", "amount": "1.00", "issued_on": contract["signed_on"]}
    body = await payment_body(world, buyer, "100.00", bank_reference=SPELLINGS[0], invoice=invoice)
    paid = await world.api.ok("POST", path, seller, json=body)
    for spelling in SPELLINGS[1:]:
        again = body | {"bank_reference": spelling, "invoice": None}
        await world.api.refused(409, "bank_reference_used", "POST", path, seller, json=again)
    path = f"/v1/payments/{paid['id']}/invoices"
    for spelling in ("ｆｐ００１", "FP001", "fp\u00a0001"):
        await world.api.refused(409, "invoice_number_used", "POST", path, seller, json=invoice | {"number": spelling})


async def test_a7_a_certificate_and_a_report_are_recorded_once(world: World) -> None:
    for spelling, status in (("TB 7", 201), ("ＴＢ７", 409), ("tb7", 409)):
        person = await world.enterprise()
        body = {"person_id": str(person.person_id), "certificate_number": spelling, "certified_on": "2024-01-01"}
        assert (await world.api.post("/v1/brokers", world.operator, json=body)).status_code == status
    keeper, appraiser = await world.university(), await appraiser_of(world)
    report = await submitted_report(world, keeper, appraiser, number="评报字 2026（1）")
    result = {"id": report["result_id"]}
    again = await report_body(world, keeper, result, appraiser, number="评报字2026(1)")
    assert (await world.api.post("/v1/appraisal-reports", keeper, json=again)).status_code == 409


async def test_a7_an_organisation_is_recorded_once_unless_its_uscc_is_another(world: World) -> None:
    path, caller = "/v1/organisations", world.operator
    made = await world.api.ok("POST", path, caller, json=ORGANISATION | {"name": "示例（武汉）公司"})
    assert made["name"] == "示例（武汉）公司"
    for name in ("示例(武汉)公司", "示例 (武汉) 公司"):
        problem = await world.api.refused(
            409, "organisation_name_taken", "POST", path, caller, json=ORGANISATION | {"name": name}
        )
        assert made["id"] in problem["detail"]
    known = ORGANISATION | {"name": "示例（汉口）公司", "uscc": "91110000600037341L"}
    await world.api.ok("POST", path, caller, json=known)
    await world.api.ok("POST", path, caller, json=known | {"uscc": "91420100MA4K0000P0"})
    await world.api.refused(409, "organisation_name_taken", "POST", path, caller, json=known | {"uscc": None})


async def test_a9_one_patent_in_two_results_is_a_finding_before_publication(world: World) -> None:
    first, second = await world.university(), await world.university()
    plain = await recorded_result(world, first, ip_assets=[PATENT])
    twice = await recorded_result(
        world, second, ip_assets=[PATENT | {"grant_number": "ＺＬ２０２０１００００００１．１"}]
    )
    assert twice["ip_assets"][0]["grant_number"] == "ＺＬ２０２０１００００００１．１"
    path = f"/v1/results/{twice['id']}/listability?transfer_mode=assignment"
    for caller, told in ((world.operator, True), (second, False)):
        notes = {note["code"]: note for note in (await world.api.ok("GET", path, caller))["notes"]}
        assert (plain["number"] in notes["patent_in_other_result"]["reason"]) is told


@pytest.mark.parametrize("number", ["ＺＬ２０２３１０１２３４５６．９", "ZL 2023 1012 3456.9", "zl202310123456.9"])
async def test_a9_a_patent_number_is_folded_before_it_is_checked(world: World, number: str) -> None:
    keeper = await world.university()
    asset = PATENT | {"grant_number": number}
    problem = await world.api.refused(
        422, "patent_number_invalid", "POST", "/v1/results", keeper, json=result_body(keeper, ip_assets=[asset])
    )
    assert problem["errors"][0]["field"] == "ip_assets.0.grant_number"


async def test_a9_one_patent_is_named_once_in_a_result(world: World) -> None:
    keeper = await world.university()
    application = {
        "type": "patent_application",
        "title": "示例申请",
        "application_number": "２０２０１０００ ０００１．１",
        "filed_on": "2020-01-02",
    }
    for assets in ([PATENT, PATENT | {"title": "示例"}], [PATENT, application], [application, PATENT]):
        body = result_body(keeper, ip_assets=assets)
        problem = await world.api.refused(422, "patent_twice", "POST", "/v1/results", keeper, json=body)
        assert problem["errors"][0]["field"] == "ip_assets.1.application_number"
    made = await recorded_result(world, keeper)
    await world.api.refused(
        422, "patent_twice", "PATCH", f"/v1/results/{made['id']}", keeper,
        json={"ip_assets": [application, PATENT]}, headers={"If-Match": "*"},
    )  # fmt: skip


async def test_a5_a_name_is_taken_once_though_eight_ask_at_once(fresh_world: World) -> None:
    path, caller = "/v1/organisations", fresh_world.operator
    spellings = [f"示例{' ' * place}竞速公司" for place in range(8)]
    answers = await asyncio.gather(
        *(fresh_world.api.post(path, caller, json=ORGANISATION | {"name": name}) for name in spellings)
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
