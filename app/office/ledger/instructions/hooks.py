"""What the ledger announces.

A follower runs in the transaction of the bank's confirmation. That holds the instruction and not its subject: a
follower must not lock the subject, which would be the wrong order, but may schedule a deadline that does.
"""

from datetime import datetime
from typing import Final

from app.core.database import Session
from app.core.hooks import Hook
from app.office.ledger.models import PaymentInstruction

instruction_moved: Final[Hook[[Session, PaymentInstruction, datetime]]] = Hook("instruction.moved")
"""The bank settled an instruction, or its confirmation was reversed."""
