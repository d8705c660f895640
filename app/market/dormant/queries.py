"""All reading of dormant lists, and who may see what.

A published list is for everybody, without what was corrected. Until then the operator and the auditor see it whole,
and each unit what was gathered of its own results.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Row, Select, exists, select

from app.catalogue.results.kinds import Secrecy, TechnicalField
from app.catalogue.results.models import Result
from app.core.access import Actor
from app.core.database import Session, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.models import Organisation
from app.market.deals.kinds import DealStatus
from app.market.deals.models import Deal
from app.market.dormant.kinds import DormantListStatus, DormantStatus
from app.market.dormant.models import DormantList, DormantResult
from app.market.dormant.rules import DormancyFacts
from app.market.listings.models import Listing

LIST: Final = Text("list of dormant results", "未转化成果清单")
DORMANT: Final = Text("dormant result", "未转化成果")
LISTS: Final = Orders("-year", DormantList.year)
ORDERS: Final = Orders("id", DormantResult.id)
PUBLISHED: Final = (
    equal(DormantResult.organisation_id, UUID, "Kept by this organisation"),
    equal(DormantResult.technical_field, TechnicalField, "Of this technical field"),
)
FILTERS: Final = (
    *PUBLISHED,
    equal(DormantResult.list_id, UUID, "In this list"),
    equal(DormantResult.status, DormantStatus, "What its unit has said"),
)


async def get_list(session: Session, actor: Actor | None, year: int) -> DormantList:
    """The list of a year; raises `not_found` for one that is not published, but to operator and auditor."""
    statement = select(DormantList).where(DormantList.year == year)
    if actor is None or not actor.oversees:
        statement = statement.where(DormantList.status == DormantListStatus.PUBLISHED)
    return await read_one(session, statement, LIST)


async def lock_list(session: Session, list_id: UUID, *, shared: bool = False) -> DormantList:
    """A list, locked; `shared` by all who answer for a result in it."""
    statement = select(DormantList).where(DormantList.id == list_id).with_for_update(key_share=not shared, read=shared)
    return await read_one(session, statement, LIST, fresh=True)


async def lock_year(session: Session, year: int) -> DormantList:
    """The list of a year, locked; raises `not_found`."""
    statement = select(DormantList).where(DormantList.year == year).with_for_update(key_share=True)
    return await read_one(session, statement, LIST, fresh=True)


async def list_lists(session: Session, actor: Actor | None, page: PageRequest) -> Found[DormantList]:
    """The lists that an actor may see, the latest first."""
    statement = select(DormantList)
    if actor is None or not actor.oversees:
        statement = statement.where(DormantList.status == DormantListStatus.PUBLISHED)
    return await read_page(session, statement, page, LISTS)


async def list_published(session: Session, list_id: UUID, page: PageRequest) -> Found[DormantResult]:
    """What a published list tells everybody: nothing of a result that has become secret since."""
    statement = (
        select(DormantResult)
        .join(Result, Result.id == DormantResult.result_id)
        .where(
            DormantResult.list_id == list_id,
            DormantResult.status != DormantStatus.CORRECTED,
            Result.secrecy == Secrecy.NONE,
        )
    )
    return await read_page(session, statement, page, ORDERS)


def _own(actor: Actor) -> Select[DormantResult]:
    if actor.oversees:
        return select(DormantResult)
    return select(DormantResult).where(DormantResult.organisation_id == actor.organisation())


async def list_results(session: Session, actor: Actor, page: PageRequest) -> Found[DormantResult]:
    """What was gathered of the actor's own results; of all, to operator and auditor."""
    return await read_page(session, _own(actor), page, ORDERS)


async def get_result(session: Session, actor: Actor, entry_id: UUID) -> DormantResult:
    """A result in a list; raises `not_found`."""
    return await read_one(session, _own(actor).where(DormantResult.id == entry_id), DORMANT)


async def lock_result(session: Session, actor: Actor, entry_id: UUID) -> DormantResult:
    """The same, locked."""
    statement = _own(actor).where(DormantResult.id == entry_id).with_for_update(key_share=True)
    return await read_one(session, statement, DORMANT, fresh=True)


async def is_any_waiting(session: Session, list_id: UUID) -> bool:
    """Whether a unit has not answered for a result in a list."""
    waiting = select(DormantResult.id).where(
        DormantResult.list_id == list_id, DormantResult.status == DormantStatus.WAITING
    )
    return (await session.execute(waiting.limit(1))).first() is not None


def _with_facts() -> Select[Result, Organisation, bool]:
    agreed = exists().where(
        Listing.result_id == Result.id,
        Deal.listing_id == Listing.id,
        Deal.status.in_([DealStatus.AGREED, DealStatus.CONTRACTED]),
    )
    return select(Result, Organisation, agreed).join(Organisation, Organisation.id == Result.organisation_id)


async def candidates(session: Session, after: UUID | None, limit: int) -> Sequence[Row[Result, Organisation, bool]]:
    """The next results that public money paid for and nobody began to convert, with what the rule asks."""
    statement = _with_facts().where(Result.publicly_funded, Result.conversion_begun_on.is_(None))
    if after is not None:
        statement = statement.where(Result.id > after)
    return (await session.execute(statement.order_by(Result.id).limit(limit))).all()


async def read_result(session: Session, result_id: UUID) -> Row[Result, Organisation, bool]:
    """A result with its unit and what the rule asks, as it is recorded now."""
    return (await session.execute(_with_facts().where(Result.id == result_id))).one()


def facts_of(row: Row[Result, Organisation, bool]) -> DormancyFacts:
    """What the rule asks of a result."""
    result, _, agreed = row
    return DormancyFacts(
        publicly_funded=result.publicly_funded,
        secret=result.secrecy != Secrecy.NONE,
        registered_on=result.registered_on,
        conversion_begun_on=result.conversion_begun_on,
        agreed=agreed,
    )
