"""Who is calling: a person behind a key, in which roles and with which scopes.

What an actor may *see* is decided in each package's `queries.py`; a row that is hidden answers 404, so that its
existence does not leak. What an actor may *do* is decided by role and scope (`core.web.access`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.core.problems import FORBIDDEN, NOT_VERIFIED, ORGANISATION_MERGED, Problem, Text, listed


class Role(StrEnum):
    """In which capacity a key acts. The first three belong to an organisation, the next four to the market's own staff.

    A broker has the last one in person, employed or not: it reads the own cases and earnings.
    """

    MEMBER = "member"
    ADMIN = "admin"
    BROKER = "broker"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    AWARD_OFFICER = "award_officer"
    AUDITOR = "auditor"
    BROKER_IN_PERSON = "broker_in_person"


STAFF_ROLES = frozenset({Role.OPERATOR, Role.REGISTRAR, Role.AWARD_OFFICER, Role.AUDITOR})
ORGANISATION_ROLES = frozenset({Role.MEMBER, Role.ADMIN, Role.BROKER})
ROLE_NAMES = {
    Role.MEMBER: Text("member", "单位成员"),
    Role.ADMIN: Text("admin", "单位管理员"),
    Role.BROKER: Text("broker", "技术经纪人"),
    Role.OPERATOR: Text("operator", "交易机构工作人员"),
    Role.REGISTRAR: Text("registrar", "登记员"),
    Role.AWARD_OFFICER: Text("award officer", "奖补审核员"),
    Role.AUDITOR: Text("auditor", "审计员"),
    Role.BROKER_IN_PERSON: Text("broker in person", "技术经纪人本人"),
}


OWN_ORGANISATION = Text("your organisation", "贵单位")


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a key, and for whom it acts: one organisation, or (None) the market, or the person alone."""

    person_id: UUID
    key_id: UUID
    organisation_id: UUID | None
    roles: frozenset[Role]
    scopes: frozenset[str]
    unverified: str | None = None
    """The finding about its organisation where it is pending, refused or suspended: then its keys only read."""

    succeeds: bool = False
    """Its organisation was merged: the key is of one of its heir's people, who see its open matters through."""

    @property
    def is_staff(self) -> bool:
        """Operator, registrar, award officer or auditor."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def oversees(self) -> bool:
        """Operator or auditor: who may know who bids and who deposits."""
        return self.has(Role.OPERATOR, Role.AUDITOR)

    @property
    def told_roles(self) -> list[str] | None:
        """The roles as events tell them, in alphabetical order; None for somebody who only makes the first key."""
        return sorted(self.roles) or None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def holds_scope(self, scope: str) -> bool:
        """`listings:write` is held by itself, `listings:*`, `*:write` and `*:*`; write includes read."""
        resource, action = scope.split(":")
        actions = {action, "*", "write"} if action == "read" else {action, "*"}
        return any(f"{r}:{a}" in self.scopes for r in (resource, "*") for a in actions)

    def organisation(self) -> UUID:
        """The organisation acted for; raises `forbidden` for a key of the market's staff or a broker in person."""
        if self.organisation_id is None:
            raise forbidden(self, ORGANISATION_ROLES)
        return self.organisation_id


def check_verified(actor: Actor) -> None:
    """Raises `organisation_not_verified` for a key of an organisation that is pending or refused."""
    if actor.unverified is not None:
        raise NOT_VERIFIED(name=OWN_ORGANISATION, verification=actor.unverified)


def check_not_merged(actor: Actor) -> None:
    """Raises `organisation_merged` for a key of an organisation that has ended in another one."""
    if actor.succeeds:
        raise ORGANISATION_MERGED(name=OWN_ORGANISATION)


def forbidden(actor: Actor | None, allowed: Iterable[Role], *, field: str | None = None) -> Problem:
    """The refusal `forbidden`, which names the roles that may act and those that the key holds."""
    held = (
        listed(ROLE_NAMES[role] for role in sorted(actor.roles))
        if actor is not None and actor.roles
        else Text("nobody", "无角色")
    )
    return FORBIDDEN(field=field, allowed=listed(ROLE_NAMES[role] for role in sorted(allowed)), held=held)
