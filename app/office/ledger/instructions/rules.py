"""Pure decisions about payment instructions: what settles one."""

from decimal import Decimal

from app.office.ledger import problems
from app.office.ledger.kinds import Direction, InstructionStatus


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
