"""Who earns from a payment, and who does not and why. Pure decisions over one contract and one payment at a time.

Residence ("在汉") is judged on the day of receipt [P]: the article rewards receipts and names no other day. Who is an
agency is judged on the day of signing [P]: the article rewards an agency for the deal that it served.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from app.awards.technology.kinds import ExclusionCode
from app.awards.technology.rules.countable import Countable
from app.awards.technology.rules.facts import (
    Agency,
    ContractFacts,
    Facts,
    OrganisationFacts,
    PaymentFacts,
    QualityPeriod,
)
from app.awards.technology.rules.programme import Role, Terms
from app.awards.technology.rules.reasons import Fault
from app.core.money import exact
from app.identity.kinds import Quality
from app.identity.mergers.rules import heir_on
from app.identity.qualities.rules import holds

_KIND_FAULTS: Mapping[Role, ExclusionCode] = {
    "buyer": ExclusionCode.BUYER_KIND,
    "seller": ExclusionCode.SELLER_KIND,
    "agency": ExclusionCode.AGENCY_KIND,
}
_RESIDENCE_FAULTS: Mapping[Role, ExclusionCode] = {
    "buyer": ExclusionCode.BUYER_NOT_RESIDENT,
    "seller": ExclusionCode.SELLER_NOT_RESIDENT,
    "agency": ExclusionCode.AGENCY_NOT_RESIDENT,
}


@dataclass(frozen=True)
class Known:
    """The organisations of a computation, and who stands for whom since when."""

    by_id: Mapping[str, OrganisationFacts]
    successions: Mapping[str, tuple[str, date]]

    @classmethod
    def of(cls, facts: Facts) -> "Known":
        merged = {row.merged_id: (row.successor_id, row.effective_on) for row in facts.successions}
        return cls({organisation.id: organisation for organisation in facts.organisations}, merged)

    def on(self, organisation_id: str, day: date) -> OrganisationFacts:
        """Who is judged on a day for an organisation: itself, and from its merger on its heir."""
        return self.by_id[heir_on(self.successions, organisation_id, day)]

    def heir_on_receipt(self, organisation_id: str, countable: Countable) -> str:
        """Who stands for an organisation on the day of a receipt."""
        return heir_on(self.successions, organisation_id, countable.received_on)

    def heir_of(self, organisation_id: str, year: int) -> str:
        """Whose cap of a year counts what an organisation earned in it [P]: that of its heir on the year's last day."""
        return heir_on(self.successions, organisation_id, date(year, 12, 31))


@dataclass(frozen=True)
class Claim:
    """An organisation earns from a payment: its part of the countable amount."""

    role: Role
    organisation_id: str
    contract: ContractFacts
    countable: Countable
    share: Fraction
    agency: Agency | None = None

    @property
    def base(self) -> Fraction:
        """What the rate is applied to, CNY, exact."""
        return self.countable.amount * self.share


@dataclass(frozen=True)
class Refusal:
    """An organisation does not earn from a payment, or from a whole contract when there is no payment."""

    role: Role
    organisation_id: str
    contract: ContractFacts
    payment: PaymentFacts | None
    fault: Fault


@dataclass(frozen=True)
class _Pair:
    """A buyer and a seller of one contract, the part of it that is theirs, and why it earns nothing, if so."""

    buyer_id: str
    seller_id: str
    share: Fraction
    fault: Fault | None
    culprit_id: str | None


def participants(contract: ContractFacts) -> Iterator[tuple[Role, str]]:
    """Everyone who could earn from a contract, with the role."""
    for buyer in contract.buyers:
        yield "buyer", buyer.organisation_id
    for seller in contract.sellers:
        yield "seller", seller.organisation_id
    for agency in contract.agencies:
        yield "agency", agency.organisation_id


def refuse_all(contract: ContractFacts, payment: PaymentFacts | None, fault: Fault) -> Iterator[Refusal]:
    """The same refusal for everyone on the contract."""
    for role, organisation_id in participants(contract):
        yield Refusal(role, organisation_id, contract, payment, fault)


def contract_faults(contract: ContractFacts, terms: Terms) -> Sequence[Fault]:
    """Why a contract earns nothing in a year. Registration and cancellation count up to the year's last day [P]."""
    last_day = date(terms.year, 12, 31)
    faults = []
    if contract.type not in terms.contract_types:
        details = (("type", str(contract.type)), ("eligible", ", ".join(sorted(terms.contract_types))))
        faults.append(Fault(ExclusionCode.CONTRACT_TYPE, details))
    if contract.registered_on is None or not contract.registration_number:
        faults.append(Fault(ExclusionCode.NOT_REGISTERED))
    elif contract.registered_on > last_day:
        faults.append(Fault(ExclusionCode.REGISTERED_LATE, (("day", contract.registered_on.isoformat()),)))
    if contract.cancelled_on is not None and contract.cancelled_on <= last_day:
        faults.append(Fault(ExclusionCode.CANCELLED, (("day", contract.cancelled_on.isoformat()),)))
    return faults


def judge(
    contract: ContractFacts, countable: Countable, terms: Terms, organisations: Known
) -> Iterator[Claim | Refusal]:
    """Claims and refusals of everyone on an eligible contract for one payment.

    A deal is looked at buyer by seller, each pair holding the product of their shares: a pair earns when an eligible
    buyer bought from an eligible, unrelated seller. The buyer earns on its eligible pairs; so does a seller, and an
    agency on all of them, when it qualifies itself.
    """
    fault = _payment_fault(contract, countable, terms, organisations)
    if fault is not None:
        yield from refuse_all(contract, countable.payment, fault)
        return
    pairs = list(_pairs(contract, countable.received_on, terms, organisations))
    for role, organisation_id in participants(contract):
        agency = next((a for a in contract.agencies if role == "agency" and a.organisation_id == organisation_id), None)
        concerned = [p for p in pairs if role == "agency" or organisation_id == getattr(p, f"{role}_id")]
        seat = organisations.on(organisation_id, countable.received_on)
        served = organisations.on(organisation_id, contract.signed_on)
        rewarded = {organisations.heir_on_receipt(one, countable) for one in countable.payment.rewarded_elsewhere}
        own = _own_fault(role, seat, served, agency, contract, countable, terms, rewarded)
        if own is not None:
            yield Refusal(role, organisation_id, contract, countable.payment, own)
            continue
        for pair in concerned:
            if pair.fault is not None:
                other = pair.culprit_id or (pair.seller_id if role != "seller" else pair.buyer_id)
                seen = replace(pair.fault, counterparty_id=other)
                yield Refusal(role, organisation_id, contract, countable.payment, seen)
        share = sum((pair.share for pair in concerned if pair.fault is None), Fraction(0))
        share *= exact(agency.share) if agency is not None else 1
        if share > 0:
            yield Claim(role, organisation_id, contract, countable, share, agency)


def _payment_fault(contract: ContractFacts, countable: Countable, terms: Terms, organisations: Known) -> Fault | None:
    payer = countable.payment.payer_id
    buyers = {buyer.organisation_id for buyer in contract.buyers}
    if "payer_is_buyer" in terms.checks and payer is not None and payer not in buyers:
        known = organisations.by_id.get(payer)
        return Fault(ExclusionCode.PAYER_NOT_BUYER, (("payer", known.name if known else payer),))
    if countable.received == 0:
        return Fault(ExclusionCode.NO_TECHNICAL_PART)
    if countable.left == 0:
        return Fault(
            ExclusionCode.TECHNICAL_AMOUNT_EXHAUSTED, (("technical_amount", f"{contract.technical_amount:.2f}"),)
        )
    if countable.invoiced == 0:
        return Fault(ExclusionCode.NOT_INVOICED)
    return None


def _pairs(contract: ContractFacts, day: date, terms: Terms, organisations: Known) -> Iterator[_Pair]:
    for buyer in contract.buyers:
        for seller in contract.sellers:
            pair = buyer.organisation_id, seller.organisation_id
            fault, side = _pair_fault(contract, pair, organisations, day, terms)
            share = exact(buyer.share) * exact(seller.share)
            yield _Pair(*pair, share, fault, None if side is None else pair[side])


def _pair_fault(
    contract: ContractFacts, pair: tuple[str, str], organisations: Known, day: date, terms: Terms
) -> tuple[Fault | None, int | None]:
    """Why a buyer's purchase from a seller earns nothing, and which of the two is at fault, if only one is."""
    buyer, seller = (organisations.on(organisation_id, day) for organisation_id in pair)
    buyer_fault = _kind_fault("buyer", buyer, terms) or _residence_fault("buyer", buyer, day, terms)
    if buyer_fault is not None:
        return buyer_fault, 0
    seller_fault = _kind_fault("seller", seller, terms)
    if seller_fault is not None:
        return seller_fault, 1
    found = [r.relation for r in contract.related if (r.buyer_id, r.seller_id) in {pair, (buyer.id, seller.id)}]
    if buyer.id == seller.id:
        found = ["同一单位 (one and the same)"]
    if found and "related_party" in terms.checks:
        details = (("buyer", buyer.name), ("seller", seller.name), ("relation", "; ".join(found)))
        return Fault(ExclusionCode.RELATED_PARTY, details), None
    return None, None


def _own_fault(
    role: Role,
    seat: OrganisationFacts,
    served: OrganisationFacts,
    agency: Agency | None,
    contract: ContractFacts,
    countable: Countable,
    terms: Terms,
    rewarded: Collection[str],
) -> Fault | None:
    """What bars an organisation itself: `seat` as of the receipt, for an agency also `served` as of the signing.

    `rewarded` are those that another place rewards for the payment, or who stands for them at the receipt.
    """
    fault = (
        _kind_fault(role, seat, terms)
        if agency is None or served.qualities is None
        else _quality_fault(served, served.qualities, contract.signed_on, terms)
    )
    fault = fault or _residence_fault(role, seat, countable.received_on, terms)
    if fault is not None:
        return fault
    unnamed = agency is not None and not (agency.named_role or "").strip()
    if unnamed and "agency_named" in terms.checks:
        return Fault(ExclusionCode.AGENCY_NOT_NAMED, (("name", seat.name),))
    if "rewarded_elsewhere" in terms.checks and seat.id in rewarded:
        return Fault(ExclusionCode.REWARDED_ELSEWHERE, (("name", seat.name),))
    return None


def _kind_fault(role: Role, organisation: OrganisationFacts, terms: Terms) -> Fault | None:
    if organisation.kind in terms.kinds[role]:
        return None
    eligible = ", ".join(sorted(terms.kinds[role]))
    details = (("name", organisation.name), ("kind", str(organisation.kind)), ("eligible", eligible))
    return Fault(_KIND_FAULTS[role], details)


def _quality_fault(agency: OrganisationFacts, held: Sequence[QualityPeriod], day: date, terms: Terms) -> Fault | None:
    if any(holds(held, Quality(quality), day) for quality in terms.kinds["agency"]):
        return None
    eligible = ", ".join(sorted(terms.kinds["agency"]))
    details = (("name", agency.name), ("eligible", eligible), ("day", day.isoformat()))
    return Fault(ExclusionCode.AGENCY_QUALITY, details)


def _residence_fault(role: Role, organisation: OrganisationFacts, day: date, terms: Terms) -> Fault | None:
    division = organisation.division_on(day)
    if division is not None and division.startswith(terms.division_prefix):
        return None
    details = (
        ("name", organisation.name),
        ("division", division or "(无记录 unrecorded)"),
        ("day", day.isoformat()),
        ("prefix", terms.division_prefix),
    )
    return Fault(_RESIDENCE_FAULTS[role], details)
