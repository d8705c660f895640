"""Turns what other packages recorded into the facts that awards are computed from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID

from app.awards.technology.rules.facts import (
    Agency,
    Broker,
    ContractFacts,
    DivisionPeriod,
    Facts,
    OrganisationFacts,
    Party,
    PaymentFacts,
    QualityPeriod,
    RelatedParties,
    Succession,
)
from app.contracts import queries as contracts
from app.contracts.kinds import TYPE_OF_MODE, ContractType, ReversalKind
from app.contracts.models import Contract, ContractParty, Payment
from app.core.access import Actor
from app.core.database import Session
from app.core.settings import City
from app.identity import queries as identity
from app.identity.kinds import OrganisationKind, Quality
from app.identity.mergers import queries as mergers
from app.identity.mergers.rules import Successions, family, heir_on
from app.identity.models import Organisation
from app.identity.names.queries import names_on
from app.identity.relations import Relation, related_on
from app.market.deals import queries as deals
from app.market.deals.kinds import PartyRole
from app.market.deals.models import DealParty

PartyRow = DealParty | ContractParty


async def facts_until(session: Session, year_end: date) -> Facts:
    """Every contract paid on up to `year_end`, its payments and parties; a fixed number of queries."""
    found, received, ids = await contracts.award_facts(session, year_end)
    # Each query sees its own moment: a first payment recorded between the two belongs to a contract not read.
    known = {contract.id for contract in found}
    paid = [payment for payment in received if payment.contract_id in known]
    ids |= {payment.payer_id for payment in paid}
    bodies = await _bodies(session, ids)
    return Facts.of(
        [_contract_facts(contract, bodies) for contract in found],
        _payment_facts(paid, session.city),
        _organisation_facts(bodies.organisations, await names_on(session, bodies.ids, year_end)),
        _succession_facts(bodies),
    )


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The parties of some contracts with all that merged with them, and who is related to whom."""

    ids: frozenset[UUID]
    organisations: Collection[Organisation]
    successions: Successions
    relations: Sequence[Relation]


async def _bodies(session: Session, ids: Iterable[UUID]) -> _Bodies:
    parties = frozenset(ids)
    merged = await mergers.successions(session, parties)
    known = family(merged, parties)
    organisations = await identity.organisations_by_id(session, known)
    relations = [mergers.relation_of(row) for row in await identity.relations_between(session, known)]
    return _Bodies(known, organisations.values(), merged, relations)


def _succession_facts(bodies: _Bodies) -> list[Succession]:
    return [Succession(str(key), str(successor), day) for key, (successor, day) in bodies.successions.items()]


async def supposed_contract(
    session: Session, actor: Actor, deal_id: UUID, registered_on: date
) -> tuple[ContractFacts, list[OrganisationFacts], list[Succession]] | None:
    """A deal as the contract it would become, registered on a day; None where it would make none.

    Who is a related party, and who an agency, is judged on the day of the agreement, the nearest known to that of
    signing. Raises `not_found` for a deal the actor may not see.
    """
    deal = await deals.get_deal(session, actor, deal_id)
    kind = TYPE_OF_MODE.get(deal.transfer_mode)
    if kind is None or deal.price <= 0:
        return None
    bodies = await _bodies(session, (party.organisation_id for party in deal.parties))
    sides = _sides(deal.parties)
    agreed_on = session.city.day_of(deal.agreed_at)
    facts = ContractFacts(
        id=str(deal.id),
        number=deal.number,
        name=deal.subject,
        type=kind,
        signed_on=agreed_on,
        registered_on=registered_on,
        registration_number="estimate",
        total_amount=deal.price,
        technical_amount=deal.price,
        sellers=_parties(sides[PartyRole.SELLER]),
        buyers=_parties(sides[PartyRole.BUYER]),
        agencies=tuple(Agency(str(p.organisation_id), p.share, "as in the deal") for p in sides[PartyRole.AGENCY]),
        related=_related(sides, bodies, agreed_on),
    )
    names = await names_on(session, bodies.ids, agreed_on)
    return facts, _organisation_facts(bodies.organisations, names), _succession_facts(bodies)


def _contract_facts(contract: Contract, bodies: _Bodies) -> ContractFacts:
    registration = contract.registration
    registered = registration is not None and registration.registered_on is not None
    sides = _sides(contract.parties)
    signed_on = contract.signed_on or contract.valid_from
    return ContractFacts(
        id=str(contract.id),
        number=contract.number,
        name=contract.name,
        type=ContractType(contract.type),
        signed_on=signed_on,
        registered_on=registration.registered_on if registration else None,
        registration_number=registration.number if registration else None,
        total_amount=contract.amounts.total,
        technical_amount=contract.amounts.technical,
        sellers=_parties(sides[PartyRole.SELLER]),
        buyers=_parties(sides[PartyRole.BUYER]),
        agencies=tuple(_agency(contract, party) for party in sides[PartyRole.AGENCY]),
        related=_related(sides, bodies, signed_on),
        cancelled_on=registration.cancelled_on if registration and registered else contract.cancelled_on,
    )


def _sides(parties: Iterable[PartyRow]) -> dict[PartyRole, list[PartyRow]]:
    sides: dict[PartyRole, list[PartyRow]] = {role: [] for role in PartyRole}
    for party in parties:
        sides[PartyRole(party.role)].append(party)
    return sides


def _parties(rows: Iterable[PartyRow]) -> tuple[Party, ...]:
    return tuple(Party(str(row.organisation_id), row.share) for row in rows)


def _agency(contract: Contract, party: PartyRow) -> Agency:
    brokers = tuple(
        Broker(str(broker.broker_id), broker.share)
        for broker in contract.brokers
        if broker.agency_id == party.organisation_id
    )
    return Agency(str(party.organisation_id), party.share, contract.agency_service, brokers)


def _related(sides: dict[PartyRole, list[PartyRow]], bodies: _Bodies, day: date) -> tuple[RelatedParties, ...]:
    """Findings between a buyer and a seller that hold on a day (of signing), either way round.

    Who stands for one of them since a later merger joins the contract on the day of the merger, and is judged then.
    """
    later = sorted({since for _, since in bodies.successions.values() if since > day})
    found: dict[RelatedParties, None] = {}
    for buyer, seller in product(sides[PartyRole.BUYER], sides[PartyRole.SELLER]):
        judged: list[UUID] = []
        parties = [buyer.organisation_id, seller.organisation_id]
        for on in (day, *later):
            pair = parties if on == day else [heir_on(bodies.successions, party, on) for party in parties]
            if pair != judged:
                judged = pair
                for relation in related_on(bodies.relations, bodies.successions, pair, on):
                    found[RelatedParties(str(pair[0]), str(pair[1]), relation.detail)] = None
    return tuple(found)


def _payment_facts(payments: Sequence[Payment], city: City) -> list[PaymentFacts]:
    """Payments as facts; a reversal becomes the day on which the payment it names was taken back, and why."""
    taken_back = {
        row.reverses_id: (city.day_of(row.received_at), ReversalKind(row.reversal)) for row in payments if row.reversal
    }
    return [
        PaymentFacts(
            id=str(payment.id),
            contract_id=str(payment.contract_id),
            received_at=payment.received_at,
            amount=payment.amount,
            technical_amount=payment.technical_amount,
            invoiced_amount=sum((invoice.amount for invoice in payment.invoices), Decimal("0.00")),
            invoice_number=", ".join(invoice.number for invoice in payment.invoices) or None,
            payer_id=str(payment.payer_id),
            reversed_on=day,
            reversal=why,
        )
        for payment in payments
        if payment.reverses_id is None
        for day, why in (taken_back.get(payment.id, (None, ReversalKind.RETURNED_BY_BANK)),)
    ]


def _organisation_facts(rows: Iterable[Organisation], names: Mapping[UUID, str]) -> list[OrganisationFacts]:
    return [
        OrganisationFacts(
            id=str(row.id),
            name=names[row.id],
            kind=OrganisationKind(row.kind),
            divisions=tuple(DivisionPeriod(d.division_code, d.valid_from, d.valid_to) for d in row.divisions),
            qualities=tuple(QualityPeriod(Quality(q.quality), q.valid_from, q.valid_to) for q in row.qualities),
        )
        for row in rows
    ]
