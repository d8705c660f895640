"""Pure decisions about a competitive listed sale (挂牌交易): its conditions, who may register, how its notice ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.problems import Text
from app.market.listings.kinds import Allocation, ListingStatus, PricingMode
from app.market.listings.problems import OWN_LISTING
from app.market.listings.rules import check_open
from app.office.ledger.kinds import DepositStatus
from app.pricing.first_come.problems import VERSION_CHANGED
from app.pricing.listed import problems
from app.pricing.listed.kinds import Judge, Qualification, RegistrantStatus, SalePhase, Verdict


def check_competitive(pricing_mode: PricingMode, allocation: Allocation | None) -> None:
    """Raises `not_competitive` for a listing that is sold otherwise."""
    if allocation != Allocation.COMPETITIVE:
        raise problems.NOT_COMPETITIVE(pricing_mode=pricing_mode, allocation=allocation or "null")


def check_deposit(deposit: Decimal, asking_price: Decimal) -> None:
    """A deposit secures the sale and is less than its price; raises `deposit_out_of_range`."""
    if not Decimal(0) < deposit < asking_price:
        raise problems.DEPOSIT_OUT_OF_RANGE(
            field="deposit_amount", deposit=f"{deposit:.2f}", asking_price=f"{asking_price:.2f}"
        )


def check_extensions(working_days: int | None, most: int) -> None:
    """An extension is announced with its length and how often it may come; raises `extensions_misplaced`."""
    if (working_days is None) != (most == 0):
        raise problems.EXTENSIONS_MISPLACED(field="extensions_max", days=working_days or "null", times=most)


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale as it stands under the listing's lock. `closes_at` is the end of the notice, or of a suspension."""

    phase: SalePhase
    status: ListingStatus
    closes_at: datetime | None
    version: int
    review_ends_at: datetime | None = None


def check_notice_runs(sale: Sale, what: Text, now: datetime) -> None:
    """Published, and before the end of the notice, whether or not the worker has run.

    Raises `listing_notice_over`; `listing_not_open` while the listing is suspended.
    """
    if sale.phase != SalePhase.NOTICE or sale.closes_at is None or now >= sale.closes_at:
        raise _over(sale, what, now)
    check_open(sale.status, sale.closes_at, now)


def check_notice_not_over(sale: Sale, what: Text, now: datetime) -> None:
    """The notice runs or is suspended; raises `listing_notice_over`."""
    if sale.phase != SalePhase.NOTICE or sale.closes_at is None or now >= sale.closes_at:
        raise _over(sale, what, now)


def _over(sale: Sale, what: Text, now: datetime) -> Exception:
    shown = sale.closes_at.isoformat() if sale.closes_at else "-"
    return problems.NOTICE_OVER(
        what=what, phase=sale.phase, closes_at=shown, server_time=now.isoformat(),
        extra={"phase": sale.phase, "closes_at": shown, "server_time": now.isoformat()},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest registration of an organisation for a listing."""

    number: str
    status: RegistrantStatus
    version: int


def check_may_register(
    sale: Sale, organisation_id: UUID, barred: frozenset[UUID], seen: int, earlier: Earlier | None, now: datetime
) -> None:
    """Whether an organisation registers now, having read version `seen`.

    Raises `own_listing`, `listing_notice_over`, `listing_not_open`, `version_changed`, and `registered_already` for who
    has a live registration, or had one for this version.
    """
    if organisation_id in barred:
        raise OWN_LISTING(what=Text("Registering", "提出受让申请"))
    check_notice_runs(sale, Text("Registering", "提出受让申请"), now)
    check_version(seen, sale.version)
    if earlier and (earlier.status == RegistrantStatus.REGISTERED or earlier.version == sale.version):
        raise problems.REGISTERED_ALREADY(number=earlier.number, version=earlier.version, status=earlier.status)


def check_version(seen: int, current: int) -> None:
    """Nobody agrees to what it has not read; raises `version_changed`."""
    if seen != current:
        raise VERSION_CHANGED(
            field="listing_version", seen=seen, current=current, extra={"current": {"listing_version": current}}
        )


def check_live(number: str, status: RegistrantStatus, what: Text) -> None:
    """Raises `listing_registration_over` for a registration that has ended."""
    if status != RegistrantStatus.REGISTERED:
        raise problems.REGISTRATION_OVER(number=number, status=status, what=what, extra={"registration_status": status})


def check_confirmation(number: str, agreed: int, seen: int, sale: Sale, now: datetime) -> None:
    """Whether a registrant agrees again, to what was published since.

    Raises `listing_notice_over`, `version_changed`, `registration_current`.
    """
    check_notice_runs(sale, Text("Confirming", "确认"), now)
    check_version(seen, sale.version)
    if agreed == sale.version:
        raise problems.CONFIRMED_ALREADY(number=number, current=sale.version)


def check_decision(
    sale: Sale,
    number: str,
    version: int,
    judge: Judge,
    decided: Mapping[Judge, tuple[Qualification, datetime]],
    *,
    outcome: Qualification,
    reason: str | None,
    now: datetime,
) -> None:
    """Whether a judge decides on a registrant now: while the notice runs, or in the review after it; once a version.

    Raises `listing_notice_over` after the review, `registration_of_old_version`, `registrant_decided`,
    `refusal_reason_missing`.
    """
    reviewing = sale.phase == SalePhase.REVIEW and sale.review_ends_at is not None and now < sale.review_ends_at
    if sale.phase != SalePhase.NOTICE and not reviewing:
        raise _over(sale, Text("Qualification", "受让资格确认"), now)
    if version != sale.version:
        raise problems.STALE_REGISTRATION(number=number, seen=version, current=sale.version)
    if judge in decided:
        before, at = decided[judge]
        raise problems.DECIDED_ALREADY(judge=judge, number=number, outcome=before, decided_at=at.isoformat())
    if outcome == Qualification.REFUSED and not reason:
        raise problems.REASON_MISPLACED(field="reason")


@dataclass(frozen=True, slots=True)
class Entry:
    """A live registration at the end of the notice. `deposit` is where its deposit stands, None without one."""

    registration_id: UUID
    organisation_id: UUID
    version: int
    verified: bool
    decided: bool
    deposit: DepositStatus | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The verdict, and who is counted."""

    verdict: Verdict
    entries: tuple[Entry, ...] = ()


UNPAID_OR_HELD = frozenset({DepositStatus.REQUESTED, DepositStatus.HELD})


def count(entries: Sequence[Entry], version: int, extensions_left: int, *, review_over: bool) -> Counted:
    """Who is counted at the end of a notice, and what follows.

    Counted is who agreed to the published version, is verified, has its deposit held, and was refused by nobody. While
    somebody is not decided on, or money that the bank had in time may still be reported, there is a review first. After
    the review silence counts as no objection (the seller's by the practice of the exchanges [S]; the operator's by a
    decision of this one [P]): nobody is kept out by those who did not decide.
    """
    able = [entry for entry in entries if entry.version == version and entry.verified]
    counted = tuple(e for e in able if e.deposit == DepositStatus.HELD and (e.decided or review_over))
    if not review_over and any(entry not in counted and entry.deposit in UNPAID_OR_HELD for entry in able):
        return Counted(Verdict.REVIEW)
    if len(counted) > 1:
        return Counted(Verdict.SEVERAL, counted)
    if counted:
        return Counted(Verdict.ONE, counted)
    return Counted(Verdict.EXTENSION if extensions_left > 0 else Verdict.LAPSE)


def check_changes(changes: Mapping[str, Any]) -> None:
    """A revision changes something; raises `revision_empty`."""
    if not changes:
        raise problems.NOTHING_CHANGED()
