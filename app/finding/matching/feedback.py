"""Saying something of a match: it is written down once, used in what is found next, and told to the other side."""

from typing import Final
from uuid import UUID

from app.catalogue.demands import queries as demands
from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND, Text
from app.finding.matching import queries, rules, schemas
from app.finding.matching.kinds import Feedback, MatchKind
from app.finding.matching.models import MatchFeedback

MATCH: Final = Text("match", "匹配对象")
SUBJECT: Final = "match"


async def of_demand(session: Session, actor: Actor, demand_id: UUID, body: schemas.DemandFeedbackIn) -> MatchFeedback:
    """Say something of a match of one's own demand. Raises `not_found`, `match_declined`."""
    demand = await demands.lock_own(session, actor, demand_id)
    return await _say(session, actor, ("demand", demand.id), {demand.demander_id}, body.kind, body)


async def of_listing(
    session: Session, actor: Actor, listing_id: UUID, body: schemas.ListingFeedbackIn
) -> MatchFeedback:
    """Say something of a match of a listing that one sells or offers. Raises `not_found`, `match_declined`."""
    listing = await queries.lock_listing(session, actor, listing_id)
    sides = {side for side in (listing.seller_id, listing.agency_id) if side}
    return await _say(session, actor, ("listing", listing.id), sides, body.kind, body)


async def _say(
    session: Session, actor: Actor, subject: tuple[str, UUID], own: set[UUID], kind: MatchKind, body: schemas.FeedbackIn
) -> MatchFeedback:
    """Under the lock of the subject: of two who speak at once the second finds what the first has said."""
    owner_id = await queries.owner_of(session, kind, body.target_id)
    if owner_id is None:
        raise NOT_FOUND(what=MATCH)
    standing = await queries.said_of(session, subject[1], kind, body.target_id)
    if not rules.follows(standing.said if standing else None, body.said):
        assert standing is not None  # only what stands already is not written again
        return standing
    said = MatchFeedback(
        subject_type=subject[0],
        subject_id=subject[1],
        kind=kind,
        target_id=body.target_id,
        said=body.said,
        reason=body.reason,
        organisation_id=actor.organisation(),
        person_id=actor.person_id,
    )
    session.add(said)
    await session.flush()
    await session.refresh(said)
    if said.said != Feedback.SEEN:
        _tell(session, said, own | {owner_id})
    return said


def _tell(session: Session, said: MatchFeedback, audience: set[UUID]) -> None:
    """Both sides hear of it. Who asks is not named: where a demand hides its demander, its id is all that is told."""
    reason = {"reason": said.reason} if said.reason else {}
    payload = {"about": said.subject_type, "about_id": said.subject_id, "kind": said.kind, "target_id": said.target_id}
    events.append(session, f"match.{said.said}", (SUBJECT, said.id), audience=audience, payload=payload | reason)
