"""The OpenAPI document: made of the routes, completed with what FastAPI does not know. Needs no database."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.core.problems import REGISTRY
from app.core.web import validation
from app.core.web.answers import locations
from app.core.web.http import Endpoint
from app.core.web.routing import built_routes
from app.openapi import answers, events, story

# As pydantic writes the bounds of a number that a validator of ours reads first.
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def document(app: FastAPI) -> dict[str, Any]:
    """The document with its head, the headers of answers, the problem codes and the events by type; made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _make(app)
    return app.openapi_schema


def _make(app: FastAPI) -> dict[str, Any]:
    routes = list(built_routes(app))
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=story.DESCRIPTION,
        tags=story.tags(),
        routes=routes,
        servers=story.SERVERS,
        contact=story.CONTACT,
        license_info=story.LICENCE,
    )
    for route in routes:
        if isinstance(route, Endpoint) and route.include_in_schema:
            for method in route.methods or ():
                operation = made["paths"][route.path_format][method.lower()]
                answers.state_headers(
                    operation, method, is_located=locations.address_of(app, route.response_model) is not None
                )
                answers.state_order(operation)
                answers.state_access(operation)
    components = made.setdefault("components", {})
    components["responses"] = answers.share_refusals(made["paths"])
    components["headers"] = deepcopy(answers.HEADERS)
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = _problem()
    schemas |= events.union(schemas["EventOut"])
    for part in _objects(made["paths"]):  # what the schema of a refusal refers to
        schemas |= part.pop("$defs", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "API key"}}
    _name_bounds(made)
    return made


def _problem() -> dict[str, Any]:
    schema: dict[str, Any] = deepcopy(validation.PROBLEM_SCHEMA)
    schema["properties"]["code"]["enum"] = sorted(REGISTRY)
    return schema


def _name_bounds(document: Any) -> None:
    for part in _objects(document):
        for ours, theirs in _BOUNDS.items():
            if isinstance(part.get(ours), int) and part.get("type") == "integer":
                part[theirs] = part.pop(ours)


def _objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _objects(inner)
