"""All reading of the industry map, and the writing of what is made: rows of things, of whose they are, and counts.

Chains and their versions are for everybody. What is placed is what is public: a row that stands a moment longer than
its thing is read with the thing, and left out. Who writes rows of a version holds its chain.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, select, text, tuple_

from app.catalogue.results.kinds import TechnicalField
from app.core.database import Session, advisory_lock, find_one, read_all, read_one
from app.core.problems import Text
from app.core.web.filters import equal
from app.core.web.pages import Found, Orders, PageRequest, cut, read_page
from app.finding.chains.kinds import ChainStatus, MapState, Placed
from app.finding.chains.models import (
    IndustryChain,
    IndustryChainVersion,
    IndustryCount,
    IndustryMap,
    IndustryParty,
    IndustryPlacement,
)
from app.finding.chains.rules.counting import Count, Key, Parties, Party, Place, Placement, Things
from app.finding.chains.rules.placing import Parts
from app.identity.kinds import OrganisationKind
from app.identity.models import Organisation
from app.identity.queries import shown_to

CHAIN: Final = Text("industry chain", "产业链")
VERSION: Final = Text("version of an industry chain", "产业链版本")
LINK: Final = Text("link of an industry chain", "产业链环节")
FEED: Final = "industry_map"
"""The name of the place in the log up to which things were placed."""
ORDERS: Final = Orders("code", IndustryChain.code)
FILTERS: Final = (equal(IndustryChain.status, ChainStatus, "On the map, or withdrawn"),)
Live = tuple[UUID, str]
"""A version that things are placed by: its id, and the document."""


# Chains and versions


async def get_chain(session: Session, code: str) -> IndustryChain:
    """A chain; raises `not_found`."""
    return await read_one(session, select(IndustryChain).where(IndustryChain.code == code), CHAIN)


async def find_chain(session: Session, code: str) -> IndustryChain | None:
    """A chain, or None."""
    return await find_one(session, select(IndustryChain).where(IndustryChain.code == code))


async def list_chains(session: Session, page: PageRequest) -> Found[IndustryChain]:
    """The chains in the order of their codes."""
    return await read_page(session, select(IndustryChain), page, ORDERS)


async def lock_code(session: Session, code: str) -> IndustryChain | None:
    """The chain of a code, locked, so that it gets one version after the other; None where there is none yet."""
    await advisory_lock(session, "industry_chain", code)
    return await find_one(session, _locked().where(IndustryChain.code == code), fresh=True)


async def lock_chain(session: Session, code: str) -> IndustryChain:
    """A chain, locked; raises `not_found`."""
    return await read_one(session, _locked().where(IndustryChain.code == code), CHAIN, fresh=True)


async def lock_map(session: Session, version_id: UUID) -> IndustryMap | None:
    """The map of a version, held by its chain; None where it is gone."""
    own = select(IndustryChainVersion.chain_id).where(IndustryChainVersion.id == version_id).scalar_subquery()
    await find_one(session, _locked().where(IndustryChain.id == own))
    return await session.get(IndustryMap, version_id, populate_existing=True)


async def lock_live(session: Session) -> list[Live]:
    """Every version that things are placed by, held by their chains in the order of their ids."""
    statement = _locked().where(IndustryChain.status == ChainStatus.PUBLISHED).order_by(IndustryChain.id)
    chains = [chain.id for chain in await read_all(session, statement, fresh=True)]
    found = (
        select(IndustryChainVersion.id, IndustryChainVersion.content)
        .join(IndustryMap, IndustryMap.version_id == IndustryChainVersion.id)
        .where(IndustryMap.chain_id.in_(chains), IndustryMap.state != MapState.REPLACED)
        .order_by(IndustryChainVersion.id)
    )
    return [(row[0], row[1]) for row in await session.execute(found)] if chains else []


def _locked() -> Select[IndustryChain]:
    return select(IndustryChain).with_for_update(key_share=True)


async def get_version(session: Session, chain_id: UUID, version: int) -> IndustryChainVersion:
    """A version of a chain; raises `not_found`."""
    numbered = IndustryChainVersion.version == version
    return await read_one(
        session, select(IndustryChainVersion).where(IndustryChainVersion.chain_id == chain_id, numbered), VERSION
    )


async def content_of(session: Session, version_id: UUID) -> str:
    """The document of a version."""
    statement = select(IndustryChainVersion.content).where(IndustryChainVersion.id == version_id)
    return (await session.execute(statement)).scalar_one()


async def maps_of(session: Session, chain_id: UUID) -> Sequence[Row[IndustryMap, IndustryChainVersion]]:
    """The maps of a chain with their versions, the latest first; those that were replaced are left out."""
    statement = (
        select(IndustryMap, IndustryChainVersion)
        .join(IndustryChainVersion, IndustryChainVersion.id == IndustryMap.version_id)
        .where(IndustryMap.chain_id == chain_id, IndustryMap.state != MapState.REPLACED)
        .order_by(IndustryChainVersion.version.desc())
    )
    return (await session.execute(statement, execution_options={"populate_existing": True})).all()


async def begin_feed(session: Session) -> None:
    """Let the log be followed from here on, unless it is: what changed before, the first map is made of."""
    await session.execute(_BEGIN, {"feed": FEED})


_BEGIN: Final = text("""
    INSERT INTO search_feeds (engine, xid, seq, fed_at)
    SELECT :feed, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, 0, techex_now() ON CONFLICT DO NOTHING
""")


# What is on a map


async def counts(session: Session, version_id: UUID) -> dict[Place, Count]:
    """The counts of a map, at most four a link."""
    rows = await read_all(session, select(IndustryCount).where(IndustryCount.version_id == version_id), fresh=True)
    return {(row.link, Placed(row.kind)): Count(row.total, row.open) for row in rows}


async def page_of_things(
    session: Session, version_id: UUID, link: str, kind: Placed, page: PageRequest
) -> Found[IndustryPlacement]:
    """A page of what is on a link, the newest first."""
    row = IndustryPlacement
    statement = select(row).where(row.version_id == version_id, row.link == link, row.kind == kind)
    after = page.after(UUID)
    if after:
        statement = statement.where(row.subject_id < after[0])
    found = await read_all(session, statement.order_by(row.subject_id.desc()).limit(page.limit + 1), fresh=True)
    return cut(found, page, lambda each: (each.subject_id,))


async def page_of_parties(
    session: Session, version_id: UUID, link: str, kind: Placed, page: PageRequest
) -> Found[IndustryParty]:
    """A page of whose things are on a link."""
    row = IndustryParty
    statement = select(row).where(row.version_id == version_id, row.link == link, row.kind == kind, row.shown)
    after = page.after(UUID)
    if after:
        statement = statement.where(row.subject_id < after[0])
    found = await read_all(session, statement.order_by(row.subject_id.desc()).limit(page.limit + 1), fresh=True)
    return cut(found, page, lambda each: (each.subject_id,))


async def names_of(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of organisations that everybody may see."""
    statement = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids), shown_to(None))
    return {row[0]: row[1] for row in await session.execute(statement)} if ids else {}


# How it is made


async def things(session: Session, version_id: UUID, ids: Sequence[UUID]) -> Things:
    """Where some listings or demands are placed."""
    row = IndustryPlacement
    found = await session.execute(select(row).where(row.version_id == version_id, row.subject_id.in_(ids)))
    return {
        Key(each.link, Placed(each.kind), each.subject_id): Placement(
            each.is_open, parts_of(each.parts), each.owner_id, each.agency_id
        )
        for each in found.scalars()
    }


async def parties(session: Session, version_id: UUID, keys: Iterable[Key]) -> Parties:
    """Some parties, as far as they are on their links."""
    row, wanted = IndustryParty, list(keys)
    named = tuple_(row.link, row.kind, row.subject_id).in_(wanted)
    return await _parties(session, select(row).where(row.version_id == version_id, named)) if wanted else {}


async def parties_of(session: Session, version_id: UUID, ids: Collection[UUID]) -> Parties:
    """Every link that some organisations are on."""
    row = IndustryParty
    return await _parties(session, select(row).where(row.version_id == version_id, row.subject_id.in_(ids)))


async def _parties(session: Session, statement: Select[IndustryParty]) -> Parties:
    found = await read_all(session, statement, fresh=True)
    return {
        Key(each.link, Placed(each.kind), each.subject_id): Party(each.listings, each.demands, each.open, each.shown)
        for each in found
    }


async def shown(session: Session, ids: Collection[UUID]) -> set[tuple[Placed, UUID]]:
    """As what some organisations may be shown: who is an enterprise as one, each as an agency."""
    statement = select(Organisation.id, Organisation.kind).where(Organisation.id.in_(ids), shown_to(None))
    found: set[tuple[Placed, UUID]] = set()
    for organisation, kind in (await session.execute(statement)).all() if ids else ():
        found.add((Placed.AGENCY, organisation))
        if kind == OrganisationKind.ENTERPRISE:
            found.add((Placed.ENTERPRISE, organisation))
    return found


_GIVEN: Final = "jsonb_to_recordset(CAST(:rows AS jsonb)) AS r({})"
_KEY: Final = "link text, kind text, subject_id uuid"
_REMOVE: Final = text(f"""
    DELETE FROM industry_placements p USING {_GIVEN.format(_KEY)}
    WHERE p.version_id = :version AND (p.link, p.kind, p.subject_id) = (r.link, r.kind, r.subject_id)
""")  # noqa: S608 — put together of our own text
_PUT: Final = text(f"""
    INSERT INTO industry_placements (version_id, link, kind, subject_id, is_open, parts, owner_id, agency_id)
    SELECT :version, r.* FROM {_GIVEN.format(_KEY + ", is_open bool, parts jsonb, owner_id uuid, agency_id uuid")}
    ON CONFLICT (version_id, link, kind, subject_id) DO UPDATE SET is_open = excluded.is_open, parts = excluded.parts,
        owner_id = excluded.owner_id, agency_id = excluded.agency_id
""")  # noqa: S608
_LEAVE: Final = text(f"""
    DELETE FROM industry_parties p USING {_GIVEN.format(_KEY)}
    WHERE p.version_id = :version AND (p.link, p.kind, p.subject_id) = (r.link, r.kind, r.subject_id)
""")  # noqa: S608
_JOIN: Final = text(f"""
    INSERT INTO industry_parties (version_id, link, kind, subject_id, listings, demands, open, shown)
    SELECT :version, r.* FROM {_GIVEN.format(_KEY + ", listings int, demands int, open int, shown bool")}
    ON CONFLICT (version_id, link, kind, subject_id) DO UPDATE SET listings = excluded.listings,
        demands = excluded.demands, open = excluded.open, shown = excluded.shown
""")  # noqa: S608
_ADD: Final = text(f"""
    INSERT INTO industry_counts AS c (version_id, link, kind, total, open)
    SELECT :version, r.* FROM {_GIVEN.format("link text, kind text, total int, open int")}
    ON CONFLICT (version_id, link, kind) DO UPDATE SET total = c.total + excluded.total, open = c.open + excluded.open
""")  # noqa: S608


async def write(session: Session, version_id: UUID, things: Mapping[Key, Placement | None]) -> None:
    """Place things so; None takes one off its link."""
    gone = [_key(key) for key, each in things.items() if each is None]
    put = [
        _key(key)
        | {"is_open": each.is_open, "parts": plain(each.parts)}
        | {"owner_id": each.owner and str(each.owner), "agency_id": each.agency and str(each.agency)}
        for key, each in things.items()
        if each is not None
    ]
    await _run(session, _REMOVE, version_id, gone)
    await _run(session, _PUT, version_id, put)


async def write_parties(session: Session, version_id: UUID, parties: Parties) -> None:
    """Let these be on their links so; one of whom nothing is there leaves."""
    await _run(session, _LEAVE, version_id, [_key(key) for key, each in parties.items() if not each.is_there])
    rows = [
        _key(key) | {"listings": each.listings, "demands": each.demands, "open": each.open, "shown": each.shown}
        for key, each in parties.items()
        if each.is_there
    ]
    await _run(session, _JOIN, version_id, rows)


async def add_counts(session: Session, version_id: UUID, change: Mapping[Place, Count]) -> None:
    """Add to the counts."""
    rows = [{"link": link, "kind": kind, "total": n.total, "open": n.open} for (link, kind), n in change.items()]
    await _run(session, _ADD, version_id, rows)


async def _run(session: Session, statement: Any, version_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await session.execute(statement, {"version": version_id, "rows": json.dumps(rows, ensure_ascii=False)})


_CLEAR: Final = """
    DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE version_id = :version LIMIT :most))
"""


async def clear(session: Session, version_id: UUID, most: int) -> bool:
    """Remove what was placed by a version, `most` rows of a table at a time; answers whether all is gone."""
    for table in ("industry_placements", "industry_parties", "industry_counts"):
        done: Any = await session.execute(text(_CLEAR.format(table=table)), {"version": version_id, "most": most})
        if done.rowcount == most:
            return False
    return True


def _key(key: Key) -> dict[str, str]:
    return {"link": key.link, "kind": key.kind, "subject_id": str(key.subject)}


def plain(parts: Parts) -> dict[str, Any]:
    """The reasons as they are stored."""
    return {"industry": parts.industry, "field": parts.field, "terms": list(parts.terms)}


def parts_of(stored: Mapping[str, Any]) -> Parts:
    """The reasons as they were stored."""
    field = stored["field"]
    return Parts(stored["industry"], TechnicalField(field) if field else None, tuple(stored["terms"]))
