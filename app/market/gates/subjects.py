"""What gates stand before: the package that owns a type of subject registers here how it is locked and told.

Gates stand below the pricing modes, so those register themselves when they are imported:

    subjects.register("negotiation", Subject(lock=…, sees=…, settled=…))
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.access import Actor
from app.market.gates.kinds import GateOutcome
from app.market.gates.models import Gate


@dataclass(frozen=True, slots=True)
class Subject:
    """`lock` locks the subject and answers whether it still waits for gates; `sees` whether the actor is one of its
    sides; `settled` tells it, still locked, that a gate of its was settled.
    """

    lock: Callable[[AsyncSession, UUID], Awaitable[bool]]
    sees: Callable[[AsyncSession, Actor, UUID], Awaitable[bool]]
    settled: Callable[[AsyncSession, Gate, GateOutcome, datetime], Awaitable[None]]


_SUBJECTS: dict[str, Subject] = {}


def register(subject_type: str, subject: Subject) -> None:
    """Register a type of subject, once."""
    if _SUBJECTS.get(subject_type, subject) is not subject:
        raise ValueError(f"subject type {subject_type} has gates already")
    _SUBJECTS[subject_type] = subject


def of_type(subject_type: str) -> Subject:
    return _SUBJECTS[subject_type]
