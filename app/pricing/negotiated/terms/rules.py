"""Pure decisions about terms: what is certain of a price, and whether the parts agree with each other."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from app.core.money import round_fen
from app.identity.rules import check_not_future
from app.market.deals.kinds import PriceBasis
from app.pricing.negotiated.problems import (
    BOUNDS_OUT_OF_ORDER,
    BUNDLE_DOES_NOT_SUM,
    CONVERSION_MISMATCH,
    DUE_IN_PAST,
    NOT_ALONE,
    PARTS_DO_NOT_SUM,
    PROCEEDS_DO_NOT_SUM,
    TERRITORY_CONTRADICTS,
    TIERS_OUT_OF_ORDER,
)
from app.pricing.negotiated.terms.shapes import (
    CostSharing,
    Due,
    Equity,
    Instalments,
    LaterPayment,
    LumpSum,
    Milestones,
    Payment,
    RateBand,
    Royalty,
    Terms,
    TieredRate,
    Trial,
)

NIL = Decimal("0.00")
WHOLE = Decimal(1)


def certain(part: Payment | LaterPayment) -> Decimal:
    """What of a part is owed whatever comes, in the terms' currency.

    An entry fee and a minimum first royalty are certain; so is the value at which a result is taken for shares [P].
    """
    match part:
        case LumpSum():
            return part.amount
        case Instalments():
            return part.total
        case Royalty():
            return (part.entry_fee or NIL) + (part.minimum_first or NIL)
        case Equity():
            return (part.valuation or NIL) + (part.cash_top_up or NIL)
        case Trial():
            return sum((certain(later) for later in part.then or ()), NIL)
    return NIL


def contingent(part: Payment | LaterPayment) -> bool:
    """Whether a part holds money, or something of value, whose amount nobody can tell yet."""
    match part:
        case LumpSum() | Instalments() | CostSharing():
            return False
        case Equity():
            return part.valuation is None
        case Trial():
            return part.then is not None and any(contingent(later) for later in part.then)
    return True


def certain_total(terms: Terms) -> Decimal:
    """The certain part of the whole price, in the terms' currency."""
    return sum((certain(part) for part in terms.payment), NIL)


def price_of(terms: Terms) -> Decimal:
    """The certain part of the price in CNY: as printed where the currency is foreign; 0 where nothing is certain."""
    return terms.conversion.total_cny if terms.conversion else certain_total(terms)


def basis_of(terms: Terms) -> PriceBasis:
    """What the price says: all of it, its certain part, or that there is none yet."""
    if any(isinstance(part, CostSharing) for part in terms.payment):
        return PriceBasis.NONE
    open_part = any(contingent(part) for part in terms.payment)
    if certain_total(terms) > 0:
        return PriceBasis.FIXED_AND_CONTINGENT if open_part else PriceBasis.FIXED
    return PriceBasis.CONTINGENT if open_part else PriceBasis.UNKNOWN


def check_terms(terms: Terms, today: date) -> None:
    """Whether the parts of an offer agree with each other; each refusal names the figure that would pass.

    Raises `payment_not_alone`, `parts_do_not_sum`, `tiers_out_of_order`, `bounds_out_of_order`, `due_in_past`,
    `conversion_mismatch`, `bundle_does_not_sum`, `proceeds_do_not_sum`, `territory_contradicts`, `date_in_future`.
    """
    _check_alone(terms)
    for position, part in enumerate(terms.payment):
        _check_part(part, f"terms.payment.{position}", today)
    _check_conversion(terms, today)
    _check_bundle(terms)
    if terms.proceeds and (total := sum((item.share for item in terms.proceeds), Decimal(0))) != WHOLE:
        raise PROCEEDS_DO_NOT_SUM(field="terms.proceeds", total=total)
    for country in set(terms.territory.countries) & set(terms.territory.except_countries):
        raise TERRITORY_CONTRADICTS(field="terms.territory.except_countries", country=country)


def _check_alone(terms: Terms) -> None:
    if len(terms.payment) == 1:
        return
    for position, part in enumerate(terms.payment):
        if isinstance(part, CostSharing) or (isinstance(part, Trial) and part.then is None):
            raise NOT_ALONE(field=f"terms.payment.{position}", kind=part.kind)


def _check_part(part: Payment | LaterPayment, field: str, today: date) -> None:
    match part:
        case LumpSum():
            _check_due([part.due], f"{field}.due", today)
        case Instalments():
            total = sum((item.amount for item in part.parts), NIL)
            if total != part.total:
                raise PARTS_DO_NOT_SUM(field=f"{field}.total", parts=f"{total:.2f}", total=f"{part.total:.2f}")
            _check_due([item.due for item in part.parts], f"{field}.parts", today)
        case Milestones():
            # "Up to" a ceiling that every milestone together would not reach is an empty promise.
            total = sum((item.amount for item in part.parts), NIL)
            _check_bounds(part.ceiling, total, f"{field}.ceiling")
        case Royalty():
            _check_royalty(part, field)
        case Trial():
            _check_due([part.free_until], f"{field}.free_until", today)
            for position, later in enumerate(part.then or ()):
                _check_part(later, f"{field}.then.{position}", today)


def _check_royalty(part: Royalty, field: str) -> None:
    if isinstance(part.rate, TieredRate):
        starts = [tier.above for tier in part.rate.tiers]
        if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
            raise TIERS_OUT_OF_ORDER(field=f"{field}.rate.tiers", tiers=", ".join(f"{start:.2f}" for start in starts))
    if isinstance(part.rate, RateBand):
        _check_bounds(part.rate.lowest, part.rate.highest, f"{field}.rate.highest")
    if part.ceiling is not None:
        _check_bounds(certain(part), part.ceiling, f"{field}.ceiling")


def _check_bounds(lower: Decimal | None, upper: Decimal, field: str) -> None:
    if lower is not None and lower > upper:
        raise BOUNDS_OUT_OF_ORDER(field=field, lower=lower, upper=upper)


def _check_due(dues: Iterable[Due | None], field: str, today: date) -> None:
    for due in dues:
        if due is not None and due.on is not None and due.on < today:
            raise DUE_IN_PAST(field=field, due=due.on, today=today)


def _check_conversion(terms: Terms, today: date) -> None:
    conversion = terms.conversion
    if conversion is not None:
        check_not_future("terms.conversion.on", conversion.on, today)
    if conversion is None or conversion.rate is None:
        return
    amount = certain_total(terms)
    total = round_fen(amount * conversion.rate)
    if total != conversion.total_cny:
        raise CONVERSION_MISMATCH(
            field="terms.conversion.total_cny", amount=f"{amount:.2f}", currency=conversion.currency,
            total=f"{total:.2f}", stated=f"{conversion.total_cny:.2f}",
        )  # fmt: skip


def _check_bundle(terms: Terms) -> None:
    """Where every item has an amount of its own, they are the price."""
    amounts: Sequence[Decimal] = [item.amount * item.count for item in terms.bundle if item.amount is not None]
    if not amounts or len(amounts) != len(terms.bundle):
        return
    items, price = sum(amounts, NIL), certain_total(terms)
    if items != price:
        raise BUNDLE_DOES_NOT_SUM(field="terms.bundle", items=f"{items:.2f}", price=f"{price:.2f}")
