"""Routes are built when they are asked for, once, and stand under the tags of the router that took them in."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient

from app.core.web.routing import Router, add_routes, built_routes

built: list[str] = []


class Noted(APIRoute):
    """A route that notes that it was built."""

    def __init__(self, path: str, *args: Any, **options: Any) -> None:
        super().__init__(path, *args, **options)
        built.append(path)


def application() -> FastAPI:
    outer, inner = Router(route_class=Noted, tags=("deals",)), Router(route_class=Noted)

    @outer.get("/deals/{number}")
    async def read(number: int) -> int:
        return number

    outer.include_router(inner)

    @inner.post("/deals", status_code=201)
    async def make() -> str:
        return "made"

    made = FastAPI()
    add_routes(made, outer, "/v1")
    built.clear()
    return made


async def test_a_route_is_built_at_the_first_request_to_its_path_and_once() -> None:
    async with AsyncClient(transport=ASGITransport(application()), base_url="http://test") as client:
        assert (await client.get("/v1/nothing")).status_code == 404
        assert built == []
        assert [(await client.get("/v1/deals/7")).json() for _ in range(2)] == [7, 7]
        assert (await client.get("/v1/deals/x")).status_code == 422
        assert built == ["/v1/deals/{number}"]
        assert (await client.put("/v1/deals/7")).status_code == 405
        assert (await client.post("/v1/deals")).status_code == 201


async def test_behind_a_proxy_the_path_is_what_follows_the_prefix_of_the_proxy() -> None:
    transport = ASGITransport(application(), root_path="/exchange")
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/exchange/v1/deals/7")).json() == 7


def test_a_router_that_was_taken_in_brings_what_it_is_told_later_under_the_tags_of_the_other() -> None:
    routes = [route for route in built_routes(application()) if isinstance(route, Noted)]
    assert [(route.path, route.tags) for route in routes] == [
        ("/v1/deals/{number}", ["deals"]),
        ("/v1/deals", ["deals"]),
    ]
