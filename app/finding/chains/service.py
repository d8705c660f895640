"""Use cases of the industry map; each runs in the caller's transaction.

A version is placed next to the one that is shown, some things at a time, and takes its place at one moment.
"""

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from app.core import deadlines
from app.core.canonical import canonical_json, sha256_hex
from app.core.clock import read_clock
from app.core.database import Session
from app.core.history import events
from app.core.ids import new_id
from app.core.problems import DATE_IN_FUTURE
from app.finding import queries as finding
from app.finding.chains import placing, problems, queries, schemas
from app.finding.chains.kinds import THINGS, ChainStatus, MapState, Placed
from app.finding.chains.models import IndustryChain, IndustryChainVersion, IndustryMap
from app.finding.chains.rules import documents

PLACE: Final = "industry_map.place"
"""The deadline, due at once, by which the next things are placed."""
CLEAR: Final = "industry_map.clear"
"""The deadline, due at once, by which the next rows of a map that was replaced are removed."""
AT_ONCE: Final = 500
CLEARED_AT_ONCE: Final = 5_000
TRIED: Final = 500
"""Listings, and as many demands, that a trial looks at."""
_FIRST: Final = UUID(int=0)
_CHAIN: Final = "industry_chain"


async def publish(session: Session, body: schemas.IndustryChainIn) -> IndustryChain:
    """Publish the first version of a chain, or its next one, and begin to place by it.

    Raises `industry_chain_invalid`, `industry_chain_unchanged`, `date_in_future`.
    """
    await _check(session, body)
    row = await queries.lock_code(session, body.code)
    now = await read_clock(session)
    content = canonical_json(body)
    digest = sha256_hex(content)
    if row is None:
        row = IndustryChain(id=new_id(), code=body.code, version=0)
        session.add(row)
    elif row.status == ChainStatus.PUBLISHED:
        latest = await queries.get_version(session, row.id, row.version)
        if latest.sha256 == digest:
            raise problems.CHAIN_UNCHANGED(version=row.version)
    row.name_zh, row.name_en, row.link_count = body.name.zh, body.name.en, len(body.links)
    row.version, row.published_at = row.version + 1, now
    row.status, row.status_reason = ChainStatus.PUBLISHED, None
    version = IndustryChainVersion(
        id=new_id(),
        chain_id=row.id,
        version=row.version,
        content=content.decode(),
        sha256=digest,
        published_at=now,
    )
    await session.flush()
    session.add(version)
    await _replace(session, (each for each, _ in await queries.maps_of(session, row.id)
                             if each.state == MapState.PLACING), now)  # fmt: skip
    await session.flush()
    session.add(IndustryMap(version_id=version.id, chain_id=row.id))
    await queries.begin_feed(session)
    await deadlines.schedule(session, PLACE, version.id, now)
    payload = {"code": row.code, "version": row.version, "sha256": digest}
    events.append(session, "industry_chain.published", (_CHAIN, row.id), audience=[events.PUBLIC], payload=payload)
    return row


async def withdraw(session: Session, code: str, reason: str) -> IndustryChain:
    """Take a chain off the map; its versions stay readable. Raises `industry_chain_withdrawn`."""
    row = await queries.lock_chain(session, code)
    check_on_map(row)
    row.status, row.status_reason = ChainStatus.WITHDRAWN, reason
    now = await read_clock(session)
    await _replace(session, (each for each, _ in await queries.maps_of(session, row.id)), now)
    payload = {"code": row.code, "version": row.version, "reason": reason}
    events.append(session, "industry_chain.withdrawn", (_CHAIN, row.id), audience=[events.PUBLIC], payload=payload)
    return row


def check_on_map(row: IndustryChain) -> None:
    """Raises `industry_chain_withdrawn`."""
    if row.status == ChainStatus.WITHDRAWN:
        raise problems.CHAIN_WITHDRAWN(code=row.code, reason=row.status_reason)


async def attempt(session: Session, body: schemas.IndustryChainIn) -> schemas.ChainTrialOut:
    """Where a document would place the newest listings and demands; nothing is stored.

    Raises `industry_chain_invalid`, `date_in_future`.
    """
    await _check(session, body)
    known = await queries.find_chain(session, body.code)
    rows = []
    complete = True
    for index in THINGS:
        ids = await finding.latest_on(session, index, TRIED + 1)
        complete = complete and len(ids) <= TRIED
        rows += [(index, dict(row)) for row in await finding.read_on(session, index, ids[:TRIED])]
    links = json.loads(canonical_json(body))["links"]
    found, nowhere = await asyncio.to_thread(
        lambda: placing.tried(
            placing.chain_with(links), [(index, placing.read(index, row).thing) for index, row in rows]
        )
    )
    return schemas.ChainTrialOut(
        code=body.code,
        version=(known.version if known else 0) + 1,
        looked_at=len(rows),
        nowhere=nowhere,
        complete=complete,
        links=[
            schemas.TriedLinkOut(
                code=link.code,
                listings=sum(key[:2] == (link.code, Placed.LISTING) for key in found),
                demands=sum(key[:2] == (link.code, Placed.DEMAND) for key in found),
            )
            for link in body.links
        ],
    )


async def place_some(session: Session, version_id: UUID, now: datetime) -> None:
    """Place the next things by a version; after the last, it is shown in the place of the one before."""
    row = await queries.lock_map(session, version_id)
    if row is None or row.state != MapState.PLACING:
        return
    if row.public is None:
        row.public = sum([await finding.count_on(session, index) for index in THINGS])
    ids = await finding.next_on(session, row.at, row.placed_to or _FIRST, AT_ONCE)
    live = [(version_id, await queries.content_of(session, version_id))]
    await placing.place(session, live, row.at, ids)
    row.looked_at += len(ids)
    if len(ids) == AT_ONCE:
        row.placed_to = ids[-1]
    elif row.at == "listings":
        row.at, row.placed_to = "demands", None
    else:
        others = [each for each, _ in await queries.maps_of(session, row.chain_id) if each.version_id != version_id]
        await _replace(session, others, now)
        await session.flush()
        row.state, row.placed_at = MapState.PLACED, now
        return
    await deadlines.schedule(session, PLACE, version_id, now)


async def clear_some(session: Session, version_id: UUID, now: datetime) -> None:
    """Remove the next rows of a map that was replaced, and at last the map."""
    row = await queries.lock_map(session, version_id)
    if row is None or row.state != MapState.REPLACED:
        return
    if await queries.clear(session, version_id, CLEARED_AT_ONCE):
        await session.delete(row)
    else:
        await deadlines.schedule(session, CLEAR, version_id, now)


async def _check(session: Session, body: schemas.IndustryChainIn) -> None:
    documents.check([link.for_rules() for link in body.links])
    today = session.city.day_of(await read_clock(session))
    if body.source.day > today:
        raise DATE_IN_FUTURE(field="source.day", day=body.source.day, today=today)


async def _replace(session: Session, maps: Iterable[IndustryMap], now: datetime) -> None:
    for each in maps:
        each.state = MapState.REPLACED
        await deadlines.cancel(session, PLACE, each.version_id)
        await deadlines.schedule(session, CLEAR, each.version_id, now)
