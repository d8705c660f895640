"""Award runs from the outside: computed, published, and seen by those they concern."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core.history.events import Event
from tests.awards.factory import Json, Sale, amounts, codes, computed_run, next_year, paid, published_run, sale
from tests.contracts.factory import payment_body, recorded_payment, signed_contract
from tests.market.listings.factory import today
from tests.support.world import Party, World


def _adds_up(statement: Json) -> None:
    lines = [Decimal(line["awarded"]) for line in statement["lines"]]
    assert sum(lines) == Decimal(statement["total"])
    for line in statement["lines"]:
        assert line["countable"] == min(line["received"], line["invoiced"], line["left"], key=Decimal)
        assert Decimal(line["base"]) == Decimal(line["countable"]) * Decimal(line["share"])
        assert Decimal(line["raw"]) == Decimal(line["base"]) * Decimal(line["rate"])
        assert line["contract_number"]
        assert line["payment_id"]
        assert line["invoice_number"]
        assert (line["cap"], line["reference"].startswith("Art. 14")) == (statement["cap"], True)
        assert line["article"]["zh"]


async def test_a_sale_earns_buyer_seller_agency_and_brokers(world: World, registered_sale: Sale) -> None:
    await paid(world, registered_sale, "333333.33")
    await paid(world, registered_sale, "166666.67")
    run = await computed_run(world)
    assert (run["status"], run["preliminary"], run["programme_id"]) == ("draft", True, "wuhan-art14")
    assert amounts(run) == {
        (str(registered_sale.buyer.id), "buyer"): "32000.00",  # 8 % of 400 000
        (str(registered_sale.seller.id), "seller"): "8000.00",  # 2 %
        (str(registered_sale.agency.id), "agency"): "4000.00",  # 1 %
    }
    assert (run["total"], run["exclusions"]) == ("44000.00", [])
    for statement in run["statements"]:
        assert len(statement["lines"]) == 2
        assert [line["contract_number"] for line in statement["lines"]] == [registered_sale.contract["number"]] * 2
        _adds_up(statement)
    (of_agency,) = [s for s in run["statements"] if s["role"] == "agency"]
    brokers = of_agency["brokers"]
    assert (brokers["minimum_share"], brokers["minimum"], brokers["held"]) == ("0.3", "1200.00", "0.00")
    assert brokers["allotments"] == [{"broker_id": str(registered_sale.broker.broker_id), "amount": "1200.00"}]
    assert await world.api.ok("GET", f"/v1/award-runs/{run['id']}", world.auditor) == run
    listed = await world.api.ok("GET", "/v1/award-runs", world.operator)
    assert [(item["id"], item["total"]) for item in listed["items"]] == [(run["id"], "44000.00")]
    assert (await world.api.ok("GET", "/v1/award-runs?year=2020", world.operator))["items"] == []


async def test_a_statement_is_seen_by_its_organisation_once_published(world: World) -> None:
    made, stranger = await sale(world), await world.enterprise()
    await paid(world, made, "1000000.00")
    year = (await today(world)).year
    early = await computed_run(world, year)
    of_early = await world.api.ok("GET", f"/v1/award-statements?run_id={early['id']}", world.award_officer)
    assert len(of_early["items"]) == 3
    path = f"/v1/award-runs/{early['id']}/publication"
    problem = await world.api.refused(409, "award_year_not_over", "POST", path, world.award_officer)
    assert str(year) in problem["remedy"]
    await next_year(world)
    # Still computed before the year had ended, whatever the clock says now.
    await world.api.refused(409, "award_year_not_over", "POST", path, world.award_officer)
    run = await computed_run(world, year)
    assert run["preliminary"] is False
    for party in (made.buyer, made.seller, made.agency, stranger):
        assert (await world.api.ok("GET", "/v1/award-statements", party))["items"] == []
    published = await world.api.ok("POST", f"/v1/award-runs/{run['id']}/publication", world.award_officer)
    assert (published["status"], published["published_at"] is None) == ("published", False)
    seen: dict[Party, Json] = {}
    for party, amount in ((made.buyer, "64000.00"), (made.seller, "16000.00"), (made.agency, "8000.00")):
        (statement,) = (await world.api.ok("GET", "/v1/award-statements", party))["items"]
        assert (statement["amount"], statement["run_id"], statement["status"]) == (amount, run["id"], "published")
        _adds_up(statement["content"])
        seen[party] = statement
    for party, statement in seen.items():
        address = f"/v1/award-statements/{statement['id']}"
        assert await world.api.ok("GET", address, party) == statement
        for other in {made.buyer, made.seller, made.agency, stranger} - {party}:
            await world.api.refused(404, "not_found", "GET", address, other)
    hidden = of_early["items"][0]
    owner = next(p for p in seen if str(p.id) == hidden["organisation_id"])
    await world.api.refused(404, "not_found", "GET", f"/v1/award-statements/{hidden['id']}", owner)
    async with world.database.reading() as session:
        told = await session.execute(select(Event.audiences).where(Event.type == "award_statement.published"))
        assert {frozenset(row.audiences) for row in told} == {frozenset({party.id}) for party in seen}


async def test_a_published_year_is_closed(world: World, registered_sale: Sale) -> None:
    await paid(world, registered_sale, "100.00")
    year = (await today(world)).year
    await next_year(world)
    run = await published_run(world, year)
    problem = await world.api.refused(
        409, "award_year_published", "POST", "/v1/award-runs", world.award_officer, json={"year": year}
    )
    assert run["number"] in problem["detail"]
    path = f"/v1/award-runs/{run['id']}/publication"
    await world.api.refused(409, "award_run_not_draft", "POST", path, world.award_officer)
    listed = await world.api.ok("GET", "/v1/award-runs", world.auditor)
    assert [item["status"] for item in listed["items"]] == ["published"]


async def test_a_later_draft_supersedes_the_earlier_and_only_of_its_year(world: World) -> None:
    year = (await today(world)).year
    other = await computed_run(world, year - 1)
    first, second = await computed_run(world, year), await computed_run(world, year)
    listed = (await world.api.ok("GET", "/v1/award-runs", world.auditor))["items"]
    assert {item["id"]: item["status"] for item in listed} == {
        second["id"]: "draft",
        first["id"]: "superseded",
        other["id"]: "draft",
    }
    path = f"/v1/award-runs/{first['id']}/publication"
    await world.api.refused(409, "award_run_not_draft", "POST", path, world.award_officer)


@pytest.mark.parametrize(
    ("year", "code"),
    [("ahead", "award_year_ahead"), (2009, "no_programme"), (1999, "invalid_input"), ("2024", "invalid_input")],
)
async def test_a_year_that_cannot_be_computed_is_refused_and_not_written(world: World, year: Any, code: str) -> None:
    current = (await today(world)).year
    body = {"year": current + 1 if year == "ahead" else year}
    problem = await world.api.refused(422, code, "POST", "/v1/award-runs", world.award_officer, json=body)
    assert problem["errors"][0]["field"] == "year"
    if year == "ahead":
        assert str(current) in problem["remedy"]
    if year == 2009:
        assert "2023" in problem["detail"]
    assert (await world.api.ok("GET", "/v1/award-runs", world.auditor))["items"] == []


async def test_runs_are_the_market_s_own(world: World, registered_sale: Sale) -> None:
    run = await computed_run(world)
    for caller in (registered_sale.seller, registered_sale.agency, registered_sale.broker, world.registrar):
        await world.api.refused(403, "forbidden", "GET", f"/v1/award-runs/{run['id']}", caller)
    for caller in (world.operator, world.auditor, registered_sale.seller):
        body = {"year": run["year"]}
        await world.api.refused(403, "forbidden", "POST", "/v1/award-runs", caller, json=body)
    unknown = world.operator.person_id
    for path in (f"/v1/award-runs/{unknown}", f"/v1/award-runs/{unknown}/verification"):
        await world.api.refused(404, "not_found", "GET", path, world.award_officer)
    path = f"/v1/award-runs/{unknown}/publication"
    await world.api.refused(404, "not_found", "POST", path, world.award_officer)


async def test_an_unregistered_contract_is_an_exclusion_with_its_article(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    contract = await signed_contract(world, seller, buyer)
    await recorded_payment(world, contract, seller, buyer, "1000.00")
    run = await computed_run(world)
    assert (run["statements"], run["total"]) == ([], "0.00")
    assert {(e["organisation_id"], e["role"], e["code"]) for e in run["exclusions"]} == {
        (str(buyer.id), "buyer", "not_registered"),
        (str(seller.id), "seller", "not_registered"),
    }
    for exclusion in run["exclusions"]:
        assert exclusion["contract_number"] == contract["number"]
        assert "14" in exclusion["article"]["en"]
        assert "十四" in exclusion["article"]["zh"]
        assert exclusion["reference"]
        assert exclusion["reason_zh"]


async def test_a_payment_without_invoice_waits_for_one(world: World, registered_sale: Sale) -> None:
    payment = await paid(world, registered_sale, "1000.00", invoice=None)
    assert codes(await computed_run(world)) == {"not_invoiced"}
    invoice = {"number": "FP-1", "amount": "400.00", "issued_on": (await today(world)).isoformat()}
    await world.api.ok("POST", f"/v1/payments/{payment['id']}/invoices", registered_sale.seller, json=invoice)
    run = await computed_run(world)
    assert amounts(run)[str(registered_sale.buyer.id), "buyer"] == "25.60"  # 8 % of 400 * 0.8
    assert {line["bound"] for s in run["statements"] for line in s["lines"]} == {"invoiced"}


async def test_an_organisation_s_statement_names_what_it_did_not_earn(world: World) -> None:
    buyer = await world.enterprise()
    good, bad = await sale(world, buyer=buyer), await sale(world, buyer=buyer)
    await paid(world, good, "1000.00")
    await paid(world, bad, "1000.00", invoice=None)
    year = (await today(world)).year
    await next_year(world)
    await published_run(world, year)
    (statement,) = (await world.api.ok("GET", "/v1/award-statements", buyer))["items"]
    assert statement["amount"] == "64.00"
    assert [(e["code"], e["organisation_id"]) for e in statement["exclusions"]] == [("not_invoiced", str(buyer.id))]
    (of_seller,) = (await world.api.ok("GET", "/v1/award-statements", good.seller))["items"]
    assert of_seller["exclusions"] == []


async def test_the_cap_is_one_a_year_over_all_contracts(world: World) -> None:
    buyer = await world.enterprise()
    amount = "10000000.00"
    for _ in range(2):
        made = await sale(world, buyer=buyer, price=amount, total_amount=amount, technical_amount=amount, deductions=[])
        await paid(world, made, amount)
    run = await computed_run(world)
    (of_buyer,) = [s for s in run["statements"] if s["role"] == "buyer"]
    assert (of_buyer["total"], of_buyer["cap"], of_buyer["cap_applied"]) == ("1000000.00", "1000000.00", True)
    assert of_buyer["raw_total"] == "1600000.000000"
    assert sum(Decimal(line["awarded"]) for line in of_buyer["lines"]) == Decimal("1000000.00")


async def test_the_programmes_are_public_with_every_figure_s_reference(world: World) -> None:
    (programme,) = (await world.api.ok("GET", "/v1/award-programmes"))["items"]
    assert programme["id"] == "wuhan-art14"
    (rate,) = programme["document"]["parameters"]["buyer_rate"]
    assert (rate["value"], rate["valid_from"], rate["mark"]) == ("0.08", 2023, "V")
    assert all(v["reference"] for values in programme["document"]["parameters"].values() for v in values)
    seat = next(rule for rule in programme["rules"] if rule["key"] == "residence_day")
    assert "the day on which the money was received" in seat["text"]["en"]
    assert [(v["valid_from"], v["mark"]) for v in seat["grounds"]] == [(2023, "P")]
    assert not {rule["key"] for rule in programme["rules"]} & programme["document"]["parameters"].keys()


async def test_a_payer_who_is_not_a_buyer_is_refused_before_any_run(world: World, registered_sale: Sale) -> None:
    body = await payment_body(world, await world.enterprise(), "1.00")
    path = f"/v1/contracts/{registered_sale.contract['id']}/payments"
    await world.api.refused(422, "payer_not_a_buyer", "POST", path, registered_sale.seller, json=body)
    assert (await computed_run(world))["exclusions"] == []


async def test_who_earned_nothing_is_told_why(world: World) -> None:
    """A consulting contract earns nothing: each party gets a statement of nothing with the reason and its article."""
    sold = await sale(world, type="consulting", transfer_mode="consulting")
    await paid(world, sold, "1000.00")
    await published_run(world, await next_year(world) - 1)
    (statement,) = (await world.api.ok("GET", "/v1/award-statements", sold.buyer))["items"]
    assert (statement["amount"], statement["content"]) == ("0.00", None)
    (reason,) = statement["exclusions"]
    assert reason["code"] == "contract_type"
    assert "art. 14" in reason["article"]["en"]
