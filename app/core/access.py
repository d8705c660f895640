"""Who is calling, and what a route lets them do. Deny by default: a route without `allow` or `Public` is refused.

What an actor may *see* is decided in each package's `queries.py`; a row that is hidden answers 404, so that its
existence does not leak. What an actor may *do* is decided here by role and scope, and answers 401 or 403.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from app.core.problems import FORBIDDEN, SCOPE_MISSING, UNAUTHENTICATED


class Role(StrEnum):
    """In which capacity a key acts. The first three belong to an organisation, the others to the market's own staff."""

    MEMBER = "member"
    ADMIN = "admin"
    BROKER = "broker"
    OPERATOR = "operator"
    REGISTRAR = "registrar"
    AWARD_OFFICER = "award_officer"
    AUDITOR = "auditor"


MARKET_ROLES = frozenset({Role.OPERATOR, Role.REGISTRAR, Role.AWARD_OFFICER, Role.AUDITOR})
ORGANISATION_ROLES = frozenset({Role.MEMBER, Role.ADMIN, Role.BROKER})
ROLE_NAMES_ZH = {
    Role.MEMBER: "成员",
    Role.ADMIN: "管理员",
    Role.BROKER: "技术经纪人",
    Role.OPERATOR: "运营方",
    Role.REGISTRAR: "登记员",
    Role.AWARD_OFFICER: "奖补审核员",
    Role.AUDITOR: "审计员",
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a key, and for whom the key acts: one organisation, or (None) the market itself."""

    person_id: UUID
    key_id: UUID
    organisation_id: UUID | None
    roles: frozenset[Role]
    scopes: frozenset[str]

    @property
    def is_market(self) -> bool:
        """Operator, registrar, award officer or auditor."""
        return bool(self.roles & MARKET_ROLES)

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    def holds_scope(self, scope: str) -> bool:
        """`listings:write` is held by itself, `listings:*`, `*:write` and `*:*`; write includes read."""
        resource, action = scope.split(":")
        actions = {action, "*", "write"} if action == "read" else {action, "*"}
        return any(f"{r}:{a}" in self.scopes for r in (resource, "*") for a in actions)

    def organisation(self) -> UUID:
        """The organisation acted for; raises `forbidden` for a key of the market's staff."""
        if self.organisation_id is None:
            raise _forbidden(self, ORGANISATION_ROLES)
        return self.organisation_id


def _forbidden(actor: Actor, allowed: frozenset[Role]) -> Exception:
    return FORBIDDEN(
        allowed=", ".join(sorted(f"{role} ({ROLE_NAMES_ZH[role]})" for role in allowed)),
        held=", ".join(sorted(actor.roles)) or "-",
    )


class Allow:
    """The access statement of a route: the roles, and the scope that the key must carry."""

    def __init__(self, roles: frozenset[Role], scope: str | None) -> None:
        self.roles = roles
        self.scope = scope

    # This and every other dependency is `async`: FastAPI sends a plain function to a thread, 50 us and more each time.
    async def __call__(self, request: Request) -> Actor | None:
        actor: Actor | None = request.state.actor
        if not self.roles:
            return actor
        if actor is None:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        if actor.roles.isdisjoint(self.roles):
            raise _forbidden(actor, self.roles)
        if self.scope and not actor.holds_scope(self.scope):
            raise SCOPE_MISSING(scope=self.scope)
        return actor

    def as_openapi(self) -> dict[str, Any]:
        """How the exported document states it."""
        return {"roles": sorted(self.roles) or ["public"], "scope": self.scope}


def allow(*roles: Role, scope: str) -> Any:
    """`Annotated[Actor, allow(Role.MEMBER, scope="listings:write")]`: only those roles, only with that scope."""
    if not roles:
        raise ValueError("name the roles; a public route says PUBLIC")
    return Depends(Allow(frozenset(roles), scope))


EVERY_ROLE = tuple(Role)
Public = Annotated[Actor | None, Depends(Allow(frozenset(), None))]
"""Anyone, with or without a key; a key that is sent must still be valid."""
