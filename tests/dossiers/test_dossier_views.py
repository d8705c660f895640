"""What stands in a dossier, and who sees what of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from tests.catalogue.appraisals.factory import accepted_report
from tests.catalogue.results.factory import recorded_result
from tests.contracts.factory import signed_contract
from tests.dossiers.factory import dossier_of, exported, negotiated_deal, section, words
from tests.market.deals.factory import agreed_deal, purchase, recorded_deal
from tests.market.listings.factory import published_listing, today
from tests.pricing.negotiated.factory import accepted, decided, negotiated_listing, notice_over, objection, opened, read
from tests.support.world import World

Json = dict[str, Any]


async def test_a_negotiated_deal_tells_its_whole_way(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    deal = await negotiated_deal(world, seller, buyer, transfer_mode="assignment")
    found = await dossier_of(world, seller, deal)
    assert found["deal"] == {"id": deal["id"], "number": deal["number"]}
    assert found["reader"] == {"view": "seller", "organisation_id": str(seller.id)}
    assert (found["basis"]["article"], found["basis_title"]["zh"]) == ("20", "营造宽容失误的科技创新环境")
    assert [part["key"] for part in found["sections"]] == [
        "listing_versions", "listing_life", "listing_questions", "appraisals", "negotiated_offers",
        "negotiated_notice", "negotiated_gates", "deal", "contracts",
    ]  # fmt: skip
    assert words(found, "listing_life") == ["Drafted", "Submitted to the operator", "Held for a buyer"]
    assert words(found, "negotiated_offers") == [
        "Offer", "Counter-offer or new offer", "Offer accepted", "Closed with the deal",
    ]  # fmt: skip
    offers = [entry["facts"] for entry in section(found, "negotiated_offers")["entries"]]
    assert [facts.get("price") for facts in offers] == ["800000.00", "900000.00", "900000.00", None]
    assert words(found, "negotiated_notice") == ["Public notice", "Objection", "Objection decided"]
    assert words(found, "negotiated_gates") == ["Gate opened", "Gate lapsed"]
    made = section(found, "deal")["entries"][0]
    assert made["by"] == {"capacity": "time", "organisation_id": None}
    assert (made["facts"]["price"], made["facts"]["related_party"]) == ("900000.00", None)
    assert {row["name"] for row in found["organisations"]} >= {seller.name, buyer.name}
    other = str(await dossier_of(world, buyer, deal))
    assert not [who for who in (seller, world.operator) if str(who.person_id) in other], "nobody else's person is told"


async def test_every_entry_names_its_event(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    await accepted_report(world, seller)
    deal = await negotiated_deal(world, seller, buyer)
    await signed_contract(world, seller, buyer, deal=deal, total_amount="900000.00", technical_amount="900000.00",
                          deductions=[], type="licence", payment_terms="lump_sum")  # fmt: skip
    found = await dossier_of(world, seller, deal)
    for part in found["sections"]:
        for entry in part["entries"]:
            assert entry["events"], (part["key"], entry["what"])
    known = {event["id"] for event in found["events"]}
    assert known == {name for part in found["sections"] for entry in part["entries"] for name in entry["events"]}
    assert words(found, "contracts") == ["Contract drafted", "Signed by a party", "Signed by all"]
    assert words(found, "deal") == ["Deal agreed", "Contract signed"]


async def test_each_reader_sees_what_it_sees_anyway(world: World) -> None:
    seller, buyer, other, agency = (
        await world.institution(), await world.enterprise(), await world.enterprise(), await world.agency(),
    )  # fmt: skip
    objector = await world.enterprise()
    listing = await negotiated_listing(world, seller, agency_id=str(agency.id), transfer_mode="assignment")
    await opened(world, other, listing, days=1)
    thread = await accepted(world, seller, await opened(world, buyer, listing))
    await decided(world, await objection(world, objector, thread), "dismissed")
    await notice_over(world, thread)
    deal = {"id": (await read(world, seller, thread))["deal_id"]}
    reason, prices = "示例:本人亦为成果完成人", {}
    for who, party in {
        "seller": seller, "buyer": buyer, "agency": agency, "operator": world.operator,
        "registrar": world.registrar, "award_officer": world.award_officer, "auditor": world.auditor,
    }.items():  # fmt: skip
        found = await dossier_of(world, party, deal)
        assert found["reader"]["view"] == who
        offers = section(found, "negotiated_offers")
        prices[who] = [entry["by"]["organisation_id"] for entry in offers["entries"] if entry["what"]["en"] == "Offer"]
        assert (offers["withheld"] is None) is (who in {"seller", "auditor"})
        told = [entry["facts"].get("reason") for entry in section(found, "negotiated_notice")["entries"]]
        assert told == [None, reason if who not in {"buyer", "agency"} else None, None], who
        sees_gates = who not in {"agency", "registrar", "award_officer"}
        assert bool(section(found, "negotiated_gates")["entries"]) is sees_gates, who
        assert (section(found, "negotiated_gates")["withheld"] is None) is sees_gates
        assert ("Drafted" in words(found, "listing_life")) is (who != "buyer")
        text_ = str(found)
        assert "13800000000" not in text_, "a contact is in nobody's dossier"
        if who == "buyer":
            assert str(other.id) not in text_
            assert str(objector.id) not in text_
    both = [str(other.id), str(buyer.id)]
    assert prices == {
        "seller": both, "auditor": both, "buyer": [str(buyer.id)],
        "agency": [], "operator": [], "registrar": [], "award_officer": [],
    }  # fmt: skip
    for stranger in (other, objector):
        for path in ("dossier", "dossier-exports"):
            await world.api.refused(404, "not_found", "GET", f"/v1/deals/{deal['id']}/{path}", stranger)
        await world.api.refused(404, "not_found", "POST", f"/v1/deals/{deal['id']}/dossier-exports", stranger)
    await world.api.refused(401, "unauthenticated", "GET", f"/v1/deals/{deal['id']}/dossier")


async def test_a_first_come_deal_and_a_recorded_one(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    result = await recorded_result(world, seller)
    listing = await published_listing(world, seller, result_id=result["id"])
    question = await world.api.ok(
        "POST", f"/v1/listings/{listing['id']}/questions", buyer, json={"question": "示例提问?"}
    )
    await world.api.ok("POST", f"/v1/questions/{question['id']}/answer", seller, json={"answer": "示例答复。"})
    await accepted_report(world, seller, result_id=result["id"])
    deal = await purchase(world, buyer, listing)
    found = await dossier_of(world, buyer, deal)
    assert words(found, "listing_questions") == ["Question", "Answer"]
    assert section(found, "listing_questions")["entries"][0]["by"] == {"capacity": "asker", "organisation_id": None}
    assert section(found, "appraisals")["entries"] == []
    assert section(found, "appraisals")["withheld"]["zh"].startswith("评估报告由")
    assert section(found, "deal")["entries"][0]["by"]["capacity"] == "buyer"
    for_seller = await dossier_of(world, seller, deal)
    assert words(for_seller, "appraisals") == ["Appraisal report recorded", "Report accepted"]
    assert section(for_seller, "appraisals")["entries"][0]["facts"]["value"] == "1000000.00"

    elsewhere = await recorded_deal(world, seller, buyer)
    found = await dossier_of(world, seller, elsewhere)
    assert [part["key"] for part in found["sections"]] == ["deal", "contracts"]
    assert section(found, "deal")["entries"][0]["facts"]["source_url"] == "https://example.org/notice/1"
    assert found["comparables"]["chosen_by"]["zh"] == "无:该成交未记录技术领域。"


async def test_comparables_are_published_deals_alone(world: World) -> None:
    seller, buyer, other = await world.institution(), await world.enterprise(), await world.enterprise()
    result = await recorded_result(world, seller)
    day = await today(world)
    for distance, price in ((30, "3000000.00"), (10, "1000000.00"), (20, "2000000.00")):
        when = (day - timedelta(days=distance)).isoformat()
        await recorded_deal(world, seller, other, result_id=result["id"], price=price, agreed_on=when,
                            transfer_mode="exclusive_licence")  # fmt: skip
    await recorded_deal(world, seller, other, result_id=result["id"], transfer_mode="assignment")
    await agreed_deal(world, seller, other)  # at a fixed price: the parties' own
    noticed = await negotiated_deal(world, seller, other)
    deal = await agreed_deal(world, seller, buyer)
    found = (await dossier_of(world, buyer, deal))["comparables"]["deals"]
    assert [row["price"] for row in found] == ["900000.00", "1000000.00", "2000000.00", "3000000.00"]
    assert [row["source"] for row in found] == ["notice", "source", "source", "source"]
    assert found[0]["number"].startswith("WH-P-"), "the public knows it by its notice"
    assert noticed["number"] not in str(found)
    assert all(row["public_before"] for row in found)
    mine = (await dossier_of(world, other, noticed))["comparables"]["deals"]
    assert [row["price"] for row in mine] == ["1000000.00", "2000000.00", "3000000.00"], "not itself"


async def test_who_took_a_bundle_may_read_it_again(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    colleague = await world.colleague(seller)
    by_seller = await exported(world, seller, deal)
    by_operator = await exported(world, world.operator, deal)
    by_auditor = await exported(world, world.auditor, deal)
    assert (by_seller["view"], by_operator["view"], by_auditor["view"]) == ("seller", "operator", "auditor")
    readers = {
        "colleague": (colleague, [by_seller]), "buyer": (buyer, []), "operator": (world.operator, [by_operator]),
        "registrar": (world.registrar, []), "auditor": (world.auditor, [by_seller, by_operator, by_auditor]),
    }  # fmt: skip
    for who, (reader, theirs) in readers.items():
        listed = await world.api.ok("GET", f"/v1/deals/{deal['id']}/dossier-exports", reader)
        assert listed["items"] == theirs, who
        for export in (by_seller, by_operator, by_auditor):
            for end in ("", "/bundle.zip"):
                path = f"/v1/deals/{deal['id']}/dossier-exports/{export['id']}{end}"
                assert (await world.api.get(path, reader)).status_code == (200 if export in theirs else 404), who
    # An export is found under its own deal alone.
    elsewhere = await agreed_deal(world, seller, buyer)
    path = f"/v1/deals/{elsewhere['id']}/dossier-exports/{by_seller['id']}"
    await world.api.refused(404, "not_found", "GET", path, seller)


async def test_taking_a_bundle_is_an_event_of_its_own(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await agreed_deal(world, seller, buyer)
    path = f"/v1/deals/{deal['id']}/dossier-exports"
    without = await world.api.client.post(path, headers={"Authorization": f"Bearer {seller.secret}"})
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
    first = await world.api.ok("POST", path, seller, headers={"Idempotency-Key": "once"})
    again = await world.api.ok("POST", path, seller, headers={"Idempotency-Key": "once"})
    assert first == again
    async with world.database.reading() as session:
        rows = (await session.execute(text(
            "SELECT audiences, payload FROM events WHERE type = 'dossier.exported'"
        ))).all()  # fmt: skip
    assert [row.audiences for row in rows] == [[UUID(str(seller.id))]]
    assert rows[0].payload["bundle_sha256"] == first["bundle_sha256"]


async def test_a_bundle_of_what_is_no_deal_is_refused(world: World) -> None:
    answer = await world.api.post("/v1/deals/none/dossier-exports", world.auditor)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "deal_id")
