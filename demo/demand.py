"""A public demand, played to its deal: posted, checked by two people, answered, handed over, under contract."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.cast import Actor, Cast
from demo.modes import Played
from demo.offering import listing

ZONE = ZoneInfo("Asia/Shanghai")
STEPS = 3


def play(cast: Cast, record: Mapping[str, Any], say: Callable[[str], None]) -> Played:
    """Play the record between the fictional parties; answers what became of it."""
    say("Post a demand, and check it by two people")
    demand = _posted(cast, record)
    say("Answer it, and agree on the answer")
    offered = listing(cast, record, pricing_mode="negotiated", asking_price=record["supposed"]["price"])
    response = _agreed(cast, record, demand, offered)
    say("Negotiate, and sign the contract")
    deal = _dealt(cast, record, response, offered)
    _signed(cast, record, deal)
    after = cast.seller.client.get(f"/v1/demands/{demand['id']}")
    return Played(
        "demand",
        record,
        [
            f"demand {demand['number']}, its name hidden until the short list: answered by {response['number']}",
            f"negotiation and deal {deal['number']} at {deal['price']} CNY; its contract meets the demand: "
            f"{after['status']}",
        ],
    )


def _posted(cast: Cast, record: Mapping[str, Any]) -> dict[str, Any]:
    supposed, today = record["supposed"], _now(cast).date()
    made = cast.buyer.client.post(
        "/v1/demands",
        {
            "title": record["facts"]["title"],
            "problem": supposed["problem"],
            "target": supposed["target"],
            "keywords": supposed["keywords"],
            "budget": supposed["budget"],
            "solutions": ["transfer_or_licence", "joint_development"],
            "industry_code": supposed["industry_code"],
            "technical_field": record["facts"]["technical_field"],
            "valid_to": str(today + timedelta(days=90)),
            "name_hidden": True,
        },
    )
    path = f"/v1/demands/{made['id']}"
    cast.buyer.client.post(f"{path}/submission")
    cast.operator.client.post(f"{path}/first-check")
    published: dict[str, Any] = cast.second_operator.client.post(f"{path}/second-check")
    return published


def _agreed(
    cast: Cast, record: Mapping[str, Any], demand: Mapping[str, Any], offered: Mapping[str, Any]
) -> dict[str, Any]:
    body = {
        "capacity": "holder",
        "proposal": record["supposed"]["proposal"],
        "transfer_mode": "exclusive_licence",
        "price": record["supposed"]["price"],
        "result_ids": [offered["published"]["result"]["id"]],
    }
    sent = cast.seller.client.post(f"/v1/demands/{demand['id']}/responses", body)
    path = f"/v1/demand-responses/{sent['id']}"
    cast.buyer.client.post(f"{path}/shortlisting")
    agreed: dict[str, Any] = cast.buyer.client.post(f"{path}/agreement")
    return agreed


def _dealt(
    cast: Cast, record: Mapping[str, Any], response: Mapping[str, Any], offered: Mapping[str, Any]
) -> dict[str, Any]:
    offer = {
        "listing_id": offered["id"],
        "terms": {
            "payment": [{"kind": "lump_sum", "amount": record["supposed"]["price"]}],
            "territory": {"countries": ["CN"]},
            "public_notice": False,
        },
        "expires_at": (_now(cast) + timedelta(days=5)).isoformat(),
    }
    made = cast.buyer.client.post(f"/v1/demand-responses/{response['id']}/negotiations", offer)
    path = f"/v1/negotiations/{made['negotiation_id']}"
    last = cast.seller.client.get(path)["last_offer"]
    closed = cast.seller.client.post(f"{path}/acceptance", {"offer_id": last["id"]})
    deal: dict[str, Any] = cast.buyer.client.get(f"/v1/deals/{closed['deal_id']}")
    return deal


def _signed(cast: Cast, record: Mapping[str, Any], deal: Mapping[str, Any]) -> None:
    day = str(_now(cast).date())
    contract = cast.seller.client.post(
        "/v1/contracts",
        {
            "deal_id": deal["id"],
            "type": "licence",
            "name": record["facts"]["title"],
            "technical_field": record["facts"]["technical_field"],
            "valid_from": day,
            "payment_terms": "lump_sum",
            "total_amount": deal["price"],
            "technical_amount": deal["price"],
            "sellers": [_whole(cast.seller)],
            "buyers": [_whole(cast.buyer)],
        },
    )
    path = f"/v1/contracts/{contract['id']}"
    for party in (cast.seller, cast.buyer):
        party.client.post(f"{path}/signature", {"signed_on": day}, if_match=party.client.etag(path))


def _whole(party: Actor) -> dict[str, Any]:
    return {"organisation_id": party.id, "share": "1"}


def _now(cast: Cast) -> datetime:
    return datetime.fromisoformat(cast.operator.client.get("/v1/clock")["server_time"]).astimezone(ZONE)
