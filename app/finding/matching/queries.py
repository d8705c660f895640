"""All reading of matching, and who may ask: the side that a demand or a listing belongs to, and the market's staff.

A demand belongs to its demander, a listing to its seller and the agency that the seller mandated. For everybody else
there is no such thing (404), as if it did not exist.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_

from app.catalogue.demands.models import Demand
from app.catalogue.demands.responses.kinds import DeclineReason
from app.catalogue.results.kinds import TechnicalField
from app.core.access import Actor
from app.core.database import Database, Session, find_one, read_all, read_one
from app.finding.matching.kinds import DemandMatchKind, Feedback, ListingMatchKind, MatchKind
from app.finding.matching.models import MatchFeedback
from app.finding.queries import read_on
from app.market.listings.models import Listing
from app.market.listings.queries import LISTING

MOST_DECLINES: Final = 400
"""Declined matches of a kind that are made up for by as many more candidates."""
LATEST_DECLINES: Final = 50
"""Declines whose reasons decide how a score is weighed."""
_INDEX: Final = {
    DemandMatchKind.RESULTS: "results",
    DemandMatchKind.LISTINGS: "listings",
    DemandMatchKind.AGENCIES: "agencies",
    DemandMatchKind.BROKERS: "brokers",
    ListingMatchKind.DEMANDS: "demands",
}


def _own(actor: Actor) -> Select[Listing]:
    if actor.is_staff:
        return select(Listing)
    own = actor.organisation()
    return select(Listing).where(or_(Listing.seller_id == own, Listing.agency_id == own))


async def get_listing(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """A listing of the actor's side, or for the market's staff; raises `not_found`."""
    return await read_one(session, _own(actor).where(Listing.id == listing_id), LISTING, fresh=True)


async def lock_listing(session: Session, actor: Actor, listing_id: UUID) -> Listing:
    """The same, locked until the transaction ends."""
    statement = _own(actor).where(Listing.id == listing_id).with_for_update(key_share=True)
    return await read_one(session, statement, LISTING, fresh=True)


# Public deals of a party in a field, three at most. `$1` the parties, `$2` the field.
_SOLD: Final = """
    SELECT party.id, (SELECT count(*) FROM (SELECT FROM listings l WHERE l.{side} = party.id AND l.status = 'sold'
                          AND l.technical_field = $2 LIMIT 3) few) AS n
    FROM unnest($1::uuid[]) party(id)
"""
_DEALS: Final = {
    "seller": _SOLD.format(side="seller_id"),
    "agency": _SOLD.format(side="agency_id"),
    "demander": """
        SELECT party.id, (SELECT count(*) FROM (SELECT FROM demands d WHERE d.demander_id = party.id
                              AND d.status = 'met' AND NOT d.name_hidden AND d.technical_field = $2 LIMIT 3) few) AS n
        FROM unnest($1::uuid[]) party(id)
    """,
}


async def deals(database: Database, side: str, parties: Iterable[UUID], field: TechnicalField) -> dict[UUID, int]:
    """How many listings of a field a seller or an agency has sold, or how often a demander's was met, up to 3."""
    rows = await database.fetch(_DEALS[side], list(set(parties)), field)
    return {row["id"]: row["n"] for row in rows}


_STANDING: Final = """
    SELECT DISTINCT ON (target_id) target_id, said FROM match_feedback
    WHERE subject_id = $1 AND kind = $2 AND target_id = ANY($3)
    ORDER BY target_id, array_position(ARRAY['seen', 'asked', 'agreed', 'declined'], said) DESC
"""
_DECLINED: Final = """
    SELECT reason, count(*) AS n FROM (
        SELECT reason FROM match_feedback WHERE subject_id = $1 AND said = 'declined' ORDER BY id DESC LIMIT $2) latest
    GROUP BY reason
"""
_HOW_MANY: Final = """
    SELECT count(*) AS n FROM (SELECT FROM match_feedback
        WHERE subject_id = $1 AND kind = $2 AND said = 'declined' LIMIT $3) few
"""


async def standing(
    database: Database, subject_id: UUID, kind: MatchKind, targets: Iterable[UUID]
) -> dict[UUID, Feedback]:
    """What was said last of some matches."""
    rows = await database.fetch(_STANDING, subject_id, kind, list(targets))
    return {row["target_id"]: Feedback(row["said"]) for row in rows}


async def declines(database: Database, subject_id: UUID) -> dict[DeclineReason, int]:
    """For which reasons matches of a demand or a listing were declined, of the latest ones."""
    rows = await database.fetch(_DECLINED, subject_id, LATEST_DECLINES)
    return {DeclineReason(row["reason"]): row["n"] for row in rows}


async def count_declined(database: Database, subject_id: UUID, kind: MatchKind) -> int:
    """How many matches of a kind were declined, up to `MOST_DECLINES`."""
    row = await database.fetch_row(_HOW_MANY, subject_id, kind, MOST_DECLINES)
    return row["n"] if row else 0


async def said_of(session: Session, subject_id: UUID, kind: MatchKind, target_id: UUID) -> MatchFeedback | None:
    """What was said last of a match, if anything."""
    pair = (MatchFeedback.subject_id, MatchFeedback.kind, MatchFeedback.target_id)
    mine = select(MatchFeedback).where(tuple_(*pair) == (subject_id, kind, target_id))
    found = await read_all(session, mine, fresh=True)
    return max(found, key=lambda row: list(Feedback).index(row.said), default=None)


async def owner_of(session: Session, kind: MatchKind, target_id: UUID) -> UUID | None:
    """Whose a match is, where everybody may see it: who is told what was said of it. None where there is no such thing.

    A broker without an agency is nobody's, and has itself as its owner.
    """
    if kind == DemandMatchKind.TEAMS:
        team = await _public(session, "results", select(Listing.result_id).where(Listing.seller_id == target_id))
        return target_id if team else None
    if kind == ListingMatchKind.ENTERPRISES:
        shown = Demand.demander_id == target_id, Demand.name_hidden.is_(False)
        return target_id if await _public(session, "demands", select(Demand.id).where(*shown)) else None
    found = await read_on(session, _INDEX[kind], [target_id])
    if not found:
        return None
    if kind == ListingMatchKind.DEMANDS:
        return await find_one(session, select(Demand.demander_id).where(Demand.id == target_id))
    row = found[0]
    owner: UUID = row.get("seller_id") or row.get("agency_id") or row["id"]
    return owner


async def _public(session: Session, index: str, statement: Select[UUID]) -> bool:
    """Whether one of the latest of some things is public."""
    ids = (await session.execute(statement.order_by(statement.selected_columns[0].desc()).limit(100))).scalars()
    return bool(await read_on(session, index, list(ids)))
