"""Who may read what is attached to a subject: the package that owns the subject type says so.

Documents stand below the packages that attach them, so those register a function here when they are imported:

    access.register("listing", access_to_listing)
"""

from collections.abc import Awaitable, Callable
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.access import Actor

Level = Literal["none", "public", "parties"]
Decide = Callable[[AsyncSession, Actor | None, UUID], Awaitable[Level]]
_DECIDERS: dict[str, Decide] = {}


def register(subject_type: str, decide: Decide) -> None:
    """Register how far an actor reads what is attached to a subject of a type.

    `none`: nothing; `public`: the attachments meant for everyone; `parties`: all of them.
    """
    if _DECIDERS.get(subject_type, decide) is not decide:
        raise ValueError(f"subject type {subject_type} says already who may read its documents")
    _DECIDERS[subject_type] = decide


def is_registered(subject_type: str) -> bool:
    return subject_type in _DECIDERS


async def level_of(session: AsyncSession, actor: Actor | None, subject_type: str, subject_id: UUID) -> Level:
    """How far the actor reads what is attached to a subject; nothing for a type that nobody registered."""
    decide = _DECIDERS.get(subject_type)
    return "none" if decide is None else await decide(session, actor, subject_id)
