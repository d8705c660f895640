"""What HTTP itself asks of every route, tried on every operation of the document (B4, B5, B6, B8, F4)."""

import inspect
import re
from contextlib import nullcontext

import pytest
from pydantic import ValidationError

from app.core.database import Database
from app.core.settings import Environment, Settings
from app.core.web.http import _dependants
from app.core.web.idempotency import request_hash
from app.core.web.parameters import with_sent
from app.core.web.preconditions import Precondition
from app.main import create_app
from tests.catalogue.results.factory import result_body
from tests.faults.fields import routes
from tests.support.api import Api
from tests.support.refusals import refusal
from tests.support.world import World
from tests.test_access_matrix import operations

ANY_ID = "0192a000-0000-7000-8000-000000000001"
VALUES = {"day": "2027-01-04", "version": "1", "code": "not_found"}


def test_f4_each_part_of_a_request_makes_it_another() -> None:
    """A key that comes again with another method, path, query or body is not answered by the first."""
    same = ("POST", "/v1/documents", "filename=a.pdf", b"%PDF-")
    others = ("PUT", "/v1/documents/x", "filename=b.pdf", b"%PDF-1")
    changed = [(*same[:at], others[at], *same[at + 1 :]) for at in range(len(same))]
    assert len({request_hash(*parts) for parts in (same, *changed)}) == len(same) + 1  # type: ignore[arg-type]


@pytest.mark.parametrize(("sent", "binds"), [('"2"', True), ('"1", "2"', False), ("*", False), ('"1"', False)])
def test_b8_who_binds_itself_names_the_one_revision_that_it_read(sent: str, binds: bool) -> None:
    with nullcontext() if binds else refusal("precondition_failed"):
        Precondition(sent).check(2, any_revision=False)


def address(path: str) -> str:
    """The path with something in each of its parameters."""
    return re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], ANY_ID), path)


async def test_b4_no_operation_takes_a_query_parameter_that_it_does_not_state(api: Api) -> None:
    for route in operations().values():
        method, path = route.method, route.path
        response = await api.send(method, address(path) + "?technical_feild=x")
        assert response.status_code == 422, (method, path, response.text)
        (error,) = response.json()["errors"]
        assert (error["field"], error["code"]) == ("technical_feild", "unknown_field"), path


def test_what_is_not_sent_has_its_default_and_costs_nothing() -> None:
    """FastAPI is not asked about it, so the function's own default stands: it must be the one in the document."""
    for route in routes():
        for dependant in _dependants(route.dependant):
            own = inspect.signature(dependant.call or route.endpoint).parameters
            for field in dependant.query_params:
                default = inspect.Parameter.empty if field.field_info.is_required() else field.default
                assert own[field.name].default == default, (route.path, field.name)
        needed = [field for part in _dependants(with_sent(route.dependant, ())) for field in part.query_params]
        assert all(field.field_info.is_required() for field in needed), route.path
    (listing,) = (route for route in routes() if route.operation_id == "list_listings")
    sent = [part.query_params for part in _dependants(with_sent(listing.dependant, {"limit", "status"}))]
    assert sorted(field.alias for fields in sent for field in fields) == ["limit", "status"]


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


async def test_b5_every_path_answers_options_and_names_all_its_methods(api: Api) -> None:
    taken: dict[str, set[str]] = {}
    for route in operations().values():
        taken.setdefault(route.path, {"OPTIONS"}).update({"GET", "HEAD"} if route.method == "GET" else {route.method})
    for path, methods in taken.items():
        asked = await api.send("OPTIONS", address(path))
        refused = await api.send("TRACE", address(path))
        assert (asked.status_code, asked.content, refused.status_code) == (204, b"", 405), path
        for response in (asked, refused):
            assert set(response.headers["Allow"].split(", ")) == methods, path


async def test_b5_head_is_get_without_its_body(world: World) -> None:
    for path, caller in (("/v1/listings", None), ("/v1/clock", None), ("/v1/results", world.operator), ("/v1/x", None)):
        got, head = await world.api.get(path, caller), await world.api.send("HEAD", path, caller)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert {**head.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}, path


async def test_b5_a_trailing_slash_is_another_address(world: World) -> None:
    await world.api.refused(404, "not_found", "GET", "/v1/listings/")


async def test_b6_every_read_can_be_asked_again_and_no_cache_keeps_it_unasked(world: World) -> None:
    first = await world.api.get("/v1/organisations", world.operator)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert first.headers["Vary"] == "Accept-Encoding, Accept-Language, Authorization"
    tag = first.headers["ETag"]
    again = await world.api.get("/v1/organisations", world.operator, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    await world.enterprise()
    assert (await world.api.get("/v1/organisations", world.operator, headers={"If-None-Match": tag})).status_code == 200
    assert (await world.api.get("/v1/listings")).headers["Cache-Control"] == "no-cache"
    refused = await world.api.get("/v1/people")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "no-store")
    await world.api.refused(400, "malformed_header", "GET", "/v1/listings", headers={"If-None-Match": "banana"})


async def test_b6_a_long_answer_is_compressed_for_who_takes_it(world: World) -> None:
    for _ in range(8):
        await world.enterprise()
    sizes = {}
    for coding in ("gzip", "br;q=1.0, gzip;q=0.5, *;q=0", "identity", "gzip;q=0"):
        async with world.api.client.stream(
            "GET", "/v1/organisations",
            headers={"Authorization": f"Bearer {world.operator.secret}", "Accept-Encoding": coding},
        ) as answer:  # fmt: skip
            sizes[coding] = len(b"".join([part async for part in answer.aiter_raw()]))
            assert int(answer.headers["Content-Length"]) == sizes[coding]
            assert ("Content-Encoding" in answer.headers) == ("gzip" in coding and coding != "gzip;q=0")
    assert sizes["gzip"] * 3 < sizes["identity"]
    strong = await world.api.get(f"/v1/organisations/{(await world.enterprise()).id}", world.operator)
    assert "Content-Encoding" not in strong.headers


async def test_b6_other_origins_call_from_a_browser_only_where_the_setting_names_them(database: Database) -> None:
    ours = Settings(environment=Environment.SANDBOX, cors_origins="https://a.example, https://b.example:8443")
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,if-match"}
    for settings, origin, allowed in (
        (ours, "https://a.example", True),
        (ours, "https://evil.example", False),
        (Settings(environment=Environment.SANDBOX), "https://a.example", False),
    ):
        client = Api(create_app(settings, database)).client
        asked = await client.options("/v1/listings", headers={"Origin": origin} | preflight)
        got = await client.get("/v1/nothing", headers={"Origin": origin})
        assert ("Access-Control-Allow-Origin" in asked.headers) == allowed
        assert ("Access-Control-Allow-Origin" in got.headers) == allowed


@pytest.mark.parametrize("origins", ["a.example", "https://a.example/", "https://a.example/x", "null"])
def test_b6_what_is_no_origin_is_no_setting(origins: str) -> None:
    with pytest.raises(ValidationError, match="no origin"):
        Settings(cors_origins=origins)
