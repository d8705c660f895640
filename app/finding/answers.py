"""What an answer says of each document that was found, made of what is public of it at this moment. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.finding.documents import Row, indicators
from search.text.highlights import mark

PIECE_LENGTH: Final = 120
"""Characters of a long text that a highlight shows."""


def listing(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`ListingHit`."""
    content = json.loads(row["content"])
    card = {name: content[name] for name in _CARD}
    card["technical_field"] = content["result"]["technical_field"]
    return {
        "id": row["id"],
        "status": row["status"],
        "published_at": row["published_at"],
        "closes_at": row["closes_at"],
        "card": card,
        "highlights": _marked(wanted, title=content["title"], summary=content["summary"]),
    }


_CARD: Final = (
    "id", "number", "version", "title", "pricing_mode", "allocation", "transfer_mode", "territory", "asking_price",
    "closes_on", "seller",
)  # fmt: skip


def result(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`ResultHit`."""
    content = json.loads(row["content"])
    names = ("type", "title", "number")
    result_: dict[str, Any] = content["result"]
    return result_ | {
        "seller": content["seller"],
        "rights": [{name: right[name] for name in names} for right in json.loads(row["rights"])],
        "listings": json.loads(row["listings"]),
        "highlights": _marked(wanted, title=content["result"]["title"], summary=content["summary"]),
    }


def demand(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`DemandHit`."""
    content = json.loads(row["content"])
    shown = {name: row[name] for name in ("id", "status", "published_at", "closes_at")}
    texts = {name: content[name] for name in ("title", "problem", "target", "conditions")}
    texts["indicators"] = indicators(content)
    return shown | {"card": json.loads(row["card"]), "highlights": _marked(wanted, **texts)}


def agency(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`AgencyHit`."""
    shown = {name: row[name] for name in ("id", "name", "kind", "uscc", "verification")}
    return shown | {"division_code": row["division"], "highlights": _marked(wanted, title=row["name"])}


def broker(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`BrokerHit`."""
    shown = {name: row[name] for name in ("id", "name", "certificate_number", "certified_on")}
    employer = {"id": row["agency_id"], "name": row["agency"]} if row["agency_id"] else None
    return shown | {"agency": employer, "highlights": _marked(wanted, title=row["name"])}


def deal(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`DealHit`."""
    names = (
        "id", "number", "subject", "agreed_on", "technical_field", "pricing_mode", "transfer_mode", "price",
        "price_basis",
    )  # fmt: skip
    return {name: row[name] for name in names} | {
        "source": row["price_source"],
        "reference": row["price_reference"],
        "highlights": _marked(wanted, title=row["subject"]),
    }


SHOW: Final[Mapping[str, Callable[[Row, Sequence[str]], dict[str, Any]]]] = {
    "listings": listing,
    "results": result,
    "demands": demand,
    "agencies": agency,
    "brokers": broker,
    "deals": deal,
}


def title(index: str, row: Row) -> str:
    """What something is called, for suggestions and for what was meant."""
    if "content" in row:
        content = json.loads(row["content"])
        return str(content["result"]["title"] if index == "results" else content["title"])
    return str(row["subject"] if index == "deals" else row["name"])


def text(answer: Mapping[str, Any]) -> str:
    """An answer as JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _marked(wanted: Sequence[str], title: str, **texts: str | None) -> dict[str, str]:
    """The title in full and a piece of each other text, where something of them was met."""
    pieces = {name: mark(value or "", wanted, length=PIECE_LENGTH) for name, value in texts.items()}
    return {name: value for name, value in ({"title": mark(title, wanted)} | pieces).items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) or not hasattr(value, "isoformat") else value.isoformat()
