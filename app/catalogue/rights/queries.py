"""All reading of rights, and who may see what.

The market's staff see a right with all that was recorded. Who keeps or owns a result that states it sees its events,
and the grants from that result; a party of a grant sees that grant. Of other grants they see what everybody sees of a
right that was published: mode, scope and days, no names. To everyone else it does not exist.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, and_, cast, delete, func, literal, or_, select
from sqlalchemy import Text as TextType

from app.catalogue.results.kinds import IpType, TransferMode
from app.catalogue.results.models import IpAsset, Result, ResultOwner
from app.catalogue.rights.kinds import AssetEventKind, GrantEnd
from app.catalogue.rights.models import Asset, AssetEvent, AssetNumber, Grant
from app.catalogue.rights.rules.exclusion import Granted
from app.catalogue.rights.rules.standing import Recorded
from app.core.access import Actor
from app.core.database import Session, read_all, read_one
from app.core.problems import NOT_FOUND, Problem, Text
from app.core.web.filters import equal, having
from app.core.web.pages import Found, Orders, PageRequest, read_page

ASSET: Final = Text("right", "知识产权")
ORDERS: Final = Orders("id", Asset.id)
MOST: Final = 200
"""Of the events and grants of one right, how many are shown: the newest."""


def _in_result(result_id: UUID) -> ColumnElement[bool]:
    return Asset.id.in_(select(IpAsset.asset_id).where(IpAsset.result_id == result_id))


FILTERS: Final = (
    equal(Asset.type, IpType, "A right of this kind"),
    having("result_id", UUID, "Stated by this result", _in_result),
)


async def folded(session: Session, numbers: Iterable[str]) -> Mapping[str, str]:
    """Numbers in the one form in which they are compared."""
    written = func.unnest(cast(sorted(set(numbers)), ARRAY(TextType()))).column_valued("written")
    return {row[0]: row[1] for row in await session.execute(select(written, func.techex_patent(written)))}


async def by_keys(session: Session, keys: Collection[str]) -> Mapping[str, UUID]:
    """The rights with these folded numbers, by number."""
    statement = select(AssetNumber.key, AssetNumber.asset_id).where(AssetNumber.key.in_(keys))
    return {row[0]: row[1] for row in await session.execute(statement)}


async def lock_assets(session: Session, ids: Iterable[UUID]) -> Sequence[Asset]:
    """Some rights, locked in the order of their ids: what is granted in them changes only under this lock."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    statement = select(Asset).where(Asset.id.in_(wanted)).order_by(Asset.id)
    return await read_all(session, statement.with_for_update(key_share=True), fresh=True)


async def events_of(session: Session, ids: Collection[UUID]) -> Mapping[UUID, list[Recorded]]:
    """What was recorded of some rights, in order, by right."""
    found: dict[UUID, list[Recorded]] = {}
    columns = AssetEvent.asset_id, AssetEvent.id, AssetEvent.kind, AssetEvent.happened_on, AssetEvent.about_id
    for row in await session.execute(select(*columns).where(AssetEvent.asset_id.in_(ids)).order_by(AssetEvent.id)):
        found.setdefault(row.asset_id, []).append(
            Recorded(row.id, AssetEventKind(row.kind), row.happened_on, row.about_id)
        )
    return found


async def grants_of(session: Session, ids: Collection[UUID], day: date) -> Mapping[UUID, list[Granted]]:
    """What was granted in some rights and holds on a day or later, by right."""
    found: dict[UUID, list[Granted]] = {}
    statement = select(*_GRANTED).where(Grant.asset_id.in_(ids), _runs(day)).order_by(Grant.id)
    for row in await session.execute(statement):
        found.setdefault(row.asset_id, []).append(as_granted(row))
    return found


_GRANTED: Final = (
    Grant.asset_id, Grant.id, Grant.mode, Grant.grantor_ids, Grant.grantee_ids, Grant.field_of_use, Grant.territory,
    Grant.valid_from, Grant.valid_to, Grant.ended_on, Grant.deal_id,
)  # fmt: skip
"""What the rules ask of a grant. A right may have hundreds: 200 took 39 ms as rows and 57 as objects."""


def _runs(day: date) -> ColumnElement[bool]:
    in_term = or_(Grant.valid_to.is_(None), Grant.valid_to >= day)
    return and_(in_term, or_(Grant.ended_on.is_(None), Grant.ended_on > day))


def as_granted(row: Grant | Row[*tuple[Any, ...]]) -> Granted:
    """A grant as the rules know it: it holds up to the day before its end."""
    last = row.valid_to
    if row.ended_on is not None:
        last = min(last or date.max, row.ended_on - timedelta(days=1))
    return Granted(
        TransferMode(row.mode), frozenset(row.grantor_ids), frozenset(row.grantee_ids), row.field_of_use, row.territory,
        row.valid_from, last, row.deal_id, row.id,
    )  # fmt: skip


async def rows_of_contract(session: Session, contract_id: UUID) -> Sequence[Grant]:
    """What a contract granted and did not end."""
    statement = select(Grant).where(Grant.contract_id == contract_id, Grant.ended_on.is_(None)).order_by(Grant.id)
    return await read_all(session, statement)


async def passed_on_at(session: Session, row: Grant) -> Sequence[Grant]:
    """The acquisitions of a right that ended when it was passed on by this grant."""
    statement = select(Grant).where(
        Grant.asset_id == row.asset_id,
        Grant.ended_because == GrantEnd.PASSED_ON,
        Grant.ended_on == row.valid_from,
        Grant.grantee_ids.overlap(row.grantor_ids),
    )
    return await read_all(session, statement)


async def rows_by_id(session: Session, ids: Collection[UUID]) -> Sequence[Grant]:
    """Some grants."""
    return await read_all(session, select(Grant).where(Grant.id.in_(ids)).order_by(Grant.id))


async def rows_of_event(session: Session, event_id: UUID) -> Sequence[Grant]:
    """The licence elsewhere that an event recorded."""
    return await read_all(session, select(Grant).where(Grant.event_id == event_id, Grant.ended_on.is_(None)))


async def stated_by(session: Session, asset_id: UUID) -> Sequence[IpAsset]:
    """What results state of a right, the earliest statement first."""
    return await read_all(session, select(IpAsset).where(IpAsset.asset_id == asset_id).order_by(IpAsset.id))


async def holders_of(session: Session, asset_id: UUID) -> Mapping[UUID, frozenset[UUID]]:
    """Keeper and owners of each result that states a right, by result."""
    results = select(IpAsset.result_id).where(IpAsset.asset_id == asset_id)
    kept = select(Result.id, Result.organisation_id).where(Result.id.in_(results))
    owned = select(ResultOwner.result_id, ResultOwner.organisation_id).where(
        ResultOwner.result_id.in_(results), ResultOwner.organisation_id.is_not(None)
    )
    found: dict[UUID, set[UUID]] = {}
    for statement in (kept, owned):
        for result_id, organisation_id in await session.execute(statement):
            if organisation_id is not None:
                found.setdefault(result_id, set()).add(organisation_id)
    return {result_id: frozenset(who) for result_id, who in found.items()}


async def licensees_of(session: Session, asset_id: UUID, day: date) -> frozenset[UUID]:
    """Who was granted something in a right that runs."""
    held = (await grants_of(session, [asset_id], day)).get(asset_id, [])
    return frozenset(party for grant in held for party in grant.grantees)


def _own(actor: Actor) -> ColumnElement[bool]:
    """Stated by a result that the organisation keeps or owns a part of."""
    own = actor.organisation()
    results = (
        select(Result.id)
        .where(Result.organisation_id == own)
        .union(select(ResultOwner.result_id).where(ResultOwner.organisation_id == own))
    )
    return Asset.id.in_(select(IpAsset.asset_id).where(IpAsset.result_id.in_(results)))


async def list_assets(session: Session, actor: Actor, page: PageRequest) -> Found[Asset]:
    """The rights of the actor's own and co-owned results; all for the market's staff."""
    statement = select(Asset) if actor.is_staff else select(Asset).where(_own(actor))
    return await read_page(session, statement, page, ORDERS)


async def find_asset(session: Session, number: str) -> Sequence[UUID]:
    """The rights that a number or an id names, without a check of access; a number may be one of several families."""
    try:
        named = select(Asset.id).where(Asset.id == UUID(number))
    except ValueError:
        plain = func.techex_patent(literal(number))
        keys = [func.concat(f"{family}:", plain) for family in ("patent", *sorted(IpType))]
        named = select(AssetNumber.asset_id).where(AssetNumber.key.in_(keys)).order_by(AssetNumber.asset_id)
    return (await session.execute(named)).scalars().all()


def unknown_asset() -> Problem:
    """The refusal for a right that the actor may not see: `not_found`."""
    return NOT_FOUND(what=ASSET)


async def drop_unused(session: Session, asset_id: UUID) -> None:
    """Remove a right that was made in vain: somebody else made it at the same time."""
    await session.execute(delete(AssetNumber).where(AssetNumber.asset_id == asset_id))
    await session.execute(delete(Asset).where(Asset.id == asset_id))


async def get_asset(session: Session, asset_id: UUID) -> Asset:
    """A right, without a check of access, for services that make it; raises `not_found`."""
    return await read_one(session, select(Asset).where(Asset.id == asset_id), ASSET)


async def lock_asset(session: Session, asset_id: UUID) -> Asset:
    """The same, locked."""
    return await read_one(session, select(Asset).where(Asset.id == asset_id).with_for_update(key_share=True), ASSET)


def _events(asset_id: UUID) -> Select[AssetEvent]:
    return select(AssetEvent).where(AssetEvent.asset_id == asset_id)


async def newest_events(session: Session, asset_id: UUID) -> Sequence[AssetEvent]:
    """The newest events of a right, newest first."""
    return await read_all(session, _events(asset_id).order_by(AssetEvent.id.desc()).limit(MOST))


async def newest_grants(session: Session, asset_id: UUID) -> Sequence[Grant]:
    """The newest grants in a right, newest first, ended ones among them."""
    statement = select(Grant).where(Grant.asset_id == asset_id).order_by(Grant.id.desc()).limit(MOST)
    return await read_all(session, statement)
