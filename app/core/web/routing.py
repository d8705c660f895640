"""A package's routes: noted when its module is loaded, built when the first request comes to their path.

FastAPI builds each route when it is told and, where its router is included, once more at the first request of all:
0.4 s and 12 MB for the routes of this API, of which a process may need ten. It also compares each request twice.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic.warnings import UnsupportedFieldAttributeWarning
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Receive, Scope, Send

# FastAPI ignores it where it builds what reads a body; a model with `defer_build` is built later, when one is read.
warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)


@dataclass(frozen=True, slots=True)
class _Told:
    """A route as the package wrote it."""

    path: str
    endpoint: Callable[..., Any]
    route_class: Any
    tags: tuple[Any, ...]
    options: dict[str, Any]


class Router(APIRouter):
    """FastAPI's router, whose routes wait until `add_routes` takes them into an application."""

    def __init__(self, *, route_class: Any, tags: tuple[str, ...] = ()) -> None:
        super().__init__(route_class=route_class)
        self._told: list[_Told | Router] = []
        self._tags = tags

    def add_api_route(self, path: str, endpoint: Callable[..., Any], *args: Any, **options: Any) -> None:
        self._told.append(_Told(path, endpoint, self.route_class, self._tags, options))

    def include_router(self, router: APIRouter, *args: Any, **options: Any) -> None:
        """Take in the routes of another route class, under the tags of this router."""
        assert isinstance(router, Router)
        self._told.append(router)

    def told(self) -> Iterator[_Told]:
        """The routes in the order in which they were told."""
        for told in self._told:
            if isinstance(told, Router):
                yield from (replace(inner, tags=self._tags) for inner in told.told())
            else:
                yield told


class LazyRoute(BaseRoute):
    """A route that is built at its first match. Building raises `TypeError` where it does not state its access."""

    def __init__(self, told: _Told, prefix: str) -> None:
        self._told = told
        self._prefix = prefix
        self._built: BaseRoute | None = None
        self.path = prefix + told.path
        self.methods = frozenset[str](told.options["methods"])
        self._matches = compile_path(self.path)[0].match

    @property
    def answered(self) -> Any:
        """What the route answers, as its package wrote it."""
        return self._told.options.get("response_model") or self._told.endpoint.__annotations__.get("return")

    def is_at(self, path: str) -> bool:
        """Whether the path is the route's, by any method."""
        return self._matches(path) is not None

    def built(self) -> BaseRoute:
        """The route itself."""
        if self._built is None:
            told = self._told
            router = APIRouter(prefix=self._prefix, route_class=told.route_class, tags=list(told.tags))
            router.add_api_route(told.path, told.endpoint, **told.options)
            self._built = router.routes[0]
        return self._built

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or not self._matches(get_route_path(scope)):
            return Match.NONE, {}
        return self.built().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.built().handle(scope, receive, send)


def add_routes(application: FastAPI, router: Router, prefix: str = "") -> None:
    """Let the application answer a router's paths, each below the prefix."""
    application.router.routes += [LazyRoute(told, prefix) for told in router.told()]


def methods_at(application: FastAPI, path: str) -> frozenset[str]:
    """The methods of all routes of a path, none of them built for it. `mine` is no `{listing_id}`."""
    found = [route for route in application.routes if isinstance(route, LazyRoute) and route.is_at(path)]
    fewest = min((route.path.count("{") for route in found), default=0)
    return frozenset[str]().union(*(route.methods for route in found if route.path.count("{") == fewest))


def built_routes(application: FastAPI) -> Iterator[BaseRoute]:
    """Every route, built: for the document, and for tests that look at them all."""
    return (route.built() if isinstance(route, LazyRoute) else route for route in application.routes)
