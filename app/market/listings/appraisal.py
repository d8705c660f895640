"""The appraisal report (评估报告) that a listing names, and the floor that it sets under the price, in any mode.

A pricing mode asks at the moment the price is fixed, with the listing locked:

    await appraisal.check_price(session, listing, price, on, actor)             # raises what refuses the price
    block = await appraisal.what_blocks(session, listing, price, on, None)     # the same as a value, for what time does

`deals.service.create_deal` asks by itself, so no deal passes below the floor.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from app.catalogue.appraisals import service as appraisals
from app.catalogue.appraisals.models import AppraisalReport
from app.catalogue.appraisals.queries import read_report
from app.catalogue.appraisals.service import Floor
from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND, Problem, Text
from app.core.web.preconditions import Precondition
from app.market.listings import modes, queries, rules, schemas
from app.market.listings.models import Listing


async def check_price(
    session: Session, listing: Listing, price: Decimal, on: date, asked_by: Actor | None, *, field: str = "price"
) -> Floor | None:
    """Whether a price (CNY) of the listing may be fixed on a day; answers the floor that carried it, if there is one.

    The report stays as it is until the transaction ends. Raises `appraisal_not_accepted`, `appraisal_expired` with the
    oldest base date that would pass, and `price_below_floor` with an amount that would pass. How low was re-approved is
    told to the seller's people and the market's staff alone.
    """
    if listing.appraisal_report_id is None:
        return None
    return await appraisals.check_price(
        session,
        listing.appraisal_report_id,
        price,
        on,
        result_id=listing.result_id,
        field=field,
        to_owner=_is_told(asked_by, listing),
    )


async def what_blocks(
    session: Session, listing: Listing, price: Decimal, on: date, asked_by: Actor | None
) -> Problem | None:
    """The refusal that `check_price` would raise, as a value; None where the price passes."""
    try:
        await check_price(session, listing, price, on, asked_by)
    except Problem as problem:
        return problem
    return None


async def name_report(
    session: Session, actor: Actor, listing_id: UUID, body: schemas.ReportChoiceIn, precondition: Precondition
) -> Listing:
    """Name the report on which the price of one's own listing rests: accepted, of its result, usable today.

    In draft any, or none; once published only in place of one that expired. Raises `unknown_reference`,
    `appraisal_not_accepted`, `appraisal_expired`, `appraisal_in_force`, `listing_not_editable`.
    """
    listing = await queries.lock_for(session, actor, listing_id)
    precondition.check(listing.revision)
    today = await read_today(session)
    if listing.status not in rules.EDITABLE:
        before = await _named(session, listing)
        rules.check_replaceable(
            listing.status,
            before.number if before and body.report_id else None,
            before.valid_to if before else None,
            today,
        )
    if body.report_id is not None:
        await appraisals.usable_floor(session, body.report_id, today, result_id=listing.result_id)
    listing.appraisal_report_id = body.report_id
    listing.revision += 1
    audience = [*events.STAFF, listing.seller_id, *([listing.agency_id] if listing.agency_id else [])]
    if queries.is_public(listing):
        audience.append(events.PUBLIC)
    payload = {
        "number": listing.number,
        "status": listing.status,
        "revision": listing.revision,
        "appraisal_report_id": body.report_id,
    }
    events.append(session, "listing.appraisal_named", ("listing", listing.id), audience=audience, payload=payload)
    await modes.of_listing(listing).appraisal_named(session, listing)
    return listing


async def facts_for(session: Session, actor: Actor | None, listing_id: UUID) -> schemas.ListedAppraisal:
    """What everybody may know of the report that a listing names now; raises `not_found` where it names none."""
    listing = await queries.get_listing(session, actor, listing_id)
    report = await _named(session, listing)
    if report is None:
        raise NOT_FOUND(what=Text("appraisal report", "评估报告"))
    return public_facts(report)


def public_facts(report: AppraisalReport) -> schemas.ListedAppraisal:
    """Of a report what everybody may know."""
    return schemas.ListedAppraisal(
        report_id=report.id, number=report.number, appraiser_id=report.appraiser_id,
        appraiser_name=report.appraiser.name, base_date=report.base_date, method=report.method, value=report.value,
        valid_to=report.valid_to,
    )  # fmt: skip


async def _named(session: Session, listing: Listing) -> AppraisalReport | None:
    return await read_report(session, listing.appraisal_report_id) if listing.appraisal_report_id else None


def _is_told(actor: Actor | None, listing: Listing) -> bool:
    """Without an actor nobody is told: the text may be stored, and the buyer reads it."""
    return actor is not None and (actor.is_staff or actor.organisation_id == listing.seller_id)
