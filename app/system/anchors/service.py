"""Anchoring the audit chain outside, once a local day and target. A try that fails is a deadline that fails."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.core import deadlines, keys
from app.core.clock import read_clock
from app.core.database import Database, Session
from app.core.history import audit, events
from app.system.anchors import queries, rules, sending
from app.system.anchors.kinds import AnchorTarget

CHAIN: Final = UUID("00000000-0000-7000-8000-0000000000a0")
"""The audit chain as the subject of deadlines and events."""


def kind_of(target: AnchorTarget) -> str:
    """The kind of a target's deadline."""
    return f"audit_anchor_{target}"


async def anchor(session: Session, target: AnchorTarget, now: datetime) -> None:
    """Send the head as it is sealed now, record what was sent, and set the next day's deadline.

    A process whose settings do not name the target leaves it: one that has them takes it up within the hour. Sent and
    not recorded, because the process ended in between, it is sent again. Raises what the sender raises.
    """
    send = sending.senders().get(target)
    if send is None:
        return
    position, head = await audit.head(session)
    today = session.city.day_of(now)
    made = rules.signed(today, position, bytes.fromhex(head), keys.current().signing_seed)
    await send(made)
    payload = {"target": target.value} | made.as_json()
    events.append(session, "audit.anchored", ("audit_chain", CHAIN), audience=[events.OPERATOR], payload=payload)
    await deadlines.schedule(session, kind_of(target), CHAIN, _after(session, today))


async def arrange(database: Database) -> None:
    """Set the deadline of each target that this process's settings name and that has none: at once, or after today's.

    The worker does so at its start and each hour.
    """
    if not sending.senders():
        return
    async with database.transaction() as session:
        pending = await queries.pending(session, CHAIN, [kind_of(target) for target in sending.senders()])
        for target in sending.senders():
            if kind_of(target) not in pending:
                now = await read_clock(session)
                last = await queries.last_day(session, CHAIN, target)
                due = now if last is None else max(now, _after(session, last))
                await deadlines.schedule(session, kind_of(target), CHAIN, due)


def _after(session: Session, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, session.city.zone)
