"""A recorded fact of identity that was wrong is put right, and what stood there is kept (A5)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from tests.market.listings.factory import today
from tests.support.world import Party, World

Json = dict[str, Any]
WHY = {"reason": "示例：录入有误"}
LATEST = {"If-Match": "*"}


def corrections(party: Party) -> str:
    return f"/v1/organisations/{party.id}/corrections"


async def test_a5_a_residence_of_a_wrong_day_or_place_is_put_right_and_later_moves_are_possible(world: World) -> None:
    party = await world.enterprise()
    path, day = f"/v1/organisations/{party.id}", await today(world)
    moved = {"division_code": "420102", "valid_from": day.isoformat()}
    await world.api.ok("POST", f"{path}/divisions", world.operator, json=moved, headers=LATEST)
    before = await world.api.ok("GET", path)
    body = WHY | {
        "divisions": [
            {"division_code": "420111", "valid_from": "2019-05-01"},
            {"division_code": "420106", "valid_from": "2021-02-03"},
        ]
    }
    made = await world.api.ok("POST", corrections(party), world.operator, json=body, headers=LATEST)
    after = await world.api.ok("GET", path)
    assert after["divisions"] == [
        {"division_code": "420111", "valid_from": "2019-05-01", "valid_to": "2021-02-02"},
        {"division_code": "420106", "valid_from": "2021-02-03", "valid_to": None},
    ]
    assert after["revision"] == before["revision"] + 1
    assert [row["division_code"] for row in made["before"]["divisions"]] == ["420111", "420102"]
    assert made["after"] == {"divisions": body["divisions"]}
    assert (made["corrected_by"], made["reason"]) == (str(world.operator.person_id), WHY["reason"])
    await world.api.ok("POST", f"{path}/divisions", world.operator, json=moved, headers=LATEST)


async def test_a5_kind_founder_and_name_are_put_right_and_everybody_concerned_is_told(fresh_world: World) -> None:
    world = fresh_world
    party, stranger = await world.enterprise(), await world.enterprise()
    body = WHY | {"kind": "university", "state_founded": True, "name": "示例大学"}
    made = await world.api.ok("POST", corrections(party), world.operator, json=body, headers=LATEST)
    shown = await world.api.ok("GET", f"/v1/organisations/{party.id}")
    assert (shown["kind"], shown["state_founded"], shown["name"]) == ("university", True, "示例大学")
    assert made["before"]["kind"] == "enterprise"
    for reader, seen in ((party, 1), (stranger, 0), (world.award_officer, 1), (world.auditor, 1)):
        assert len((await world.api.ok("GET", f"/v1/corrections?subject_id={party.id}", reader))["items"]) == seen
        types = [event["type"] for event in (await world.api.ok("GET", "/v1/events", reader))["items"]]
        assert types.count("identity.corrected") == seen
    (own,) = (await world.api.ok("GET", "/v1/corrections", party))["items"]
    assert own["corrected_by"] is None
    async with world.database.transaction() as session:
        with pytest.raises(Exception, match="append-only"):
            await session.execute(text("DELETE FROM identity_corrections"))


async def test_a5_a_finding_that_was_wrong_is_corrected_or_withdrawn(world: World) -> None:
    first, second = await world.enterprise(), await world.enterprise()
    body = {
        "first_id": str(first.id),
        "second_id": str(second.id),
        "kind": "control",
        "detail": "示例",
        "source": "示例",
    }
    related = await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=body)
    path = f"/v1/organisation-relations/{related['id']}/corrections"
    changed = WHY | {"kind": "shareholding", "share": "0.25", "valid_from": "2024-01-01"}
    made = await world.api.ok("POST", path, world.operator, json=changed)
    assert made["before"] == {"kind": "control", "share": None, "valid_from": None}
    (shown,) = (await world.api.ok("GET", "/v1/organisation-relations", first))["items"]
    assert (shown["kind"], shown["share"], shown["valid_from"]) == ("shareholding", "0.250000", "2024-01-01")
    order = WHY | {"valid_to": "2023-01-01"}
    await world.api.refused(422, "dates_out_of_order", "POST", path, world.operator, json=order)
    gone = await world.api.ok("POST", path, world.operator, json=WHY | {"withdrawn": True})
    assert gone["before"]["kind"] == "shareholding"
    assert (await world.api.ok("GET", "/v1/organisation-relations", second))["items"] == []
    assert len((await world.api.ok("GET", f"/v1/corrections?subject_id={related['id']}", second))["items"]) == 2
    await world.api.refused(404, "not_found", "POST", path, world.operator, json=changed)


async def test_a5_a_certificate_and_the_days_of_an_employment_are_put_right(world: World) -> None:
    agency = await world.agency()
    broker = await world.broker(agency, since=date(2022, 3, 1))
    path = f"/v1/brokers/{broker.broker_id}"
    body = WHY | {"certificate_number": "示例-2", "certified_on": "2019-06-01"}
    await world.api.ok("POST", f"{path}/corrections", world.operator, json=body)
    shown = await world.api.ok("GET", path, world.operator)
    assert (shown["certificate_number"], shown["certified_on"]) == ("示例-2", "2019-06-01")
    (employment,) = shown["employments"]
    days = f"/v1/employments/{employment['id']}/corrections"
    await world.api.ok("POST", days, world.operator, json=WHY | {"valid_from": "2020-01-01"})
    (employment,) = (await world.api.ok("GET", path, world.operator))["employments"]
    assert employment["valid_from"] == "2020-01-01"
    late = WHY | {"certified_on": "2099-01-01"}
    await world.api.refused(422, "date_in_future", "POST", f"{path}/corrections", world.operator, json=late)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "enterprise"}, "nothing_to_correct"),
        ({}, "nothing_to_correct"),
        ({"kind": None}, "invalid_input"),
        ({"divisions": []}, "invalid_input"),
        ({"divisions": [{"division_code": "999999", "valid_from": "2020-01-01"}]}, "division_unknown"),
        ({"divisions": [{"division_code": "420111", "valid_from": "2099-01-01"}]}, "date_too_far"),
        (
            {
                "divisions": [
                    {"division_code": "420111", "valid_from": "2020-01-01"},
                    {"division_code": "420102", "valid_from": "2020-01-01"},
                ]
            },
            "residences_out_of_order",
        ),
        ({"uscc": "0" * 18}, "uscc_invalid"),
    ],
)
async def test_a5_a_correction_that_states_nothing_or_nonsense_changes_nothing(
    world: World, body: Json, code: str
) -> None:
    party = await world.enterprise()
    before = await world.api.ok("GET", f"/v1/organisations/{party.id}")
    await world.api.refused(422, code, "POST", corrections(party), world.operator, json=WHY | body, headers=LATEST)
    assert await world.api.ok("GET", f"/v1/organisations/{party.id}") == before


async def test_a5_a_correction_of_a_revision_that_was_corrected_meanwhile_is_refused(world: World) -> None:
    party = await world.enterprise()
    read = (await world.api.get(f"/v1/organisations/{party.id}")).headers["ETag"]
    body = WHY | {"state_founded": True}
    await world.api.ok("POST", corrections(party), world.operator, json=body, headers={"If-Match": read})
    await world.api.refused(
        412, "precondition_failed", "POST", corrections(party), world.operator,
        json=WHY | {"state_founded": None}, headers={"If-Match": read},
    )  # fmt: skip
