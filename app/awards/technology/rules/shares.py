"""The awards of a year (技术交易奖励) from recorded facts and a programme's terms. No clock, no session, no I/O."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from app.awards.technology.kinds import ExclusionCode
from app.awards.technology.rules.countable import countables, local_day, reversed_by
from app.awards.technology.rules.eligibility import Claim, Known, Refusal, contract_faults, judge, refuse_all
from app.awards.technology.rules.facts import ContractFacts, Facts, OrganisationFacts, PaymentFacts, Succession
from app.awards.technology.rules.outcome import (
    AwardLine,
    AwardStatement,
    BrokerAllotment,
    BrokerPart,
    Computation,
    Exclusion,
    ordered,
)
from app.awards.technology.rules.programme import ROLES, Programme, Role, Terms
from app.awards.technology.rules.reasons import TAKEN_BACK, Fault
from app.core.money import allot, ceil_fen, exact, proportion, round_fen, round_places

# No UUID and no readable number is empty, and it sorts first: of equal remainders the odd fen is held, not paid.
_NO_BROKER = ""


def compute(
    programme: Programme,
    year: int,
    contracts: Iterable[ContractFacts],
    payments: Iterable[PaymentFacts],
    organisations: Iterable[OrganisationFacts],
    successions: Iterable[Succession] = (),
    *,
    zone: ZoneInfo,
) -> Computation:
    """All statements and exclusions of an award year: the calendar year of receipt in the city's zone.

    Give every payment of the contracts, earlier years' too: they decide what is left of the registered technical
    amount. Later ones are ignored. A contract without a receipt in the year is not mentioned. The order of the input
    decides nothing. What an organisation earned that had merged by the year's last day is its heir's, under one cap.

    Raises `NoProgrammeError` for a year outside the programme and `FactError` for facts that contradict each other.
    Source: policy art. 14; what the article leaves open is a figure or a stated rule, marked P.
    """
    terms = programme.terms(year)
    facts = Facts.of(contracts, payments, organisations, successions)
    known = Known.of(facts)
    claims: list[Claim] = []
    refusals: list[Refusal] = []
    for finding in _findings(facts, known, terms, zone):
        if isinstance(finding, Claim):
            claims.append(finding)
        else:
            refusals.append(finding)
    exclusions = [_exclusion(refusal, known, programme, terms) for refusal in refusals]
    exclusions += [
        _held(claim, known, programme, terms) for claim in claims if claim.agency and not claim.agency.brokers
    ]
    statements = _statements(claims, known, programme, terms)
    return Computation(programme.id, year, zone.key, statements, ordered(exclusions))


def estimate(
    programme: Programme,
    contract: ContractFacts,
    organisations: Iterable[OrganisationFacts],
    year: int,
    successions: Iterable[Succession] = (),
    *,
    zone: ZoneInfo,
) -> Computation:
    """What a contract would earn alone if it were paid and invoiced in full at noon of the year's last day.

    Same terms and same exclusions: for a deal that is yet to be registered, give the registration it is going to have.
    Other contracts of the same organisations may have used up a cap. Raises what `compute` raises.
    """
    payment = PaymentFacts(
        id=f"estimate-{contract.id}",
        contract_id=contract.id,
        received_at=datetime(year, 12, 31, 12, tzinfo=zone),
        amount=contract.total_amount,
        technical_amount=contract.technical_amount,
        invoiced_amount=contract.total_amount,
        invoice_number="estimate",
    )
    return compute(programme, year, [contract], [payment], organisations, successions, zone=zone)


def _findings(facts: Facts, organisations: Known, terms: Terms, zone: ZoneInfo) -> Iterator[Claim | Refusal]:
    by_contract: dict[str, list[PaymentFacts]] = defaultdict(list)
    for payment in facts.payments:
        by_contract[payment.contract_id].append(payment)
    for contract in facts.contracts:
        payments = by_contract[contract.id]
        received = [payment for payment in payments if local_day(payment, zone).year == terms.year]
        if not received:
            continue
        faults = contract_faults(contract, terms)
        if faults:
            for fault in faults:
                yield from refuse_all(contract, None, fault)
            continue
        for payment in received:
            if payment.reversed_on is not None and reversed_by(payment, terms.year):
                details = (("day", payment.reversed_on.isoformat()),)
                yield from refuse_all(contract, payment, Fault(TAKEN_BACK[payment.reversal], details))
        for countable in countables(contract, payments, terms.year, zone):
            yield from judge(contract, countable, terms, organisations)


def _statements(
    claims: Sequence[Claim], organisations: Known, programme: Programme, terms: Terms
) -> tuple[AwardStatement, ...]:
    grouped: dict[tuple[Role, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[claim.role, organisations.heir_of(claim.organisation_id, terms.year)].append(claim)
    order = sorted(grouped, key=lambda key: (ROLES.index(key[0]), key[1]))
    return tuple(_statement(grouped[key], organisations.by_id[key[1]], programme, terms) for key in order)


def _statement(
    claims: Sequence[Claim], organisation: OrganisationFacts, programme: Programme, terms: Terms
) -> AwardStatement:
    role = claims[0].role
    rate, cap = terms.rates[role], terms.caps[role]
    raws = {_key(claim): claim.base * exact(rate) for claim in claims}
    raw_total = sum(raws.values(), Fraction(0))
    total = round_fen(min(raw_total, exact(cap)))
    awarded = allot(total, list(raws.items()))
    return AwardStatement(
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        role=role,
        lines=tuple(_line(c, raws[_key(c)], awarded[_key(c)], programme, terms) for c in sorted(claims, key=_key)),
        raw_total=round_places(raw_total, 6),
        cap=cap,
        cap_applied=raw_total > exact(cap),
        total=total,
        cap_reference=terms.source(f"{role}_cap"),
        brokers=_brokers(claims, awarded, total, terms) if role == "agency" else None,
    )


def _key(claim: Claim) -> tuple[str, str, str]:
    """Of two that merged, both may stand on one contract."""
    return claim.contract.id, claim.countable.payment.id, claim.organisation_id


def _line(claim: Claim, raw: Fraction, awarded: Decimal, programme: Programme, terms: Terms) -> AwardLine:
    countable, payment = claim.countable, claim.countable.payment
    return AwardLine(
        contract_id=claim.contract.id,
        contract_number=claim.contract.number,
        payment_id=payment.id,
        received_on=countable.received_on,
        payment_amount=payment.amount,
        invoice_number=payment.invoice_number,
        received=round_places(countable.received, 6),
        invoiced=round_places(countable.invoiced, 6),
        left=round_places(countable.left, 6),
        bound=countable.bound,
        countable=round_places(countable.amount, 6),
        share=round_places(claim.share, 6),
        base=round_places(claim.base, 6),
        rate=terms.rates[claim.role],
        raw=round_places(raw, 6),
        cap=terms.caps[claim.role],
        awarded=awarded,
        article=programme.citation,
        reference=terms.source(f"{claim.role}_rate"),
    )


def _brokers(
    claims: Sequence[Claim], awarded: Mapping[tuple[str, str, str], Decimal], total: Decimal, terms: Terms
) -> BrokerPart:
    """The brokers' floor of the award after the cap, rounded up once, allotted by line and share in its contract."""
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for claim in claims:
        brokers = claim.agency.brokers if claim.agency else ()
        for broker_id, share in [(b.broker_id, b.share) for b in brokers] or [(_NO_BROKER, Decimal(1))]:
            weights[broker_id] += proportion(awarded[_key(claim)], share, Decimal(1))
    minimum = ceil_fen(proportion(total, terms.broker_minimum_share, Decimal(1)))
    parts = allot(minimum, sorted(weights.items()))
    held = parts.pop(_NO_BROKER, Decimal("0.00"))
    return BrokerPart(
        minimum_share=terms.broker_minimum_share,
        minimum=minimum,
        held=held,
        allotments=tuple(BrokerAllotment(broker_id, amount) for broker_id, amount in parts.items()),
        reference=terms.source("broker_minimum_share"),
    )


def _exclusion(refusal: Refusal, organisations: Known, programme: Programme, terms: Terms) -> Exclusion:
    return Exclusion(
        contract_id=refusal.contract.id,
        contract_number=refusal.contract.number,
        payment_id=refusal.payment.id if refusal.payment else None,
        organisation_id=organisations.heir_of(refusal.organisation_id, terms.year),
        role=refusal.role,
        code=refusal.fault.code,
        counterparty_id=refusal.fault.counterparty_id,
        reason_en=refusal.fault.en,
        reason_zh=refusal.fault.zh,
        article=programme.citation,
        reference=terms.source(refusal.fault.basis),
    )


def _held(claim: Claim, organisations: Known, programme: Programme, terms: Terms) -> Exclusion:
    fault = Fault(ExclusionCode.NO_BROKER_RECORDED, (("name", organisations.by_id[claim.organisation_id].name),))
    refusal = Refusal(claim.role, claim.organisation_id, claim.contract, None, fault)
    return replace(_exclusion(refusal, organisations, programme, terms), role="broker")
