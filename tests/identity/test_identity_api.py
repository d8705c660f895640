"""Identity from the outside."""

from tests.world import World

ORGANISATION = {
    "name": "示例光电有限公司",
    "kind": "enterprise",
    "uscc": "91420100MA4KYG8W8L",
    "state_founded": False,
    "fictional": True,
    "division_code": "420111",
    "resident_since": "2020-01-01",
}


async def test_an_organisation_is_recorded_verified_and_then_public(world: World) -> None:
    api = world.api
    body = ORGANISATION | {"uscc": None}
    made = await api.ok("POST", "/v1/organisations", world.operator, json=body)
    assert made["verification"] == "pending"
    await api.refused(404, "not_found", "GET", f"/v1/organisations/{made['id']}")
    await api.ok(
        "POST",
        f"/v1/organisations/{made['id']}/verification",
        world.operator,
        json={"verification": "verified", "reason": "licence seen"},
    )
    shown = await api.ok("GET", f"/v1/organisations/{made['id']}")
    assert shown["verification"] == "verified"
    assert [d["division_code"] for d in shown["divisions"]] == ["420111"]


async def test_a_wrong_uscc_is_refused_with_what_would_pass(world: World) -> None:
    body = ORGANISATION | {"uscc": "91420100MA4KYG8W80"}
    problem = await world.api.refused(422, "uscc_invalid", "POST", "/v1/organisations", world.operator, json=body)
    assert problem["errors"][0]["field"] == "uscc"
    assert "check character" in problem["remedy"]


async def test_without_a_key_and_with_a_wrong_one(world: World) -> None:
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me")
    response = await world.api.get("/v1/me", headers={"Authorization": "Bearer tx_nonsense"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
