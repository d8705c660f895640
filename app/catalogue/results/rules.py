"""Pure decisions about results: shares, content, entitlement, and the team's own conversion."""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol
from uuid import UUID

from app.catalogue.results import problems
from app.catalogue.results.ip import check_assets
from app.catalogue.results.kinds import EntitlementKind, Secrecy
from app.catalogue.results.listability import Finding, ListingFacts, listability, notes_on, refuse_unlistable
from app.catalogue.results.schemas import ResultContent
from app.core.money import exact, round_places
from app.core.problems import Text
from app.identity.rules import check_not_future, check_order
from app.law.figures import Parameter

__all__ = [
    "Finding",
    "ListingFacts",
    "Owner",
    "check_begun",
    "check_content",
    "check_entitled_share",
    "check_minimum",
    "check_owners",
    "check_secrecy_reason",
    "check_shares",
    "is_lowered",
    "listability",
    "measure",
    "notes_on",
    "parts_of",
    "refuse_unlistable",
    "team_may_convert_from",
]
SHARE_PLACES = 6


class Owner(Protocol):
    """One owner's part; no organisation means the completing team (完成团队)."""

    @property
    def organisation_id(self) -> UUID | None: ...
    @property
    def share(self) -> Decimal: ...


def check_content(content: ResultContent, keeper_id: UUID, registered_on: date, today: date) -> None:
    """Everything a result must say of itself; raises the first refusal, an asset's with all its fields."""
    check_owners(content.owners, keeper_id)
    carried_over = content.source_url is not None
    if not content.completers and not carried_over:
        raise problems.COMPLETERS_MISSING(field="completers")
    if content.publicly_funded and content.funding_plan is None and not carried_over:
        raise problems.FUNDING_PLAN_MISSING(field="funding_plan")
    if content.funding_plan is not None and not content.publicly_funded:
        raise problems.FUNDING_PLAN_UNEXPECTED(field="funding_plan")
    check_not_future("registered_on", registered_on, today)
    check_order(content.completed_on, registered_on, "completed_on", "registered_on")
    check_assets(content.ip_assets, from_public_record=carried_over, today=today)


def check_owners(owners: Sequence[Owner], keeper_id: UUID) -> None:
    """Each owner once, the keeper or its team among them, shares that sum to 1."""
    seen: set[UUID | None] = set()
    for position, owner in enumerate(owners):
        if owner.organisation_id in seen:
            raise problems.OWNER_REPEATED(field=f"owners.{position}.organisation_id")
        seen.add(owner.organisation_id)
    if seen.isdisjoint({keeper_id, None}):
        raise problems.KEEPER_NOT_OWNER(field="owners")
    check_shares([owner.share for owner in owners])


def check_shares(shares: Sequence[Decimal]) -> None:
    """Shares sum to exactly 1; raises `shares_do_not_sum` with the sum and what is missing or too much."""
    total = sum((exact(share) for share in shares), Fraction(0))
    if total == 1:
        return
    difference = round_places(abs(1 - total), SHARE_PLACES)
    compared = Text("too little", "尚缺") if total < 1 else Text("too much", "超出")
    raise problems.SHARES_DO_NOT_SUM(
        field="owners", total=round_places(total, SHARE_PLACES), difference=difference, compared=compared
    )


def parts_of(owners: Sequence[Owner]) -> dict[UUID | None, Decimal]:
    """Who owns how much, whatever the order."""
    return {owner.organisation_id: owner.share for owner in owners}


def is_lowered(now: Secrecy, to: Secrecy) -> bool:
    """Whether a change of secrecy takes away what was stated; one secrecy for another does too."""
    return now not in (Secrecy.NONE, to)


def check_secrecy_reason(lowered: bool, by_operator: bool, reason: str | None) -> None:
    """Only the operator lowers a secrecy, with the reason; raises `secrecy_is_lowered`, `secrecy_reason_unexpected`."""
    if lowered and not (by_operator and reason):
        raise problems.SECRECY_IS_LOWERED(field="secrecy_reason" if by_operator else "secrecy")
    if reason and not lowered:
        raise problems.SECRECY_REASON_UNEXPECTED(field="secrecy_reason")


def measure(kind: EntitlementKind, share: Decimal | None, years: int | None) -> tuple[str, Decimal]:
    """What an entitlement is measured by, and how much: ownership by its share, a right of use by its years.

    Raises `entitlement_measure` when that is missing, or the other is given.
    """
    right, wrong = ("share", "years") if kind == EntitlementKind.OWNERSHIP else ("years", "share")
    given = {"share": share, "years": years}
    amount = given[right]
    if amount is None or given[wrong] is not None:
        raise problems.ENTITLEMENT_MEASURE(
            field=right if amount is None else wrong, kind=kind, right=right, wrong=wrong
        )
    return right, Decimal(amount)


def check_minimum(field: str, given: Decimal, minimum: Parameter | None, agreed_on: date) -> None:
    """An entitlement reaches the minimum of the day it was agreed; before the policy there was none."""
    if minimum is not None and given < minimum.value:
        raise problems.ENTITLEMENT_TOO_SMALL(field=field, given=given, minimum=minimum.value, day=agreed_on)


def check_entitled_share(owners: Sequence[Owner], keeper_id: UUID, share: Decimal | None) -> None:
    """What the team owns is what the entitlement gave it: its share of the unit's part.

    The unit's part is what unit and team own together, for the unit can only give what it held. `share` None: a right
    of use, which takes no ownership, so the unit must still own something.
    Raises `entitlement_not_owned` or `entitlement_differs`.
    """
    own = {owner.organisation_id: exact(owner.share) for owner in owners}
    of_unit, of_team = own.get(keeper_id, Fraction(0)), own.get(None, Fraction(0))
    if share is None:
        if not of_unit:
            raise problems.ENTITLEMENT_NOT_OWNED(field="kind")
        return
    if not of_unit + of_team:
        raise problems.ENTITLEMENT_NOT_OWNED(field="kind")
    expected = round_places(exact(share) * (of_unit + of_team), SHARE_PLACES)
    stated = round_places(of_team, SHARE_PLACES)
    if expected != stated:
        raise problems.ENTITLEMENT_DIFFERS(field="share", expected=expected, stated=stated)


def check_begun(begun_on: date, already: date | None, completed_on: date | None, today: date) -> None:
    """Conversion begins once, after the result was completed and not in the future."""
    if already is not None:
        raise problems.CONVERSION_ALREADY_BEGUN(field="begun_on", day=already)
    check_not_future("begun_on", begun_on, today)
    check_order(completed_on, begun_on, "completed_on", "begun_on")


def team_may_convert_from(registered_on: date, begun_on: date | None, period: Parameter) -> date | None:
    """The first day on which the completing team may convert the result itself (自行转化, policy art. 2).

    The period of years ends on the anniversary (Civil Code art. 201 and 202; 29 February: the 28th), and the team's
    right begins on the day after, where conversion has not begun by then; never before the policy itself. A unit that
    begins later does not take the right away. None where it began in time.
    """
    year = registered_on.year + int(period.value)
    leap_day = (registered_on.month, registered_on.day) == (2, 29) and not isleap(year)
    last = registered_on.replace(year=year, day=28) if leap_day else registered_on.replace(year=year)
    if begun_on is not None and begun_on <= last:
        return None
    return max(last + timedelta(days=1), period.valid_from)
