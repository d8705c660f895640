"""Use cases of rights; each runs in the caller's transaction.

A right is locked after a result and before a deal; what happened to it, and what is granted in it, is written under
that lock. To give back what a contract granted takes none: it only frees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.catalogue.results.kinds import PATENTS, IpType, TransferMode
from app.catalogue.results.models import IpAsset
from app.catalogue.rights import hooks, problems, queries, schemas
from app.catalogue.rights.kinds import BURDENS, ENDS, AssetEventKind, AssetStatus, GrantEnd, GrantOrigin
from app.catalogue.rights.models import Asset, AssetEvent, AssetNumber, Grant
from app.catalogue.rights.rules.exclusion import OUTRIGHT, Granted, in_the_way, passed_on, subject_to
from app.catalogue.rights.rules.standing import check_recordable, standing
from app.core.access import Actor, Role
from app.core.clock import read_clock, read_today
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import UNKNOWN_REFERENCE, Problem, Text
from app.office.documents import queries as documents
from app.office.documents.problems import DOCUMENT

OPEN_END = Text("no end", "无固定期限")
_OF_ROW = frozenset({"id", "created_at", "valid_from", "ended_on", "ended_because", "ended_at"})
PLEDGED = Text("pledged", "设有质权")
STATUS_NAMES = {
    AssetStatus.LAPSED: Text("lapsed", "终止"),
    AssetStatus.INVALIDATED: Text("invalidated", "被宣告无效"),
    AssetStatus.EXPIRED: Text("expired", "届满"),
}


async def link(session: Session, rows: Sequence[IpAsset], before: Sequence[IpAsset] = ()) -> None:
    """Find the right that each row states, or make it: by its folded numbers, else among the `before` ones.

    A row without a number goes on with the right of such a row that it replaces, by its title where one has that. Two
    who state a new number at once: the second waits at the unique index, and finds what the first made.
    """
    numbers = [number for row in rows for number in _numbers(row)]
    folded = await queries.folded(session, numbers) if numbers else {}
    left = [old for old in before if not _numbers(old) and old.asset_id is not None]
    for row in rows:
        if not _numbers(row):
            alike = [old for old in left if old.type == row.type]
            old = next((old for old in alike if old.title == row.title), alike[0] if alike else None)
            if old is not None:
                left.remove(old)
            row.asset_id = old.asset_id if old is not None else await _make(session, row.type)
    keyed = {row: sorted({f"{_family(row.type)}:{folded[number]}" for number in _numbers(row)}) for row in rows}
    for row, keys in sorted(keyed.items(), key=lambda item: item[1]):
        if keys:
            row.asset_id = await _of_number(session, row.type, keys)
    await refuse_loss_of(session, left)


def _numbers(row: IpAsset) -> list[str]:
    return [number for number in (row.application_number, row.grant_number) if number is not None]


def _family(kind: IpType) -> str:
    """A patent and its application are one right."""
    return "patent" if kind in PATENTS else kind


async def _make(session: Session, kind: IpType) -> UUID:
    asset = Asset(id=new_id(), type=kind)
    session.add(asset)
    await session.flush()
    return asset.id


async def _of_number(session: Session, kind: IpType, keys: Sequence[str]) -> UUID:
    known = await queries.by_keys(session, keys)
    # The application number is first in time; of foreign numbers that two rights claim, the first found stands.
    made = None if known else await _make(session, kind)
    asset_id = made or known[min(known)]
    missing = [{"key": key, "asset_id": asset_id} for key in keys if key not in known]
    if missing:
        await session.execute(insert(AssetNumber).on_conflict_do_nothing(), missing)
    if made is not None:
        theirs = set((await queries.by_keys(session, keys)).values()) - {made}
        if theirs:
            asset_id = min(theirs)
            await queries.drop_unused(session, made)
    asset = await queries.get_asset(session, asset_id)
    if asset.type == IpType.PATENT_APPLICATION and kind == IpType.PATENT:
        asset.type = kind
    return asset_id


async def refuse_loss_of(session: Session, rows: Sequence[IpAsset]) -> None:
    """Raises `asset_granted` where a right without a number, which nobody finds again, leaves with a grant on it."""
    ids = [row.asset_id for row in rows if row.asset_id is not None]
    held = await queries.grants_of(session, ids, await read_today(session)) if ids else {}
    for row in rows:
        if row.asset_id in held:
            raise problems.ASSET_GRANTED(field="ip_assets", title=row.title)


async def record_event(session: Session, actor: Actor, asset_id: UUID, body: schemas.AssetEventIn) -> AssetEvent:
    """Record what happened to a right, by its keeper, a co-owner or the operator, and tell who is concerned.

    Raises `not_found`, `asset_of_others` where results of others state it too, what `check_recordable` refuses, and
    `grant_excluded` for a licence elsewhere that a grant on record excludes.
    """
    await _check_may_record(session, actor, asset_id)
    await queries.lock_asset(session, asset_id)
    now = await read_clock(session)
    today = session.city.day_of(now)
    known = (await queries.events_of(session, [asset_id])).get(asset_id, [])
    check_recordable(
        body.kind, body.happened_on, body.about_id, known, states_licence=body.licence is not None, today=today
    )
    if body.document_id is not None and await documents.find_own(session, actor, body.document_id) is None:
        raise UNKNOWN_REFERENCE(field="document_id", what=DOCUMENT)
    event = AssetEvent(
        id=new_id(), asset_id=asset_id, kind=body.kind, happened_on=body.happened_on, source=body.source,
        document_id=body.document_id, about_id=body.about_id, recorded_by=actor.organisation_id,
    )  # fmt: skip
    session.add(event)
    await session.flush()
    if body.licence is not None:
        await _grant_elsewhere(session, event, body.licence, today)
    if body.about_id is not None:
        await _end_elsewhere(session, event, now)
    await session.refresh(event)
    concerned = {who for ask in hooks.CONCERNED.providers.values() for who in await ask(session, asset_id)}
    concerned |= {who for holders in (await queries.holders_of(session, asset_id)).values() for who in holders}
    concerned |= await queries.licensees_of(session, asset_id, today)
    payload = {"event_id": event.id, "kind": event.kind, "happened_on": event.happened_on.isoformat()}
    audience = [*events.STAFF, *sorted(concerned)]
    events.append(session, "asset.event_recorded", ("asset", asset_id), audience=audience, payload=payload)
    if event.kind in BURDENS:
        await hooks.recorded.announce(session, event, now)
    return event


async def _check_may_record(session: Session, actor: Actor, asset_id: UUID) -> None:
    holders = await queries.holders_of(session, asset_id)
    if actor.has(Role.OPERATOR):
        await queries.get_asset(session, asset_id)
        return
    own = [actor.organisation_id in who for who in holders.values()]
    if not any(own):
        raise queries.unknown_asset()
    if not all(own):
        raise problems.ASSET_SHARED()


async def _grant_elsewhere(session: Session, event: AssetEvent, licence: schemas.LicenceIn, today: date) -> None:
    stated = await queries.stated_by(session, event.asset_id)
    holders = {who for each in (await queries.holders_of(session, event.asset_id)).values() for who in each}
    row = Grant(
        asset_id=event.asset_id, origin=GrantOrigin.ELSEWHERE, event_id=event.id, mode=TransferMode(licence.mode),
        grantor_ids=sorted(holders), grantee_ids=[], holder=licence.holder, field_of_use=licence.field_of_use,
        territory=licence.territory, valid_from=event.happened_on, valid_to=licence.valid_to,
        sublicensing=licence.sublicensing,
    )  # fmt: skip
    held = (await queries.grants_of(session, [event.asset_id], min(today, event.happened_on))).get(event.asset_id, [])
    refuse_excluded(queries.as_granted(row), held, stated[0].title)
    session.add(row)


async def _end_elsewhere(session: Session, event: AssetEvent, now: datetime) -> None:
    """A licence elsewhere ended on the day of the event, or was recorded wrongly and never was."""
    if event.kind != AssetEventKind.CORRECTION and event.kind not in ENDS:
        return
    assert event.about_id is not None
    for row in await queries.rows_of_event(session, event.about_id):
        wrong = event.kind == AssetEventKind.CORRECTION
        row.ended_on = row.valid_from if wrong else event.happened_on
        row.ended_because = GrantEnd.CORRECTED if wrong else GrantEnd.ENDED_ELSEWHERE
        row.ended_at = now


@dataclass(frozen=True, slots=True)
class Contracted:
    """What a signed contract grants in each of its rights; the rights are locked."""

    contract_id: UUID
    grant: Granted
    sublicensing: bool | None


async def grant(session: Session, contracted: Contracted, titles: Mapping[UUID, str], now: datetime) -> None:
    """Write what a contract grants to each right, and tell the sides, the holders, and of an assignment the licensees.

    What the contract granted before it was amended is replaced. Raises `grant_excluded` and `asset_not_free`.
    """
    wanted, today = contracted.grant, session.city.day_of(now)
    await _end(session, await queries.rows_of_contract(session, contracted.contract_id), GrantEnd.REPLACED, today, now)
    await session.flush()
    held = await queries.grants_of(session, titles.keys(), min(today, wanted.first))
    recorded = await queries.events_of(session, titles.keys())
    for asset_id, title in titles.items():
        stands = standing(recorded.get(asset_id, ()), None, today)
        if stands.is_dead and stands.since is not None:
            raise problems.ASSET_BURDENED(title=title, status=STATUS_NAMES[stands.status], day=stands.since)
        if stands.pledges:
            raise problems.ASSET_BURDENED(title=title, status=PLEDGED, day=stands.pledges[0].day)
        known = held.get(asset_id, [])
        refuse_excluded(wanted, known, title)
        over = await queries.rows_by_id(session, [each.id for each in passed_on(wanted, known) if each.id is not None])
        await _end(session, over, GrantEnd.PASSED_ON, wanted.first, now)
        row = Grant(
            id=new_id(), asset_id=asset_id, origin=GrantOrigin.CONTRACT, contract_id=contracted.contract_id,
            deal_id=wanted.deal_id, mode=wanted.mode, grantor_ids=sorted(wanted.grantors),
            grantee_ids=sorted(wanted.grantees), field_of_use=wanted.field_of_use, territory=wanted.territory,
            valid_from=wanted.first, valid_to=wanted.last, sublicensing=contracted.sublicensing,
        )  # fmt: skip
        session.add(row)
        licensees = {who for each in subject_to(wanted, known) for who in each.grantees}
        await _tell_grant(session, "asset.granted", row, licensees)


async def give_back(session: Session, contract_id: UUID, now: datetime) -> None:
    """A contract ended: what it granted is free again, and who had passed a right on by it holds it again."""
    today = session.city.day_of(now)
    rows = await queries.rows_of_contract(session, contract_id)
    for row in rows:
        if row.mode in OUTRIGHT:
            for before in await queries.passed_on_at(session, row):
                session.add(_again(before, max(today, row.valid_from)))
        await _tell_grant(session, "asset.grant_ended", row, set())
    await _end(session, rows, GrantEnd.CANCELLED, today, now)


def _again(row: Grant, day: date) -> Grant:
    """An acquisition that comes back with a day: in the days between, the right was another's."""
    kept = {column.key: getattr(row, column.key) for column in Grant.__table__.columns if column.key not in _OF_ROW}
    return Grant(id=new_id(), valid_from=day, **kept)


async def _end(session: Session, rows: Sequence[Grant], because: GrantEnd, day: date, now: datetime) -> None:
    for row in rows:
        row.ended_on, row.ended_because, row.ended_at = max(day, row.valid_from), because, now


async def _tell_grant(session: Session, type_: str, row: Grant, others: set[UUID]) -> None:
    told = {*row.grantor_ids, *row.grantee_ids} | others
    for who in (await queries.holders_of(session, row.asset_id)).values():
        told |= who if who & {*row.grantor_ids} else set()
    payload = {"grant_id": row.id, "mode": row.mode}
    events.append(session, type_, ("asset", row.asset_id), audience=[*events.STAFF, *sorted(told)], payload=payload)


def refuse_excluded(wanted: Granted, held: Sequence[Granted], title: str) -> None:
    """Raises `grant_excluded` naming the first grant that is in the way."""
    blocking = in_the_way(wanted, held)
    if blocking:
        raise excluded(wanted, blocking[0], title)


def excluded(wanted: Granted, blocking: Granted, title: str) -> Problem:
    """The refusal `grant_excluded`."""
    return problems.ASSET_EXCLUDED(
        title=title, mode=blocking.mode, first=blocking.first, last=blocking.last or OPEN_END, wanted=wanted.mode
    )
