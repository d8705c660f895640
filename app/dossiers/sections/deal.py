"""The deal's own part of a price dossier: price, parties, related-party finding, and how it went on."""

from collections.abc import Mapping

from app.core.access import Actor
from app.core.canonical import canonical_json, sha256_hex
from app.core.database import Session
from app.core.history import events
from app.core.history.events import Event
from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, Entry, Fact, Section
from app.market.deals.models import Deal

DEFAULT = "deal.default_found"
HAPPENED: Mapping[str, Text] = {
    "deal.agreed": Text("Deal agreed", "成交达成"),
    "deal.recorded": Text("Deal concluded elsewhere recorded", "登记场外成交"),
    "deal.contracted": Text("Contract signed", "签订合同"),
    "deal.cancelled": Text("Deal cancelled", "成交取消"),
    "deal.expired": Text("Deal expired without a contract", "逾期未签合同,成交失效"),
    DEFAULT: Text("Defaulting party decided", "违约认定"),
}
APPRAISAL = ("number", "base_date", "valid_to", "value", "floor_share", "price_floor", "judged_on")
MADE = frozenset({"deal.agreed", "deal.recorded"})


async def deal_history(session: Session, deal: Deal, actor: Actor) -> list[Section]:
    """The deal as every party of it and the market's staff see it."""
    entries = [
        Entry.of(
            event,
            _by(deal, event),
            HAPPENED[event.type],
            _facts(deal, event),
            texts=[canonical_json(deal.terms).decode()] if event.type in MADE and deal.terms is not None else [],
        )
        for event in await events.of_subjects(session, [deal.id])
        if event.type in HAPPENED
    ]
    return [Section("deal", Text("The deal", "成交"), entries)]


def _facts(deal: Deal, event: Event) -> dict[str, Fact]:
    if event.type in MADE:
        return _made(deal)
    if event.type == DEFAULT and deal.default is not None:
        return {"defaulted": deal.default.defaulted, "reason": deal.default.reason}
    return {"status_reason": deal.status_reason}


def _made(deal: Deal) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "number": deal.number,
        "origin": deal.origin,
        "agreed_at": deal.agreed_at,
        "listing_version": deal.listing_version,
        "pricing_mode": deal.pricing_mode,
        "transfer_mode": deal.transfer_mode,
        "subject": deal.subject,
        "price": deal.price,
        "price_basis": deal.price_basis,
        "related_party": deal.related_party,
        "contract_due_at": deal.contract_due_at,
        "source_url": deal.source_url,
        "published_on": deal.published_on,
        "parties": [
            {"role": party.role, "organisation_id": party.organisation_id, "share": party.share}
            for party in deal.parties
        ],
    }
    if deal.appraisal is not None:
        facts["appraisal"] = {name: getattr(deal.appraisal, name) for name in APPRAISAL}
    if deal.terms is not None:
        facts["terms_sha256"] = sha256_hex(canonical_json(deal.terms))
    return facts


def _by(deal: Deal, event: Event) -> By:
    for party in deal.parties:
        if party.organisation_id == event.actor_organisation_id:
            return By(Capacity(party.role), party.organisation_id)
    if event.actor_organisation_id is not None:
        return By(Capacity.HOLDER)
    return By(Capacity.OPERATOR if event.actor_person_id else Capacity.TIME)
