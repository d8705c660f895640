"""`Location` of what a command has made (RFC 9110, 10.2.2): the address at which the same kind of answer is read."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Response

from app.core.web.routing import LazyRoute

_PARAMETER = re.compile(r"{(\w+)}")


def locate(application: FastAPI, answered: Any, response: Response, known: Mapping[str, Any]) -> None:
    """Add `Location` to a 201, where what it answers (`answered`, a model) has an address of its own.

    The last parameter of the address is the `id` of what was made, the others are in `known`, those of the request.
    """
    if response.status_code != 201 or "location" in response.headers:
        return
    address = addresses(application).get(answered)
    if address is None:
        return
    names = _PARAMETER.findall(address)
    values = dict(known)
    if address.endswith("}"):
        values[names[-1]] = json.loads(bytes(response.body))["id"]
    if set(names) <= set(values):
        response.headers["location"] = address.format(**values)


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
