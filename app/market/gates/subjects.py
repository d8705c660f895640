"""What gates stand before: the package that owns a type of subject says how it is locked and told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.hooks import Port


@dataclass(frozen=True, slots=True)
class Subject:
    """`lock` locks the subject and answers whether it still waits for gates; `sees` whether the actor is one of its
    sides; `settled` tells it, still locked, that a gate of its was settled: None, or
    the reason where a refusal ends the sale.
    """

    lock: Callable[[Session, UUID], Awaitable[bool]]
    sees: Callable[[Session, Actor, UUID], Awaitable[bool]]
    settled: Callable[[Session, UUID, str | None, datetime], Awaitable[None]]


SUBJECTS: Final[Port[str, Subject]] = Port("gates.subjects")
"""By type of subject: its lock, its sides, and what it does when a gate is settled."""
