"""Who is told when an instruction was settled by the bank, or opened again.

The ledger stands below the packages that ask for money, so those register here when they are imported. A follower
runs in the transaction of the confirmation, which holds the instruction and not its subject: it must not lock the
subject (that would be the wrong order), but may schedule a deadline that does.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.office.ledger.models import SettlementInstruction

Follower = Callable[[AsyncSession, SettlementInstruction, datetime], Awaitable[None]]
_MOVED: list[Follower] = []


def when_moved(follower: Follower) -> Follower:
    """Register what happens once an instruction was settled, or its confirmation reversed."""
    _MOVED.append(follower)
    return follower


async def tell_moved(session: AsyncSession, instruction: SettlementInstruction, now: datetime) -> None:
    for follower in _MOVED:
        await follower(session, instruction, now)
