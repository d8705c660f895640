"""Demands from the outside: the form, the check by two people, corrections, what the public sees."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core.deadlines import run_due
from app.core.history import events
from tests.catalogue.demands.factory import (
    agreed_response,
    checked,
    decide,
    demand_body,
    draft_demand,
    published_demand,
    response_to,
    step,
)
from tests.catalogue.results.factory import recorded_result
from tests.market.listings.factory import reach, today
from tests.support.world import World


async def told(world: World, demand: dict[str, Any]) -> Sequence[events.Event]:
    """What was told of a demand, oldest first."""
    async with world.database.transaction() as session:
        return [
            event
            for event in await events.of_subjects(session, [UUID(demand["id"])])
            if event.type.startswith("demand")
        ]


async def test_a_draft_is_published_by_two_people_and_sealed(world: World) -> None:
    demander, api = await world.enterprise(), world.api
    draft = await draft_demand(world, demander)
    path = f"/v1/demands/{draft['id']}"
    assert (draft["status"], draft["check_status"], draft["version"]) == ("draft", "editing", 0)
    await api.refused(404, "not_found", "GET", path)
    waiting = await step(world, draft, "submission", demander)
    hours = datetime.fromisoformat(waiting["check_due_at"]) - datetime.fromisoformat(draft["created_at"])
    assert timedelta(hours=48) <= hours < timedelta(hours=49)
    await api.refused(409, "demand_transition_refused", "POST", f"{path}/second-check", world.operator)
    await step(world, draft, "first-check", world.operator)
    await api.refused(409, "second_checker_needed", "POST", f"{path}/second-check", world.operator)
    done = await step(world, draft, "second-check", await world.second_operator())
    assert (done["status"], done["check_status"], done["check_due_at"]) == ("published", "passed", None)
    shown = await api.ok("GET", path)
    assert shown["published"]["budget"] == "800000.00"
    assert shown["published"]["demander"] == {"id": str(demander.id), "name": demander.name}
    sealed = await api.get(f"{path}/versions/1")
    assert hashlib.sha256(sealed.content).hexdigest() == shown["sha256"] == sealed.headers["ETag"].strip('"')
    assert sealed.json() == shown["published"]


async def test_nobody_checks_a_demand_of_the_own_organisation(world: World) -> None:
    demander = await world.enterprise()
    draft = await draft_demand(world, demander)
    await step(world, draft, "submission", demander)
    await world.same_person(world.operator, demander)
    path = f"/v1/demands/{draft['id']}/first-check"
    await world.api.refused(409, "checked_by_own", "POST", path, world.operator)


async def test_a_correction_is_checked_again_and_what_is_published_stays_meanwhile(world: World) -> None:
    demander, api = await world.enterprise(), world.api
    demand = await published_demand(world, demander)
    path = f"/v1/demands/{demand['id']}"
    before = (await api.get(path)).json()
    changed = await demand_body(world, budget=None, keywords=["镀层"])
    await api.ok("PUT", f"{path}/draft", demander, json=changed, headers={"If-Match": f'"{demand["revision"]}"'})
    await api.refused(
        412, "precondition_failed", "PUT", f"{path}/draft", demander, json=changed, headers={"If-Match": '"1"'}
    )
    during = (await api.get(path)).json()
    assert during | {"server_time": ""} == before | {"server_time": ""}
    assert (await api.ok("GET", "/v1/demands?budget_min=1"))["items"]
    corrected = await checked(world, demand, demander)
    assert (corrected["version"], corrected["published_at"]) == (2, demand["published_at"])
    assert (await api.ok("GET", path))["published"]["budget"] is None
    assert (await api.ok("GET", f"{path}/versions/1"))["budget"] == "800000.00"
    public = [event for event in await told(world, demand) if events.PUBLIC in event.audiences]
    assert [event.type for event in public] == ["demand.published", "demand.republished"]
    assert public[1].payload["changed"] == ["budget", "keywords"]
    assert str(demander.id) not in str([event.payload for event in public])


async def test_a_hidden_demander_is_found_by_nobody(world: World) -> None:
    demander, responder, api = await world.enterprise(), await world.institution(), world.api
    demand = await published_demand(world, demander, name_hidden=True)
    path = f"/v1/demands/{demand['id']}"
    seen = [await api.get(where) for where in (path, f"{path}/versions/1", "/v1/demands")]
    response = await response_to(world, demand, responder)
    seen.append(await api.get(f"/v1/demand-responses/{response['id']}", responder))
    seen.append(await api.get("/v1/demand-responses", responder))
    for answer in seen:
        assert answer.status_code == 200
        assert str(demander.id) not in answer.text, answer.url
        assert demander.name not in answer.text, answer.url
    assert (await api.ok("GET", f"/v1/demands?demander_id={demander.id}"))["items"] == []
    assert response["demander"] is None
    await decide(world, response, "shortlisting", demander)
    named = await api.ok("GET", f"/v1/demand-responses/{response['id']}", responder)
    assert named["demander"]["name"] == demander.name


async def test_filters_and_orders_of_the_public_list(world: World) -> None:
    demander, api = await world.enterprise(), world.api
    soon = (await today(world) + timedelta(days=5)).isoformat()
    small = await published_demand(world, demander, budget="100.00", industry_code="A0111", valid_to=soon)
    large = await published_demand(world, demander, budget="300.00", solutions=["consulting_or_service"])
    unknown = await published_demand(world, demander, budget=None, technical_field="agriculture")
    await draft_demand(world, demander, budget="200.00")

    async def found(**query: Any) -> list[str]:
        return [item["id"] for item in await api.every("/v1/demands", limit=1, demander_id=str(demander.id), **query)]

    s, g, u = small["id"], large["id"], unknown["id"]
    assert await found() == [u, g, s]
    assert await found(sort="-budget") == [g, s]
    assert await found(sort="closes_at") == [s, g, u]
    assert await found(industry="A0") == [s]
    assert await found(solution="consulting_or_service") == [g]
    assert await found(technical_field="agriculture") == [u]
    assert await found(budget_min="100.00", budget_max="299.99") == [s]
    assert await found(status="closed") == []
    newest = await api.ok("GET", "/v1/demands?limit=1")
    await api.refused(422, "cursor_of_another_list", "GET", f"/v1/demands?sort=-budget&cursor={newest['next_cursor']}")
    await api.refused(422, "invalid_input", "GET", "/v1/demands?industry=A%25")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("problem", "字" * 501),
        ("keywords", ["一", "二", "三", "四", "五", "六"]),
        ("keywords", ["一", "一"]),
        ("solutions", []),
        ("industry_code", "C99"),
        ("budget", 800000),
        ("budget", "0.00"),
    ],
)
async def test_what_the_form_refuses(world: World, field: str, value: Any) -> None:
    body = await demand_body(world, **{field: value})
    refusal = await world.api.refused(422, "invalid_input", "POST", "/v1/demands", await world.enterprise(), json=body)
    assert refusal["errors"][0]["field"] == field


async def test_an_overdue_check_is_told_and_a_demand_expires_and_is_prolonged(world: World) -> None:
    demander, api = await world.enterprise(), world.api
    draft = await draft_demand(world, demander)
    waiting = await step(world, draft, "submission", demander)
    await step(world, draft, "recall", demander)
    waiting = await step(world, draft, "submission", demander)
    await reach(world, datetime.fromisoformat(waiting["check_due_at"]))
    await run_due(world.database)
    assert (await told(world, draft))[-1].type == "demand.check_overdue"
    await step(world, draft, "return", world.operator, reason="示例：请写明指标")
    published = await checked(world, draft, demander)
    await reach(world, datetime.fromisoformat(published["closes_at"]))
    await run_due(world.database)
    assert (await api.ok("GET", f"/v1/demands/{draft['id']}"))["status"] == "expired"
    body = await demand_body(world)
    await api.ok("PUT", f"/v1/demands/{draft['id']}/draft", demander, json=body, headers={"If-Match": "*"})
    assert (await checked(world, draft, demander))["status"] == "published"


async def test_responses_of_a_demand_that_ends_lapse_and_nobody_else_sees_them(world: World) -> None:
    demander, responder, agency, api = (
        await world.enterprise(),
        await world.institution(),
        await world.agency(),
        world.api,
    )
    demand = await published_demand(world, demander)
    before = (await api.get(f"/v1/demands/{demand['id']}")).json()
    response = await response_to(world, demand, responder)
    agents = await response_to(world, demand, agency, capacity="agency", result_ids=[])
    body = {"capacity": "team", "proposal": "示例", "transfer_mode": "consulting"}
    path = f"/v1/demands/{demand['id']}/responses"
    await api.refused(422, "mode_not_asked_for", "POST", path, await world.enterprise(), json=body)
    body["transfer_mode"] = "joint_development"
    await api.refused(409, "own_demand", "POST", path, demander, json=body)
    await api.refused(409, "response_exists", "POST", path, responder, json=body)
    await api.refused(422, "capacity_unfit", "POST", path, responder, json=body | {"capacity": "agency"})
    after = (await api.get(f"/v1/demands/{demand['id']}")).json()
    assert after | {"server_time": ""} == before | {"server_time": ""}
    for other in (agency, world.operator, world.registrar):
        await api.refused(404, "not_found", "GET", f"/v1/demand-responses/{response['id']}", other)
        listed = await api.ok("GET", f"/v1/demand-responses?demand_id={demand['id']}", other)
        assert [item["id"] for item in listed["items"]] == ([agents["id"]] if other is agency else [])
    await decide(world, agents, "decline", demander, reason="place", note="示例")
    await step(world, demand, "closure", demander, reason="no_longer_needed")
    await run_due(world.database)
    assert (await api.ok("GET", f"/v1/demand-responses/{response['id']}", responder))["status"] == "lapsed"
    assert (await api.ok("GET", f"/v1/demands/{demand['id']}"))["closure_reason"] == "no_longer_needed"
    removed = await step(world, demand, "removal", world.operator, reason="示例")
    assert removed["status"] == "removed"
    await api.refused(404, "not_found", "GET", f"/v1/demands/{demand['id']}")


async def test_one_response_is_agreed_on_at_a_time_and_a_demand_is_not_closed_over_it(world: World) -> None:
    demander, first, second, api = (
        await world.enterprise(),
        await world.institution(),
        await world.institution(),
        world.api,
    )
    demand = await published_demand(world, demander)
    agreed = await agreed_response(world, demand, demander, first)
    other = await response_to(world, demand, second)
    await decide(world, other, "shortlisting", demander)
    path = f"/v1/demand-responses/{other['id']}/agreement"
    await api.refused(409, "other_response_agreed", "POST", path, demander)
    closure = {"reason": "solved_otherwise"}
    await api.refused(409, "demand_agreed_upon", "POST", f"/v1/demands/{demand['id']}/closure", demander, json=closure)
    await decide(world, agreed, "withdrawal", first)
    assert (await decide(world, other, "agreement", demander))["status"] == "agreed"


async def test_a_response_is_amended_with_other_results_and_a_secret_one_is_refused(world: World) -> None:
    demander, responder, api = await world.enterprise(), await world.institution(), world.api
    demand = await published_demand(world, demander)
    response = await response_to(world, demand, responder)
    path = f"/v1/demand-responses/{response['id']}"
    (first,) = response["results"]

    other = await recorded_result(world, responder, title="示例其他成果")
    body = {
        "proposal": "示例新方案",
        "transfer_mode": "ordinary_licence",
        "result_ids": [other["id"], first["result_id"]],
    }
    amended = await api.ok("PUT", path, responder, json=body, headers={"If-Match": f'"{response["revision"]}"'})
    assert [result["result_id"] for result in amended["results"]] == body["result_ids"]
    assert amended["price"] is None
    change = {"secrecy": "state_secret"}
    await api.ok("PATCH", f"/v1/results/{other['id']}", responder, json=change, headers={"If-Match": "*"})
    shown = await api.ok("GET", path, demander)
    assert [result["result_id"] for result in shown["results"]] == [first["result_id"]]
    await api.refused(409, "secret_result_offered", "PUT", path, responder, json=body, headers={"If-Match": "*"})
    stranger = await world.enterprise()
    foreign = {"capacity": "holder", "proposal": "示例", "transfer_mode": "assignment", "result_ids": [other["id"]]}
    await api.refused(404, "not_found", "POST", f"/v1/demands/{demand['id']}/responses", stranger, json=foreign)


async def test_an_open_scenario_names_its_area_and_is_taken_up_by_responses(world: World) -> None:
    """Policy art. 6. The form of the official list of scenarios was not found, so it has the form of a demand."""
    opener, maker, api = await world.enterprise(), await world.institution(), world.api
    for kind, area in (("scenario", None), ("need", "industry")):
        body = await demand_body(world, kind=kind, scenario_area=area)
        await api.refused(422, "scenario_area_misplaced", "POST", "/v1/demands", opener, json=body)
    scenario = await published_demand(world, opener, kind="scenario", scenario_area="industry")
    assert [item["id"] for item in await api.every("/v1/demands", kind="scenario")] == [scenario["id"]]
    assert (await response_to(world, scenario, maker))["status"] == "sent"
