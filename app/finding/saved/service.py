"""Use cases of saved searches; each runs in the caller's transaction. What tells them: `telling.py`."""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.web.preconditions import Precondition
from app.finding.saved import keeping, queries, rules, schemas
from app.finding.saved.kinds import SavedSearchMove, SavedSearchStatus, SearchedFor
from app.finding.saved.models import SavedSearch
from app.law.figures import parameter
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room

SUBJECT: Final = "saved_search"
ENDS: Final = "saved_search.ends"
"""The deadline at the end of a search's last day."""
_DAYS: Final = "saved_search_days"


async def save(session: Session, actor: Actor, body: schemas.SavedSearchIn) -> SavedSearch:
    """Save a search for the actor's organisation, which is told what changes from now on.

    Raises `search_finds_nothing`, `search_end_out_of_range`, `quota_reached`.
    """
    columns = await asyncio.to_thread(keeping.kept, body.search)
    await queries.hold_telling(session)
    held = await queries.count_of(session, actor.organisation())
    now = await read_clock(session)
    check_room(Quota.SAVED_SEARCHES, held, session.city.day_of(now))
    row = SavedSearch(
        organisation_id=actor.organisation(),
        saved_by=actor.person_id,
        name=body.name,
        searched_for=SearchedFor(body.search.searched_for),
        search=body.search.model_dump(mode="json", exclude_none=True),
        ends_on=_last_day(body.ends_on, session.city.day_of(now)),
        since=now,
        **columns,
    )
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await _set_end(session, row)
    _tell(session, row, "saved_search.saved")
    return row


async def change(
    session: Session, actor: Actor, search_id: UUID, body: schemas.SavedSearchIn, precondition: Precondition
) -> SavedSearch:
    """Replace a saved search. An ended one is active again, and what changed before is not told.

    Raises what `save` raises, save the bound.
    """
    columns = await asyncio.to_thread(keeping.kept, body.search)
    await queries.hold_telling(session)
    row = await queries.lock_saved(session, actor, search_id)
    precondition.check(row.revision)
    now = await read_clock(session)
    row.name, row.search = body.name, body.search.model_dump(mode="json", exclude_none=True)
    row.searched_for = SearchedFor(body.search.searched_for)
    row.ends_on, row.since = _last_day(body.ends_on, session.city.day_of(now)), now
    for name, value in columns.items():
        setattr(row, name, value)
    if row.status == SavedSearchStatus.ENDED:
        row.status = SavedSearchStatus.ACTIVE
    row.revision += 1
    await _set_end(session, row)
    _tell(session, row, "saved_search.changed")
    return row


async def pause(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """Tell nothing until it is resumed. Raises `saved_search_transition_refused`."""
    row = await queries.lock_saved(session, actor, search_id)
    _move(session, row, rules.after(SavedSearchMove.PAUSE, row.status), "saved_search.paused")
    return row


async def resume(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """Tell again what changes from now on. Raises `saved_search_transition_refused`."""
    await queries.hold_telling(session)
    row = await queries.lock_saved(session, actor, search_id)
    target = rules.after(SavedSearchMove.RESUMPTION, row.status)
    row.since = await read_clock(session)
    _move(session, row, target, "saved_search.resumed")
    return row


async def delete(session: Session, actor: Actor, search_id: UUID) -> None:
    """Delete a saved search, and what is noted of its finds."""
    row = await queries.lock_to_delete(session, actor, search_id)
    await deadlines.cancel(session, ENDS, row.id)
    _tell(session, row, "saved_search.deleted")
    await session.delete(row)


async def end(session: Session, search_id: UUID, now: datetime) -> None:
    """The last day has passed: its owner is told that it is told nothing more."""
    row = await queries.lock_ending(session, search_id)
    if row is not None and row.status != SavedSearchStatus.ENDED and session.city.day_of(now) > row.ends_on:
        _move(session, row, SavedSearchStatus.ENDED, "saved_search.ended")


def _last_day(wanted: date | None, today: date) -> date:
    return rules.last_day(wanted, today, int(parameter(_DAYS, on=today).value))


async def _set_end(session: Session, row: SavedSearch) -> None:
    at = datetime.combine(row.ends_on + timedelta(1), time(), session.city.zone)
    await deadlines.schedule(session, ENDS, row.id, at)


def _move(session: Session, row: SavedSearch, target: SavedSearchStatus, event: str) -> None:
    row.status = target
    row.revision += 1
    _tell(session, row, event)


def _tell(session: Session, row: SavedSearch, event: str) -> None:
    payload = {"searched_for": row.searched_for, "status": row.status, "ends_on": row.ends_on}
    events.append(session, event, (SUBJECT, row.id), audience=[row.organisation_id], payload=payload)
