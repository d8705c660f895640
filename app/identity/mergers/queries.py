"""Reading of mergers: who was merged, into whom, since when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import UNKNOWN_REFERENCE, Text
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.mergers.models import Merger
from app.identity.models import Invitation, Membership, Organisation
from app.identity.problems import ORGANISATION

MERGER = Text("merger", "合并")
ORDERS: Final = Orders("-id", Merger.id)
Successions = Mapping[UUID, tuple[UUID, date]]


async def list_mergers(session: Session, page: PageRequest, organisation_id: UUID | None) -> Found[Merger]:
    """A page, newest first, optionally those of one organisation on either side."""
    statement = select(Merger)
    if organisation_id is not None:
        statement = statement.where(or_(Merger.merged_id == organisation_id, Merger.successor_id == organisation_id))
    return await read_page(session, statement, page, ORDERS)


async def get_merger(session: Session, merger_id: UUID) -> Merger:
    """One merger; raises `not_found`. What is decided of it is decided under the locks of its organisations."""
    return await read_one(session, select(Merger).where(Merger.id == merger_id), MERGER, fresh=True)


async def lock_sides(session: Session, merged_id: UUID, successor_id: UUID) -> tuple[Organisation, Organisation]:
    """Both organisations, locked in the order of their ids. Raises `unknown_reference`."""
    both = select(Organisation).where(Organisation.id.in_([merged_id, successor_id])).order_by(Organisation.id)
    rows = await read_all(session, both.with_for_update().execution_options(populate_existing=True))
    known = {row.id: row for row in rows}
    for field, organisation_id in (("merged_id", merged_id), ("successor_id", successor_id)):
        if organisation_id not in known:
            raise UNKNOWN_REFERENCE(field=field, what=ORGANISATION)
    return known[merged_id], known[successor_id]


async def live_merger_of(session: Session, organisation_id: UUID) -> Merger | None:
    """The merger by which an organisation ends or ended, asked for or confirmed or done."""
    statement = select(Merger).where(Merger.merged_id == organisation_id, Merger.taken_back_at.is_(None))
    return await find_one(session, statement)


async def done_merger_of(session: Session, organisation_id: UUID) -> Merger | None:
    """The merger by which an organisation ended."""
    return await find_one(
        session, select(Merger).where(Merger.merged_id == organisation_id, Merger.done_at.is_not(None))
    )


async def inherited(session: Session, heir_id: UUID) -> Sequence[Merger]:
    """The mergers by which an organisation stands for others now."""
    return await read_all(session, select(Merger).where(Merger.heir_id == heir_id, Merger.done_at.is_not(None)))


async def successions(session: Session, ids: Iterable[UUID]) -> Successions:
    """From some organisations upwards: merged to successor and its first day, for `rules.heir_on`."""
    found: dict[UUID, tuple[UUID, date]] = {}
    wanted = set(ids)
    while wanted:
        done = select(Merger).where(Merger.merged_id.in_(wanted), Merger.done_at.is_not(None))
        rows = await read_all(session, done)
        found |= {row.merged_id: (row.successor_id, row.effective_on) for row in rows}
        wanted = {row.successor_id for row in rows} - found.keys()
    return found


async def heirs_of(session: Session, ids: Iterable[UUID | None]) -> frozenset[UUID]:
    """Who stands now for those of some organisations that were merged."""
    statement = select(Merger.heir_id).where(
        Merger.merged_id.in_([one for one in ids if one]), Merger.done_at.is_not(None)
    )
    return frozenset((await session.execute(statement)).scalars())


async def members_of(session: Session, organisation_id: UUID) -> Sequence[Membership]:
    """Who acts for an organisation now, locked for their end."""
    statement = select(Membership).where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    return await read_all(session, statement.order_by(Membership.id).with_for_update())


async def open_invitations(session: Session, organisation_id: UUID) -> Sequence[Invitation]:
    """The invitations of an organisation that can still be redeemed or confirmed, locked."""
    statement = select(Invitation).where(
        Invitation.organisation_id == organisation_id, Invitation.redeemed_at.is_(None), Invitation.revoked_at.is_(None)
    )
    return await read_all(session, statement.order_by(Invitation.id).with_for_update())
