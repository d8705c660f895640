"""Changing what was published (变更公告): proposed by the seller, published by the operator, and the notice runs again.

Lock order: the result, the listing, its deposits.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session
from app.core.problems import Text
from app.market.listings import queries as listings
from app.market.listings import service as listing_service
from app.market.listings.models import Listing
from app.market.listings.publication import lock_result
from app.office.ledger.deposits import service as deposits
from app.pricing.listed import queries, rules
from app.pricing.listed.announcement import conditions, notice
from app.pricing.listed.kinds import RevisionStatus
from app.pricing.listed.models import ListedConditions, ListedRevision, ListedSale
from app.pricing.listed.problems import NO_REVISION, REVISION_PENDING
from app.pricing.listed.registrants import facts_of
from app.pricing.listed.schemas import ListedConditionsIn, ListedConditionsOut, RevisionIn

TEXTS = ("title", "summary", "terms", "territory")


async def propose(session: Session, actor: Actor, listing_id: UUID, body: RevisionIn) -> ListedRevision:
    """Propose changed content while the notice runs. It is published only if the operator has checked it before the
    notice ends; the notice runs on meanwhile.

    Raises `listing_notice_over`, `listing_not_open`, `revision_pending`, `revision_empty`, and the refusals of
    conditions.
    """
    listing, sale = await _lock(session, actor, listing_id)
    now = await read_clock(session)
    rules.check_notice_runs(facts_of(listing, sale), Text("Revision", "变更"), now)
    waiting = await queries.proposed_revision(session, listing.id)
    if waiting is not None:
        raise REVISION_PENDING(proposed_at=waiting.proposed_at.isoformat())
    changes = await _changes(session, listing, body)
    rules.check_changes(changes)
    await _check(session, listing, changes, now)
    revision = ListedRevision(
        listing_id=listing.id,
        base_version=listing.version,
        changes=changes,
        reason=body.reason,
        proposed_at=now,
        proposed_by_person_id=actor.person_id,
    )
    session.add(revision)
    await session.flush()
    notice.tell(session, listing, "listing.revision_proposed", {"revision_id": revision.id})
    return revision


async def publish(session: Session, actor: Actor, listing_id: UUID) -> ListedRevision:
    """Publish the proposed revision as the next version, checked like a publication, while the notice runs.

    The notice runs again in full. Registrants agreed to something else: they confirm or are not counted. Deposits of
    another amount go back, and the new one is asked for with the confirmation.
    """
    seen = await listings.get_listing(session, actor, listing_id)
    await lock_result(session, seen.result_id)
    listing, sale = await _lock(session, actor, listing_id)
    now = await read_clock(session)
    rules.check_notice_runs(facts_of(listing, sale), Text("Revision", "变更"), now)
    revision = await _proposed(session, listing)
    found = await queries.conditions_of(session, listing.id)
    before = found.deposit_amount
    _apply(found, revision.changes)
    await session.flush()
    ends_at = await notice.begin_anew(session, listing, sale, found, now)
    changes = {name: revision.changes[name] for name in TEXTS if name in revision.changes}
    changes |= {"asking_price": _price(listing, revision.changes), "closes_at": ends_at}
    changes |= {"closes_on": notice.last_day(ends_at, session.city)}
    await listing_service.revise(session, actor, listing, changes, now)
    if found.deposit_amount != before:
        await deposits.release_losers(session, notice.subject_of(listing.id), None, now)
    else:
        await deposits.move_due(session, notice.subject_of(listing.id), ends_at)
    revision.status, revision.version, revision.decided_at = RevisionStatus.PUBLISHED, listing.version, now
    return revision


async def return_revision(session: Session, actor: Actor, listing_id: UUID, reason: str) -> ListedRevision:
    """Give a proposed revision back to the seller with the reason; what is published stays. Raises `no_revision`."""
    listing, _ = await _lock(session, actor, listing_id)
    revision = await _proposed(session, listing)
    revision.status, revision.status_reason = RevisionStatus.RETURNED, reason
    revision.decided_at = await read_clock(session)
    notice.tell(session, listing, "listing.revision_returned", {"revision_id": revision.id})
    return revision


async def _lock(session: Session, actor: Actor, listing_id: UUID) -> tuple[Listing, ListedSale]:
    listing = await listings.lock_for(session, actor, listing_id)
    rules.check_competitive(listing.pricing_mode, listing.allocation)
    sale = await queries.sale_of(session, listing_id)
    if sale is None:
        raise NO_REVISION(version=listing.version)
    return listing, sale


async def _proposed(session: Session, listing: Listing) -> ListedRevision:
    revision = await queries.proposed_revision(session, listing.id)
    if revision is None:
        raise NO_REVISION(version=listing.version)
    return revision


async def _changes(session: Session, listing: Listing, body: RevisionIn) -> dict[str, Any]:
    """What is really changed, as plain JSON: a value that is published already is none."""
    given = body.model_dump(mode="json", include=body.model_fields_set - {"reason", "conditions"})
    published = {name: getattr(listing, name) for name in TEXTS} | {"asking_price": f"{listing.asking_price:.2f}"}
    changes = {name: value for name, value in given.items() if value != published[name]}
    if "conditions" in body.model_fields_set:
        wished = body.conditions.model_dump(mode="json")
        now = ListedConditionsOut.model_validate(await queries.conditions_of(session, listing.id)).model_dump(
            mode="json"
        )
        if wished != now:
            changes["conditions"] = wished
    return changes


async def _check(session: Session, listing: Listing, changes: dict[str, Any], now: datetime) -> None:
    """Check the conditions that the revision leads to, against the price it leads to; nothing is written."""
    found = await queries.conditions_of(session, listing.id)
    wished = changes.get("conditions")
    body = ListedConditionsIn.model_validate(
        wished or ListedConditionsOut.model_validate(found).model_dump(mode="json")
    )
    conditions.check_values(body, _price(listing, changes), session.city.day_of(now))


def _apply(found: ListedConditions, changes: dict[str, Any]) -> None:
    if "conditions" in changes:
        body = ListedConditionsIn.model_validate(changes["conditions"])
        for name in ListedConditionsIn.model_fields:
            setattr(found, name, getattr(body, name))


def _price(listing: Listing, changes: dict[str, Any]) -> Decimal:
    return Decimal(changes["asking_price"]) if "asking_price" in changes else listing.asking_price
