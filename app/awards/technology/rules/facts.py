"""What an award is computed from: recorded facts, checked, without I/O.

Identifiers are opaque strings (UUIDs in the database). Money is CNY in whole fens, shares are decimals that sum to 1,
times are aware. A fact that cannot be true raises `FactError` (a `ValueError`) when it is made, so that no rule below
has to doubt its input.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

from app.contracts.kinds import ContractType, ReversalKind
from app.core.money import is_whole_fen
from app.identity.kinds import OrganisationKind, Quality


class FactError(ValueError):
    """A fact that contradicts itself or another one."""


def share_text(value: Decimal) -> str:
    """A decimal in its one shortest form: `0.50` and `0.5` both give `0.5`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


# How a fact is written when it is frozen: one text for equal values.
Money = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]
Share = Annotated[Decimal, PlainSerializer(share_text, return_type=str)]
Instant = Annotated[datetime, PlainSerializer(_instant_text, return_type=str)]


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise FactError(message)


def _require_money(name: str, amount: Decimal, *, zero: bool = True) -> None:
    _require(is_whole_fen(amount), f"{name} must be in whole fens: {amount}")
    least = "zero or more" if zero else "above zero"
    _require(amount >= 0 if zero else amount > 0, f"{name} must be {least}: {amount}")


def _require_shares(name: str, shares: Sequence[tuple[str, Decimal]]) -> None:
    keys = [key for key, _ in shares]
    _require(len(set(keys)) == len(keys), f"{name}: someone is named twice")
    _require(all(share.is_finite() and share > 0 for _, share in shares), f"{name}: every share must be above zero")
    total = sum((share for _, share in shares), Decimal(0))
    _require(not shares or total == 1, f"{name}: shares sum to {total}, not to 1")


@dataclass(frozen=True)
class DivisionPeriod:
    """An administrative division (行政区划, GB/T 2260), first and last day; no last day: until further notice."""

    code: str
    valid_from: date
    valid_to: date | None

    def __post_init__(self) -> None:
        ordered = self.valid_to is None or self.valid_from <= self.valid_to
        _require(ordered, f"division {self.code} ends before it begins")


@dataclass(frozen=True)
class QualityPeriod:
    """What an organisation is recognised as, first and last day; no last day: until further notice."""

    quality: Quality
    valid_from: date
    valid_to: date | None

    def __post_init__(self) -> None:
        ordered = self.valid_to is None or self.valid_from <= self.valid_to
        _require(ordered, f"quality {self.quality} ends before it begins")


@dataclass(frozen=True)
class OrganisationFacts:
    """An organisation, its kind, where it had its seat when, and what it was recognised as when.

    `qualities` is None in facts that a release up to 0.1 froze: it knew an agency by its kind.
    """

    id: str
    name: str
    kind: OrganisationKind
    divisions: tuple[DivisionPeriod, ...]
    qualities: tuple[QualityPeriod, ...] | None = None

    def division_on(self, day: date) -> str | None:
        """The division on a day: the latest period that had begun, if it had not ended; None: nothing is recorded."""
        begun = [period for period in self.divisions if period.valid_from <= day]
        latest = max(begun, key=lambda period: (period.valid_from, period.code), default=None)
        if latest is None or (latest.valid_to is not None and latest.valid_to < day):
            return None
        return latest.code


@dataclass(frozen=True)
class Succession:
    """An organisation ended in another one, which stands for it from a day on (合并)."""

    merged_id: str
    successor_id: str
    effective_on: date


@dataclass(frozen=True)
class Party:
    """A buyer or a seller and its share of the contract (1 is the whole)."""

    organisation_id: str
    share: Share


@dataclass(frozen=True)
class Broker:
    """A technical broker (技术经纪人) and the share of the agency's work on the contract."""

    broker_id: str
    share: Share


@dataclass(frozen=True)
class Agency:
    """A technology-transfer agency (技术转移机构) on a contract; `named_role` is its role as the contract says it."""

    organisation_id: str
    share: Share
    named_role: str | None
    brokers: tuple[Broker, ...] = ()

    def __post_init__(self) -> None:
        _require_shares(f"brokers of agency {self.organisation_id}", [(b.broker_id, b.share) for b in self.brokers])


@dataclass(frozen=True)
class RelatedParties:
    """A reviewer's finding that a buyer and a seller are related (关联方), and how."""

    buyer_id: str
    seller_id: str
    relation: str


@dataclass(frozen=True)
class ContractFacts:
    """A technology contract. Total amount (合同成交额) and technical amount (技术交易额) are CNY, as registered."""

    id: str
    number: str
    name: str
    type: ContractType
    signed_on: date
    registered_on: date | None
    registration_number: str | None
    total_amount: Money
    technical_amount: Money
    sellers: tuple[Party, ...]
    buyers: tuple[Party, ...]
    agencies: tuple[Agency, ...] = ()
    related: tuple[RelatedParties, ...] = ()
    cancelled_on: date | None = None

    def __post_init__(self) -> None:
        where = f"contract {self.number}"
        _require_money(f"{where}: total amount", self.total_amount, zero=False)
        _require_money(f"{where}: technical amount", self.technical_amount)
        _require(self.technical_amount <= self.total_amount, f"{where}: technical amount above the total amount")
        _require(bool(self.sellers), f"{where}: no seller")
        _require(bool(self.buyers), f"{where}: no buyer")
        _require_shares(f"{where}: sellers", [(p.organisation_id, p.share) for p in self.sellers])
        _require_shares(f"{where}: buyers", [(p.organisation_id, p.share) for p in self.buyers])
        _require_shares(f"{where}: agencies", [(a.organisation_id, a.share) for a in self.agencies])


@dataclass(frozen=True)
class PaymentFacts:
    """Money that reached the seller's bank account, and the invoice recorded with it (CNY).

    `technical_amount` is the technical part the parties stated, if they did. `rewarded_elsewhere` names organisations
    that another programme already rewarded for this payment. `reversed_on` is the day on which it was taken back, if it
    was, and `reversal` why; a record that was wrong is taken back on the day of receipt.
    """

    id: str
    contract_id: str
    received_at: Instant
    amount: Money
    technical_amount: Money | None
    invoiced_amount: Money
    invoice_number: str | None
    payer_id: str | None = None
    rewarded_elsewhere: tuple[str, ...] = ()
    reversed_on: date | None = None
    reversal: ReversalKind = ReversalKind.RETURNED_BY_BANK

    def __post_init__(self) -> None:
        where = f"payment {self.id}"
        _require(self.received_at.tzinfo is not None, f"{where}: the time of receipt needs a time zone")
        _require_money(f"{where}: amount", self.amount, zero=False)
        _require_money(f"{where}: invoiced amount", self.invoiced_amount)
        if self.technical_amount is not None:
            _require_money(f"{where}: technical amount", self.technical_amount)
            _require(self.technical_amount <= self.amount, f"{where}: technical part above the payment")


@dataclass(frozen=True)
class Facts:
    """All facts of one computation, in canonical order, complete: what is referred to is there, once."""

    contracts: tuple[ContractFacts, ...]
    payments: tuple[PaymentFacts, ...]
    organisations: tuple[OrganisationFacts, ...]
    successions: tuple[Succession, ...] = ()

    def __post_init__(self) -> None:
        contracts = _unique("contract", (c.id for c in self.contracts))
        organisations = _unique("organisation", (o.id for o in self.organisations))
        _unique("payment", (p.id for p in self.payments))
        _unique("merger of", (s.merged_id for s in self.successions))
        for succession in self.successions:
            for side in (succession.merged_id, succession.successor_id):
                _require(side in organisations, f"merger of {succession.merged_id}: unknown organisation {side}")
        for payment in self.payments:
            _require(payment.contract_id in contracts, f"payment {payment.id}: unknown contract {payment.contract_id}")
        for contract in self.contracts:
            parties = [party.organisation_id for party in (*contract.sellers, *contract.buyers)]
            for party in (*parties, *(agency.organisation_id for agency in contract.agencies)):
                _require(party in organisations, f"contract {contract.number}: unknown organisation {party}")

    @classmethod
    def of(
        cls,
        contracts: Iterable[ContractFacts],
        payments: Iterable[PaymentFacts],
        organisations: Iterable[OrganisationFacts],
        successions: Iterable[Succession] = (),
    ) -> "Facts":
        """The facts in the order of their identifiers, whatever order they come in."""
        return cls(
            contracts=tuple(sorted(map(_ordered, contracts), key=lambda item: item.id)),
            payments=tuple(
                replace(item, rewarded_elsewhere=tuple(sorted(item.rewarded_elsewhere)))
                for item in sorted(payments, key=lambda item: item.id)
            ),
            organisations=tuple(
                replace(
                    item,
                    divisions=tuple(sorted(item.divisions, key=lambda p: (p.valid_from, p.code))),
                    qualities=item.qualities and tuple(sorted(item.qualities, key=lambda p: (p.valid_from, p.quality))),
                )
                for item in sorted(organisations, key=lambda item: item.id)
            ),
            successions=tuple(sorted(successions, key=lambda item: item.merged_id)),
        )


def _ordered(contract: ContractFacts) -> ContractFacts:
    return replace(
        contract,
        sellers=tuple(sorted(contract.sellers, key=lambda party: party.organisation_id)),
        buyers=tuple(sorted(contract.buyers, key=lambda party: party.organisation_id)),
        agencies=tuple(
            replace(agency, brokers=tuple(sorted(agency.brokers, key=lambda broker: broker.broker_id)))
            for agency in sorted(contract.agencies, key=lambda agency: agency.organisation_id)
        ),
        related=tuple(sorted(contract.related, key=lambda r: (r.buyer_id, r.seller_id, r.relation))),
    )


def _unique(what: str, keys: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    for key in keys:
        _require(key not in seen, f"{what} {key} is given twice")
        seen.add(key)
    return frozenset(seen)
