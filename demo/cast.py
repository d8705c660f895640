"""The parties of the demonstration. All of them are fictional (示例…) but those that a public record names."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from demo.client import Client


@dataclass(frozen=True)
class Actor:
    """A party with its client: `id` is the organisation, None for the market's staff."""

    name: str
    id: str | None
    key: str
    client: Client


@dataclass(frozen=True)
class Cast:
    """Everyone who plays."""

    operator: Actor
    second_operator: Actor
    registrar: Actor
    award_officer: Actor
    auditor: Actor
    seller: Actor
    buyer: Actor
    agency: Actor
    brokers: tuple[Actor, ...]
    broker_ids: tuple[str, ...]
    bidders: tuple[Actor, ...]
    appraiser_id: str

    def keys(self) -> dict[str, str]:
        """A key for each kind of user."""
        named = ("operator", "second_operator", "registrar", "award_officer", "auditor", "seller", "buyer", "agency")
        others = {"broker": self.brokers[0].key, "bidder_1": self.bidders[0].key, "bidder_2": self.bidders[1].key}
        return {name: getattr(self, name).key for name in named} | others


def assemble(base_url: str, operator_keys: tuple[str, str]) -> Cast:
    """Record and verify the parties. One operator asks for the other staff, and the second one confirms."""
    root, second = (Client(base_url, key) for key in operator_keys)

    def staff(role: str, name: str) -> Actor:
        asked = root.post("/v1/appointments", {"name": name, "role": role})
        second.post(f"/v1/appointments/{asked['id']}/confirmation")
        return _invited(base_url, root, name, asked["person_id"], None)

    def party(name: str, kind: str, division_code: str) -> Actor:
        made = organisation(root, name, kind, division_code, state_founded=False, since="2015-01-01", fictional=True)
        person = root.post("/v1/people", {"name": f"{name} 联系人", "organisation_id": made["id"], "role": "admin"})
        return _invited(base_url, root, name, person["id"], made["id"])

    agency = party("示例江汉技术转移中心", "technology_transfer_agency", "420106")
    assert agency.id is not None
    brokers = [_broker(base_url, root, agency, name, number) for name, number in BROKERS]
    return Cast(
        operator=Actor("示例运营方", None, operator_keys[0], root),
        second_operator=Actor("示例运营方二", None, operator_keys[1], second),
        registrar=staff("registrar", "示例登记员"),
        award_officer=staff("award_officer", "示例奖补审核员"),
        auditor=staff("auditor", "示例审计员"),
        seller=party("示例光谷产业技术研究院", "new_type_rd_institution", "420111"),
        buyer=party("示例长江新材料与种业有限公司", "enterprise", "420112"),
        agency=agency,
        brokers=tuple(actor for actor, _ in brokers),
        broker_ids=tuple(broker_id for _, broker_id in brokers),
        bidders=tuple(party(name, "enterprise", "420112") for name in BIDDERS),
        appraiser_id=organisation(
            root,
            "示例楚天资产评估事务所",
            "appraiser",
            "420106",
            state_founded=False,
            since="2015-01-01",
            fictional=True,
        )["id"],
    )


BIDDERS = ("示例竞买企业甲", "示例竞买企业乙", "示例竞买企业丙")
BROKERS = (("示例经纪人甲", "示例-JJR-0001"), ("示例经纪人乙", "示例-JJR-0002"))


def organisation(
    operator: Client,
    name: str,
    kind: str,
    division_code: str,
    *,
    state_founded: bool | None,
    since: str,
    fictional: bool,
) -> dict[str, Any]:
    """Record an organisation and verify it. No USCC: the fictional have none, the records state none."""
    body = {
        "name": name,
        "kind": kind,
        "uscc": None,
        "state_founded": state_founded,
        "fictional": fictional,
        "division_code": division_code,
        "resident_since": since,
    }
    made: dict[str, Any] = operator.post("/v1/organisations", body)
    finding = {
        "verification": "verified",
        "reason": "demonstration: fictional" if fictional else "named in a public record",
    }
    operator.post(f"/v1/organisations/{made['id']}/verification", finding)
    return made


def _invited(base_url: str, inviter: Client, name: str, person_id: str, organisation_id: str | None) -> Actor:
    """The person with the first key, which nobody else has seen."""
    secret = secrets.token_urlsafe(32)
    whom = {"person_id": person_id, "organisation_id": organisation_id}
    inviter.post("/v1/invitations", whom | {"fingerprint": hashlib.sha256(secret.encode()).hexdigest()})
    redemption = {"secret": secret, "name": "demonstration", "expires_in_days": 365}
    key = Client(base_url).post("/v1/invitations/redemption", redemption)["secret"]
    return Actor(name, organisation_id, key, Client(base_url, key))


def _broker(base_url: str, root: Client, agency: Actor, name: str, number: str) -> tuple[Actor, str]:
    person = agency.client.post("/v1/people", {"name": name, "organisation_id": agency.id, "role": "member"})
    certificate = {"person_id": person["id"], "certificate_number": number, "certified_on": "2021-05-01"}
    broker = root.post("/v1/brokers", certificate)
    root.post(f"/v1/brokers/{broker['id']}/employments", {"agency_id": agency.id, "valid_from": "2021-06-01"})
    return _invited(base_url, agency.client, name, person["id"], agency.id), broker["id"]
