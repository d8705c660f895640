"""What each kind of document says, made of what is public of it; and what of it an answer shows. Pure."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from search.documents import Document, Value

Row = Mapping[str, Any]
_EPOCH: Final = date(1970, 1, 1)
_LEVELS: Final = (2, 4, 6)
"""Digits of a division code (GB/T 2260) that name its province, its city, and itself."""
_PREFECTURE: Final = 4
_INDUSTRY_LEVELS: Final = (1, 3, 4, 5)
"""Characters of an industry code (GB/T 4754) that name its section, its division, its group, and its class."""


def seconds(moment: datetime | None) -> int | None:
    """A moment as a range: whole seconds since 1970."""
    return None if moment is None else int(moment.timestamp())


def days(day: date | None) -> int | None:
    """A day as a range: days since 1970."""
    return None if day is None else (day - _EPOCH).days


def listing(row: Row) -> Document:
    """A listing, by what was published of it."""
    content = json.loads(row["content"])
    fields = _offer(row, content) | {
        "title": content["title"],
        "number": content["number"],
        "status": row["status"],
        "pricing_mode": content["pricing_mode"],
        "allocation": content["allocation"],
        "transfer_mode": content["transfer_mode"],
        "asking_price": Decimal(content["asking_price"]),
        "closes_at": seconds(row["closes_at"]),
        "result_title": content["result"]["title"],
        "result_number": content["result"]["number"],
        "agency": (content["agency"] or {}).get("name"),
        "terms": content["terms"],
    }
    return Document(str(row["id"]), fields)


def result(row: Row) -> Document:
    """A result that is or was on offer, by what its latest listing publishes of it."""
    content = json.loads(row["content"])
    offers = json.loads(row["listings"])
    fields = _offer(row, content) | {
        "title": content["result"]["title"],
        "number": content["result"]["number"],
        "offered_as": content["title"],
        "listing_numbers": [offer["number"] for offer in offers],
        "status": sorted({offer["status"] for offer in offers}),
        "rights_titles": [right["title"] for right in json.loads(row["rights"])],
    }
    return Document(str(row["id"]), fields)


def _offer(row: Row, content: Mapping[str, Any]) -> dict[str, Value]:
    rights = json.loads(row["rights"])
    return {
        "summary": content["summary"],
        "technical_field": content["result"]["technical_field"],
        "readiness_level": content["result"]["readiness_level"],
        "seller": content["seller"]["name"],
        "seller_id": content["seller"]["id"],
        "seller_kind": content["seller"]["kind"],
        "division": divisions(row["division"]),
        "ip_type": sorted({right["type"] for right in rights}),
        "rights": [number for right in rights for number in (right["number"], right["application"]) if number],
        "published_at": seconds(row["published_at"]),
        "dormant": "true" if row["dormant"] else "false",
    }


def demand(row: Row) -> Document:
    """A demand, by what was published of it: where the demander hides its name, no field says who it is."""
    content = json.loads(row["content"])
    demander = content["demander"] or {}
    names = ("title", "number", "kind", "problem", "target", "conditions", "keywords", "technical_field")
    fields: dict[str, Value] = {name: content[name] for name in (*names, "demander_kind", "scenario_area")}
    return Document(
        str(row["id"]),
        fields
        | {
            "status": row["status"],
            "indicators": indicators(content),
            "industry": industries(content["industry_code"]),
            "solution": sorted(content["solutions"]),
            "division": divisions(content["demander_city"][:_PREFECTURE]),
            "demander": demander.get("name"),
            "demander_id": demander.get("id"),
            "budget": row["budget"],
            "published_at": seconds(row["published_at"]),
            "closes_at": seconds(row["closes_at"]),
            "valid_to": days(row["valid_to"]),
        },
    )


def indicators(content: Mapping[str, Any]) -> str | None:
    """What the solution of a challenge is measured by, as one text; None for another demand."""
    challenge = content["challenge"]
    return "；".join(f"{each['name']} {each['threshold']}" for each in challenge["indicators"]) if challenge else None


def agency(row: Row) -> Document:
    """A technology-transfer agency (技术转移机构)."""
    names = ("name", "kind", "uscc", "verification")
    fields: dict[str, Value] = {name: row[name] for name in names}
    return Document(
        str(row["id"]),
        fields | {"division": divisions(row["division"]), "recorded_at": seconds(row["created_at"])},
    )


def broker(row: Row) -> Document:
    """A technical broker (技术经纪人), with the agency of today."""
    fields: dict[str, Value] = {
        "name": row["name"],
        "agency": row["agency"],
        "agency_id": str(row["agency_id"]) if row["agency_id"] else None,
        "certificate_number": row["certificate_number"],
        "certified_on": days(row["certified_on"]),
        "division": divisions(row["division"]),
    }
    return Document(str(row["id"]), fields)


def deal(row: Row) -> Document:
    """A deal whose price everybody can read. Its parties are not told."""
    names = ("number", "subject", "technical_field", "transfer_mode", "pricing_mode", "price", "price_basis")
    fields: dict[str, Value] = {name: row[name] for name in (*names, "price_source", "origin")}
    return Document(str(row["id"]), fields | {"agreed_on": days(row["agreed_on"])})


def divisions(code: str | None) -> list[str]:
    """A division with the city and the province it lies in, so that each of them is a filter."""
    return [code[:digits] for digits in _LEVELS if len(code) >= digits] if code else []


def industries(code: str) -> list[str]:
    """An industry with all that it is a part of, so that each of them is a filter."""
    return [code[:length] for length in _INDUSTRY_LEVELS if len(code) >= length]
