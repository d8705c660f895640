"""What a deal says of its contract: the draft, what a request leaves out, and what departs. Nothing here is stored."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.contracts import schemas as contracts
from app.contracts.drafting import problems, rules, schemas
from app.contracts.drafting.kinds import Source
from app.contracts.drafting.rules import Agreed, Departure, Stated
from app.contracts.kinds import TYPE_OF_MODE
from app.contracts.models import Contract, ContractParty
from app.contracts.rules import TYPES_BY_MODE
from app.market.deals.kinds import PartyRole
from app.market.deals.models import Deal, DealParty
from app.market.deals.schemas import PartyIn
from app.pricing.negotiated.terms.shapes import Terms

NEEDED: Final = ("type", "technical_field", "payment_terms", "total_amount")
"""What every contract says; where the deal does not say it either, the parties must."""


def agreed_by(deal: Deal) -> Agreed:
    """What a deal says of its contract; its parties are loaded."""
    terms = _terms(deal)
    payment = rules.payment_of(terms) if terms is not None else None
    return Agreed(
        type=TYPE_OF_MODE.get(deal.transfer_mode),
        payment_terms=payment,
        total=rules.certain(deal.price, deal.price_basis),
        total_is_all=rules.is_all(deal.price_basis, payment),
        years=terms.years if terms is not None else None,
        technical_field=deal.technical_field,
        sellers=_shares(deal.parties, PartyRole.SELLER),
        buyers=_shares(deal.parties, PartyRole.BUYER),
    )


def filled(deal: Deal, body: contracts.ContractIn) -> contracts.ContractContent:
    """The whole contract: what the request says, and for what it leaves out what the deal says.

    Raises `contract_field_missing` for what neither says.
    """
    agreed = agreed_by(deal)
    said = {name: getattr(body, name) for name in contracts.ContractContent.model_fields}
    total = agreed.total if agreed.total_is_all else None
    from_deal: dict[str, Any] = {
        "type": agreed.type,
        "name": deal.subject,
        "technical_field": agreed.technical_field,
        "payment_terms": agreed.payment_terms,
        "total_amount": total,
        "sellers": _parties(agreed.sellers),
        "buyers": _parties(agreed.buyers),
        "agencies": _agencies(deal) if body.agency_service is not None else [],
    }
    said |= {name: value for name, value in from_deal.items() if said[name] is None}
    for name in NEEDED:
        if said[name] is None:
            raise problems.NOT_SAID(field=name, name=name)
    if said["technical_amount"] is None:
        deducted = sum((item.amount for item in body.deductions), Decimal(0))
        said["technical_amount"] = max(said["total_amount"] - deducted, Decimal(0))
    if agreed.years is not None and "valid_to" not in body.model_fields_set:
        said["valid_to"] = rules.last_day(body.valid_from, agreed.years)
    return contracts.ContractContent.model_construct(**said)


def stated_by(content: contracts.ContractContent) -> Stated:
    """What a contract says of what its deal says too."""
    return Stated(
        content.type,
        content.payment_terms,
        content.total_amount,
        content.valid_from,
        content.valid_to,
        {party.organisation_id: party.share for party in content.sellers},
        {party.organisation_id: party.share for party in content.buyers},
    )


def check(deal: Deal, content: contracts.ContractContent) -> None:
    """A contract keeps to its deal, or says in a supplement where not. Raises what `rules.check_departures` does."""
    rule = rules.standing_of(deal.origin, deal.pricing_mode)
    found = rules.departures(agreed_by(deal), stated_by(content), rule)
    rules.check_departures(found, content.supplement.fields if content.supplement else None, rule)


def departures_of(deal: Deal, contract: Contract) -> list[Departure]:
    """What a contract says otherwise than its deal; the parties of both are loaded."""
    stated = Stated(
        contract.type,
        contract.payment_terms,
        contract.total_amount,
        contract.valid_from,
        contract.valid_to,
        _shares(contract.parties, PartyRole.SELLER),
        _shares(contract.parties, PartyRole.BUYER),
    )
    return rules.departures(agreed_by(deal), stated, rules.standing_of(deal.origin, deal.pricing_mode))


def supplement_of(contract: Contract) -> dict[str, Any] | None:
    """The supplement of a contract and what it names, if it has one."""
    if contract.supplement_document_id is None:
        return None
    return {"document_id": contract.supplement_document_id, "fields": contract.supplement_fields}


def draft_of(deal: Deal, published: Mapping[str, Any] | None) -> schemas.ContractDraftOut:
    """The contract as it follows from a deal, each field with its source, and what is missing."""
    agreed, found = agreed_by(deal), _Fields()
    found.add("type", agreed.type, Source.DEAL, "transfer_mode")
    found.add("name", deal.subject, Source.DEAL, "subject")
    found.add("technical_field", agreed.technical_field, Source.DEAL, "technical_field")
    found.add("total_amount", agreed.total if agreed.total_is_all else None, Source.DEAL, "price")
    found.add("payment_terms", agreed.payment_terms, Source.TERMS, "payment")
    for role, name in ((PartyRole.SELLER, "sellers"), (PartyRole.BUYER, "buyers"), (PartyRole.AGENCY, "agencies")):
        parties = [party for party in deal.parties if party.role == role]
        shown = [{"organisation_id": str(row.organisation_id), "share": f"{row.share:f}"} for row in parties]
        found.add(name, shown or None, Source.DEAL, "parties")
    terms = deal.terms or {}
    found.add("payment", terms.get("payment"), Source.TERMS, "payment")
    found.add("years", agreed.years, Source.TERMS, "years")
    found.add("conditions", terms.get("conditions") or None, Source.TERMS, "conditions")
    if "territory" in terms:
        found.add("territory", terms["territory"], Source.TERMS, "territory")
    elif published is not None:
        found.add("territory", published["territory"], Source.PUBLISHED, "territory")
    if published is not None:
        found.add("terms", published["terms"], Source.PUBLISHED, "terms")
    return schemas.ContractDraftOut(
        deal_id=deal.id,
        deal_number=deal.number,
        departures=rules.standing_of(deal.origin, deal.pricing_mode),
        fields=found.rows,
        missing=_missing(deal, {row.field for row in found.rows}),
    )


class _Fields:
    """The fields of a draft, gathered in order; what is not known is no field."""

    def __init__(self) -> None:
        self.rows: list[schemas.DraftFieldOut] = []

    def add(self, field: str, value: object, source: Source, reference: str) -> None:
        if value is not None:
            shown = rules.shown(value) if isinstance(value, Decimal) else value
            self.rows.append(schemas.DraftFieldOut(field=field, value=shown, source=source, reference=reference))


def _missing(deal: Deal, known: set[str]) -> list[schemas.MissingFieldOut]:
    names = [name for name in NEEDED if name not in known] + ["valid_from"]
    if "agencies" in known:
        names.append("agency_service")
    choices = {"type": sorted(TYPES_BY_MODE[deal.transfer_mode])}
    return [schemas.MissingFieldOut(field=name, choices=choices.get(name)) for name in names]


def _terms(deal: Deal) -> Terms | None:
    return Terms.model_validate(deal.terms) if deal.terms is not None else None


def _shares(parties: Sequence[DealParty] | Sequence[ContractParty], role: PartyRole) -> dict[UUID, Decimal]:
    return {party.organisation_id: party.share for party in parties if party.role == role}


def _parties(shares: rules.Shares) -> list[PartyIn]:
    return [PartyIn.model_construct(organisation_id=key, share=share) for key, share in shares.items()]


def _agencies(deal: Deal) -> list[contracts.AgencyIn]:
    shares = _shares(deal.parties, PartyRole.AGENCY)
    return [contracts.AgencyIn.model_construct(organisation_id=key, share=share) for key, share in shares.items()]
