"""Who may read what is attached to a subject: the package that owns the type of subject says so."""

from collections.abc import Awaitable, Callable
from typing import Final, Literal
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.hooks import Port

Level = Literal["none", "public", "parties"]
"""How far an actor reads: `none`: nothing; `public`: the attachments meant for everyone; `parties`: all of them."""
Decide = Callable[[Session, Actor | None, UUID], Awaitable[Level]]
READERS: Final[Port[str, Decide]] = Port("documents.readers")
"""By type of subject: how far an actor reads what is attached to one."""


async def level_of(session: Session, actor: Actor | None, subject_type: str, subject_id: UUID) -> Level:
    """How far the actor reads what is attached to a subject; nothing for a type that nobody provides for."""
    decide = READERS.find(subject_type)
    return "none" if decide is None else await decide(session, actor, subject_id)
