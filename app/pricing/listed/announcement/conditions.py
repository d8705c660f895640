"""The conditions of a competitive sale (交易条件): set in draft, sealed with the listing."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.access import Actor
from app.core.clock import read_today
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND, Text
from app.law.figures import parameter
from app.law.periods.catalogue import RULES
from app.law.periods.rules import check_count
from app.market.listings import queries as listings
from app.market.listings import rules as listing_rules
from app.market.listings.models import Listing
from app.pricing.listed import queries, rules
from app.pricing.listed.announcement import notice
from app.pricing.listed.models import ListedConditions
from app.pricing.listed.problems import CONDITIONS_MISSING
from app.pricing.listed.schemas import ListedConditionsIn, ListedConditionsOut


async def set_conditions(
    session: Session, actor: Actor, listing_id: UUID, body: ListedConditionsIn
) -> ListedConditions:
    """Set the conditions of a draft, whole.

    Raises `listing_not_editable`, `not_competitive`, and what `check_values` raises.
    """
    listing = await listings.lock_for(session, actor, listing_id)
    rules.check_competitive(listing.pricing_mode, listing.allocation)
    listing_rules.check_editable(listing.status)
    check_values(body, listing.asking_price, await read_today(session))
    conditions = await queries.find_conditions(session, listing_id) or ListedConditions(listing_id=listing_id)
    for name in ListedConditionsIn.model_fields:
        setattr(conditions, name, getattr(body, name))
    session.add(conditions)
    listing.revision += 1
    events.append(
        session, "listing.conditions_set", notice.subject_of(listing.id), audience=notice.audience_of(listing),
        payload={"number": listing.number, "status": listing.status, "revision": listing.revision},
    )  # fmt: skip
    await session.flush()
    return conditions


async def read_conditions(session: Session, actor: Actor | None, listing_id: UUID) -> ListedConditions:
    """The conditions of a listing that the actor may see; raises `not_found`, also where none are set."""
    listing = await listings.get_listing(session, actor, listing_id)
    conditions = await queries.find_conditions(session, listing.id)
    if conditions is None:
        raise NOT_FOUND(what=Text("conditions of sale", "交易条件"))
    return conditions


def check_values(values: ListedConditionsIn | ListedConditions, asking_price: Decimal, today: date) -> None:
    """What holds of conditions whenever they are set, submitted or published; the asking price is given (CNY).

    Raises `deposit_out_of_range`, `extensions_misplaced`, and `period_too_short` for a notice or an extension shorter
    than the rule of that day.
    """
    rules.check_deposit(values.deposit_amount, asking_price)
    rules.check_extensions(values.extension_working_days, values.extensions_max)
    _check_days(notice.NOTICE, values.notice_working_days, today)
    if values.extension_working_days is not None:
        _check_days(notice.EXTENSION, values.extension_working_days, today)


def _check_days(rule: str, wished: int, today: date) -> None:
    found = RULES[rule]
    check_count(found, int(parameter(found.parameters[0], on=today).value), wished)


async def check_listing(session: Session, listing: Listing, today: date) -> None:
    """The conditions of a listing that is submitted or published; raises `listed_conditions_missing` besides."""
    conditions = await queries.find_conditions(session, listing.id)
    if conditions is None:
        raise CONDITIONS_MISSING()
    check_values(conditions, listing.asking_price, today)


async def sealed(session: Session, listing: Listing) -> dict[str, Any]:
    """The conditions as they are published: plain JSON."""
    conditions = await queries.conditions_of(session, listing.id)
    return ListedConditionsOut.model_validate(conditions).model_dump(mode="json")
