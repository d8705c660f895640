"""Facts in few words, for the scenarios and the tests of the award rules."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.awards.technology.programme_files import load_programmes
from app.awards.technology.rules.facts import (
    Agency,
    Broker,
    ContractFacts,
    ContractType,
    DivisionPeriod,
    Facts,
    OrganisationFacts,
    OrganisationKind,
    Party,
    PaymentFacts,
    Quality,
    QualityPeriod,
    RelatedParties,
    Succession,
)
from app.awards.technology.rules.programme import Programme

WUHAN = ZoneInfo("Asia/Shanghai")
PROGRAMMES = Path(__file__).resolve().parents[3] / "app" / "awards" / "technology" / "programmes"


def wuhan_programme() -> Programme:
    return next(p for p in load_programmes(PROGRAMMES) if p.id == "wuhan-art14")


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _money(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value.replace(",", ""))


def _parties(shares: Mapping[str, str]) -> tuple[Party, ...]:
    return tuple(Party(name, Decimal(share)) for name, share in shares.items())


def organisation(name: str, said: Mapping[str, Any]) -> OrganisationFacts:
    divisions = said["division"]
    if isinstance(divisions, str):
        divisions = [{"code": divisions, "from": "2000-01-01", "to": None}]
    periods = (DivisionPeriod(d["code"], date.fromisoformat(d["from"]), _day(d["to"])) for d in divisions)
    kind = OrganisationKind(said["kind"])
    agency = kind == OrganisationKind.TECHNOLOGY_TRANSFER_AGENCY
    held = said.get("qualities", [{"quality": kind, "from": "2000-01-01", "to": None}] if agency else [])
    qualities = (QualityPeriod(Quality(q["quality"]), date.fromisoformat(q["from"]), _day(q["to"])) for q in held)
    return OrganisationFacts(name, said.get("name", name), kind, tuple(periods), tuple(qualities))


def agency(name: str, said: Mapping[str, Any]) -> Agency:
    brokers = tuple(Broker(broker, Decimal(share)) for broker, share in said.get("brokers", {}).items())
    return Agency(name, Decimal(said.get("share", "1")), said.get("role", "撮合 matchmaking"), brokers)


def contract(name: str, said: Mapping[str, Any]) -> ContractFacts:
    total = _money(said["total"])
    technical = _money(said.get("technical", said["total"]))
    assert total is not None
    assert technical is not None
    registered = said.get("registered", "2023-01-10")
    return ContractFacts(
        id=name,
        number=f"WH-{name}",
        name=name,
        type=ContractType(said.get("type", "transfer")),
        signed_on=date.fromisoformat(said.get("signed", "2023-01-05")),
        registered_on=_day(registered),
        registration_number="4201012023000001" if registered else None,
        total_amount=total,
        technical_amount=technical,
        sellers=_parties(said.get("sellers", {"university": "1"})),
        buyers=_parties(said.get("buyers", {"buyer": "1"})),
        agencies=tuple(agency(name, terms) for name, terms in said.get("agencies", {}).items()),
        related=tuple(RelatedParties(*finding) for finding in said.get("related", [])),
        cancelled_on=_day(said.get("cancelled")),
    )


def payment(name: str, said: Mapping[str, Any]) -> PaymentFacts:
    amount = _money(said["amount"])
    invoiced = _money(said.get("invoiced", said["amount"]))
    assert amount is not None
    assert invoiced is not None
    return PaymentFacts(
        id=name,
        contract_id=said.get("contract", "C1"),
        received_at=datetime.fromisoformat(said["received"]),
        amount=amount,
        technical_amount=_money(said.get("technical")),
        invoiced_amount=invoiced,
        invoice_number=said.get("invoice", f"FP-{name}"),
        payer_id=said.get("payer"),
        rewarded_elsewhere=tuple(said.get("rewarded_elsewhere", ())),
        reversed_on=_day(said.get("reversed")),
    )


def facts(said: Mapping[str, Any]) -> Facts:
    return Facts.of(
        [contract(name, terms) for name, terms in said["contracts"].items()],
        [payment(name, terms) for name, terms in said["payments"].items()],
        [organisation(name, terms) for name, terms in said["organisations"].items()],
        [
            Succession(name, terms["into"], date.fromisoformat(terms["from"]))
            for name, terms in said.get("mergers", {}).items()
        ],
    )
