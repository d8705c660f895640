"""What a route lets a caller do. Deny by default: a route without `allow`, `public` or `Public` is refused.

Answers 401 or 403 by role and scope; what the caller may *see* is decided in each package's `queries.py`.
"""

from typing import Annotated, Any

from fastapi import Depends, Request

from app.core.access import (
    ORGANISATION_ROLES,
    STAFF_ROLES,
    Actor,
    Role,
    check_not_merged,
    check_verified,
    forbidden,
)
from app.core.problems import SCOPE_MISSING, UNAUTHENTICATED


class Allow:
    """The access statement of a route: the roles, and the scope that the key must carry.

    Without roles everyone may call, and a key counts only where it carries the scope: without it the caller is anybody.
    """

    def __init__(
        self, roles: frozenset[Role], scope: str | None, *, unverified: bool = False, merged: bool = False
    ) -> None:
        self.roles = roles
        self.scope = scope
        self.unverified = unverified
        self.merged = merged

    # This and every other dependency is `async`: FastAPI sends a plain function to a thread, 50 us and more each time.
    async def __call__(self, request: Request) -> Actor | None:
        actor: Actor | None = request.state.actor
        if not self.roles:
            if actor is None or actor.has(Role.BROKER_IN_PERSON):
                return None
            return actor if self.scope and actor.holds_scope(self.scope) else None
        if actor is None:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        if actor.roles.isdisjoint(self.roles):
            raise forbidden(actor, self.roles)
        if self.scope and not actor.holds_scope(self.scope):
            raise SCOPE_MISSING(scope=self.scope)
        if request.method != "GET":
            if not self.merged:
                check_not_merged(actor)
            if not self.unverified:
                check_verified(actor)
        return actor

    def as_openapi(self) -> dict[str, Any]:
        """How the exported document states it."""
        return {"roles": sorted(self.roles) or ["public"], "scope": self.scope}


def allow(*roles: Role, scope: str, unverified: bool = False, merged: bool = False) -> Any:
    """`Annotated[Actor, allow(Role.MEMBER, scope="listings:write")]`: only those roles, only with that scope.

    An organisation that is not verified only reads, unless `unverified`: what it needs to keep its own keys in order.
    With a key for one that merged its heir's people only read, unless `merged`: what goes on with its open matters.
    """
    if not roles:
        raise ValueError("name the roles; a route for everyone says `public` or `Public`")
    return Depends(Allow(frozenset(roles), scope, unverified=unverified, merged=merged))


def public(*, scope: str) -> Any:
    """`Annotated[Actor | None, public(scope="listings:read")]`: anyone; a key with that scope also sees its own."""
    return Depends(Allow(frozenset(), scope))


EVERY_ROLE = (*sorted(ORGANISATION_ROLES), *sorted(STAFF_ROLES))
"""Of an organisation and of the market: a route names a broker in person besides, where it shows the own cases."""
Public = Annotated[None, Depends(Allow(frozenset(), None))]
"""Anyone, and the answer is the same for all: who calls is not told to the route. A key that is sent must be valid."""
