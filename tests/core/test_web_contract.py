"""What HTTP itself asks of every route, tried on every operation of the document."""

import re

import pytest
from fastapi import FastAPI

from tests.catalogue.results.factory import result_body
from tests.support.api import Api
from tests.support.world import World
from tests.test_access_matrix import operations

ANY_ID = "0192a000-0000-7000-8000-000000000001"
VALUES = {"day": "2027-01-04", "version": "1", "code": "not_found"}


def address(path: str) -> str:
    """The path with something in each of its parameters."""
    return re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], ANY_ID), path)


async def test_b4_no_operation_takes_a_query_parameter_that_it_does_not_state(app: FastAPI, api: Api) -> None:
    for route in operations().values():
        method, path = route.method, route.path
        response = await api.send(method, address(path) + "?technical_feild=x")
        assert response.status_code == 422, (method, path, response.text)
        (error,) = response.json()["errors"]
        assert (error["field"], error["code"]) == ("technical_feild", "unknown_field"), path


async def test_b4_a_parameter_comes_once_unless_it_is_a_list(world: World) -> None:
    problem = await world.api.refused(422, "invalid_input", "GET", "/v1/listings?limit=1&limit=100&stauts=sold")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [
        ("stauts", "unknown_field"),
        ("limit", "given_twice"),
    ]
    assert "technical_field" in problem["errors"][0]["expected"]
    assert await world.api.ok("GET", "/v1/events?type=a&type=b", world.operator)
    await world.api.refused(400, "malformed_request", "GET", "/v1/listings?limit=%FF")


@pytest.mark.parametrize("sent", ["banana", '"1', "1", "", '"1" "2"', '*, "1"', 'w/"1"'])
async def test_b8_an_if_match_that_is_none_is_malformed_and_not_older(world: World, sent: str) -> None:
    seller = await world.university()
    path, headers = f"/v1/results/{ANY_ID}", {"If-Match": sent}
    problem = await world.api.refused(400, "malformed_header", "PATCH", path, seller, json={}, headers=headers)
    assert "If-Match" in problem["detail"]


async def test_b8_quoted_or_bare_it_is_one_idempotency_key(world: World) -> None:
    keeper = await world.university()
    sent = {"json": result_body(keeper)}
    first, again = [
        await world.api.send("POST", "/v1/results", keeper, headers={"Idempotency-Key": key}, **sent)
        for key in ('"k"', "k")
    ]
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    half = {"Idempotency-Key": '"k'}
    await world.api.refused(400, "idempotency_key_invalid", "POST", "/v1/results", keeper, headers=half, **sent)


async def test_f4_a_key_of_one_path_does_not_replay_on_another(world: World) -> None:
    keeper = await world.university()
    sent = {"json": result_body(keeper), "headers": {"Idempotency-Key": "0001"}}
    assert (await world.api.send("POST", "/v1/results", keeper, **sent)).status_code == 201
    await world.api.refused(422, "idempotency_key_reused", "POST", "/v1/people", keeper, **sent)
