"""What an answer says of each document that was found, made of what is public of it at this moment. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.finding.documents import Row
from search.text.highlights import mark

SUMMARY_LENGTH: Final = 120
"""Characters of a summary that a highlight shows."""


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
        "highlights": _marked(content["title"], content["summary"], wanted),
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
        "highlights": _marked(content["result"]["title"], content["summary"], wanted),
    }


def agency(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`AgencyHit`."""
    shown = {name: row[name] for name in ("id", "name", "kind", "uscc", "verification")}
    return shown | {"division_code": row["division"], "highlights": _marked(row["name"], "", wanted)}


def broker(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`BrokerHit`."""
    shown = {name: row[name] for name in ("id", "name", "certificate_number", "certified_on")}
    employer = {"id": row["agency_id"], "name": row["agency"]} if row["agency_id"] else None
    return shown | {"agency": employer, "highlights": _marked(row["name"], "", wanted)}


def deal(row: Row, wanted: Sequence[str]) -> dict[str, Any]:
    """`DealHit`."""
    names = (
        "id", "number", "subject", "agreed_on", "technical_field", "pricing_mode", "transfer_mode", "price",
        "price_basis",
    )  # fmt: skip
    return {name: row[name] for name in names} | {
        "source": row["price_source"],
        "reference": row["price_reference"],
        "highlights": _marked(row["subject"], "", wanted),
    }


SHOW: Final[Mapping[str, Callable[[Row, Sequence[str]], dict[str, Any]]]] = {
    "listings": listing,
    "results": result,
    "agencies": agency,
    "brokers": broker,
    "deals": deal,
}


def title(index: str, row: Row) -> str:
    """What something is called, for suggestions and for what was meant."""
    if "content" in row:
        content = json.loads(row["content"])
        return str(content["title"] if index == "listings" else content["result"]["title"])
    return str(row["subject"] if index == "deals" else row["name"])


def text(answer: Mapping[str, Any]) -> str:
    """An answer as JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _marked(name: str, summary: str, wanted: Sequence[str]) -> dict[str, str]:
    found = {"title": mark(name, wanted), "summary": mark(summary, wanted, length=SUMMARY_LENGTH)}
    return {key: value for key, value in found.items() if value is not None}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value) if isinstance(value, UUID) or not hasattr(value, "isoformat") else value.isoformat()
