"""`Location` of what a command has made (RFC 9110, 10.2.2): the address at which the same kind of answer is read."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Response

from app.core.web.routing import LazyRoute

_PARAMETER = re.compile(r"{(\w+)")


def locate(application: FastAPI, answered: Any, response: Response, known: Mapping[str, Any]) -> None:
    """Add `Location` to a 201. `answered` is the model of its body, `known` the parameters of the request's path.

    A model that is not read itself says in `LOCATION` where it, or what holds it, is read, by its own members.
    """
    if response.status_code != 201 or "location" in response.headers:
        return
    address = address_of(application, answered)
    if address is None:
        return
    values = dict(known)
    if not set(_PARAMETER.findall(address)) <= set(values):
        made = json.loads(bytes(response.body))
        own = _PARAMETER.findall(address)[-1]
        values = {**made, **values, **({own: made["id"]} if own not in made and "id" in made else {})}
    response.headers["location"] = address.format_map(values)


def address_of(application: FastAPI, answered: Any) -> str | None:
    """Where what a model shows is read: a path whose parameters are members of it, or of the request's path."""
    stated: str | None = getattr(answered, "LOCATION", None)
    found = addresses(application)
    models = getattr(answered, "__mro__", ())
    return stated or next((found[model] for model in models if model in found), None)


def addresses(application: FastAPI) -> dict[Any, str]:
    """Where an answer of each model is read."""
    found: dict[Any, str] | None = getattr(application.state, "addresses", None)
    if found is None:
        found = application.state.addresses = dict(_told(application))
    return found


def _told(application: FastAPI) -> Iterator[tuple[Any, str]]:
    for route in application.routes:
        if isinstance(route, LazyRoute) and "GET" in route.methods:
            yield route.answered, route.path
