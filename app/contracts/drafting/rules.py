"""Pure decisions about what a deal says of its contract, what only the parties can say, and what departs from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.catalogue.results.kinds import TechnicalField
from app.contracts.drafting import problems
from app.contracts.drafting.kinds import DepartureField, Standing
from app.contracts.kinds import ContractType, PaymentTerms
from app.contracts.rules import ROYALTIES
from app.core.problems import Problem, ProblemType
from app.market.deals.kinds import DealOrigin, PriceBasis
from app.market.listings.kinds import PricingMode
from app.pricing.negotiated.terms.shapes import (
    IncomeRight,
    Instalments,
    LaterPayment,
    LumpSum,
    Milestones,
    Payment,
    Royalty,
    Terms,
    Trial,
)

COMPETITIVE: Final = frozenset({PricingMode.LISTED, PricingMode.AUCTION})
"""The modes in which a public text bound everybody who could have bought (公开竞价)."""
NO_PRICE: Final = frozenset({PriceBasis.UNKNOWN, PriceBasis.NONE})

Shares = Mapping[UUID, Decimal]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a deal says of its contract; None where it says nothing and the parties still must.

    `total` is what is certain of the price (CNY); `total_is_all` says that the contract states exactly that, else it
    states at least that, as an estimate. `years` is how long the rights hold.
    """

    type: ContractType | None
    payment_terms: PaymentTerms | None
    total: Decimal | None
    total_is_all: bool
    years: int | None
    technical_field: TechnicalField | None
    sellers: Shares
    buyers: Shares


@dataclass(frozen=True, slots=True)
class Stated:
    """What a contract says of the same."""

    type: ContractType
    payment_terms: PaymentTerms
    total: Decimal
    valid_from: date
    valid_to: date | None
    sellers: Shares
    buyers: Shares


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that a contract says otherwise than its deal, as both say it, and what it is held to."""

    field: DepartureField
    agreed: str
    stated: str
    rule: Standing


def standing_of(origin: DealOrigin, mode: PricingMode) -> Standing | None:
    """What departures of a deal's contract are held to.

    None for a deal recorded from elsewhere: its contract was concluded there, and the record is read off it.
    """
    if origin == DealOrigin.RECORDED:
        return None
    return Standing.REFUSED if mode in COMPETITIVE else Standing.SUPPLEMENT


def payment_of(terms: Terms) -> PaymentTerms | None:
    """How the price is paid (Civil Code 846) by what was agreed; None where no money is paid, or nobody knows how."""
    found = [kind for part in terms.payment for kind in _ways(part)]
    if "royalty" in found:
        return PaymentTerms.ROYALTY if found == ["royalty"] else PaymentTerms.ROYALTY_WITH_ENTRY_FEE
    if not found:
        return None
    return PaymentTerms.LUMP_SUM if found == ["lump_sum"] else PaymentTerms.INSTALMENTS


def _ways(part: Payment | LaterPayment) -> list[str]:
    match part:
        case LumpSum():
            return ["lump_sum"]
        case Instalments() | Milestones():
            return ["instalments"]
        case Royalty():
            return ["lump_sum", "royalty"] if part.entry_fee else ["royalty"]
        case IncomeRight():
            return ["royalty"]
        case Trial():
            return [way for later in part.then or () for way in _ways(later)]
    return []


def last_day(valid_from: date, years: int) -> date:
    """The last day (included) of rights that hold for some years from a day."""
    try:
        end = valid_from.replace(year=valid_from.year + years)
    except ValueError:  # from 29 February
        end = date(valid_from.year + years, 3, 1)
    return end - timedelta(days=1)


def departures(agreed: Agreed, stated: Stated, rule: Standing | None) -> list[Departure]:
    """What a contract says otherwise than its deal, in the order of its fields. What the deal leaves open never is."""
    if rule is None:
        return []
    found: list[Departure] = []

    def compare(field: DepartureField, wanted: object, said: object) -> None:
        if wanted != said:
            found.append(Departure(field, shown(wanted), shown(said), rule))

    if agreed.type is not None:
        compare(DepartureField.TYPE, agreed.type, stated.type)
    if agreed.payment_terms is not None:
        compare(DepartureField.PAYMENT_TERMS, agreed.payment_terms, stated.payment_terms)
    if agreed.total is not None and (agreed.total_is_all or stated.total < agreed.total):
        compare(DepartureField.TOTAL_AMOUNT, agreed.total, stated.total)
    if agreed.years is not None:
        compare(DepartureField.VALID_TO, last_day(stated.valid_from, agreed.years), stated.valid_to)
    compare(DepartureField.SELLERS, agreed.sellers, stated.sellers)
    compare(DepartureField.BUYERS, agreed.buyers, stated.buyers)
    return found


def shown(value: object) -> str:
    """A value as an answer writes it."""
    match value:
        case None:
            return "-"
        case Decimal():
            return f"{value:.2f}"
        case Mapping():
            return ", ".join(f"{key}: {share.normalize():f}" for key, share in value.items())
    return str(value)


def certain(price: Decimal, basis: PriceBasis) -> Decimal | None:
    """What a contract's total must state of a deal's price; None where nothing of it is certain."""
    return None if basis in NO_PRICE or price == 0 else price


def is_all(basis: PriceBasis, payment: PaymentTerms | None) -> bool:
    """Whether the certain price is the contract's whole total; with royalties the total is an estimate above it."""
    return basis == PriceBasis.FIXED or (payment is not None and payment not in ROYALTIES)


def check_departures(
    found: Sequence[Departure], named: Collection[DepartureField] | None, rule: Standing | None
) -> None:
    """A contract keeps to what was published, or departs by a supplement (补充协议) that names each departure.

    `named` is what the supplement names, None where there is none. Raises `contract_departs` after a public
    competition, else `departure_without_supplement`; `supplement_without_departure` for what does not depart.
    """
    if rule is Standing.REFUSED and found:
        raise _of(found[0], problems.DEPARTS, found)
    departing = {row.field for row in found}
    for field in named or ():
        if field not in departing:
            raise problems.NOTHING_DEPARTS(field="supplement.fields", name=field)
    for row in found:
        if row.field not in (named or ()):
            raise _of(row, problems.WITHOUT_SUPPLEMENT, found)


def _of(row: Departure, kind: ProblemType, found: Sequence[Departure]) -> Problem:
    listed = [{"field": each.field, "agreed": each.agreed, "stated": each.stated, "rule": each.rule} for each in found]
    return kind(field=row.field, name=row.field, agreed=row.agreed, stated=row.stated, extra={"departures": listed})
