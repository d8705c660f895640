"""Writing the journal: the one way by which money moves. Locks accounts, checks them under the lock, adds entries."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.core.database import Session
from app.core.ids import new_id
from app.office.ledger import queries, rules
from app.office.ledger.kinds import Undo
from app.office.ledger.models import JournalEntry, JournalTransaction, LedgerAccount
from app.office.ledger.rules import CHART, Movement, Place


async def post(
    session: Session,
    *movements: Movement,
    occurred_at: datetime,
    reference: str,
    reason: str | None = None,
    bank_reference: str | None = None,
    reverses_id: UUID | None = None,
) -> Sequence[JournalTransaction]:
    """Write movements, one transaction each, in the caller's database transaction; answers them in order.

    `reference` is the number of what moved (a deposit, an instruction); a bank reference goes to the first movement.
    Raises `more_than_held` where an account that must not go below zero would. Lock what the money belongs to first:
    accounts come last in the order of locks.
    """
    accounts = await _open(session, {line.place for movement in movements for line in movement.lines})
    floored = {place: row for place, row in accounts.items() if row.non_negative}
    rules.check_enough(movements, await queries.balances(session, floored))
    written = []
    for index, movement in enumerate(movements):
        row = JournalTransaction(
            id=new_id(),
            kind=movement.kind,
            subject_type=movement.subject[0],
            subject_id=movement.subject[1],
            occurred_at=occurred_at,
            reason=reason,
            reference=reference,
            bank_reference=bank_reference if index == 0 else None,
            reverses_id=reverses_id,
            entries=[JournalEntry(account_id=accounts[line.place].id, amount=line.amount) for line in movement.lines],
        )
        session.add(row)
        written.append(row)
        await session.flush()
    return written


async def reverse(
    session: Session, transaction_id: UUID, by: Undo, *, occurred_at: datetime, reference: str, reason: str
) -> JournalTransaction:
    """Write the mirror of a transaction; the unique key on what it reverses lets it happen once.

    Raises `ValueError` for a movement that is not undone by `by`.
    """
    original, lines = await queries.get_transaction(session, transaction_id)
    movement = rules.reversal(original.kind, (original.subject_type, original.subject_id), lines, by)
    (row,) = await post(
        session, movement, occurred_at=occurred_at, reference=reference, reason=reason, reverses_id=original.id
    )
    return row


async def _open(session: Session, places: set[Place]) -> dict[Place, LedgerAccount]:
    """The accounts, locked, opened where they are new. In one order for everybody, so that nobody waits in a ring."""
    ordered = sorted(places, key=Place.sort_key)
    found = await queries.lock_accounts(session, ordered)
    missing = [place for place in ordered if place not in found]
    if missing:
        await session.execute(insert(LedgerAccount).on_conflict_do_nothing(), [_row(place) for place in missing])
        found |= await queries.lock_accounts(session, missing)
    return found


def _row(place: Place) -> dict[str, object]:
    subject_type, subject_id = place.subject or (None, None)
    return {
        "id": new_id(),
        "code": place.code,
        "side": CHART[place.code].side,
        "non_negative": CHART[place.code].non_negative,
        "organisation_id": place.organisation_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
    }
