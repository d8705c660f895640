"""A right as a reader may see it."""

from datetime import date
from uuid import UUID

from app.catalogue.rights import hooks, queries, schemas
from app.catalogue.rights.models import Grant
from app.catalogue.rights.rules.exclusion import still_free
from app.catalogue.rights.rules.standing import Recorded, Standing, standing
from app.core.access import Actor
from app.core.clock import read_clock
from app.core.database import Session


async def asset_of(session: Session, actor: Actor | None, number: str) -> schemas.AssetOut:
    """The right that a number or an id names, as far as the actor may see it; raises `not_found`.

    A number names one right of a family. Of several families the first that the actor may see is shown.
    """
    for asset_id in await queries.find_asset(session, number):
        shown = await _shown(session, actor, asset_id)
        if shown is not None:
            return shown
    raise queries.unknown_asset()


async def _shown(session: Session, actor: Actor | None, asset_id: UUID) -> schemas.AssetOut | None:
    now = await read_clock(session)
    today = session.city.day_of(now)
    holders = await queries.holders_of(session, asset_id)
    own = actor.organisation_id if actor is not None else None
    staff = actor is not None and actor.is_staff
    owns = own is not None and any(own in who for who in holders.values())
    alone = owns and all(own in who for who in holders.values())
    published = [item for ask in hooks.PUBLISHED.providers.values() for item in await ask(session, asset_id)]
    grants = await queries.newest_grants(session, asset_id)
    party = own is not None and any(own in (*row.grantor_ids, *row.grantee_ids) for row in grants)
    if not (staff or owns or party or published):
        return None
    asset = await queries.get_asset(session, asset_id)
    stated = await queries.stated_by(session, asset_id)
    recorded = (await queries.events_of(session, [asset_id])).get(asset_id, [])
    now_stands = standing(recorded, max((row.expires_on for row in stated if row.expires_on), default=None), today)
    seen_events = await queries.newest_events(session, asset_id) if staff or owns else []
    free = None
    if owns and own is not None:
        held = (await queries.grants_of(session, [asset_id], today)).get(asset_id, [])
        free = [] if now_stands.is_dead or now_stands.pledges else still_free(held, own, today)
    return schemas.AssetOut(
        id=asset.id, type=asset.type, created_at=asset.created_at, status=now_stands.status, since=now_stands.since,
        checked_on=now_stands.checked_on, pledged_since=pledged_since(now_stands.pledges), published=published,
        stated=[
            schemas.StatedAsset.model_validate(row)
            for row in stated
            if staff or (own is not None and own in holders.get(row.result_id, ()))
        ],
        grants=[_grant(row, now_stands, own, today, named=staff or alone) for row in grants],
        events=[schemas.AssetEventOut.model_validate(row) for row in seen_events],
        still_free=free, server_time=now,
    )  # fmt: skip


def pledged_since(pledges: tuple[Recorded, ...]) -> date | None:
    """Since when a right has been pledged; None where no pledge holds."""
    return min((pledge.day for pledge in pledges), default=None)


def _grant(row: Grant, stands: Standing, own: UUID | None, today: date, *, named: bool) -> schemas.GrantOut:
    named = named or (own is not None and own in (*row.grantor_ids, *row.grantee_ids))
    ended = row.ended_on is not None and row.ended_on <= today
    shown = schemas.GrantOut.of(row, holds=not stands.is_dead and not ended and queries.as_granted(row).holds(today))
    if named:
        return shown
    unnamed = dict.fromkeys(("contract_id", "grantor_ids", "grantee_ids", "holder", "sublicensing"))
    return shown.model_copy(update=unnamed)
