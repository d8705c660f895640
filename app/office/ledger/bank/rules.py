"""Pure decisions about the bank's confirmations: when they count, and when they can be taken back."""

from datetime import datetime

from app.office.ledger import problems


def check_bank_time(given: datetime, now: datetime) -> None:
    """Raises `bank_time_in_future`."""
    if given > now:
        raise problems.BANK_TIME_IN_FUTURE(field="received_at", given=given.isoformat(), now=now.isoformat())


def check_reversible(number: str, status: str, *allowed: str) -> None:
    """Raises `not_reversible` where the money of a confirmation has moved on."""
    if status not in allowed:
        raise problems.NOT_REVERSIBLE(number=number, status=status)
