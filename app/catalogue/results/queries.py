"""All reading of results, and who may see what.

Rows are locked `FOR NO KEY UPDATE` (`key_share`): `FOR UPDATE` would also stop a transaction that only refers to the
row. A purchase, which holds its listing and then refers to the result, would deadlock with a publication of that
listing.

A result is seen by the organisation that keeps it, by its co-owners, and by the market's staff; to everyone else it
does not exist (404). The public reads of it what a listing publishes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from operator import attrgetter
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, CompoundSelect, Select, delete, func, select, union
from sqlalchemy.orm import aliased, selectinload
from sqlalchemy.sql.base import ExecutableOption

from app.catalogue.results.kinds import PATENTS, IpType, Secrecy, TechnicalField
from app.catalogue.results.listability import AssetFacts, ListingFacts, OwnerFacts
from app.catalogue.results.models import Completer, CoOwnerConsent, IpAsset, Result, ResultOwner
from app.catalogue.rights import queries as rights
from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Session, read_all, read_one
from app.core.problems import Text
from app.core.schemas import AskedFlag, AskedWhole
from app.core.web.filters import between, equal, having
from app.core.web.pages import Found, Orders, PageRequest, SortKey, ordered, read_page
from app.identity.queries import organisations_by_id

ORDERS: Final = Orders("id", Result.id, Result.title)


Level = Annotated[AskedWhole, Field(ge=1, le=9)]


def _protected_by(kind: IpType) -> ColumnElement[bool]:
    return Result.id.in_(select(IpAsset.result_id).where(IpAsset.type == kind))


FILTERS: Final = (
    equal(Result.technical_field, TechnicalField, "Of this technical field"),
    equal(Result.organisation_id, UUID, "Kept by this organisation"),
    equal(Result.publicly_funded, AskedFlag, "Whether public money paid for it"),
    having("ip_type", IpType, "It has a right of this kind", _protected_by),
    having("readiness_min", Level, "GB/T 22900: no lower", lambda level: Result.readiness_level >= level),
    having("readiness_max", Level, "GB/T 22900: no higher", lambda level: Result.readiness_level <= level),
    *between("registered", Result.registered_on),
)


@cache
def _parts() -> tuple[ExecutableOption, ...]:
    """What is loaded with it; made at first use, since it makes SQLAlchemy configure every mapper (0.1 s)."""
    return (
        selectinload(Result.owners),
        selectinload(Result.completers),
        selectinload(Result.ip_assets),
        selectinload(Result.entitlements),
        selectinload(Result.consents),
    )


def visible_results(actor: Actor) -> Select[Result]:
    """The results an actor may see, without their parts."""
    if actor.is_staff:
        return select(Result)
    own = actor.organisation()
    # A union of what the two indexes find; an OR over a subquery would walk every result there is.
    kept = select(Result.id).where(Result.organisation_id == own)
    co_owned = select(ResultOwner.result_id).where(ResultOwner.organisation_id == own)
    return select(Result).where(Result.id.in_(kept.union(co_owned)))


async def get_result(session: Session, actor: Actor, result_id: UUID) -> Result:
    """One result the actor may see, with all its parts; raises `not_found`."""
    return await _one(session, visible_results(actor).where(Result.id == result_id))


async def lock_visible(session: Session, actor: Actor, result_id: UUID) -> Result:
    """The same, locked until the transaction ends, so that what is decided about it stays true."""
    statement = visible_results(actor).where(Result.id == result_id)
    return await _one(session, statement.with_for_update(of=Result, key_share=True))


async def is_secret(session: Session, result_id: UUID) -> bool:
    """Whether a state secret or national security is concerned, as committed; without a check of access."""
    statement = select(Result.secrecy != Secrecy.NONE).where(Result.id == result_id)
    return (await session.execute(statement)).scalar_one()


async def lock_result(session: Session, result_id: UUID) -> Result:
    """One result with all its parts, locked, without a check of access: the service makes it."""
    statement = select(Result).where(Result.id == result_id)
    return await _one(session, statement.with_for_update(of=Result, key_share=True))


async def read_result(session: Session, result_id: UUID) -> Result:
    """One result with all its parts, not locked, without a check of access: the service makes it."""
    return await _one(session, select(Result).where(Result.id == result_id))


async def offered(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Result]:
    """Some results without their parts, for services that have checked access. What became secret is left out."""
    statement = select(Result).where(Result.id.in_(list(ids)), Result.secrecy == Secrecy.NONE)
    return {row.id: row for row in await read_all(session, statement)}


RESULT: Final = Text("result", "科技成果")


async def _one(session: Session, statement: Select[Result]) -> Result:
    statement = statement.options(*_parts()).execution_options(populate_existing=True)
    return await read_one(session, statement, RESULT)


async def list_results(session: Session, actor: Actor, page: PageRequest) -> Found[Result]:
    """A page in order of recording: own and co-owned ones, all for the market's staff."""
    statement = select(Result)
    if not actor.is_staff:
        statement = statement.where(Result.id.in_(_next_own(actor.organisation(), page)))
    return await read_page(session, statement, page, ORDERS)


def _next_own(own: UUID, page: PageRequest) -> CompoundSelect[UUID]:
    """The next kept and the next co-owned ones, each from its index: `OR` walks all results, 45 ms among 100 000."""
    order = page.sorted_as(ORDERS)
    kept = select(Result.id).where(Result.organisation_id == own)
    co_owned = select(ResultOwner.result_id).where(ResultOwner.organisation_id == own)
    if order.keys == (ORDERS.unique,):
        kept = ordered(kept, page, order)
        co_owned = co_owned.join(Result, Result.id == ResultOwner.result_id)
        owner = SortKey("id", ResultOwner.result_id, attrgetter("id"))
        co_owned = ordered(co_owned, page, replace(order, keys=(owner,)))
    return union(kept.subquery().select(), co_owned.subquery().select())


def may_see_completers(actor: Actor, result: Result) -> bool:
    """Names are personal data: for the keeper's own people and the market's staff."""
    return actor.is_staff or actor.organisation_id == result.organisation_id


async def listing_facts(
    session: Session,
    result_id: UUID,
    seller_id: UUID | None = None,
    *,
    field_of_use: str | None = None,
    territory: str | None = None,
) -> ListingFacts:
    """What decides whether the result may be listed by `seller_id` (left out: its keeper), for a field and territory.

    For use by other packages' services, which have checked that their actor may know; raises `not_found`.
    """
    result = await _one(session, select(Result).where(Result.id == result_id))
    names = await owner_names(session, result)
    claimed = await _claimed_elsewhere(session, result)
    ids = [asset.asset_id for asset in result.ip_assets if asset.asset_id is not None]
    events = await rights.events_of(session, ids)
    grants = await rights.grants_of(session, ids, await read_today(session))
    return ListingFacts(
        result_id=result.id,
        seller_id=seller_id or result.organisation_id,
        secrecy=result.secrecy,
        export_control=result.export_control,
        publicly_funded=result.publicly_funded,
        assets=tuple(
            AssetFacts(
                position,
                asset.type,
                asset.title,
                asset.expires_on,
                asset.invalidated_on,
                also_in=claimed.get(asset.id, ()),
                asset_id=asset.asset_id,
                events=tuple(events.get(asset.asset_id, ())) if asset.asset_id else (),
                grants=tuple(grants.get(asset.asset_id, ())) if asset.asset_id else (),
            )
            for position, asset in enumerate(result.ip_assets)
        ),
        owners=tuple(
            OwnerFacts(owner.organisation_id, names[owner.organisation_id], owner.share) for owner in result.owners
        ),
        consents=frozenset((consent.organisation_id, consent.transfer_mode) for consent in result.consents),
        field_of_use=field_of_use,
        territory=territory,
    )


async def _claimed_elsewhere(session: Session, result: Result) -> dict[UUID, tuple[str, ...]]:
    """The numbers of the other results that state the same patent or application, by what this one states."""
    own, other = aliased(IpAsset), aliased(IpAsset)
    statement = (
        select(own.id, func.array_agg(Result.number.distinct()))
        .join(other, other.asset_id == own.asset_id)
        .join(Result, Result.id == other.result_id)
        .where(own.result_id == result.id, other.result_id != result.id)
        .where(own.type.in_(PATENTS), other.type.in_(PATENTS))
        .group_by(own.id)
    )
    return {asset_id: tuple(numbers) for asset_id, numbers in (await session.execute(statement)).all()}


async def owner_names(session: Session, result: Result) -> dict[UUID | None, str]:
    """The owners' names; the completing team's stands under None."""
    ids = [owner.organisation_id for owner in result.owners if owner.organisation_id is not None]
    names: dict[UUID | None, str] = {None: "completing team / 完成团队"}
    return names | {row.id: row.name for row in (await organisations_by_id(session, ids)).values()}


_PART_TABLES: dict[str, type[ResultOwner] | type[Completer] | type[IpAsset]] = {
    "owners": ResultOwner,
    "completers": Completer,
    "ip_assets": IpAsset,
}


async def clear_consents(session: Session, result_id: UUID) -> None:
    """Remove every co-owner's consent; the events keep what was given."""
    await session.execute(delete(CoOwnerConsent).where(CoOwnerConsent.result_id == result_id))


async def clear_parts(session: Session, result_id: UUID, part: str) -> None:
    """Remove every row of `owners`, `completers` or `ip_assets`, before the new list is written."""
    table = _PART_TABLES[part]
    await session.execute(delete(table).where(table.result_id == result_id))
