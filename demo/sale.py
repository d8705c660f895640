"""The main job, once through: a result is listed, bought, contracted, registered and paid."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from demo.cast import Cast

Say = Callable[[str], None]


@dataclass(frozen=True)
class Sale:
    """What a played sale left behind."""

    record: dict[str, Any]
    listing: dict[str, Any]
    deal: dict[str, Any]
    contract: dict[str, Any]
    registration: dict[str, Any]
    paid: str


STEPS = 5


def play(cast: Cast, record: dict[str, Any], today: date, say: Say) -> Sale:
    """Play one record of `sales` between the fictional parties."""
    facts = record["facts"]
    say(f"{record['record']}: list {facts['title']}")
    listing = _list(cast, record, today)
    say(f"{record['record']}: buy at {facts['price']}")
    deal = cast.buyer.client.post(
        f"/v1/listings/{listing['id']}/purchase",
        {"price": facts["price"], "listing_version": listing["version"]},
    )
    say(f"{record['record']}: contract")
    contract = _contract(cast, record, deal, today)
    say(f"{record['record']}: register")
    registration = _register(cast, contract)
    say(f"{record['record']}: pay")
    paid = _pay(cast, record, contract, today)
    return Sale(record, listing, deal, contract, registration, paid)


def _list(cast: Cast, record: dict[str, Any], today: date) -> dict[str, Any]:
    facts, supposed, seller = record["facts"], record["supposed"], cast.seller
    result = seller.client.post(
        "/v1/results",
        {
            "title": facts["title"],
            "abstract": supposed["summary"],
            "technical_field": facts["technical_field"],
            "publicly_funded": False,
            "registered_on": str(today),
            "source_url": record["url"],
            "owners": [{"organisation_id": seller.id, "share": "1"}],
            "ip_assets": [{"type": facts["ip_type"], "title": facts["title"]}],
        },
    )
    draft = seller.client.post(
        "/v1/listings",
        {
            "result_id": result["id"],
            "agency_id": cast.agency.id,
            "pricing_mode": "listed",
            "allocation": "first_come",
            "transfer_mode": supposed["transfer_mode"],
            "title": facts["title"],
            "summary": supposed["summary"],
            "terms": f"示例 Demonstration. 公开来源 Public source: {record['url']}",
            "territory": supposed["territory"],
            "asking_price": facts["price"],
            "closes_on": str(today + timedelta(days=90)),
        },
    )
    path = f"/v1/listings/{draft['id']}"
    source = f"{facts['title']}\n{facts['how']}\n{record['url']}\n".encode()
    document = seller.client.upload("/v1/documents?filename=source.txt", source, "text/plain")
    seller.client.post(
        f"{path}/documents", {"document_id": document["id"], "title": "来源 Source", "visibility": "public"}
    )
    seller.client.post(f"{path}/submission", {}, if_match=seller.client.etag(path))
    published: dict[str, Any] = cast.operator.client.post(
        f"{path}/publication", {}, if_match=cast.operator.client.etag(path)
    )
    return published


def _contract(cast: Cast, record: dict[str, Any], deal: dict[str, Any], today: date) -> dict[str, Any]:
    facts, supposed = record["facts"], record["supposed"]
    shares = ("0.6", "0.4")
    brokers = [{"broker_id": b, "share": s} for b, s in zip(cast.broker_ids, shares, strict=True)]
    signed_on = str(today)
    contract: dict[str, Any] = cast.seller.client.post(
        "/v1/contracts",
        {
            "deal_id": deal["id"],
            "type": supposed["contract_type"],
            "name": facts["title"],
            "technical_field": facts["technical_field"],
            "valid_from": signed_on,
            "valid_to": None,
            "payment_terms": "instalments",
            "total_amount": facts["price"],
            "technical_amount": supposed["technical_amount"],
            "deductions": supposed["deductions"],
            "sellers": [{"organisation_id": cast.seller.id, "share": "1"}],
            "buyers": [{"organisation_id": cast.buyer.id, "share": "1"}],
            "agencies": [{"organisation_id": cast.agency.id, "share": "1", "brokers": brokers}],
            "agency_service": "居间撮合与合同谈判 brokering and negotiation",
        },
    )
    path = f"/v1/contracts/{contract['id']}"
    for party in (cast.seller, cast.buyer):
        contract = party.client.post(f"{path}/signature", {"signed_on": signed_on}, if_match=party.client.etag(path))
    return contract


def _register(cast: Cast, contract: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/contracts/{contract['id']}/registration"
    cast.seller.client.post(path, {})
    registrar = cast.registrar.client
    registrar.post(f"{path}/acceptance", {}, if_match=registrar.etag(path))
    amounts = {"total_amount": contract["total_amount"], "technical_amount": contract["technical_amount"]}
    registration: dict[str, Any] = registrar.post(f"{path}/approval", amounts, if_match=registrar.etag(path))
    return registration


def _pay(cast: Cast, record: dict[str, Any], contract: dict[str, Any], today: date) -> str:
    for number, payment in enumerate(record["supposed"]["payments"], 1):
        received_at = f"{today}T00:00:0{number}+08:00"
        cast.seller.client.post(
            f"/v1/contracts/{contract['id']}/payments",
            {
                "payer_id": cast.buyer.id,
                "amount": payment["amount"],
                "technical_amount": payment["technical_amount"],
                "received_at": received_at,
                "bank_reference": f"示例-{record['record']}-{number}",
                "invoice": {
                    "number": f"示例-FP-{record['record']}-{number}",
                    "amount": payment["amount"],
                    "issued_on": received_at[:10],
                },
            },
        )
    totals: str = cast.seller.client.get(f"/v1/contracts/{contract['id']}/payments")["totals"]["paid"]
    return totals
