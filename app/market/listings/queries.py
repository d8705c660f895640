"""All reading of listings, and who may see what."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Final
from uuid import UUID

from asyncpg import Record
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from app.catalogue.results.kinds import TransferMode
from app.catalogue.results.models import IpAsset
from app.catalogue.rights.schemas import PublishedAsset, SealedAsset
from app.core.access import Actor
from app.core.database import Database, Session, find_one, read_all, read_one
from app.core.history import events
from app.core.problems import NOT_FOUND, Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, SortKey, cut_in, read_page
from app.identity.mergers.queries import with_heirs
from app.law.periods import queries as periods
from app.market.listings.kinds import LIVE_STATUSES, OFFERING_STATUSES, PUBLIC_STATUSES, ListingStatus, PricingMode
from app.market.listings.models import Listing, ListingVersion, Question
from app.market.listings.rules import Sibling
from app.market.listings.schemas import ListingFilter, ListingPeriodOut, listing_period

QUESTION: Final = Text("question", "提问")
LISTING: Final = Text("listing", "交易项目")


CARDS: Final = Orders(
    "-published_at",
    *(
        SortKey(column.key, column, itemgetter(column.key))
        for column in (Listing.id, Listing.published_at, Listing.asking_price, Listing.closes_at)
    ),
)
WORKING_COPIES: Final = Orders("-id", Listing.id, Listing.asking_price)
FILTERS: Final = (
    equal(Listing.status, ListingStatus, "Where it stands"),
    equal(Listing.pricing_mode, PricingMode, "How its price is found"),
    equal(Listing.transfer_mode, TransferMode, "How the result is transferred"),
    equal(Listing.result_id, UUID, "Of this result"),
    equal(Listing.seller_id, UUID, "Of this seller"),
    equal(Listing.agency_id, UUID, "Served by this agency"),
)
MOST_PUBLISHED: Final = 20
"""How many of the listings that publish a right are shown with it."""
QUESTIONS: Final = Orders("id", Question.id)


async def selling_side(session: Session, listing: Listing) -> frozenset[UUID]:
    """Who may not buy it: the seller, its agency, and who stands for them since a merger."""
    return await with_heirs(session, listing.seller_id, listing.agency_id)


def is_public(listing: Listing) -> bool:
    """Whether everyone may see it: it was published once and is not withdrawn."""
    return listing.version > 0 and listing.status in PUBLIC_STATUSES


def sees_working_copy(actor: Actor | None, listing: Listing) -> bool:
    """The seller, its agency and the market's staff see a listing in full, in every state."""
    if actor is None:
        return False
    return actor.is_staff or actor.organisation_id in (listing.seller_id, listing.agency_id)


def _public() -> ColumnElement[bool]:
    return and_(Listing.version > 0, Listing.status.in_(PUBLIC_STATUSES))


def _visible(actor: Actor | None) -> Select[Listing]:
    if actor is not None and actor.is_staff:
        return select(Listing)
    if actor is None or actor.organisation_id is None:
        return select(Listing).where(_public())
    own = or_(Listing.seller_id == actor.organisation_id, Listing.agency_id == actor.organisation_id)
    return select(Listing).where(or_(_public(), own))


async def _one(session: Session, statement: Select[Listing]) -> Listing:
    return await read_one(session, statement, LISTING, fresh=True)


async def get_listing(session: Session, actor: Actor | None, listing_id: UUID) -> Listing:
    """A listing the actor may see; raises `not_found`."""
    return await _one(session, _visible(actor).where(Listing.id == listing_id))


async def read_listing(session: Session, listing_id: UUID) -> Listing:
    """A listing, without a check of access, for callers that have made it; raises `not_found`."""
    return await _one(session, select(Listing).where(Listing.id == listing_id))


async def lock_listing(session: Session, listing_id: UUID) -> Listing:
    """A listing, locked until the transaction ends, without a check of access; raises `not_found`."""
    return await _one(session, select(Listing).where(Listing.id == listing_id).with_for_update(key_share=True))


async def find_free_listing(session: Session, listing_id: UUID, *, wait: bool) -> Listing | None:
    """A listing, locked; without `wait`, None where somebody else holds it."""
    statement = select(Listing).where(Listing.id == listing_id).with_for_update(key_share=True, skip_locked=not wait)
    return await find_one(session, statement, fresh=True)


async def lock_public(session: Session, listing_id: UUID) -> Listing:
    """A listing that everyone may see, locked; raises `not_found` for any other."""
    statement = select(Listing).where(Listing.id == listing_id, _public())
    return await _one(session, statement.with_for_update(key_share=True))


async def lock_for(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """A listing the actor may move on (the seller's people, the market's staff), locked; others get `not_found`."""
    statement = select(Listing).where(Listing.id == listing_id)
    if not actor.is_staff:
        statement = statement.where(Listing.seller_id == actor.organisation())
    return await _one(session, statement.with_for_update(key_share=True))


async def list_own(session: Session, actor: Actor, page: PageRequest) -> Found[Listing]:
    """What an organisation sells or, as agency, offers; newest first, in every state."""
    own = or_(Listing.seller_id == actor.organisation(), Listing.agency_id == actor.organisation())
    return await read_page(session, select(Listing).where(own), page, WORKING_COPIES)


async def list_for_staff(session: Session, page: PageRequest) -> Found[Listing]:
    """All listings, newest first: the operator's desk."""
    return await read_page(session, select(Listing), page, WORKING_COPIES)


async def siblings(session: Session, listing: Listing) -> list[Sibling]:
    """The other live listings of the same result, and those of others that sell one of its rights."""
    own = select(IpAsset.asset_id).where(IpAsset.result_id == listing.result_id)
    alike = select(IpAsset.result_id).where(IpAsset.asset_id.in_(own))
    statement = select(Listing.number, Listing.transfer_mode, Listing.result_id).where(
        or_(Listing.result_id == listing.result_id, Listing.result_id.in_(alike)),
        Listing.id != listing.id,
        Listing.status.in_(LIVE_STATUSES),
    )
    rows = await session.execute(statement.order_by(Listing.id))
    return [Sibling(row.number, row.transfer_mode, same_result=row.result_id == listing.result_id) for row in rows]


async def ids_of_result(session: Session, result_id: UUID) -> Sequence[UUID]:
    """Every listing of a result, in the order in which they are locked."""
    statement = select(Listing.id).where(Listing.result_id == result_id).order_by(Listing.id)
    return await read_all(session, statement)


async def on_offer(session: Session, result_id: UUID) -> Listing | None:
    """The first listing that offers a result, or is about to. Read it under the result's lock."""
    statement = select(Listing).where(Listing.result_id == result_id, Listing.status.in_(OFFERING_STATUSES))
    return await find_one(session, statement.order_by(Listing.id).limit(1), fresh=True)


def _with_right(asset_id: UUID) -> ColumnElement[bool]:
    return Listing.result_id.in_(select(IpAsset.result_id).where(IpAsset.asset_id == asset_id))


async def published_with(session: Session, asset_id: UUID) -> Sequence[UUID]:
    """The listings on sale that hang on a right, in the order of their ids."""
    statement = select(Listing.id).where(_with_right(asset_id), Listing.status == ListingStatus.PUBLISHED)
    return await read_all(session, statement.order_by(Listing.id))


async def selling_sides_with(session: Session, asset_id: UUID) -> set[UUID]:
    """Sellers and agencies of the live listings that hang on a right."""
    statement = select(Listing.seller_id, Listing.agency_id).where(
        _with_right(asset_id), Listing.status.in_(LIVE_STATUSES)
    )
    return {who for row in await session.execute(statement) for who in row if who is not None}


async def published_assets(session: Session, asset_id: UUID) -> list[PublishedAsset]:
    """What the newest public listings say of a right, newest first."""
    statement = (
        select(Listing.id, Listing.number, ListingVersion.version, ListingVersion.content)
        .join(ListingVersion, (ListingVersion.listing_id == Listing.id) & (ListingVersion.version == Listing.version))
        .where(_with_right(asset_id), _public())
        .order_by(Listing.id.desc())
        .limit(MOST_PUBLISHED)
    )
    return [
        PublishedAsset(listing_id=row.id, listing_number=row.number, version=row.version, asset=asset)
        for row in await session.execute(statement)
        for asset in assets_in(row.content)
        if asset.asset_id == asset_id
    ]


async def sealed_assets(session: Session, listing_id: UUID | None, version: int | None) -> list[SealedAsset]:
    """The rights that a version of a listing sold: what notice, offer, deal, contract, certificate and dossier show."""
    if listing_id is None or version is None:
        return []
    sealed = await get_version(session, listing_id, version)
    return assets_in(sealed.content) if sealed is not None else []


def assets_in(content: str) -> list[SealedAsset]:
    """The rights in what was sealed; none in what release 0.1 sealed."""
    return [SealedAsset.model_validate(asset) for asset in json.loads(content).get("assets") or []]


async def get_version(session: Session, listing_id: UUID, version: int) -> ListingVersion | None:
    """What was published as that version, if it was."""
    return await session.get(ListingVersion, (listing_id, version))


async def versions_of(session: Session, listing_id: UUID) -> Sequence[ListingVersion]:
    """Everything that was published of a listing, in order, for services that have checked access."""
    statement = select(ListingVersion).where(ListingVersion.listing_id == listing_id).order_by(ListingVersion.version)
    return await read_all(session, statement)


async def public_version(session: Session, listing_id: UUID, version: int) -> ListingVersion:
    """A version of a listing that everyone may see; raises `not_found`."""
    statement = (
        select(ListingVersion)
        .join(Listing, Listing.id == ListingVersion.listing_id)
        .where(ListingVersion.listing_id == listing_id, ListingVersion.version == version, _public())
    )
    return await read_one(session, statement, Text("listing version", "项目版本"))


async def list_questions(session: Session, actor: Actor | None, listing: Listing, page: PageRequest) -> Found[Question]:
    """A page of the questions the actor may see."""
    statement = _questions(actor, listing)
    return await read_page(session, statement, page, QUESTIONS)


async def get_question(session: Session, actor: Actor | None, question_id: UUID) -> Question:
    """A question that the actor may see; raises `not_found`."""
    asked = await read_one(session, select(Question).where(Question.id == question_id), QUESTION)
    listing = await get_listing(session, actor, asked.listing_id)
    return await read_one(session, _questions(actor, listing).where(Question.id == question_id), QUESTION)


async def questions_of(session: Session, actor: Actor | None, listing: Listing) -> Sequence[Question]:
    """All of them, for the price dossier."""
    return await read_all(session, _questions(actor, listing))


def _questions(actor: Actor | None, listing: Listing) -> Select[Question]:
    """Answered questions; all of them for the seller, its agency and the market's staff; one's own in any case."""
    statement = select(Question).where(Question.listing_id == listing.id).order_by(Question.id)
    if not sees_working_copy(actor, listing):
        own = Question.asker_id == (actor.organisation_id if actor else None)
        statement = statement.where(or_(Question.answered_at.is_not(None), own))
    return statement


async def lock_question(session: Session, actor: Actor, question_id: UUID) -> Question:
    """A question about a listing of the actor's organisation, locked, with the listing; raises `not_found`."""
    statement = (
        select(Question)
        .join(Question.listing)
        .options(contains_eager(Question.listing))
        .where(Question.id == question_id, Listing.seller_id == actor.organisation())
        .with_for_update(of=Question)
    )
    return await read_one(session, statement, Text("question", "提问"))


# What everybody reads is read without a session. The clock is `techex_now()` written out: PostgreSQL does not inline a
# function with a subquery.
_PUBLISHED = """
    SELECT l.revision, l.status, l.version, l.published_at, l.closes_at, v.sha256, v.content,
           clock_timestamp() + coalesce((SELECT moved FROM sandbox_clock), interval '0') AS now,
           CASE WHEN l.allocation = 'competitive' THEN (
               SELECT json_agg(json_build_object(
                   'id', p.id, 'rule', p.rule, 'starts_on', p.starts_on, 'ends_on', p.ends_on,
                   'provisional', p.provisional, 'status', p.status) ORDER BY p.id)::text
               FROM periods p
               WHERE p.subject_type = 'listing' AND p.subject_id = l.id AND p.status IN ('open', 'suspended')
                   AND p.audiences @> ARRAY['00000000-0000-7000-8000-000000000001'::uuid]
           ) END AS periods
    FROM listings l JOIN listing_versions v ON v.listing_id = l.id AND v.version = l.version
    WHERE l.id = $1 AND l.version > 0 AND l.status <> 'withdrawn'
"""
_CARDS = """
    SELECT l.id, l.status, l.published_at, l.closes_at, l.asking_price, v.card,
           clock_timestamp() + coalesce((SELECT moved FROM sandbox_clock), interval '0') AS now
    FROM listings l JOIN listing_versions v ON v.listing_id = l.id AND v.version = l.version
    WHERE l.version > 0 AND l.status = $1
"""


async def published(database: Database, listing_id: UUID) -> Record:
    """Where a public listing stands, and what was published of it; raises `not_found`."""
    row = await database.fetch_row(_PUBLISHED, listing_id)
    if row is None:
        raise NOT_FOUND(what=LISTING)
    return row


async def public_periods(session: Session, listing: Listing) -> list[ListingPeriodOut]:
    """The public periods of a listing that run or are suspended."""
    found = await periods.current_of(session, ("listing", listing.id))
    return [
        listing_period(row.id, row.rule, row.starts_on, row.ends_on, provisional=row.provisional, status=row.status)
        for row in found
        if events.PUBLIC in row.audiences
    ]


def listing_periods(found: str | None) -> list[ListingPeriodOut]:
    """The same, as `published` answers them."""
    return [
        listing_period(
            UUID(row["id"]), row["rule"], date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"]),
            provisional=row["provisional"], status=row["status"],
        )
        for row in (json.loads(found) if found else [])
    ]  # fmt: skip


async def published_cards(database: Database, wanted: ListingFilter, page: PageRequest) -> Found[Record]:
    """A page of public listings in the order asked for. Raises what `PageRequest.after` does."""
    arguments: list[object] = [wanted.status]
    clauses = [_CARDS]

    def add(condition: str, *values: object) -> None:
        places = [f"${len(arguments) + n}" for n in range(1, len(values) + 1)]
        arguments.extend(values)
        clauses.append(" AND " + condition.format(*places))

    for column, operator, value in (
        ("technical_field", "=", wanted.technical_field),
        ("transfer_mode", "=", wanted.transfer_mode),
        ("pricing_mode", "=", wanted.pricing_mode),
        ("seller_id", "=", wanted.seller_id),
        ("asking_price", ">=", wanted.price_min),
        ("asking_price", "<=", wanted.price_max),
    ):
        if value is not None:
            add(f"l.{column} {operator} {{}}", value)
    order = page.sorted_as(CARDS)
    columns = [f"l.{key.name}" for key in order.keys]
    after = page.after(*order.parsers)
    if after:
        compared, places = "<" if order.descending else ">", ", ".join("{}" for _ in after)
        add(f"({', '.join(columns)}) {compared} ({places})", *after)
    direction = " DESC" if order.descending else ""
    clauses.append(f" ORDER BY {', '.join(column + direction for column in columns)} LIMIT {page.limit + 1}")
    return cut_in(order, await database.fetch("".join(clauses), *arguments), page)


async def public_clock(database: Database) -> datetime:
    """The exchange's time, for a page without rows."""
    row = await database.fetch_row("SELECT techex_now() AS now")
    assert row is not None
    now: datetime = row["now"]
    return now


async def count_unanswered(session: Session, listing_id: UUID, asker_id: UUID) -> int:
    """How many questions of an organisation about a listing wait for their answers."""
    mine = Question.listing_id == listing_id, Question.asker_id == asker_id
    statement = select(func.count()).where(*mine, Question.answered_at.is_(None))
    return (await session.execute(statement)).scalar_one()


async def published_by(session: Session, seller_id: UUID) -> Sequence[UUID]:
    """The listings of a seller that are on sale, in the order of their ids."""
    statement = select(Listing.id).where(Listing.seller_id == seller_id, Listing.status == ListingStatus.PUBLISHED)
    return (await session.execute(statement.order_by(Listing.id))).scalars().all()
