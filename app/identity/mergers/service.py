"""Use cases of mergers. One operator asks, another confirms, and on its day the merged organisation's hands end.

What it sold, bought, signed and was paid stays in its name. The people of its heir act in it, with keys for it, and
begin nothing new in its name (`core.web.access`).
"""

from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import update

from app.core import deadlines
from app.core.access import Actor
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_VERIFIED, ORGANISATION_MERGED
from app.identity import hooks, problems
from app.identity import queries as identity
from app.identity.appointments.rules import check_asks_for_other
from app.identity.kinds import Verification
from app.identity.mergers import queries, rules, schemas
from app.identity.mergers.kinds import MergerStatus
from app.identity.mergers.models import Merger
from app.identity.models import Organisation
from app.identity.rules import check_near, check_two

DUE = "merger.due"


async def ask(session: Session, actor: Actor, body: schemas.MergerIn) -> Merger:
    """Ask for a merger; it does nothing before another operator confirms it.

    Raises `same_organisation`, `unknown_reference`, `date_too_far`, `organisation_merged`, `merger_recorded`,
    `organisation_not_verified` for a successor that is not, and what others refuse: `merger_of_both_sides`.
    """
    check_two(body.merged_id, body.successor_id, "successor_id")
    merged, successor = await queries.lock_sides(session, body.merged_id, body.successor_id)
    check_near("effective_on", body.effective_on, await read_today(session))
    if await queries.live_merger_of(session, merged.id) is not None:
        raise problems.MERGER_RECORDED(field="merged_id")
    await _check(session, merged, successor)
    merger = Merger(**body.model_dump(), heir_id=successor.id, asked_by=actor.person_id)
    session.add(merger)
    await session.flush()
    _tell(session, "organisation.merger_asked", merger, [events.OPERATOR])
    return merger


async def confirm(session: Session, actor: Actor, merger_id: UUID) -> Merger:
    """Confirm what another operator asked for. It is done at once, or when its day begins.

    Raises `not_found`, `nothing_to_confirm`, `second_person_needed`, and what `ask` refuses.
    """
    merger, merged, successor = await _lock(session, merger_id)
    rules.check_asked(status_of(merger))
    check_asks_for_other(actor.person_id, merger.asked_by)
    await _check(session, merged, successor)
    merger.confirmed_by = actor.person_id
    _tell(session, "organisation.merger_confirmed", merger, [*events.STAFF, merged.id, successor.id])
    begins = datetime.combine(merger.effective_on, time.min, session.city.zone).astimezone(UTC)
    now = await read_clock(session)
    if begins <= now:
        await _take_effect(session, merger, merged, now)
    else:
        await deadlines.schedule(session, DUE, merger.id, begins)
    return merger


async def take_back(session: Session, merger_id: UUID, reason: str) -> Merger:
    """Take a merger back before it is done. Raises `not_found`, `merger_done`."""
    merger, merged, successor = await _lock(session, merger_id)
    if merger.done_at is not None:
        raise problems.MERGER_DONE()
    if merger.taken_back_at is None:
        merger.taken_back_at = await read_clock(session)
        await deadlines.cancel(session, DUE, merger.id)
        told = [*events.STAFF, merged.id, successor.id] if merger.confirmed_by else [events.OPERATOR]
        _tell(session, "organisation.merger_taken_back", merger, told, reason=reason)
    return merger


async def when_due(session: Session, merger_id: UUID, now: datetime) -> None:
    """The day of a confirmed merger has begun."""
    merger, merged, _ = await _lock(session, merger_id)
    if status_of(merger) is MergerStatus.CONFIRMED:
        await _take_effect(session, merger, merged, now)


def status_of(merger: Merger) -> MergerStatus:
    """Where a merger stands."""
    return rules.Standing(merger.confirmed_by, merger.done_at, merger.taken_back_at).status


async def _lock(session: Session, merger_id: UUID) -> tuple[Merger, Organisation, Organisation]:
    """A merger under the locks of both its organisations, read after them."""
    found = await queries.get_merger(session, merger_id)
    merged, successor = await queries.lock_sides(session, found.merged_id, found.successor_id)
    return await queries.get_merger(session, merger_id), merged, successor


async def _check(session: Session, merged: Organisation, successor: Organisation) -> None:
    """The successor lives, and no agreed deal is left between the two: nobody sells to oneself."""
    if await queries.live_merger_of(session, successor.id) is not None:
        raise ORGANISATION_MERGED(field="successor_id", name=successor.name)
    if successor.verification != Verification.VERIFIED:
        raise NOT_VERIFIED(field="successor_id", name=successor.name, verification=successor.verification)
    await hooks.merging.announce(session, merged, successor)


async def _take_effect(session: Session, merger: Merger, merged: Organisation, now: datetime) -> None:
    """The merged organisation's people, keys and invitations end; who stood for others through it is its heir."""
    merger.done_at = now
    for membership in await queries.members_of(session, merged.id):
        membership.ended_at = now
    for invitation in await queries.open_invitations(session, merged.id):
        invitation.revoked_at = now
    await identity.end_all_keys(session, merged.id, now)
    gone_too = await queries.done_merger_of(session, merger.successor_id)
    merger.heir_id = gone_too.heir_id if gone_too is not None else merger.successor_id
    await session.execute(update(Merger).where(Merger.heir_id == merged.id).values(heir_id=merger.heir_id))
    merged.revision += 1
    _tell(session, "organisation.merged", merger, [events.PUBLIC, merged.id, merger.successor_id])
    await hooks.merged.announce(session, merged, merger.heir_id, now)


def _tell(session: Session, type_: str, merger: Merger, audience: list[UUID], **more: str) -> None:
    payload = {
        "merger_id": merger.id,
        "successor_id": merger.successor_id,
        "kind": merger.kind,
        "effective_on": merger.effective_on,
    }
    events.append(session, type_, ("organisation", merger.merged_id), audience=audience, payload=payload | more)
