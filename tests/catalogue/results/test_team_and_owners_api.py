"""Entitlement of the completing team, its own conversion, co-owners' consents and listability, from the outside."""

from typing import Any

import pytest

from app.catalogue.results import queries
from tests.catalogue.results.factory import PATENT, recorded_result, result_body
from tests.support.world import Party, World


def shares(keeper: Party, unit: str | None, team: str | None) -> list[dict[str, Any]]:
    parts = [(str(keeper.id), unit), (None, team)]
    return [{"organisation_id": who, "share": share} for who, share in parts if share is not None]


async def with_team(world: World, unit: str | None = "0.3", team: str | None = "0.7") -> tuple[Party, str]:
    keeper = await world.university()
    made = await recorded_result(world, keeper, owners=shares(keeper, unit, team))
    return keeper, f"/v1/results/{made['id']}"


OWNERSHIP = {"kind": "ownership", "share": "0.7", "agreed_on": "2024-06-01"}
RIGHT_OF_USE = {"kind": "right_of_use", "years": 10, "agreed_on": "2024-06-01"}


async def test_ownership_and_right_of_use_are_recorded_at_the_minimum(world: World) -> None:
    keeper, path = await with_team(world)
    await world.api.ok("POST", f"{path}/entitlements", keeper, json=OWNERSHIP)
    shown = await world.api.ok("POST", f"{path}/entitlements", keeper, json=RIGHT_OF_USE)
    assert [(e["kind"], e["share"], e["years"]) for e in shown["entitlements"]] == [
        ("ownership", "0.700000", None),
        ("right_of_use", None, 10),
    ]
    assert shown["revision"] == 3


async def test_the_team_may_be_given_the_whole(world: World) -> None:
    keeper, path = await with_team(world, unit=None, team="1")
    await world.api.ok("POST", f"{path}/entitlements", keeper, json=OWNERSHIP | {"share": "1"})


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (OWNERSHIP | {"share": "0.69"}, "entitlement_too_small", "share"),
        (RIGHT_OF_USE | {"years": 9}, "entitlement_too_small", "years"),
        (OWNERSHIP | {"share": "0.8"}, "entitlement_differs", "share"),
        (OWNERSHIP | {"years": 10}, "entitlement_measure", "years"),
        (RIGHT_OF_USE | {"years": None}, "entitlement_measure", "years"),
        (RIGHT_OF_USE | {"share": "0.7"}, "entitlement_measure", "share"),
        (OWNERSHIP | {"agreed_on": "2199-01-01"}, "date_in_future", "agreed_on"),
        (OWNERSHIP | {"share": "1.1"}, "invalid_input", "share"),
        (OWNERSHIP | {"kind": "gift"}, "invalid_input", "kind"),
    ],
)
async def test_a_wrong_entitlement_is_refused_and_nothing_written(
    world: World, body: dict[str, Any], code: str, field: str
) -> None:
    keeper, path = await with_team(world)
    problem = await world.api.refused(422, code, "POST", f"{path}/entitlements", keeper, json=body)
    assert [error["field"] for error in problem["errors"]] == [field]
    if code in ("entitlement_too_small", "entitlement_differs"):
        assert problem["rule"]["article"] == "2"
    shown = await world.api.ok("GET", path, keeper)
    assert (shown["entitlements"], shown["revision"]) == ([], 1)


async def test_before_the_policy_there_was_no_minimum(world: World) -> None:
    keeper, path = await with_team(world, unit="0.5", team="0.5")
    body = OWNERSHIP | {"share": "0.5", "agreed_on": "2024-01-27"}
    await world.api.ok("POST", f"{path}/entitlements", keeper, json=body)


async def test_what_the_unit_does_not_own_it_cannot_give(world: World) -> None:
    keeper, path = await with_team(world, unit=None, team="1")
    await world.api.refused(422, "entitlement_not_owned", "POST", f"{path}/entitlements", keeper, json=RIGHT_OF_USE)


async def test_each_kind_is_recorded_once_and_by_the_keeper(world: World) -> None:
    keeper, path = await with_team(world)
    await world.api.ok("POST", f"{path}/entitlements", keeper, json=OWNERSHIP)
    await world.api.refused(409, "entitlement_exists", "POST", f"{path}/entitlements", keeper, json=OWNERSHIP)
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "POST", f"{path}/entitlements", stranger, json=OWNERSHIP)


async def test_owners_cannot_be_changed_away_from_the_entitlement(world: World) -> None:
    keeper, path = await with_team(world)
    await world.api.ok("POST", f"{path}/entitlements", keeper, json=OWNERSHIP)
    body = {"owners": shares(keeper, "0.4", "0.6")}
    problem = await world.api.refused(
        422, "entitlement_differs", "PATCH", path, keeper, json=body, headers={"If-Match": '"2"'}
    )
    assert "0.700000" in problem["remedy"]


async def test_conversion_begins_once_and_in_time_or_the_team_may(world: World) -> None:
    keeper, path = await with_team(world)
    shown = await world.api.ok("GET", path, keeper)
    assert shown["team_may_convert_from"]["day"] == "2025-03-02"
    assert shown["team_may_convert_from"]["rule"]["article"] == "2"
    for body, code in (
        ({"begun_on": "2199-01-01"}, "date_in_future"),
        ({"begun_on": "2023-05-31"}, "dates_out_of_order"),
    ):
        problem = await world.api.refused(422, code, "POST", f"{path}/conversion-begun", keeper, json=body)
        assert problem["errors"][0]["field"] == "begun_on"
    begun = await world.api.ok("POST", f"{path}/conversion-begun", keeper, json={"begun_on": "2024-12-01"})
    assert (begun["conversion_begun_on"], begun["team_may_convert_from"]) == ("2024-12-01", None)
    await world.api.refused(
        409, "conversion_already_begun", "POST", f"{path}/conversion-begun", keeper, json={"begun_on": "2024-12-02"}
    )


async def listability(world: World, path: str, party: Party, mode: str) -> list[dict[str, Any]]:
    answer = await world.api.ok("GET", f"{path}/listability?transfer_mode={mode}", party)
    assert answer["listable"] == (not answer["reasons"])
    reasons: list[dict[str, Any]] = answer["reasons"]
    return reasons


async def test_a_co_owner_and_the_team_consent_mode_by_mode(world: World) -> None:
    keeper, other = await world.university(), await world.enterprise()
    owners = [*shares(keeper, "0.2", "0.3"), {"organisation_id": str(other.id), "share": "0.5"}]
    made = await recorded_result(world, keeper, owners=owners)
    path = f"/v1/results/{made['id']}"
    assert await listability(world, path, keeper, "ordinary_licence") == []
    missing = await listability(world, path, keeper, "assignment")
    assert [(reason["code"], reason["rule"]["article"]) for reason in missing] == [("consent_missing", "14")] * 2
    assert other.name in missing[1]["reason"]

    body = {"transfer_mode": "assignment", "document_reference": "示例同意书 1 号"}
    await world.api.ok("POST", f"{path}/consents", other, json=body)
    assert len(await listability(world, path, keeper, "assignment")) == 1
    shown = await world.api.ok("POST", f"{path}/consents", keeper, json=body | {"for_team": True})
    assert [consent["organisation_id"] for consent in shown["consents"]] == [str(other.id), None]
    assert await listability(world, path, keeper, "assignment") == []
    assert len(await listability(world, path, keeper, "sole_licence")) == 2


async def test_only_a_co_owner_consents_only_once_and_only_for_itself(world: World) -> None:
    keeper, path = await with_team(world)
    body = {"transfer_mode": "assignment", "document_reference": "示例"}
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "POST", f"{path}/consents", stranger, json=body)
    await world.api.refused(422, "no_such_co_owner", "POST", f"{path}/consents", keeper, json=body)
    await world.api.refused(403, "forbidden", "POST", f"{path}/consents", world.operator, json=body)
    for_team = body | {"for_team": True}
    await world.api.ok("POST", f"{path}/consents", keeper, json=for_team)
    await world.api.refused(409, "consent_exists", "POST", f"{path}/consents", keeper, json=for_team)

    other = await world.enterprise()
    owners = [*shares(keeper, "0.5", None), {"organisation_id": str(other.id), "share": "0.5"}]
    made = await recorded_result(world, keeper, owners=owners)
    path = f"/v1/results/{made['id']}"
    await world.api.refused(403, "not_keeper", "POST", f"{path}/consents", other, json=for_team)
    await world.api.refused(422, "no_such_co_owner", "POST", f"{path}/consents", keeper, json=for_team)


@pytest.mark.parametrize(
    ("overrides", "code", "article"),
    [
        ({"secrecy": "state_secret"}, "secrecy", "2"),
        ({"secrecy": "national_security"}, "secrecy", "2"),
        ({"export_control": "prohibited"}, "export_prohibited", "chapter 3"),
        ({"ip_assets": [PATENT | {"expires_on": "2026-01-01"}]}, "asset_expired", "865"),
        ({"ip_assets": [PATENT | {"invalidated_on": "2025-01-01"}]}, "asset_invalidated", "865"),
    ],
)
async def test_what_may_not_be_listed_is_told_beforehand(
    world: World, overrides: dict[str, Any], code: str, article: str
) -> None:
    keeper = await world.university()
    made = await recorded_result(world, keeper, **overrides)
    path = f"/v1/results/{made['id']}"
    for mode in ("assignment", "ordinary_licence"):
        (reason,) = await listability(world, path, keeper, mode)
        assert (reason["code"], reason["rule"]["article"]) == (code, article)
    async with world.database.transaction() as session:
        facts = await queries.listing_facts(session, made["id"])
    assert (facts.seller_id, len(facts.assets)) == (keeper.id, 1)


async def test_notes_bind_the_contract_but_not_the_listing(world: World) -> None:
    keeper = await world.university()
    made = await recorded_result(
        world, keeper, export_control="restricted", publicly_funded=True, funding_plan="示例计划"
    )
    path = f"/v1/results/{made['id']}/listability"
    answer = await world.api.ok("GET", f"{path}?transfer_mode=assignment", keeper, headers={"Accept-Language": "zh"})
    assert answer["listable"] is True
    assert [note["code"] for note in answer["notes"]] == ["export_licence_needed", "approval_abroad_needed"]
    assert answer["notes"][0]["rule"]["instrument"] == "《中华人民共和国技术进出口管理条例》"


async def test_listability_is_for_those_who_see_the_result_and_names_its_modes(world: World) -> None:
    keeper, path = await with_team(world)
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "GET", f"{path}/listability?transfer_mode=assignment", stranger)
    problem = await world.api.refused(422, "invalid_input", "GET", f"{path}/listability?transfer_mode=gift", keeper)
    assert problem["errors"][0]["field"] == "transfer_mode"


async def test_a_retry_records_one_result(world: World) -> None:
    keeper = await world.university()
    headers = {"Idempotency-Key": "once"}
    body = result_body(keeper)
    first, second = [await world.api.post("/v1/results", keeper, json=body, headers=headers) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]
    assert len((await world.api.ok("GET", "/v1/results", keeper))["items"]) == 1


async def test_only_the_operator_lowers_a_secrecy_and_says_why(world: World) -> None:
    keeper = await world.university()
    made = await recorded_result(world, keeper, secrecy="state_secret")
    path, revision = f"/v1/results/{made['id']}", {"If-Match": '"1"'}
    lower = {"secrecy": "none", "secrecy_reason": "示例解密决定"}
    for change in (lower, {"secrecy": "national_security"}):
        problem = await world.api.refused(
            403, "secrecy_is_lowered", "PATCH", path, keeper, json=change, headers=revision
        )
        assert problem["errors"][0]["field"] == "secrecy"
    problem = await world.api.refused(
        403, "secrecy_is_lowered", "PATCH", path, world.operator, json={"secrecy": "none"}, headers=revision
    )
    assert problem["errors"][0]["field"] == "secrecy_reason"
    assert (await world.api.ok("GET", path, keeper))["secrecy"] == "state_secret"
    changed = await world.api.ok("PATCH", path, world.operator, json=lower, headers=revision)
    assert (changed["secrecy"], changed["revision"]) == ("none", 2)
    await world.api.refused(
        422, "secrecy_reason_unexpected", "PATCH", path, keeper, json=lower, headers={"If-Match": '"2"'}
    )
    raised = await world.api.ok("PATCH", path, keeper, json={"secrecy": "state_secret"}, headers={"If-Match": '"2"'})
    assert raised["secrecy"] == "state_secret", "the keeper may always raise it"


async def test_consents_fall_away_when_the_owners_change_and_only_then(world: World) -> None:
    keeper, other = await world.university(), await world.enterprise()

    def owners(own: str, others: str) -> list[dict[str, str]]:
        return [
            {"organisation_id": str(keeper.id), "share": own},
            {"organisation_id": str(other.id), "share": others},
        ]

    made = await recorded_result(world, keeper, owners=owners("0.5", "0.5"))
    path = f"/v1/results/{made['id']}"
    body = {"transfer_mode": "assignment", "document_reference": "示例同意书"}
    consented = await world.api.ok("POST", f"{path}/consents", other, json=body)

    async def change(**fields: object) -> dict[str, Any]:
        now = await world.api.ok("GET", path, keeper)
        tag = {"If-Match": f'"{now["revision"]}"'}
        answer: dict[str, Any] = await world.api.ok("PATCH", path, keeper, json=fields, headers=tag)
        return answer

    kept = await change(title="示例新题目", owners=owners("0.5", "0.5")[::-1])
    assert kept["consents"] == consented["consents"]
    same = await change()
    assert same["revision"] == kept["revision"], "nothing changed, nothing is announced"
    changed = await change(owners=owners("0.9", "0.1"))
    assert changed["consents"] == []
    listable = await world.api.ok("GET", f"{path}/listability", keeper, params={"transfer_mode": "assignment"})
    assert [reason["code"] for reason in listable["reasons"]] == ["consent_missing"]
