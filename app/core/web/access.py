"""What a route lets a caller do. Deny by default: a route without `allow` or `Public` is refused.

Answers 401 or 403 by role and scope; what the caller may *see* is decided in each package's `queries.py`.
"""

from typing import Annotated, Any

from fastapi import Depends, Request

from app.core.access import Actor, Role, forbidden
from app.core.problems import SCOPE_MISSING, UNAUTHENTICATED


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
            raise forbidden(actor, self.roles)
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
