"""What the bank confirmed, as entries of a price dossier: for deposits here, for the price in the settlement."""

from collections.abc import Iterable

from app.core.problems import Text
from app.dossiers.kinds import Capacity
from app.dossiers.story import By, Entry, Fact, Trace
from app.office.ledger.kinds import Direction, ResolutionKind
from app.office.ledger.models import BankConfirmation

CONFIRMED = {
    Direction.IN: Text("The bank confirmed money in", "银行到账确认"),
    Direction.OUT: Text("The bank confirmed money out", "银行付款确认"),
}
RESOLVED = Text("Unmatched money resolved", "待查款项认领")
REVERSED = Text("Confirmation reversed", "银行确认冲销")


def bank_entries(confirmations: Iterable[BankConfirmation]) -> list[Entry]:
    """Each confirmation with its bank reference, and what became of it; for operator and auditor alone."""
    return [entry for row in confirmations for entry in _confirmed(row)]


def _confirmed(row: BankConfirmation) -> list[Entry]:
    facts: dict[str, Fact] = {"bank_reference": row.bank_reference, "amount": row.amount}
    confirmed = Entry(
        at=row.recorded_at,
        by=By(Capacity.OPERATOR),
        what=CONFIRMED[row.direction],
        facts=facts | {"received_at": row.received_at, "purpose_reference": row.purpose_reference},
        traces=[Trace("bank.confirmed", row.id)],
    )
    if row.resolution is None:
        return [confirmed]
    is_reversal = row.resolution.kind == ResolutionKind.REVERSAL
    resolved = Entry(
        at=row.resolution.resolved_at,
        by=By(Capacity.OPERATOR),
        what=REVERSED if is_reversal else RESOLVED,
        facts=facts | {"reason": row.resolution.reason},
        traces=[Trace("bank.reversed" if is_reversal else "bank.resolved", row.id)],
    )
    return [confirmed, resolved]
