"""What keeps a copy of a period's end, or shows it: told by the package that owns the subject.

Periods stand below the packages whose subjects they are of, so those register here when they are imported:

    @follows("registration")
    async def move_decision_day(session, registration_id, wait) -> bool: ...
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

Follower = Callable[[AsyncSession, UUID, bool], Awaitable[bool]]
_FOLLOWERS: dict[str, Follower] = {}


def follows(subject_type: str) -> Callable[[Follower], Follower]:
    """Register what happens to a subject whose periods were recomputed: `follower(session, subject_id, wait)`.

    It locks the subject and reads its current periods anew. Without `wait` it answers False where somebody else holds
    the subject, and is called again later: whoever changes the calendar holds it, and must not wait for a subject whose
    holder may be waiting for the calendar.
    """

    def register(follower: Follower) -> Follower:
        if subject_type in _FOLLOWERS:
            raise ValueError(f"subject type {subject_type} has a follower already")
        _FOLLOWERS[subject_type] = follower
        return follower

    return register


async def tell(session: AsyncSession, subject_type: str, subject_id: UUID, *, wait: bool) -> bool:
    """Tell a subject's follower, if it has one; False: the subject is held, tell it later."""
    follower = _FOLLOWERS.get(subject_type)
    return True if follower is None else await follower(session, subject_id, wait)
