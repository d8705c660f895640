"""Organisations from the outside: recorded, verified, suspended, moved, related."""

from typing import Any

import pytest
from sqlalchemy import text

from app.core.access import Role
from app.identity.kinds import Verification
from tests.support.world import Party, World

USCC = "91110000600037341L"
ORGANISATION = {
    "name": "示例光电有限公司",
    "kind": "enterprise",
    "uscc": USCC,
    "state_founded": False,
    "fictional": True,
    "division_code": "420111",
    "resident_since": "2020-01-01",
}


async def _count(world: World, table: str) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def _find(world: World, party: Party, verification: str) -> Any:
    body = {"verification": verification, "reason": "示例核验意见"}
    path = f"/v1/organisations/{party.id}/verification"
    return await world.api.ok("POST", path, world.operator, json=body)


async def test_an_organisation_is_recorded_verified_and_then_public(world: World) -> None:
    api = world.api
    made = await api.ok("POST", "/v1/organisations", world.operator, json=ORGANISATION)
    assert (made["verification"], made["uscc"]) == ("pending", USCC)
    path = f"/v1/organisations/{made['id']}"
    await api.refused(404, "not_found", "GET", path)
    await api.refused(404, "not_found", "GET", path, await world.enterprise())
    await api.ok(
        "POST", f"{path}/verification", world.operator, json={"verification": "verified", "reason": "licence seen"}
    )
    shown = await api.ok("GET", path)
    assert shown["verification"] == "verified"
    assert [d["division_code"] for d in shown["divisions"]] == ["420111"]


async def test_a_wrong_uscc_is_refused_with_what_would_pass(world: World) -> None:
    body = ORGANISATION | {"uscc": "911100006000373410"}
    problem = await world.api.refused(422, "uscc_invalid", "POST", "/v1/organisations", world.operator, json=body)
    assert problem["errors"][0]["field"] == "uscc"
    assert "check character" in problem["remedy"]
    assert await _count(world, "organisations") == 0


async def test_a_uscc_is_held_by_one_organisation_however_it_is_written(world: World) -> None:
    await world.api.ok("POST", "/v1/organisations", world.operator, json=ORGANISATION)
    again = ORGANISATION | {"name": "示例另一公司", "uscc": f"{USCC[:8]} {USCC[8:].lower()}"}
    problem = await world.api.refused(409, "conflict", "POST", "/v1/organisations", world.operator, json=again)
    assert "uscc" in problem["detail"]
    assert await _count(world, "organisations") == 1


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "shop"}, "kind", "not_one_of"),
        ({"name": "  "}, "name", "too_short"),
        ({"name": "a\x00b"}, "name", "hidden_character"),
        ({"division_code": "4201"}, "division_code", "wrong_pattern"),
        ({"resident_since": "2020-02-30"}, "resident_since", "not_a_date"),
        ({"verification": "verified"}, "verification", "unknown_field"),
    ],
)
async def test_a_bad_organisation_is_refused_and_not_written(
    world: World, change: dict[str, Any], field: str, code: str
) -> None:
    body = ORGANISATION | change
    problem = await world.api.refused(422, "invalid_input", "POST", "/v1/organisations", world.operator, json=body)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert await _count(world, "organisations") == 0


async def test_without_a_key_and_with_a_wrong_one(world: World) -> None:
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me")
    secret = world.operator.secret
    for header in ("Bearer tx_nonsense", "Bearer", "Bearer ", f"Basic {secret}", f"Bearer {secret}x", secret):
        response = await world.api.get("/v1/me", headers={"Authorization": header})
        assert response.status_code == 401, header
        assert response.headers["www-authenticate"] == "Bearer"
    # A public route refuses a key that is not valid too: a caller must not believe to be known.
    response = await world.api.get("/v1/organisations", headers={"Authorization": "Bearer tx_nonsense"})
    assert response.status_code == 401


async def test_a_suspension_stops_every_key_at_once_and_verification_brings_them_back(world: World) -> None:
    agency = await world.agency()
    broker, colleague, other = await world.broker(agency), await world.colleague(agency), await world.agency()
    await _find(world, agency, "suspended")
    for stopped in (agency, broker, colleague):
        await world.api.refused(401, "unauthenticated", "GET", "/v1/me", stopped)
        await world.api.refused(401, "unauthenticated", "POST", "/v1/api-keys", stopped, json={"name": "k"})
    assert (await world.api.ok("GET", "/v1/me", other))["organisation_id"] == str(other.id)
    shown = await _find(world, agency, "verified")
    assert (shown["verification"], shown["verification_reason"], shown["revision"]) == ("verified", "示例核验意见", 3)
    for back in (agency, broker, colleague):
        await world.api.ok("GET", "/v1/me", back)


async def test_a_refused_organisation_is_hidden_from_others_and_sees_itself(world: World) -> None:
    party, stranger = await world.enterprise(), await world.enterprise()
    await _find(world, party, "refused")
    path = f"/v1/organisations/{party.id}"
    for hidden_from in (None, stranger):
        await world.api.refused(404, "not_found", "GET", path, hidden_from)
    assert (await world.api.ok("GET", path, party))["verification"] == "refused"
    assert (await world.api.ok("GET", path, world.registrar))["verification"] == "refused"
    listed = await world.api.ok("GET", "/v1/organisations")
    assert str(party.id) not in {item["id"] for item in listed["items"]}


async def test_a_finding_is_one_of_three_with_a_reason_on_an_organisation_there_is(world: World) -> None:
    party = await world.enterprise(verification=Verification.PENDING)
    path = f"/v1/organisations/{party.id}/verification"
    for body in ({"verification": "pending", "reason": "x"}, {"verification": "verified"}):
        await world.api.refused(422, "invalid_input", "POST", path, world.operator, json=body)
    body = {"verification": "verified", "reason": "x"}
    unknown = f"/v1/organisations/{world.operator.person_id}/verification"
    await world.api.refused(404, "not_found", "POST", unknown, world.operator, json=body)
    await world.api.refused(403, "forbidden", "POST", path, party, json=body)
    assert (await world.api.ok("GET", f"/v1/organisations/{party.id}", party))["verification"] == "pending"


async def test_a_move_ends_the_residence_before_on_the_day_before(world: World) -> None:
    party = await world.enterprise()
    path = f"/v1/organisations/{party.id}"
    body = {"division_code": "430102", "valid_from": "2025-03-01"}
    moved = await world.api.ok("POST", f"{path}/divisions", world.operator, json=body, headers={"If-Match": '"1"'})
    assert [(d["division_code"], d["valid_from"], d["valid_to"]) for d in moved["divisions"]] == [
        ("420111", "2000-01-01", "2025-02-28"),
        ("430102", "2025-03-01", None),
    ]
    assert await world.api.ok("GET", path) == moved
    for begins in ("2025-03-01", "2024-12-31"):
        problem = await world.api.refused(
            422, "period_not_later", "POST", f"{path}/divisions", world.operator,
            json=body | {"valid_from": begins}, headers={"If-Match": '"2"'},
        )  # fmt: skip
        assert (problem["errors"][0]["field"], problem["remedy"]) == (
            "valid_from",
            "Send a first day after 2025-03-01.",
        )
    assert await world.api.ok("GET", path) == moved


async def test_a_move_needs_the_revision_that_was_read(world: World) -> None:
    party = await world.enterprise()
    path, body = f"/v1/organisations/{party.id}", {"division_code": "430102", "valid_from": "2025-03-01"}
    tag = (await world.api.get(path)).headers["etag"]
    move = f"{path}/divisions"
    await world.api.refused(428, "precondition_required", "POST", move, world.operator, json=body)
    await world.api.ok("POST", move, world.operator, json=body, headers={"If-Match": tag})
    later = body | {"valid_from": "2026-01-01"}
    response = await world.api.post(move, world.operator, json=later, headers={"If-Match": tag})
    assert (response.status_code, response.headers["etag"]) == (412, '"2"')
    assert len((await world.api.ok("GET", path))["divisions"]) == 2


def _relation(first: Party, second: Party, **overrides: Any) -> dict[str, Any]:
    return {
        "first_id": str(first.id), "second_id": str(second.id), "kind": "shareholding", "share": "0.35",
        "detail": "示例持股", "source": "https://example.org/filing",
    } | overrides  # fmt: skip


async def test_f10_a_finding_of_related_parties_is_seen_by_them_and_the_market(world: World) -> None:
    """F10: both can object. That the event reaches both is in the table of audiences, held after every test."""
    first, second, stranger = await world.enterprise(), await world.university(), await world.enterprise()
    body = _relation(first, second, valid_from="2024-01-01", valid_to="2024-01-01")
    made = await world.api.ok("POST", "/v1/organisation-relations", world.operator, json=body)
    assert (made["share"], made["valid_to"]) == ("0.350000", "2024-01-01")
    for reader in (first, second, world.auditor, world.award_officer):
        assert (await world.api.ok("GET", "/v1/organisation-relations", reader))["items"] == [made]
    assert (await world.api.ok("GET", "/v1/organisation-relations", stranger))["items"] == []


async def test_a_finding_that_cannot_be_is_refused_and_not_written(world: World) -> None:
    first, second = await world.enterprise(), await world.university()
    nobody = str(world.operator.person_id)
    for change, code, field in (
        ({"second_id": str(first.id)}, "same_organisation", "second_id"),
        ({"first_id": nobody}, "unknown_reference", "first_id"),
        ({"second_id": nobody}, "unknown_reference", "second_id"),
        ({"valid_from": "2024-01-02", "valid_to": "2024-01-01"}, "dates_out_of_order", "valid_to"),
        ({"share": "0"}, "invalid_input", "share"),
        ({"share": "1.01"}, "invalid_input", "share"),
        ({"source": ""}, "invalid_input", "source"),
    ):
        body = _relation(first, second, **change)
        path = "/v1/organisation-relations"
        problem = await world.api.refused(422, code, "POST", path, world.operator, json=body)
        assert problem["errors"][0]["field"] == field
    assert await _count(world, "organisation_relations") == 0


async def test_organisations_are_listed_by_name_kind_and_page(world: World) -> None:
    names = ["示例甲", "示例乙", "示例_丙", "别家"]
    for name in names:
        await world.enterprise(name=name)
    await world.university(name="示例大学")
    items = await world.api.every("/v1/organisations", limit=2, kind="enterprise", name="示例")
    seen = [item["name"] for item in items]
    assert sorted(seen) == sorted(names[:3])
    assert len(seen) == len(set(seen))
    underscore = await world.api.ok("GET", "/v1/organisations?name=示例_")
    assert [item["name"] for item in underscore["items"]] == ["示例_丙"]


async def test_who_a_key_acts_as(world: World) -> None:
    party = await world.enterprise(role=Role.MEMBER, scopes=["identity:read"])
    assert await world.api.ok("GET", "/v1/me", party) == {
        "person_id": str(party.person_id),
        "organisation_id": str(party.id),
        "roles": ["member"],
        "scopes": ["identity:read"],
    }
    staff = await world.api.ok("GET", "/v1/me", world.registrar)
    assert (staff["organisation_id"], staff["roles"]) == (None, ["registrar"])
