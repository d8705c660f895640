"""The map as it is answered: links with counts and gaps, what is on a link, and all of it as lines of CSV."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.core.database import Database, Session
from app.core.problems import NOT_FOUND
from app.core.schemas import Bilingual
from app.core.web.answers.csv_lines import MARK, line, text_cell
from app.core.web.pages import Found, PageRequest
from app.finding import queries as finding
from app.finding.chains import placing, queries, schemas
from app.finding.chains.kinds import THINGS, Gap, MapState, Placed
from app.finding.chains.models import IndustryChain, IndustryChainVersion, IndustryMap, IndustryParty, IndustryPlacement
from app.finding.chains.rules import counting
from app.finding.chains.rules.counting import Count, Place
from app.finding.chains.service import check_on_map

_INDEX: Final = {kind: index for index, kind in THINGS.items()}
BATCH: Final = 1_000
"""Rows of CSV that are read at a time."""
COLUMNS: Final = (
    "chain", "version", "link", "link_zh", "link_en", "stage", "gap",
    "kind", "id", "number", "title", "open", "industry", "field", "terms", "listings", "demands",
)  # fmt: skip
_PLACING: Final = Bilingual(
    en="Things are being placed by this version. Read it again in a minute.",
    zh="正在按此版本归入各环节，请稍后再查。",
)
_NOTHING: Final = Bilingual(
    en="Nothing that is public fits a rule. Import a version with more terms or wider industries.",
    zh="公开信息均不符合各环节规则，请导入关键词更多或者行业范围更宽的版本。",
)
_WITHDRAWN: Final = Bilingual(
    en="The chain was withdrawn, so nothing is on its map. Its versions stay readable.",
    zh="该产业链已撤下，图谱不再展示；历次版本仍可查阅。",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The version of a chain that is shown: its document, and how far it was placed (None: the chain is withdrawn)."""

    chain: IndustryChain
    version: IndustryChainVersion
    map: IndustryMap | None
    maps: Sequence[tuple[IndustryMap, IndustryChainVersion]]

    @property
    def document(self) -> dict[str, Any]:
        """The document of the version."""
        found: dict[str, Any] = json.loads(self.version.content)
        return found

    @property
    def is_whole(self) -> bool:
        """Whether everything was placed."""
        return self.map is not None and self.map.state == MapState.PLACED


async def shown_of(session: Session, code: str) -> Shown:
    """What is shown of a chain: the version that was placed as a whole, until then the latest. Raises `not_found`."""
    chain = await queries.get_chain(session, code)
    maps = [(row[0], row[1]) for row in await queries.maps_of(session, chain.id)]
    if not maps:
        return Shown(chain, await queries.get_version(session, chain.id, chain.version), None, ())
    whole = next((each for each in maps if each[0].state == MapState.PLACED), maps[0])
    return Shown(chain, whole[1], whole[0], maps)


def chain_out(row: IndustryChain) -> schemas.IndustryChainOut:
    """A chain."""
    return schemas.IndustryChainOut.of(row, name=Bilingual(zh=row.name_zh, en=row.name_en))


async def read_map(session: Session, code: str) -> schemas.IndustryChainMapOut:
    """The map of a chain. Raises `not_found`."""
    shown = await shown_of(session, code)
    counts = await queries.counts(session, shown.version.id) if shown.map else {}
    document = shown.document
    gaps = _gaps(document, counts) if shown.is_whole else {}
    listed = [
        schemas.MapLinkOut(
            **{name: link[name] for name in ("code", "name", "stage", "follows", "rule")},
            counts=_counts(counts, link["code"]) if shown.map else None,
            gap=gaps.get(link["code"]),
        )
        for link in document["links"]
    ]
    return schemas.IndustryChainMapOut.of(
        shown.chain,
        name=Bilingual(zh=shown.chain.name_zh, en=shown.chain.name_en),
        shown=shown.version.version,
        source=document["source"],
        placing=[
            schemas.PlacingOut.of(row, version=version.version, state=MapState(row.state))
            for row, version in shown.maps
        ],
        gaps=schemas.GapsOut(
            no_result=[code for code, gap in gaps.items() if gap == Gap.NO_RESULT],
            no_demand=[code for code, gap in gaps.items() if gap == Gap.NO_DEMAND],
        )
        if shown.is_whole
        else None,
        links=listed,
        hint=_hint(shown, counts),
    )


def _gaps(document: Mapping[str, Any], counts: Mapping[Place, Count]) -> dict[str, Gap | None]:
    return {link["code"]: counting.gap(counts, link["code"]) for link in document["links"]}


def _hint(shown: Shown, counts: Mapping[Place, Count]) -> Bilingual | None:
    if shown.map is None:
        return _WITHDRAWN
    if not shown.is_whole:
        return _PLACING
    return None if any(each.total for each in counts.values()) else _NOTHING


def _counts(counts: Mapping[Place, Count], link: str) -> schemas.LinkCounts:
    found = {kind: counts.get((link, kind), Count()) for kind in Placed}
    return schemas.LinkCounts(
        **{kind.value: schemas.CountOut(total=each.total, open=each.open) for kind, each in found.items()}
    )


async def on_link(
    session: Session, code: str, link: str, kind: Placed, page: PageRequest
) -> Found[schemas.LinkSubjectOut]:
    """A page of what is on a link. Raises `not_found`, `industry_chain_withdrawn`, `cursor_invalid`."""
    shown = await shown_of(session, code)
    check_on_map(shown.chain)
    if link not in {each["code"] for each in shown.document["links"]}:
        raise NOT_FOUND(what=queries.LINK)
    return await _page(session, shown.version.id, link, kind, page)


async def _page(
    session: Session, version_id: UUID, link: str, kind: Placed, page: PageRequest
) -> Found[schemas.LinkSubjectOut]:
    if kind in _INDEX:
        things = await queries.page_of_things(session, version_id, link, kind, page)
        return Found(await _things(session, kind, things.rows), things.next_cursor)
    parties = await queries.page_of_parties(session, version_id, link, kind, page)
    return Found(await _parties(session, kind, parties.rows), parties.next_cursor)


async def _things(session: Session, kind: Placed, rows: Sequence[IndustryPlacement]) -> list[schemas.LinkSubjectOut]:
    """Things as they are at this moment: what is not public any more is left out, though the map may be late."""
    index = _INDEX[kind]
    known = {row["id"]: row for row in await finding.cards_on(session, index, [each.subject_id for each in rows])}
    told = []
    for each in rows:
        row = known.get(each.subject_id)
        if row is not None:
            card = json.loads(row["card"])
            told.append(
                schemas.LinkSubjectOut(
                    kind=kind,
                    id=each.subject_id,
                    number=card["number"],
                    title=card["title"],
                    open=row["status"] == placing.ON_OFFER,
                    parts=schemas.PartsOut(**each.parts),
                )
            )
    return told


async def _parties(session: Session, kind: Placed, rows: Sequence[IndustryParty]) -> list[schemas.LinkSubjectOut]:
    names = await queries.names_of(session, [each.subject_id for each in rows])
    return [
        schemas.LinkSubjectOut(
            kind=kind,
            id=each.subject_id,
            number=None,
            title=names[each.subject_id],
            open=each.open > 0,
            parts=schemas.PartsOut(listings=each.listings, demands=each.demands),
        )
        for each in rows
        if each.subject_id in names
    ]


async def map_csv(database: Database, shown: Shown, counts: Mapping[Place, Count]) -> AsyncIterator[bytes]:
    """The map as CSV, a line for each thing and each party on a link; a link with nothing has one line of its own."""
    yield MARK + line(COLUMNS)
    document = shown.document
    gaps = _gaps(document, counts) if shown.is_whole else {}
    for link in document["links"]:
        gap = gaps.get(link["code"])
        head = [document["code"], str(shown.version.version), link["code"], link["name"]["zh"], link["name"]["en"]]
        head = [text_cell(each) for each in (*head, link["stage"], gap or "")]
        empty = True
        for kind in Placed:
            cursor: str | None = None
            while True:
                async with database.reading() as session:
                    page = PageRequest(BATCH, cursor)
                    found = await _page(session, shown.version.id, link["code"], kind, page)
                yield b"".join(line([*head, *_cells(each)]) for each in found.rows)
                empty = empty and not found.rows
                cursor = found.next_cursor
                if cursor is None:
                    break
        if empty:
            yield line([*head, *[""] * (len(COLUMNS) - len(head))])


def _cells(each: schemas.LinkSubjectOut) -> list[str]:
    parts = each.parts
    cells: list[object] = [each.kind, str(each.id), each.number, each.title, "true" if each.open else "false"]
    cells += [parts.industry, parts.field, "；".join(parts.terms), parts.listings, parts.demands]
    return ["" if cell is None else text_cell(str(cell)) for cell in cells]
