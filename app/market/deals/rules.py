"""Pure decisions about deals: who the parties are, whether they are related, how long the signing may take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.core.problems import Text
from app.identity.relations import Relation
from app.identity.rules import check_order
from app.market.deals.kinds import DealStatus, Defaulted, PartyRole
from app.market.deals.problems import (
    AGREED_IN_FUTURE,
    AGREEMENT_DAY_MISSING,
    DEAL_NOT_OPEN,
    DEFAULT_MISSING,
    DEFAULT_NOT_YOURS,
    PARTY_TWICE,
    SIDE_DOES_NOT_SUM,
)

WHOLE = Decimal(1)
_MERGED = Text("Seller and buyer merged", "转让方与受让方已合并")
ENDED_BY_MERGER = f"{_MERGED.en} / {_MERGED.zh}"
"""Why a deal or a sale ended (Civil Code art. 557)."""
FIELDS = {PartyRole.SELLER: "sellers", PartyRole.BUYER: "buyers", PartyRole.AGENCY: "agencies"}


@dataclass(frozen=True, slots=True)
class PartyShare:
    """An organisation on a side of a deal, and its part of that side."""

    role: PartyRole
    organisation_id: UUID
    share: Decimal = WHOLE


def check_parties(parties: Sequence[PartyShare]) -> None:
    """Each side's shares sum to 1 and nobody stands twice. Raises `side_does_not_sum` or `party_twice`."""
    seen: set[UUID] = set()
    for party in parties:
        if party.organisation_id in seen:
            raise PARTY_TWICE(field=FIELDS[party.role])
        seen.add(party.organisation_id)
    for role in PartyRole:
        shares = [party.share for party in parties if party.role == role]
        total = sum(shares, Decimal(0))
        if total != WHOLE and (shares or role != PartyRole.AGENCY):
            raise SIDE_DOES_NOT_SUM(field=FIELDS[role], side=FIELDS[role], total=total)


def related_finding(
    parties: Iterable[PartyShare], relations: Iterable[Relation], names: Mapping[UUID, str], on: date
) -> str | None:
    """Why a seller and a buyer are related parties (关联方) on a day, each finding with its source; None if not."""
    sides = {party.organisation_id: party.role for party in parties}
    across = {PartyRole.SELLER, PartyRole.BUYER}
    findings = [
        f"{names[relation.first_id]} – {names[relation.second_id]}: {relation.kind}"
        f"{f' ({relation.share:f})' if relation.share is not None else ''}, {relation.detail} [{relation.source}]"
        for relation in relations
        if relation.holds_on(on) and {sides.get(relation.first_id), sides.get(relation.second_id)} == across
    ]
    return "; ".join(findings) or None


def contract_due(agreed_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end of the local day that lies `days` calendar days after the agreement."""
    day = agreed_at.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def is_live(status: DealStatus, contract_due_at: datetime | None, now: datetime) -> bool:
    """Under contract, or agreed and the day to sign by not yet past, whether or not the worker has run."""
    in_time = contract_due_at is None or now < contract_due_at
    return status == DealStatus.CONTRACTED or (status == DealStatus.AGREED and in_time)


def check_agreed(status: DealStatus, what: Text) -> None:
    """Raises `deal_not_open` for a deal that is under contract or ended."""
    if status != DealStatus.AGREED:
        raise DEAL_NOT_OPEN(status=status, what=what)


def day_of_record(agreed_on: date | None, published_on: date | None, today: date) -> date:
    """The day a recorded deal counts from: its agreement, or where that is not known its publication.

    Raises `agreement_day_missing`, `agreed_in_future`, and `dates_out_of_order` where it was published before.
    """
    day = agreed_on or published_on
    if day is None:
        raise AGREEMENT_DAY_MISSING(field="agreed_on")
    check_order(agreed_on, published_on, "agreed_on", "published_on")
    latest = published_on or day
    if latest > today:
        raise AGREED_IN_FUTURE(field="published_on" if published_on else "agreed_on", day=latest, today=today)
    return day


ENDED_STATUSES = frozenset({DealStatus.CANCELLED, DealStatus.EXPIRED})
"""Ended without a contract."""


def check_default_said(said: Defaulted | None, *, is_operator: bool) -> None:
    """A party does not find who defaulted, it walks away itself; raises `default_not_yours`."""
    if said is not None and not is_operator:
        raise DEFAULT_NOT_YOURS(field="defaulted")


def require_default(said: Defaulted | None, number: str) -> Defaulted:
    """What the operator found, which it must say where a deposit is held; raises `default_missing`."""
    if said is None:
        raise DEFAULT_MISSING(field="defaulted", number=number)
    return said
