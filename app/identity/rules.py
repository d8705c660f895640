"""Pure decisions about identity: codes, periods, keys."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc as uscc_number

from app.core.canonical import sha256
from app.core.problems import DATE_IN_FUTURE, DATE_TOO_FAR, DATES_OUT_OF_ORDER, ProblemType, Text
from app.identity.divisions import is_province
from app.identity.problems import (
    BROKER_EMPLOYED,
    PERIOD_NOT_LATER,
    SAME_ORGANISATION,
    USCC_INVALID,
)

RESOURCES = (
    "appraisals",
    "auctions",
    "awards",
    "calendar",
    "certificates",
    "contracts",
    "deals",
    "demands",
    "documents",
    "dossiers",
    "events",
    "identity",
    "ledger",
    "listings",
    "results",
    "searches",
    "worklist",
)
KEY_BYTES = 32
_DEPARTMENTS = frozenset("123456789ANY")
"""登记管理部门代码: the departments that register bodies."""
USCC_CHARACTERS = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


def check_uscc(code: str) -> str:
    """The code in its compact form; raises `uscc_invalid` with the reason (GB 32100-2015).

    The library's own `validate` wants digits in the first two places, but registering departments also go by a letter:
    a rural collective's code begins with N.
    """
    compact = uscc_number.compact(code)
    reason = _uscc_fault(compact)
    if reason is not None:
        raise USCC_INVALID(field="uscc", uscc=code[:40], reason=reason)
    return str(compact)


def _uscc_fault(code: str) -> Text | None:
    if len(code) != 18:
        return Text("it does not have 18 characters", "长度不是 18 位")
    if not USCC_CHARACTERS.issuperset(code) or not code[2:8].isdigit():
        return Text("it has a character out of place", "含有不允许的字符")
    if code[0] not in _DEPARTMENTS or code[1] == "0" or not is_province(code[2:8]) or code[8:17] == "000000000":
        return Text("it names no registering department, division or body", "登记管理部门、行政区划或主体标识码不存在")
    if uscc_number.calc_check_digit(code[:-1]) != code[-1]:
        return Text("the check character does not fit", "校验字符不符")
    return None


def end_before(begins: date, previous_from: date) -> date:
    """The last day of a period that the next one replaces; raises `period_not_later`."""
    if begins <= previous_from:
        raise PERIOD_NOT_LATER(field="valid_from", begins=begins, before=previous_from)
    return begins - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included; `last` None means still running."""

    first: date
    last: date | None

    def overlaps(self, other: "Period") -> bool:
        return self.first <= (other.last or date.max) and other.first <= (self.last or date.max)

    def holds(self, day: date) -> bool:
        return self.first <= day <= (self.last or date.max)


def check_free(new: Period, existing: Iterable[Period], taken: ProblemType, endless: Text) -> None:
    """No two periods share a day; raises `taken` with the first day that is free for good, if there is one.

    `endless` is what the refusal says of a period that has no last day.
    """
    periods = list(existing)
    clash = next((period for period in periods if period.overlaps(new)), None)
    if clash is None:
        return
    last = max(period.last or date.max for period in periods)
    remedy = None
    if last < date.max:
        free = last + timedelta(days=1)
        remedy = Text(f"Begin on or after {free}.", f"起始日不得早于 {free}。")
    until = Text(f"until {clash.last}", f"至{clash.last}") if clash.last else endless
    raise taken(field="valid_from", remedy=remedy, since=clash.first, until=until)


def check_employment(new: Period, existing: Iterable[Period]) -> None:
    """A broker has one agency at a time; raises `broker_employed`."""
    check_free(new, existing, BROKER_EMPLOYED, Text("with no last day", "且未约定终止日"))


def check_order(
    earlier: date | None, later: date | None, earlier_name: str = "valid_from", later_name: str = "valid_to"
) -> None:
    """Two dates in order where both are given; raises `dates_out_of_order` naming both."""
    if earlier and later and later < earlier:
        raise DATES_OUT_OF_ORDER(
            field=later_name, earlier=earlier, later=later, earlier_name=earlier_name, later_name=later_name
        )


def check_not_future(field: str, day: date | None, today: date) -> None:
    """What has happened did so by today; raises `date_in_future`."""
    if day is not None and day > today:
        raise DATE_IN_FUTURE(field=field, day=day, today=today)


def check_near(field: str, day: date | None, today: date) -> None:
    """What is arranged begins within a year [P]: a later day is a slip of the hand. Raises `date_too_far`."""
    latest = today + timedelta(days=366)
    if day is not None and day > latest:
        raise DATE_TOO_FAR(field=field, day=day, today=today, latest=latest)


def check_two(first: object, second: object, field: str = "second_id") -> None:
    """Raises `same_organisation` when both sides are one."""
    if first == second:
        raise SAME_ORGANISATION(field=field)


def new_secret(prefix: str = "tx_") -> str:
    """A fresh secret: a prefix that tells a key (`tx_`) from an invitation, and 256 random bits. Never stored."""
    return f"{prefix}{secrets.token_urlsafe(KEY_BYTES)}"


def digest_of(secret: str) -> bytes:
    """What is stored of a key. A plain hash is enough: the input is 256 random bits, not a password."""
    return sha256(secret)
