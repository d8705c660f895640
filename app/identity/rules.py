"""Pure decisions about identity: codes, periods, keys."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError

from app.core.access import Actor
from app.core.problems import DATES_OUT_OF_ORDER
from app.identity.problems import (
    BROKER_EMPLOYED,
    KEY_EXPIRY,
    PERIOD_NOT_LATER,
    SAME_ORGANISATION,
    SCOPE_EXCEEDED,
    SCOPE_UNKNOWN,
    USCC_INVALID,
)

RESOURCES = (
    "awards",
    "contracts",
    "deals",
    "documents",
    "events",
    "identity",
    "ledger",
    "listings",
    "results",
)
MAX_KEY_DAYS = 366
KEY_BYTES = 32


def check_uscc(code: str) -> str:
    """The code in its compact form; raises `uscc_invalid` with the reason (GB 32100-2015)."""
    try:
        return str(uscc_number.validate(code))
    except ValidationError as error:
        reasons = {
            InvalidLength: ("it does not have 18 characters", "长度不是 18 位"),
            InvalidFormat: ("it has a character out of place", "含有不允许的字符"),
            InvalidChecksum: ("the check character does not fit", "校验字符不符"),
        }
        en, zh = next(
            (text for kind, text in reasons.items() if isinstance(error, kind)),
            ("part of it is not valid", "部分内容无效"),
        )
        raise USCC_INVALID(field="uscc", uscc=code[:40], reason_en=en, reason_zh=zh) from error


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


def check_employment(new: Period, existing: Iterable[Period]) -> None:
    """A broker has one agency at a time; raises `broker_employed`."""
    for period in existing:
        if period.overlaps(new):
            raise BROKER_EMPLOYED(field="valid_from", until=period.last or "further notice / 另行通知")


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes, sorted and once each; raises `scope_unknown`."""
    known = {f"{r}:{a}" for r in (*RESOURCES, "*") for a in ("read", "write", "*")}
    for scope in scopes:
        if scope not in known:
            raise SCOPE_UNKNOWN(field="scopes", scope=scope[:80], resources=", ".join(RESOURCES))
    return sorted(set(scopes))


def check_expiry(days: int) -> timedelta:
    """How long a key lives; raises `key_expiry`."""
    if not 1 <= days <= MAX_KEY_DAYS:
        raise KEY_EXPIRY(field="expires_in_days", days=MAX_KEY_DAYS)
    return timedelta(days=days)


def check_grant(scopes: Iterable[str], actor: Actor) -> None:
    """A key cannot give what it does not hold; raises `scope_exceeded`."""
    for scope in scopes:
        resource, action = scope.split(":")
        actions = ("read", "write") if action == "*" else (action,)
        resources = RESOURCES if resource == "*" else (resource,)
        if not all(actor.holds_scope(f"{r}:{a}") for r in resources for a in actions):
            raise SCOPE_EXCEEDED(field="scopes", scope=scope)


def check_order(
    earlier: date | None, later: date | None, earlier_name: str = "valid_from", later_name: str = "valid_to"
) -> None:
    """Two dates in order where both are given; raises `dates_out_of_order` naming both."""
    if earlier and later and later < earlier:
        raise DATES_OUT_OF_ORDER(
            field=later_name, earlier=earlier, later=later, earlier_name=earlier_name, later_name=later_name
        )


def check_two(first: object, second: object) -> None:
    """Raises `same_organisation` when both sides are one."""
    if first == second:
        raise SAME_ORGANISATION(field="second_id")


def new_secret() -> str:
    """A fresh key: `tx_` and 256 random bits. Shown once, never stored."""
    return f"tx_{secrets.token_urlsafe(KEY_BYTES)}"


def digest_of(secret: str) -> bytes:
    """What is stored of a key. A plain hash is enough: the input is 256 random bits, not a password."""
    return hashlib.sha256(secret.encode()).digest()
