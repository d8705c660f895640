"""Who is told when a contract is signed, money is recorded on it, or it ends.

Contracts stand below the settlement of a deal and its certificate, so those register here when they are imported. A
follower runs in the transaction that did it, with the deal and the contract locked in this order. What it raises undoes
that.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.contracts.models import Contract

Follower = Callable[[AsyncSession, Contract, datetime], Awaitable[None]]
_SIGNED: list[Follower] = []
_PAID: list[Follower] = []
_ENDED: list[Follower] = []


def when_signed(follower: Follower) -> Follower:
    """Register what happens once a contract is signed by everybody, its deal being under contract; also when anew."""
    _SIGNED.append(follower)
    return follower


def when_paid(follower: Follower) -> Follower:
    """Register what happens once a payment, or the reversal of one, was recorded by a seller."""
    _PAID.append(follower)
    return follower


def when_ended(follower: Follower) -> Follower:
    """Register what happens once a contract ended (变更、解除、撤销)."""
    _ENDED.append(follower)
    return follower


async def tell_signed(session: AsyncSession, contract: Contract, now: datetime) -> None:
    for follower in _SIGNED:
        await follower(session, contract, now)


async def tell_paid(session: AsyncSession, contract: Contract, now: datetime) -> None:
    for follower in _PAID:
        await follower(session, contract, now)


async def tell_ended(session: AsyncSession, contract: Contract, now: datetime) -> None:
    for follower in _ENDED:
        await follower(session, contract, now)
