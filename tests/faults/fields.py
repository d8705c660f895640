"""Every field of every request body, and how to send a value in it alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi.dependencies.models import Dependant
from pydantic import TypeAdapter, ValidationError

from app.core.settings import Environment, Settings
from app.core.web.http import Endpoint
from app.core.web.routing import built_routes
from app.main import create_app

Build = Callable[[Any], Any]


@dataclass(frozen=True)
class Place:
    """A field of a body, as the JSON schema describes it; `body(value)` is a body with nothing but that."""

    name: str
    schema: dict[str, Any]
    adapter: TypeAdapter[Any]
    body: Build

    def refuses(self, value: object) -> bool:
        """Whether the field itself is the fault, however much else the body lacks."""
        try:
            self.adapter.validate_python(self.body(value))
        except ValidationError as error:
            return any(item["input"] is value and item["type"] != "missing" for item in error.errors())
        return False


@cache
def routes() -> list[Endpoint]:
    app = create_app(Settings(environment=Environment.SANDBOX))
    return [route for route in built_routes(app) if isinstance(route, Endpoint)]


def parameters(type_: str) -> list[tuple[str, TypeAdapter[Any]]]:
    """The parameters of paths, queries and headers whose schema is of a type."""
    found = []
    for route in routes():
        for field in _parameters(route.dependant):
            adapter = TypeAdapter[Any](Annotated[field.field_info.annotation, field.field_info])
            schema = adapter.json_schema()
            if type_ in (branch.get("type") for branch in (schema, *schema.get("anyOf", ()))):
                found.append((f"{route.name} {field.alias}", adapter))
    return found


def _parameters(dependant: Dependant) -> Iterator[Any]:
    yield from (*dependant.query_params, *dependant.path_params, *dependant.header_params)
    for inner in dependant.dependencies:
        yield from _parameters(inner)


@cache
def places() -> tuple[Place, ...]:
    """The fields of all bodies, those of nested objects and of each branch of a choice too."""
    found = []
    for route in routes():
        if route.body_field is not None:
            adapter = TypeAdapter[Any](route.body_field.field_info.annotation)
            schema = adapter.json_schema()
            for name, leaf, body in _leaves(schema, schema.get("$defs", {}), lambda value: value):
                found.append(Place(f"{route.name}{name}", leaf, adapter, body))
    return tuple(found)


def _leaves(schema: dict[str, Any], defs: dict[str, Any], build: Build) -> Iterator[tuple[str, dict[str, Any], Build]]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _leaves(branch, defs, build)
    if schema.get("type") == "array":
        yield from ((f"[]{name}", leaf, body) for name, leaf, body in _leaves(schema["items"], defs, _in_list(build)))
    elif "properties" in schema:
        tags = {
            name: field["const"] for name, field in schema["properties"].items() if isinstance(field.get("const"), str)
        }
        for name in schema["properties"].keys() - tags.keys():
            for inner, leaf, body in _leaves(schema["properties"][name], defs, _in_object(build, tags, name)):
                yield f".{name}{inner}", leaf, body
    elif schema.get("type") not in (None, "null"):
        yield "", schema, build


def _in_list(build: Build) -> Build:
    return lambda value: build([value])


def _in_object(build: Build, tags: dict[str, Any], name: str) -> Build:
    return lambda value: build(tags | {name: value})
