"""Pure decisions about a contract: its amounts, parties, type and dates. No session, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.catalogue.results.kinds import TransferMode
from app.contracts import problems
from app.contracts.amounts import Balance
from app.contracts.kinds import ContractType, PaymentTerms
from app.core.problems import DATES_OUT_OF_ORDER
from app.market.deals.kinds import PartyRole

_FURTHER: Final = frozenset({ContractType.DEVELOPMENT})
"""What real deals add to a transfer or a licence in a contract of its own: further development [P].

Advice and service are no way to pass a right on: a contract of that type on such a deal would hide what was sold.
"""
_LICENCE: Final = frozenset({ContractType.LICENCE}) | _FURTHER

TYPES_BY_MODE: Final[Mapping[TransferMode, frozenset[ContractType]]] = {
    TransferMode.ASSIGNMENT: frozenset({ContractType.TRANSFER}) | _FURTHER,
    TransferMode.EXCLUSIVE_LICENCE: _LICENCE,
    TransferMode.SOLE_LICENCE: _LICENCE,
    TransferMode.ORDINARY_LICENCE: _LICENCE,
    TransferMode.EQUITY_CONTRIBUTION: frozenset({ContractType.TRANSFER, ContractType.LICENCE}) | _FURTHER,
    TransferMode.COMMISSIONED_DEVELOPMENT: frozenset({ContractType.DEVELOPMENT}),
    TransferMode.JOINT_DEVELOPMENT: frozenset({ContractType.DEVELOPMENT}),
    TransferMode.CONSULTING: frozenset({ContractType.CONSULTING}),
    TransferMode.SERVICE: frozenset({ContractType.SERVICE}),
}
ROYALTIES: Final = frozenset({PaymentTerms.ROYALTY, PaymentTerms.ROYALTY_WITH_ENTRY_FEE})


@dataclass(frozen=True, slots=True)
class Part:
    """Someone's share of a side, of the agencies' work, or of an agency's award."""

    id: UUID
    share: Decimal


@dataclass(frozen=True, slots=True)
class Employed:
    """A broker's certificate and the days (both included) on which the agency in question employed them."""

    broker_id: UUID
    certified_on: date
    periods: tuple[tuple[date, date | None], ...]

    def on(self, day: date) -> bool:
        """Whether the broker held a certificate and was employed by the agency on that day."""
        employed = any(first <= day <= (last or date.max) for first, last in self.periods)
        return employed and self.certified_on <= day


def are_provisional(terms: PaymentTerms) -> bool:
    """Whether amounts are provisional, as with royalties (提成支付), which depend on later sales."""
    return terms in ROYALTIES


def check_amounts(total: Decimal, technical: Decimal, deductions: Sequence[Decimal]) -> None:
    """Technical amount (技术交易额) = total (合同成交额) - deductions, to the fen (CNY).

    Raises `technical_above_total`, `deductions_above_total`, or `technical_amount_mismatch` with what would pass.
    """
    if technical > total:
        raise problems.TECHNICAL_ABOVE_TOTAL(field="technical_amount", technical=technical, total=total)
    deducted = sum(deductions, Decimal(0))
    if deducted > total:
        raise problems.DEDUCTIONS_ABOVE_TOTAL(field="deductions", deductions=deducted, total=total)
    if technical != total - deducted:
        raise problems.TECHNICAL_MISMATCH(
            field="technical_amount",
            total=f"{total:.2f}",
            deductions=f"{deducted:.2f}",
            expected=f"{total - deducted:.2f}",
            technical=f"{technical:.2f}",
        )


def check_shares(field: str, parts: Sequence[Part]) -> None:
    """Each is named once and the shares sum to 1. Raises `contract_party_twice`, `contract_shares_not_one`."""
    seen: set[UUID] = set()
    for index, part in enumerate(parts):
        if part.id in seen:
            raise problems.NAMED_TWICE(field=f"{field}.{index}", id=part.id)
        seen.add(part.id)
    total = sum((part.share for part in parts), Decimal(0))
    if parts and total != 1:
        raise problems.SHARES_NOT_ONE(field=field, sum=total, difference=abs(1 - total))


def check_side(field: str, role: PartyRole, parts: Sequence[Part], of_deal: Mapping[UUID, Decimal]) -> None:
    """A side of a contract against the deal's: the same parties and shares, or some of them with shares of their own.

    A deal may become several contracts, each with a part of its parties, so only a side that names all of them is held
    to the deal's shares. Agencies share an award and not the price, so theirs are the contract's to say [P].
    Raises `party_not_of_deal`, `share_not_of_deal`, and what `check_shares` raises.
    """
    for index, part in enumerate(parts):
        if part.id not in of_deal:
            raise problems.NOT_OF_THE_DEAL(field=f"{field}.{index}.organisation_id", id=part.id, role=role)
    check_shares(field, parts)
    if len(parts) < len(of_deal) or role is PartyRole.AGENCY:
        return
    for index, part in enumerate(parts):
        if part.share != of_deal[part.id]:
            raise problems.SHARE_NOT_OF_THE_DEAL(
                field=f"{field}.{index}.share", id=part.id, expected=of_deal[part.id], share=part.share
            )


def check_agency_service(agencies: Sequence[Part], service: str | None) -> None:
    """A contract names its agencies and what they did, or neither: the award of article 14 rests on both."""
    if agencies and service is None:
        raise problems.AGENCY_SERVICE_NEEDED(field="agency_service")
    if service is not None and not agencies:
        raise problems.AGENCY_SERVICE_WITHOUT_AGENCY(field="agency_service")


def check_type(type_: ContractType, mode: TransferMode) -> None:
    """The contract's type fits the deal's transfer mode (转化方式); raises `contract_type_unfit` with those that do."""
    allowed = TYPES_BY_MODE[mode]
    if type_ not in allowed:
        raise problems.TYPE_NOT_OF_MODE(field="type", mode=mode, type=type_, allowed=", ".join(sorted(allowed)))


def check_price(price: Decimal, others: Decimal, total: Decimal) -> None:
    """The fixed contracts of a deal together do not exceed its price (CNY); raises `total_above_price`.

    Provisional totals do not count: an estimate of royalties is not a price.
    """
    if others + total > price:
        most = max(price - others, Decimal(0))
        raise problems.TOTAL_ABOVE_PRICE(field="total_amount", price=price, others=others, total=total, most=most)


def check_order(earlier_name: str, earlier: date, later_name: str, later: date, field: str | None = None) -> None:
    """Two days in order; raises `dates_out_of_order` naming both."""
    if later < earlier:
        raise DATES_OUT_OF_ORDER(
            field=field or later_name, earlier_name=earlier_name, earlier=earlier, later_name=later_name, later=later
        )


def check_past(name: str, day: date, today: date, field: str | None = None) -> None:
    """A past event is not in the future; raises `contract_date_in_future`."""
    if day > today:
        raise problems.IN_FUTURE(field=field or name, name=name, at=day, now=today)


def check_validity(valid_from: date, valid_to: date | None, agreed_on: date | None) -> None:
    """The contract ends no earlier than it begins, and does not begin before the deal was agreed on the exchange."""
    if agreed_on is not None:
        check_order("agreed_on", agreed_on, "valid_from", valid_from)
    if valid_to is not None:
        check_order("valid_from", valid_from, "valid_to", valid_to)


def check_signing(signed_on: date, today: date, valid_to: date | None, agreed_on: date | None) -> None:
    """A signing day is past or today, not before the deal, and not after the contract's last day."""
    check_past("signed_on", signed_on, today)
    if agreed_on is not None:
        check_order("agreed_on", agreed_on, "signed_on", signed_on)
    if valid_to is not None:
        check_order("signed_on", signed_on, "valid_to", valid_to, field="signed_on")


def check_broker(field: str, broker: Employed, day: date) -> None:
    """A broker served for the agency that employed them on the signing day; raises `broker_not_employed`."""
    if not broker.on(day):
        raise problems.BROKER_NOT_EMPLOYED(field=field, broker=broker.broker_id, day=day)


def check_amendment(now: Balance, paid: Mapping[str, set[UUID]], kept: Mapping[str, set[UUID]]) -> None:
    """An amended contract covers what was paid and keeps who paid and received, each on its side.

    `now` is the balance by its new terms; `paid` and `kept` name the `buyers` and `sellers` before and after.

    Raises `below_paid`, `paid_party_missing`. Provisional amounts are estimates, so they may be below what was paid.
    """
    terms = now.terms
    if not terms.provisional and terms.total < now.paid:
        raise problems.BELOW_PAID(field="total_amount", paid=now.paid, amount=terms.total)
    if not terms.provisional and terms.holding.technical < now.technical:
        raise problems.BELOW_PAID(field="technical_amount", paid=now.technical_paid, amount=terms.holding.technical)
    for side in ("buyers", "sellers"):
        for missing in sorted(paid[side] - kept[side]):
            raise problems.PAID_PARTY_MISSING(field=side, id=missing, side=side)
