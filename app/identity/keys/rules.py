"""Pure decisions about keys: how long they live, what they may give."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.core.access import Actor
from app.identity.problems import KEY_EXPIRY, KEY_OUTLIVES, SCOPE_EXCEEDED, SCOPE_UNKNOWN
from app.identity.rules import RESOURCES

MAX_KEY_DAYS = 366
USUAL_KEY_DAYS = 90
OVERLAP = timedelta(days=1)
"""How long a rotated key goes on, so that a program that lost the answer can still ask for another."""


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes, sorted and once each; raises `scope_unknown`."""
    known = {f"{r}:{a}" for r in (*RESOURCES, "*") for a in ("read", "write", "*")}
    for scope in scopes:
        if scope not in known:
            raise SCOPE_UNKNOWN(field="scopes", scope=scope[:80], resources=", ".join(RESOURCES))
    return sorted(set(scopes))


def check_grant(scopes: Iterable[str], actor: Actor) -> None:
    """A key cannot give what it does not hold; raises `scope_exceeded`."""
    for scope in scopes:
        resource, action = scope.split(":")
        actions = ("read", "write") if action == "*" else (action,)
        resources = RESOURCES if resource == "*" else (resource,)
        if not all(actor.holds_scope(f"{r}:{a}") for r in resources for a in actions):
            raise SCOPE_EXCEEDED(field="scopes", scope=scope)


def lifetime(days: int | None) -> timedelta:
    """How long a key lives; raises `key_expiry`."""
    wanted = USUAL_KEY_DAYS if days is None else days
    if not 1 <= wanted <= MAX_KEY_DAYS:
        raise KEY_EXPIRY(field="expires_in_days", days=MAX_KEY_DAYS)
    return timedelta(days=wanted)


def end_below(parent_ends: datetime, now: datetime, days: int | None) -> datetime:
    """When a key ends that another one issues: not after that one. Raises `key_outlives_issuer` where more is asked."""
    wanted = now + lifetime(days)
    if wanted <= parent_ends:
        return wanted
    if days is not None:
        raise KEY_OUTLIVES(field="expires_in_days", ends=parent_ends.isoformat())
    return parent_ends


def end_of_successor(made_at: datetime, ends_at: datetime, parent_ends: datetime | None, now: datetime) -> datetime:
    """When a key ends that replaces another: it lives as long as that one was made for, and not beyond its parent."""
    wanted = now + min(ends_at - made_at, timedelta(days=MAX_KEY_DAYS))
    return wanted if parent_ends is None else min(wanted, parent_ends)
