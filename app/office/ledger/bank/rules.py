"""Pure decisions about the bank's confirmations: when they count, and when they can be taken back."""

from datetime import datetime, timedelta
from typing import Final

from app.core.problems import DATES_OUT_OF_ORDER
from app.office.ledger import problems

OLDEST: Final = timedelta(days=366)
"""A bank's slip is entered within a year [P]; an older time is that of a wrong year."""


def check_bank_time(given: datetime, now: datetime) -> None:
    """Raises `bank_time_in_future`, `bank_time_too_old`."""
    if given > now:
        raise problems.BANK_TIME_IN_FUTURE(field="received_at", given=given.isoformat(), now=now.isoformat())
    if given < now - OLDEST:
        earliest = (now - OLDEST).isoformat()
        raise problems.BANK_TIME_TOO_OLD(field="received_at", given=given.isoformat(), earliest=earliest)


def check_not_before(given: datetime, name: str, asked_at: datetime) -> None:
    """Money that answers a request came after it; raises `dates_out_of_order`.

    Banks say the minute, so the minute of the request counts as after it.
    """
    if given < asked_at.replace(second=0, microsecond=0):
        raise DATES_OUT_OF_ORDER(
            field="received_at", earlier=asked_at.isoformat(), later=given.isoformat(), earlier_name=name,
            later_name="received_at",
        )  # fmt: skip


def check_reversible(number: str, status: str, *allowed: str) -> None:
    """Raises `not_reversible` where the money of a confirmation has moved on."""
    if status not in allowed:
        raise problems.NOT_REVERSIBLE(number=number, status=status)
