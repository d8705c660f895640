"""Real deals between real organisations, recorded as their source tells them, and what the policy says of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from demo.cast import Cast, organisation
from demo.client import Refused


@dataclass(frozen=True)
class Finding:
    """What the award module says of a recorded deal: the estimate, or the refusal with its reason."""

    record: dict[str, Any]
    deal: dict[str, Any]
    total: str
    reasons: tuple[str, ...]


def record_deal(cast: Cast, record: dict[str, Any], known: dict[str, str]) -> Finding:
    """Record one of `deals` and ask what it would have earned. Nothing beyond the source is written."""
    root = cast.operator.client
    day = str(record.get("agreed_on") or record["published_on"])
    for side in ("seller", "buyer"):
        party = record[side]
        if party["name"] not in known:
            made = organisation(
                root,
                party["name"],
                party["kind"],
                party["division_code"],
                state_founded=party["state_founded"],
                since=day,
                fictional=False,
            )
            known[party["name"]] = made["id"]
    seller, buyer = known[record["seller"]["name"]], known[record["buyer"]["name"]]
    if record["relation"]:
        relation = record["relation"] | {"first_id": seller, "second_id": buyer, "source": record["url"]}
        root.post("/v1/organisation-relations", relation)
    deal = root.post(
        "/v1/deals/recorded",
        {
            "subject": record["subject"],
            "pricing_mode": record["pricing_mode"],
            "transfer_mode": record["transfer_mode"],
            "price": record["price"],
            "agreed_on": str(record["agreed_on"]) if record.get("agreed_on") else None,
            "published_on": str(record["published_on"]) if record.get("published_on") else None,
            "source_url": record["url"],
            "sellers": [{"organisation_id": seller, "share": "1"}],
            "buyers": [{"organisation_id": buyer, "share": "1"}],
        },
    )
    return _estimate(cast, record, deal)


def _estimate(cast: Cast, record: dict[str, Any], deal: dict[str, Any]) -> Finding:
    try:
        estimate = cast.award_officer.client.get(
            f"/v1/deals/{deal['id']}/award-estimate", year=str(record["estimate_year"])
        )
    except Refused as refusal:
        return Finding(record, deal, "-", (refusal.problem["detail"],))
    reasons = sorted({f"{item['reason_en']} ({item['article']['en']})" for item in estimate["exclusions"]})
    total = sum((Decimal(statement["total"]) for statement in estimate["statements"]), Decimal(0))
    return Finding(record, deal, f"{total:.2f}", tuple(reasons))
