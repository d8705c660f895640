"""A4, A10: a day or a time is bounded by what it is about, and a code names something that exists."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.core.clock import read_clock
from app.core.schemas.codes import Country, Currency, IndustryCode
from tests.office.ledger.factory import confirmation_body, confirmed, requested_deposit
from tests.support.world import World

ORGANISATION = {
    "name": "示例机构", "kind": "enterprise", "state_founded": False, "division_code": "420111",
    "resident_since": "2020-01-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"division_code": "000000"}, "division_unknown", "division_code"),
        ({"division_code": "999999"}, "division_unknown", "division_code"),
        ({"division_code": "420199"}, "division_unknown", "division_code"),
        ({"division_code": "830100"}, "division_unknown", "division_code"),
        ({"division_code": "110103", "resident_since": "2011-01-01"}, "division_unknown", "division_code"),
        ({"uscc": "0" * 18}, "uscc_invalid", "uscc"),
        ({"uscc": ""}, "invalid_input", "uscc"),
        ({"resident_since": "2099-01-01"}, "date_in_future", "resident_since"),
        ({"resident_since": "1949-09-30"}, "invalid_input", "resident_since"),
    ],
)
async def test_a4_a10_an_organisation_is_somewhere_at_some_time(
    world: World, change: dict[str, Any], code: str, field: str
) -> None:
    body = ORGANISATION | change
    problem = await world.api.refused(422, code, "POST", "/v1/organisations", world.operator, json=body)
    assert problem["errors"][0]["field"] == field


@pytest.mark.parametrize("code", ["420100", "420000", "429004", "310115", "441900", "810000", "659012", "460300"])
async def test_a10_a_division_of_the_standard_is_taken(world: World, code: str) -> None:
    await world.api.ok("POST", "/v1/organisations", world.operator, json=ORGANISATION | {"division_code": code})


async def test_a10_a_county_that_was_merged_was_a_residence_before(world: World) -> None:
    body = ORGANISATION | {"division_code": "110103", "resident_since": "2010-01-01"}
    await world.api.ok("POST", "/v1/organisations", world.operator, json=body)


async def test_a4_what_is_arranged_begins_within_a_year_and_what_happened_did_so(world: World) -> None:
    party, other = await world.enterprise(), await world.enterprise()
    agency = await world.agency()
    broker = await world.broker(agency)
    async with world.database.reading() as session:
        now = await read_clock(session)
    far = (now + timedelta(days=368)).date().isoformat()
    post, caller = world.api.refused, world.operator
    move = {"division_code": "420102", "valid_from": far}
    path = f"/v1/organisations/{party.id}/divisions"
    await post(422, "date_too_far", "POST", path, caller, json=move, headers={"If-Match": '"1"'})
    relation = {"first_id": str(party.id), "second_id": str(other.id), "kind": "control", "detail": "x", "source": "x"}
    await post(422, "date_too_far", "POST", "/v1/organisation-relations", caller, json=relation | {"valid_from": far})
    person = await world.enterprise()
    certificate = {"person_id": str(person.person_id), "certificate_number": "TB-FAR", "certified_on": far}
    await post(422, "date_in_future", "POST", "/v1/brokers", caller, json=certificate)
    term = {"agency_id": str(agency.id), "valid_from": far}
    await world.api.refused(
        409, "broker_employed", "POST", f"/v1/brokers/{broker.broker_id}/employments", caller, json=term
    )


async def test_a4_a_receipt_is_not_before_its_request(world: World) -> None:
    """A January slip of the year makes a late deposit timely."""
    owner = await world.enterprise()
    deposit = await requested_deposit(world, owner)
    facts = {"amount": str(deposit.required_amount), "purpose_reference": deposit.number}
    early = (deposit.requested_at - timedelta(minutes=2)).isoformat()
    body = await confirmation_body(world, **facts, received_at=early)
    path = "/v1/bank-confirmations"
    problem = await world.api.refused(422, "dates_out_of_order", "POST", path, world.operator, json=body)
    assert problem["errors"][0]["field"] == "received_at"
    old = (deposit.requested_at - timedelta(days=367)).isoformat()
    body = await confirmation_body(world, received_at=old)
    await world.api.refused(422, "bank_time_too_old", "POST", path, world.operator, json=body)
    unmatched = await confirmed(world, amount=facts["amount"], received_at=early)
    resolution = {"kind": "deposit", "purpose_reference": deposit.number, "reason": "示例"}
    path = f"{path}/{unmatched['id']}/resolution"
    await world.api.refused(422, "dates_out_of_order", "POST", path, world.operator, json=resolution)
    same_minute = deposit.requested_at.replace(second=0, microsecond=0).isoformat()
    await confirmed(world, **facts, received_at=same_minute)


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        (Country, "DE CN HK TW US", "ZZ XX AA EU UK"),
        (Currency, "USD EUR HKD CNY", "XXX XTS ABC RMB XAU"),
        (IndustryCode, "C2710 A01 M7320 T97 C4040", "A99 C44 T9810 K7111 B0110"),
    ],
)
def test_a10_a_code_of_a_standard_stands_in_it(type_: Any, right: str, wrong: str) -> None:
    adapter = TypeAdapter[str](type_)
    assert [adapter.validate_python(code) for code in right.split()] == right.split()
    for code in wrong.split():
        with pytest.raises(ValidationError):
            adapter.validate_python(code)
