"""Recording, reading and changing results, from the outside."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.catalogue.results import queries
from app.catalogue.results.models import ResultOwner
from app.core.access import Role
from app.core.database import Database
from app.core.history.events import PUBLIC, Event
from app.identity.kinds import Verification
from tests.catalogue.results.factory import PATENT, recorded_result, result_body
from tests.support.world import Party, World

SOURCE = "https://example.org/notice/1"


async def owned_by_two(world: World, **overrides: Any) -> tuple[Party, Party, dict[str, Any]]:
    keeper, other = await world.university(), await world.institution()
    owners = [
        {"organisation_id": str(keeper.id), "share": "0.6"},
        {"organisation_id": str(other.id), "share": "0.4"},
    ]
    return keeper, other, await recorded_result(world, keeper, owners=owners, **overrides)


async def test_a_result_is_recorded_and_read_by_its_owners_and_the_staff_only(world: World) -> None:
    keeper, other, made = await owned_by_two(world)
    path = f"/v1/results/{made['id']}"
    assert made["number"].startswith("WH-R-")
    colleague = await world.colleague(keeper)
    for reader in (keeper, colleague, *world.staff.values()):
        shown = await world.api.ok("GET", path, reader)
        assert shown["completers"] == [{"name": "示例完成人", "person_id": None}]
        assert [owner["share"] for owner in shown["owners"]] == ["0.600000", "0.400000"]
    assert (await world.api.ok("GET", path, other))["completers"] is None
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "GET", path, stranger)
    await world.api.refused(404, "not_found", "PATCH", path, stranger, json={"title": "x"})
    await world.api.refused(401, "unauthenticated", "GET", path)


async def test_lists_show_own_and_co_owned_results_page_by_page(world: World) -> None:
    keeper, other, made = await owned_by_two(world)
    more = [await recorded_result(world, keeper) for _ in range(2)]
    first = await world.api.ok("GET", "/v1/results?limit=2", keeper)
    rest = await world.api.ok("GET", f"/v1/results?limit=2&cursor={first['next_cursor']}", keeper)
    assert [row["id"] for row in first["items"] + rest["items"]] == [made["id"], *(row["id"] for row in more)]
    assert rest["next_cursor"] is None
    assert [row["id"] for row in (await world.api.ok("GET", "/v1/results", other))["items"]] == [made["id"]]
    stranger = await world.enterprise()
    assert (await world.api.ok("GET", "/v1/results", stranger))["items"] == []
    assert len((await world.api.ok("GET", "/v1/results", world.auditor))["items"]) == 3


async def test_who_may_record(world: World) -> None:
    api = world.api
    pending = await world.enterprise(verification=Verification.PENDING)
    await api.refused(409, "organisation_not_verified", "POST", "/v1/results", pending, json=result_body(pending))
    reader = await world.enterprise(scopes=["results:read"])
    await api.refused(403, "scope_missing", "POST", "/v1/results", reader, json=result_body(reader))
    agency = await world.agency()
    broker = await world.broker(agency)
    await api.refused(403, "forbidden", "POST", "/v1/results", broker, json=result_body(agency))
    await api.refused(403, "forbidden", "POST", "/v1/results", world.auditor, json=result_body(agency))
    member = await world.colleague(agency, Role.MEMBER)
    await recorded_result(world, member)


async def test_the_operator_records_for_an_organisation_and_nobody_else_does(world: World) -> None:
    api, university, other = world.api, await world.university(), await world.enterprise()
    body = result_body(university)
    problem = await api.refused(422, "invalid_input", "POST", "/v1/results", world.operator, json=body)
    assert problem["errors"][0]["field"] == "organisation_id"
    named = body | {"organisation_id": str(university.id)}
    assert (await api.ok("POST", "/v1/results", world.operator, json=named))["organisation_id"] == str(university.id)
    await api.refused(403, "forbidden", "POST", "/v1/results", other, json=named)
    unknown = body | {"organisation_id": str(world.operator.person_id)}
    await api.refused(422, "unknown_reference", "POST", "/v1/results", world.operator, json=unknown)


def asset(**changes: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in (PATENT | changes).items() if value is not None}]


NOBODY = "00000000-0000-7000-8000-00000000ffff"
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"readiness_level": 0}, "invalid_input", "readiness_level"),
    ({"readiness_level": 10}, "invalid_input", "readiness_level"),
    ({"colour": "red"}, "invalid_input", "colour"),
    ({"source_url": "ftp://x"}, "invalid_input", "source_url"),
    ({"owners": []}, "invalid_input", "owners"),
    ({"owners": [{"organisation_id": None, "share": 1}]}, "invalid_input", "owners.0.share"),
    ({"owners": [{"organisation_id": None, "share": "0.9"}]}, "shares_do_not_sum", "owners"),
    ({"owners": [{"organisation_id": None, "share": "0.5"}] * 2}, "owner_repeated", "owners.1.organisation_id"),
    ({"owners": [{"organisation_id": NOBODY, "share": "1"}]}, "keeper_not_owner", "owners"),
    (
        {"owners": [{"organisation_id": None, "share": "0.5"}, {"organisation_id": NOBODY, "share": "0.5"}]},
        "unknown_reference",
        "owners.1.organisation_id",
    ),
    ({"completers": []}, "completers_missing", "completers"),
    ({"completers": [{"name": "x", "person_id": NOBODY}]}, "unknown_reference", "completers.0.person_id"),
    ({"publicly_funded": True}, "funding_plan_missing", "funding_plan"),
    ({"funding_plan": "示例计划"}, "funding_plan_unexpected", "funding_plan"),
    ({"registered_on": "2199-01-01"}, "date_in_future", "registered_on"),
    ({"completed_on": "2024-03-02"}, "dates_out_of_order", "registered_on"),
    ({"ip_assets": asset(expires_on=None)}, "ip_asset_invalid", "ip_assets.0.expires_on"),
    ({"ip_assets": asset(type="patent_application")}, "ip_asset_invalid", "ip_assets.0.grant_number"),
    ({"ip_assets": asset(type="technical_secret")}, "ip_asset_invalid", "ip_assets.0.application_number"),
    (
        {"ip_assets": [{"type": "software_copyright", "title": "示例软件"}]},
        "ip_asset_invalid",
        "ip_assets.0.grant_number",
    ),
    ({"ip_assets": asset(granted_on="2019-01-01")}, "dates_out_of_order", "ip_assets.0.granted_on"),
    ({"ip_assets": asset(expires_on="2022-05-05")}, "dates_out_of_order", "ip_assets.0.expires_on"),
    ({"ip_assets": asset(invalidated_on="2022-05-05")}, "dates_out_of_order", "ip_assets.0.invalidated_on"),
    ({"ip_assets": asset(invalidated_on="2199-05-05")}, "date_in_future", "ip_assets.0.invalidated_on"),
    (
        {"ip_assets": asset(application_number="202010000001.2")},
        "patent_number_invalid",
        "ip_assets.0.application_number",
    ),
    ({"ip_assets": asset(grant_number="ZL200310100002.X")}, "patent_number_invalid", "ip_assets.0.grant_number"),
]


@pytest.mark.parametrize(("overrides", "code", "field"), REFUSED)
async def test_wrong_content_is_refused_and_nothing_written(
    world: World, overrides: dict[str, Any], code: str, field: str
) -> None:
    keeper = await world.university()
    body = result_body(keeper, **overrides)
    problem = await world.api.refused(422, code, "POST", "/v1/results", keeper, json=body)
    assert field in [error["field"] for error in problem["errors"]]
    assert (await world.api.ok("GET", "/v1/results", keeper))["items"] == []


async def test_the_refusal_of_shares_says_what_is_missing(world: World) -> None:
    keeper = await world.university()
    body = result_body(keeper, owners=[{"organisation_id": str(keeper.id), "share": "0.7"}])
    problem = await world.api.refused(422, "shares_do_not_sum", "POST", "/v1/results", keeper, json=body)
    assert "sum to 0.700000: 0.300000 too little" in problem["detail"]
    chinese = await world.api.post("/v1/results", keeper, json=body, headers={"Accept-Language": "zh"})
    assert "尚缺 0.300000" in chinese.json()["detail"]


async def test_a_public_record_may_be_silent_on_numbers_completers_and_plan(world: World) -> None:
    keeper = await world.university()
    made = await recorded_result(
        world,
        keeper,
        source_url=SOURCE,
        completers=[],
        publicly_funded=True,
        ip_assets=[{"type": "patent", "title": "示例专利"}],
    )
    assert made["ip_assets"][0]["grant_number"] is None
    body = result_body(keeper, source_url=SOURCE, ip_assets=asset(type="technical_secret"))
    await world.api.refused(422, "ip_asset_invalid", "POST", "/v1/results", keeper, json=body)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "technical_secret", "title": "示例诀窍"},
        {"type": "software_copyright", "title": "示例软件", "grant_number": "2024SR000001"},
        {"type": "patent_application", "title": "示例", "application_number": "85100001.0", "filed_on": "2023-01-01"},
        {"type": "layout_design", "title": "示例", "grant_number": "BS.1", "filed_on": "2023-01-01"},
        {"type": "plant_variety", "title": "示例", "application_number": "20230001.1E", "filed_on": "2023-01-01"},
        {
            "type": "biological_medical_variety",
            "title": "示例",
            "grant_number": "示例新药证字 1",
            "granted_on": "2023-01-01",
        },
    ],
)
async def test_each_type_of_asset_has_numbers_of_its_own(world: World, item: dict[str, Any]) -> None:
    keeper = await world.university()
    made = await recorded_result(world, keeper, ip_assets=[item])
    assert made["ip_assets"][0]["type"] == item["type"]


async def test_a_completer_may_be_a_person_of_the_keeper_but_of_nobody_else(world: World) -> None:
    keeper, other = await world.university(), await world.enterprise()
    own = [{"name": keeper.name, "person_id": str(keeper.person_id)}]
    assert (await recorded_result(world, keeper, completers=own))["completers"] == own
    body = result_body(keeper, completers=[{"name": "x", "person_id": str(other.person_id)}])
    await world.api.refused(422, "unknown_reference", "POST", "/v1/results", keeper, json=body)


async def test_a_change_needs_the_revision_and_replaces_what_it_names(world: World) -> None:
    api, (keeper, other, made) = world.api, await owned_by_two(world)
    path = f"/v1/results/{made['id']}"
    await api.refused(428, "precondition_required", "PATCH", path, keeper, json={"title": "新名"})
    await api.refused(
        412, "precondition_failed", "PATCH", path, keeper, json={"title": "新名"}, headers={"If-Match": '"7"'}
    )
    current = {"If-Match": '"1"'}
    swapped = [
        {"organisation_id": str(other.id), "share": "0.1"},
        {"organisation_id": str(keeper.id), "share": "0.9"},
    ]
    await api.refused(403, "not_keeper", "PATCH", path, other, json={"owners": swapped}, headers=current)
    changed = await api.patch(
        path, keeper, json={"owners": swapped, "readiness_level": None, "ip_assets": []}, headers=current
    )
    body = changed.json()
    assert changed.headers["etag"] == '"2"'
    assert [(owner["organisation_id"], owner["share"]) for owner in body["owners"]] == [
        (str(other.id), "0.100000"),
        (str(keeper.id), "0.900000"),
    ]
    assert (body["readiness_level"], body["ip_assets"], body["title"]) == (None, [], made["title"])
    assert body == (await api.ok("GET", path, keeper)) | {"server_time": body["server_time"]}


@pytest.mark.parametrize(
    ("patch", "code", "field"),
    [
        ({"title": None}, "invalid_input", "title"),
        ({"owners": None}, "invalid_input", "owners"),
        ({"registered_on": "2020-01-01"}, "invalid_input", "registered_on"),
        ({"owners": [{"organisation_id": None, "share": "0.3"}]}, "shares_do_not_sum", "owners"),
        ({"completers": []}, "completers_missing", "completers"),
        ({"completed_on": "2025-01-01"}, "dates_out_of_order", "registered_on"),
        ({"ip_assets": asset(expires_on=None)}, "ip_asset_invalid", "ip_assets.0.expires_on"),
    ],
)
async def test_a_changed_result_must_hold_as_a_whole(
    world: World, patch: dict[str, Any], code: str, field: str
) -> None:
    keeper = await world.university()
    made = await recorded_result(world, keeper)
    path = f"/v1/results/{made['id']}"
    problem = await world.api.refused(422, code, "PATCH", path, keeper, json=patch, headers={"If-Match": '"1"'})
    assert field in [error["field"] for error in problem["errors"]]
    shown = await world.api.ok("GET", path, keeper)
    assert shown == made | {"server_time": shown["server_time"]}


async def test_the_owners_are_told_and_the_public_is_not(world: World) -> None:
    keeper, other, made = await owned_by_two(world)
    await world.api.ok(
        "PATCH", f"/v1/results/{made['id']}", keeper, json={"title": "新名"}, headers={"If-Match": '"1"'}
    )
    async with world.database.transaction() as session:
        of_result = select(Event.type, Event.audiences).where(Event.subject_id == made["id"]).order_by(Event.seq)
        seen = (await session.execute(of_result)).all()
    assert [type_ for type_, _ in seen] == ["result.recorded", "result.changed"]
    for _, audiences in seen:
        assert {keeper.id, other.id} < set(audiences)
        assert PUBLIC not in audiences


@pytest.mark.parametrize("shares", [["0.5"], ["0.5", "0.6"], []])
async def test_the_database_itself_refuses_shares_that_do_not_sum(fresh_world: World, shares: list[str]) -> None:
    keeper, other = await fresh_world.university(), await fresh_world.enterprise()
    made = await recorded_result(fresh_world, keeper)

    async def write(database: Database) -> None:
        async with database.transaction() as session:
            await queries.clear_parts(session, made["id"], "owners")
            for position, (party, share) in enumerate(zip((keeper, other), shares, strict=False)):
                row = {"result_id": made["id"], "position": position, "organisation_id": party.id}
                await session.execute(insert(ResultOwner), row | {"share": Decimal(share)})

    with pytest.raises(IntegrityError, match="sum to"):
        await write(fresh_world.database)
    shown = await fresh_world.api.ok("GET", f"/v1/results/{made['id']}", keeper)
    assert [owner["share"] for owner in shown["owners"]] == ["1.000000"]
