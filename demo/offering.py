"""What every mode begins with: a result, its listing, its deposits, its appraisal."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.cast import Cast

ZONE = ZoneInfo("Asia/Shanghai")


def result(cast: Cast, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's result, as the fictional seller's own."""
    facts = record["facts"]
    made: dict[str, Any] = cast.seller.client.post(
        "/v1/results",
        {
            "title": facts["title"],
            "abstract": f"示例 Demonstration. {facts['how']}",
            "technical_field": facts["technical_field"],
            "publicly_funded": False,
            "source_url": record["url"],
            "owners": [{"organisation_id": cast.seller.id, "share": "1"}],
            "ip_assets": [{"type": facts["ip_type"], "title": facts["title"]}],
        },
    )
    return made


def draft(cast: Cast, record: Mapping[str, Any], result_id: str, **overrides: Any) -> dict[str, Any]:
    """A draft of the record's listing; it closes in 180 days unless its mode says when."""
    today = datetime.fromisoformat(cast.operator.client.get("/v1/clock")["server_time"]).astimezone(ZONE).date()
    made: dict[str, Any] = cast.seller.client.post(
        "/v1/listings",
        {
            "result_id": result_id,
            "transfer_mode": "exclusive_licence",
            "title": record["facts"]["title"],
            "summary": f"示例 Demonstration. {record['facts']['how']}",
            "terms": f"公开来源 Public source: {record['url']}",
            "territory": "中国 China",
            "closes_on": str(today + timedelta(days=180)),
        }
        | overrides,
    )
    return made


def publish(cast: Cast, listing_id: str) -> dict[str, Any]:
    """Submit and publish a draft."""
    path = f"/v1/listings/{listing_id}"
    cast.seller.client.post(f"{path}/submission")
    published: dict[str, Any] = cast.operator.client.post(f"{path}/publication")
    return published


def listing(
    cast: Cast, record: Mapping[str, Any], conditions: Mapping[str, Any] | None = None, **overrides: Any
) -> dict[str, Any]:
    """A published listing of the record's result; `conditions` are those of a competitive one."""
    made = draft(cast, record, result(cast, record)["id"], **overrides)
    if conditions is not None:
        cast.seller.client.put(f"/v1/listings/{made['id']}/listed-conditions", conditions)
    return publish(cast, made["id"])


def deposit_paid(cast: Cast, number: str, amount: str) -> None:
    """The bank's confirmation of a deposit, as the operator records it."""
    operator = cast.operator.client
    body = {
        "direction": "in",
        "amount": amount,
        "bank_reference": f"示例-{number}",
        "received_at": operator.get("/v1/clock")["server_time"],
        "purpose_reference": number,
    }
    operator.post("/v1/bank-confirmations", body)


def report_of(cast: Cast, record: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A published listing whose price rests on an accepted appraisal report."""
    facts, seller = record["facts"], cast.seller.client
    found = result(cast, record)
    content = f"%PDF-1.7\n示例评估报告 {record['record']}\n%%EOF\n".encode()
    document = seller.upload("/v1/documents?filename=report.pdf", content, "application/pdf")
    report = seller.post(
        "/v1/appraisal-reports",
        {
            "number": f"示例评报字 {record['record']}",
            "result_id": found["id"],
            "appraiser_id": cast.appraiser_id,
            "base_date": str(today - timedelta(days=30)),
            "method": "income",
            "value": facts["value"],
            "document_id": document["id"],
        },
    )
    cast.operator.client.post(f"/v1/appraisal-reports/{report['id']}/review", {"decision": "accepted"})
    made = draft(cast, record, found["id"], pricing_mode="appraised", asking_price=facts["value"])
    path = f"/v1/listings/{made['id']}"
    seller.put(f"{path}/appraisal", {"report_id": report["id"]}, if_match=seller.etag(path))
    return publish(cast, made["id"])
