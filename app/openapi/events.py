"""The events as a union by `type`: a schema an event, with the members of its payload from `events.yaml`."""

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

TABLE: Final = Path(__file__).with_name("events.yaml")
UNION, HEAD = "EventOut", "EventHead"


def union(event: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The schemas: what every event has, each event, and the union in the place of `event`, the model's schema."""
    head = deepcopy(event) | {"title": HEAD}
    for name in ("type", "payload"):
        del head["properties"][name]
        head["required"].remove(name)
    table = _table()
    names = {kind: _named(kind) for kind in table["events"]}
    schemas = {names[kind]: _event(kind, members) for kind, members in table["events"].items()}
    return schemas | {
        HEAD: head,
        UNION: {
            "title": UNION,
            "description": event["description"],
            "oneOf": [_to(name) for name in names.values()],
            "discriminator": {
                "propertyName": "type",
                "mapping": {kind: _to(name)["$ref"] for kind, name in names.items()},
            },
        },
    }


def _event(kind: str, members: str) -> dict[str, Any]:
    own = {
        "type": "object",
        "required": ["type", "payload"],
        "properties": {"type": {"type": "string", "const": kind}, "payload": _payload(members)},
    }
    return {"title": _named(kind), "allOf": [_to(HEAD), own]}


def _payload(members: str) -> dict[str, Any]:
    """`name` is always there, `name?` only at times; `name=other` has the schema of another member."""
    shown: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for member in members.split():
        name, _, like = member.rstrip("?").partition("=")
        shown["properties"][name] = _table()["members"][like or name]
        if not member.endswith("?"):
            shown["required"].append(name)
    return shown if shown["required"] else {key: shown[key] for key in ("type", "properties")}


def _named(kind: str) -> str:
    """`auction.bids_decided` is `AuctionBidsDecidedEvent`."""
    return "".join(word.capitalize() for word in kind.replace(".", "_").split("_")) + "Event"


def _to(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def _table() -> Mapping[str, Any]:
    table: Mapping[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return table
