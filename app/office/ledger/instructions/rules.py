"""Pure decisions about payment instructions: what settles one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.office.ledger import problems
from app.office.ledger.kinds import Direction, InstructionKind, InstructionStatus, MovementKind

M = MovementKind


@dataclass(frozen=True, slots=True)
class InstructionRow:
    """Which way an instruction's money goes, and by which movement the bank settles it."""

    direction: Direction
    settled_by: MovementKind


KINDS: Final[Mapping[InstructionKind, InstructionRow]] = {
    InstructionKind.DEPOSIT_RELEASE: InstructionRow(Direction.OUT, M.DEPOSIT_RELEASED),
    InstructionKind.PRICE_DUE: InstructionRow(Direction.IN, M.PRICE_RECEIVED),
    InstructionKind.FEE_DUE: InstructionRow(Direction.IN, M.FEE_PAID),
    InstructionKind.PRICE_PAYOUT: InstructionRow(Direction.OUT, M.PRICE_PAID_OUT),
    InstructionKind.PRICE_RETURN: InstructionRow(Direction.OUT, M.PRICE_PAID_OUT),
    InstructionKind.SUSPENSE_RETURN: InstructionRow(Direction.OUT, M.UNMATCHED_REPAID),
}


def check_instruction(
    number: str, status: InstructionStatus, direction: Direction, required: Decimal, got: tuple[Direction, Decimal]
) -> None:
    """Raises `direction_wrong`, `instruction_not_open`, `instruction_amount_wrong`: settled once, in one sum."""
    if got[0] != direction:
        raise problems.DIRECTION_WRONG(field="direction", number=number, expected=direction, direction=got[0])
    if status != InstructionStatus.OPEN:
        raise problems.INSTRUCTION_NOT_OPEN(field="purpose_reference", number=number, status=status)
    if got[1] != required:
        raise problems.INSTRUCTION_AMOUNT_WRONG(field="amount", amount=got[1], number=number, required=required)
