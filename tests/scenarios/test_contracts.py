"""Each scenario of `contracts/`: a deal, the contract that its seller sends, and what comes of it."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from app.contracts import rules
from app.contracts.drafting import service
from app.contracts.drafting.rules import departures, standing_of
from app.contracts.schemas import ContractContent, ContractIn
from app.core.problems import Problem
from app.market.deals.kinds import DealOrigin, PartyRole, PriceBasis
from app.market.deals.models import Deal, DealParty
from app.pricing.negotiated.terms.rules import basis_of, price_of
from app.pricing.negotiated.terms.shapes import Terms

SCENARIOS = sorted((Path(__file__).parent / "contracts").glob("*.yaml"))
SELLER, BUYER, DEAL, PAPER = (UUID(int=number) for number in (1, 2, 3, 4))
FIRST_DAY = "2026-03-01"


def deal_of(said: dict[str, Any]) -> Deal:
    """The deal of a scenario, never stored: `terms` give the price of a negotiated one."""
    terms = Terms.model_validate({"territory": {"countries": ["CN"]}} | said["terms"]) if "terms" in said else None
    return Deal(
        id=DEAL,
        origin=DealOrigin(said.get("origin", "exchange")),
        pricing_mode=said["pricing"],
        transfer_mode=said["transfer"],
        subject="Example",
        price=price_of(terms) if terms else Decimal(said["price"]),
        price_basis=basis_of(terms) if terms else PriceBasis.FIXED,
        terms=terms.model_dump(mode="json") if terms else None,
        technical_field="new_materials",
        parties=[
            DealParty(role=role, organisation_id=party, share=Decimal(1))
            for role, party in ((PartyRole.SELLER, SELLER), (PartyRole.BUYER, BUYER))
        ],
    )


def sent(said: dict[str, Any]) -> ContractIn:
    """What the seller sends: the first day, and what the scenario says."""
    named = said.pop("supplement", None)
    paper = {"document_id": str(PAPER), "title": "Supplement", "fields": named}
    return ContractIn.model_validate(
        {"deal_id": str(DEAL), "valid_from": FIRST_DAY} | said | ({"supplement": paper} if named else {})
    )


def outcome(deal: Deal, body: ContractIn) -> tuple[str, ContractContent | None, list[str]]:
    """What is answered: `drafted` or the code of the refusal, the contract, and the fields that depart."""
    try:
        content = service.filled(deal, body)
        rules.check_type(content.type, deal.transfer_mode)
        found = departures(
            service.agreed_by(deal), service.stated_by(content), standing_of(deal.origin, deal.pricing_mode)
        )
        service.check(deal, content)
    except Problem as problem:
        listed = problem.extra.get("departures", [])
        return problem.kind.code, None, [row["field"] for row in listed] or [problem.field or ""]
    return "drafted", content, [row.field for row in found]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario(path: Path) -> None:
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert told["title"]
    assert told["article"]
    deal = deal_of(told["deal"])
    for case in told["contracts"]:
        code, content, fields = outcome(deal, sent(dict(case["sends"])))
        assert (code, fields) == (case["answer"], case.get("departs", [])), case
        for name, wanted in case.get("says", {}).items():
            assert content is not None
            value = getattr(content, name)
            assert (value.isoformat() if isinstance(value, date) else f"{value}") == str(wanted), case
