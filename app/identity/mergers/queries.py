"""Reading of mergers: who was merged, into whom, since when."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from app.core.database import Session, find_one, read_all, read_one
from app.core.problems import ORGANISATION_MERGED, UNKNOWN_REFERENCE, Text
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity import queries as identity
from app.identity.mergers import rules
from app.identity.mergers.models import Merger
from app.identity.mergers.rules import Successions
from app.identity.models import Invitation, Membership, Organisation, OrganisationRelation
from app.identity.problems import ORGANISATION
from app.identity.relations import Relation, related_on

MERGER = Text("merger", "合并")
ORDERS: Final = Orders("-id", Merger.id)


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


async def successions(session: Session, ids: Iterable[UUID]) -> Successions:
    """Every merger of the bodies that stand now for some organisations, for `rules.heir_on`."""
    wanted = list(ids)
    done = Merger.done_at.is_not(None)
    heirs = select(Merger.heir_id).where(Merger.merged_id.in_(wanted), done)
    one_body = or_(Merger.heir_id.in_(wanted), Merger.heir_id.in_(heirs))
    rows = await read_all(session, select(Merger).where(done, one_body))
    return {row.merged_id: (row.successor_id, row.effective_on) for row in rows}


async def with_heirs(session: Session, *ids: UUID | None) -> frozenset[UUID]:
    """Some organisations, and who stands now for those of them that were merged: all that have their interest."""
    known = frozenset(one for one in ids if one is not None)
    heirs = select(Merger.heir_id).where(Merger.merged_id.in_(known), Merger.done_at.is_not(None))
    return known | frozenset((await session.execute(heirs)).scalars())


async def check_none_merged(session: Session, ids: Iterable[UUID], field: str) -> None:
    """Raises `organisation_merged` if one of those named in something new has ended in another organisation."""
    named = select(Organisation.name).join(Merger, Merger.merged_id == Organisation.id)
    found = named.where(Merger.merged_id.in_(list(ids)), Merger.done_at.is_not(None)).limit(1)
    name = (await session.execute(found)).scalar_one_or_none()
    if name is not None:
        raise ORGANISATION_MERGED(field=field, name=name)


async def relations_on(session: Session, ids: Iterable[UUID], day: date) -> list[Relation]:
    """The findings of related parties between some organisations on a day, after the mergers until then."""
    known = frozenset(ids)
    merged = await successions(session, known)
    rows = await identity.relations_between(session, rules.family(merged, known))
    return list(related_on(map(relation_of, rows), merged, known, day))


async def is_one_body(session: Session, sellers: Iterable[UUID], buyers: Iterable[UUID], day: date) -> bool:
    """Whether one organisation stands on both sides since a merger."""
    sides = [frozenset(sellers), frozenset(buyers)]
    merged = await successions(session, sides[0] | sides[1])
    first, second = ({rules.heir_on(merged, one, day) for one in side} for side in sides)
    return not first.isdisjoint(second)


def relation_of(row: OrganisationRelation) -> Relation:
    """A finding as rules take it."""
    return Relation(
        row.first_id, row.second_id, row.kind, row.share, row.detail, row.source, row.valid_from, row.valid_to
    )


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
