"""Pure decisions about deposits and instructions: their steps, what pays them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.office.ledger import problems
from app.office.ledger.kinds import DepositStatus, Direction

"""Pure decisions about deposits and instructions: their steps, what pays them."""


STEPS: Final[Mapping[DepositStatus, frozenset[DepositStatus]]] = {
    DepositStatus.REQUESTED: frozenset({DepositStatus.RECEIVED, DepositStatus.CANCELLED}),
    DepositStatus.RECEIVED: frozenset({DepositStatus.HELD, DepositStatus.RELEASE_DUE, DepositStatus.REQUESTED}),
    DepositStatus.HELD: frozenset(
        {DepositStatus.RELEASE_DUE, DepositStatus.APPLIED, DepositStatus.FORFEITED, DepositStatus.REQUESTED}
    ),
    DepositStatus.RELEASE_DUE: frozenset({DepositStatus.RELEASED}),
    DepositStatus.RELEASED: frozenset({DepositStatus.RELEASE_DUE}),
    DepositStatus.APPLIED: frozenset(),
    DepositStatus.FORFEITED: frozenset(),
    DepositStatus.CANCELLED: frozenset(),
}
"""A deposit's life. Back to `requested` or `release_due` leads only the reversal of a bank confirmation."""


def check_deposit_payment(
    number: str, status: DepositStatus, required: Decimal, direction: Direction, amount: Decimal
) -> None:
    """Raises `direction_wrong`, `deposit_not_payable`, `deposit_amount_wrong`: paid in once, in one sum, exactly."""
    if direction != Direction.IN:
        raise problems.DIRECTION_WRONG(field="direction", number=number, expected=Direction.IN, direction=direction)
    if status != DepositStatus.REQUESTED:
        raise problems.DEPOSIT_NOT_PAYABLE(field="purpose_reference", number=number, status=status)
    if amount != required:
        raise problems.DEPOSIT_AMOUNT_WRONG(field="amount", amount=amount, required=required)


def check_step(before: DepositStatus, after: DepositStatus) -> None:
    """Raises `ValueError` for a step that a deposit's life does not have; callers refuse before it comes to that."""
    if after not in STEPS[before]:
        raise ValueError(f"a deposit does not go from {before} to {after}")


def check_held(number: str, status: DepositStatus, *also: DepositStatus) -> None:
    """Raises `deposit_not_held`: released, applied and forfeited is only what is held."""
    check_status(number, status, DepositStatus.HELD, *also)


def check_status(number: str, status: DepositStatus, *allowed: DepositStatus) -> None:
    """Raises `deposit_not_held`, which names the statuses that would pass."""
    if status not in allowed:
        raise problems.DEPOSIT_NOT_HELD(number=number, status=status, allowed=", ".join(allowed))


def is_late(received_at: datetime, due_at: datetime | None) -> bool:
    """Whether the bank received the money after the deposit's last moment."""
    return due_at is not None and received_at > due_at
