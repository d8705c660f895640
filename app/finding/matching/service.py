"""Matching: candidates from the engine, what is public of them, and the order in which the rule puts them.

Nothing of it is stored: each answer is made of what is public at that moment, and of what was said of matches before.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from app.catalogue.demands.kinds import DemandStatus
from app.catalogue.results.kinds import TechnicalField
from app.core.database import Database
from app.core.problems import Text
from app.core.web.pages import PageRequest, encode_cursor
from app.finding import answers
from app.finding.documents import Row
from app.finding.matching import candidates, facts, queries, rules
from app.finding.matching.facts import Thing
from app.finding.matching.kinds import DemandMatchKind, Feedback, ListingMatchKind, MatchKind, Part
from app.finding.matching.rules import Judged, Need, Offer
from app.finding.service import Finder, read_in_order
from app.identity.kinds import OrganisationKind
from app.law.figures import parameter
from app.market.listings.kinds import ListingStatus
from search.engine import Engine, Filter, OneOf, Query
from search.indexes import index
from search.text import clues, highlights
from search.text.clues import Clue, Said

MOST_BY: Final = 3
"""Things that are named as what speaks for an organisation."""
MOST_AGENCIES: Final = 50
"""Agencies of the same city that are candidates though nothing of theirs fits, and agencies whose brokers are read."""
_ON_OFFER: Final = OneOf("status", (ListingStatus.PUBLISHED,))
_WANTED: Final = OneOf("status", (DemandStatus.PUBLISHED,))
_ENTERPRISE: Final = OneOf("demander_kind", (OrganisationKind.ENTERPRISE,))
_SOURCES: Final[Mapping[MatchKind, tuple[str, tuple[Filter, ...]]]] = {
    DemandMatchKind.RESULTS: ("results", (_ON_OFFER,)),
    DemandMatchKind.LISTINGS: ("listings", (_ON_OFFER,)),
    DemandMatchKind.TEAMS: ("results", ()),
    DemandMatchKind.AGENCIES: ("listings", (_ON_OFFER,)),
    DemandMatchKind.BROKERS: ("listings", (_ON_OFFER,)),
    ListingMatchKind.DEMANDS: ("demands", (_WANTED,)),
    ListingMatchKind.ENTERPRISES: ("demands", (_ENTERPRISE,)),
}
"""Where the candidates of each kind come from. A unit or an enterprise is found by what it once had too."""


@dataclass(frozen=True, slots=True)
class Match:
    """A match with the parts of its score; `row` is shown as `SHOW` has it, `by` is what speaks for it."""

    id: UUID
    row: Row
    parts: tuple[Judged, ...]
    score: Decimal
    by: tuple[Thing, ...] = ()


@dataclass(frozen=True)
class Matching:
    """What is asked: for which demand or listing (what is public of it), of which kind, and what each part weighs."""

    finder: Finder
    thing: Thing
    kind: MatchKind
    weights: Mapping[Part, Fraction]
    declined_too: bool = False

    async def answer(self, page: PageRequest) -> tuple[str, str]:
        """A page as JSON, and the value of the header. Raises `cursor_invalid` and `temporarily_unavailable`."""
        (offset,) = page.after(_offset) or (0,)
        database = self.finder.context.database
        subject_id = self.thing.row["id"]
        more = await queries.count_declined(database, subject_id, self.kind)
        wanted = await asyncio.to_thread(facts.clues_of, self.thing.row)
        source, filters = _SOURCES[self.kind]
        read = facts.demand if source == "demands" else facts.offer

        async def texts(ids: Sequence[str]) -> list[Said]:
            return [read(row).said() for row in await read_in_order(database, source, ids)]

        async def gather(engine: Engine) -> candidates.Gathering:
            found = candidates.Gathering(engine, index(source), filters, more)
            await found.find(wanted, texts)
            return found

        found, engine = await self.finder.ask(gather)
        things = await self._judged(source, found)
        matches = await self._as_asked(things)
        said = await queries.standing(database, subject_id, self.kind, [match.id for match in matches])
        kept = [each for each in matches if self.declined_too or said.get(each.id) != Feedback.DECLINED]
        kept.sort(key=lambda each: each.score, reverse=True)
        shown = kept[offset : offset + page.limit]
        left = offset + len(shown)
        told = {
            "items": [self._shown(each, said.get(each.id), found.clues) for each in shown],
            "words": [
                {"word": clue.text, "total": total, "related": at >= found.own}
                for at, (clue, total) in enumerate(zip(found.clues, found.totals, strict=True))
            ],
            "declined": len(matches) - len(kept),
            "wider": [] if kept else _wider(wanted, found.totals[: found.own], len(matches)),
            "next_cursor": encode_cursor(left, bound=page.bound) if left < len(kept) else None,
        }
        return answers.text(told), self.finder.header(engine)

    async def _judged(self, source: str, found: candidates.Gathering) -> list[Match]:
        """The candidates with their scores. What is the own side's is left out, as far as its name is public."""
        database = self.finder.context.database
        rows = await read_in_order(database, source, found.ids)
        read = facts.demand if source == "demands" else facts.offer
        things = [thing for thing in await asyncio.to_thread(lambda: [read(row) for row in rows]) if self._fits(thing)]
        sides = [thing.by.id for thing in things if thing.by]
        side = "demander" if source == "demands" else "seller"
        deals = await queries.deals(database, side, sides, self.thing.facts.field)
        return await asyncio.to_thread(
            lambda: [self._match(thing, found.clues, found.weights, deals.get(thing.by.id) if thing.by else None)
                     for thing in things]
        )  # fmt: skip

    def _fits(self, thing: Thing) -> bool:
        """Whether it stands as the kind asks at this moment: the engine may be late."""
        own = thing.by is not None and self.thing.by is not None and thing.by.id == self.thing.by.id
        if self.kind == ListingMatchKind.ENTERPRISES:
            return not own and thing.by is not None and thing.by.kind == OrganisationKind.ENTERPRISE
        asked = _SOURCES[self.kind][1]
        if "listings" in thing.row or not asked:
            return not own
        return not own and thing.row["status"] == ListingStatus.PUBLISHED

    def _match(self, thing: Thing, wanted: Sequence[Clue], rare: Sequence[Fraction], count: int | None) -> Match:
        said = thing.said()
        met = [(clue.text, weight, clues.met(clue, said)) for clue, weight in zip(wanted, rare, strict=True)]
        need, offer = sides(self.thing.facts, thing.facts)
        parts = rules.compare(need, offer, rules.words(met), count)
        return Match(thing.row["id"], thing.row, parts, rules.score(parts, self.weights), (thing,))

    async def _as_asked(self, found: list[Match]) -> list[Match]:
        """The candidates as what was asked for: themselves, or who keeps, offers or asks for them."""
        if self.kind in {DemandMatchKind.TEAMS, ListingMatchKind.ENTERPRISES}:
            return [
                replace(best[0], id=party, row={"party": best[0].by[0].by}, by=_best(best))
                for party, best in _by(found, lambda thing: thing.by).items()
            ]
        if self.kind == DemandMatchKind.AGENCIES:
            return await self._agencies(found)
        if self.kind == DemandMatchKind.BROKERS:
            return await self._brokers(await self._agencies(found))
        return [replace(match, by=()) for match in found]

    async def _agencies(self, found: list[Match]) -> list[Match]:
        """The agencies that offer what fits, and others of the same city; each with its own place and past deals."""
        need = self.thing.facts
        assert isinstance(need, Need)
        offered = _by(found, lambda thing: thing.agency)
        city = OneOf("division", ((need.city or "")[:4],))
        near = await self.finder.ask(lambda engine: engine.search(index("agencies"), Query(None, (city,), limit=50)))
        ids = [*map(str, offered), *(each for each in near[0].ids if UUID(each) not in offered)]
        database = self.finder.context.database
        rows = await read_in_order(database, "agencies", ids)
        deals = await queries.deals(database, "agency", [row["id"] for row in rows], need.field)
        matches = []
        for row in rows:
            best = offered.get(row["id"], [])
            words = best[0].parts[0] if best else rules.words([])
            of: TechnicalField | None = best[0].by[0].facts.field if best else None
            parts = rules.mediate(need, of, row["division"], words, deals[row["id"]])
            matches.append(Match(row["id"], row, parts, rules.score(parts, self.weights), _best(best)))
        return matches

    async def _brokers(self, agencies: list[Match]) -> list[Match]:
        """The brokers of the best agencies, each as good as its agency."""
        best = sorted(agencies, key=lambda each: each.score, reverse=True)[:MOST_AGENCIES]
        if not best:
            return []
        employed = Query(None, (OneOf("agency_id", tuple(str(each.id) for each in best)),), limit=candidates.MOST)
        found, _ = await self.finder.ask(lambda engine: engine.search(index("brokers"), employed))
        rows = await read_in_order(self.finder.context.database, "brokers", found.ids)
        of = {each.id: each for each in best}
        return [replace(of[row["agency_id"]], id=row["id"], row=row) for row in rows if row["agency_id"] in of]

    def _shown(self, match: Match, said: Feedback | None, wanted: Sequence[Clue]) -> dict[str, Any]:
        total = sum((self.weights[part.part] for part in match.parts), Fraction(0))
        if "party" in match.row:
            party = match.row["party"]
            found = {"id": party.id, "name": party.name, "kind": party.kind}
        else:
            marked = highlights.forms([term.forms for clue in wanted for term in clue.read.terms])
            found = answers.SHOW[_shown_as(self.kind)](match.row, marked)
        return {
            "id": match.id,
            "score": match.score,
            "parts": [_part(part, self.weights[part.part] / total) for part in match.parts],
            "feedback": said,
            "by": [{"id": each.row["id"], "number": each.number, "title": each.title} for each in match.by],
            "found": found,
        }


async def weights(database: Database, subject_id: UUID, today: date) -> Mapping[Part, Fraction]:
    """What each part weighs on a day, for a demand or a listing whose side has declined matches."""
    declines = await queries.declines(database, subject_id)
    base = {part: Fraction(parameter(f"match_weight_{part}", on=today).value) for part in Part}
    return rules.raised(base, declines, Fraction(parameter("match_decline_raise", on=today).value))


def sides(one: Need | Offer, other: Need | Offer) -> tuple[Need, Offer]:
    """Which of a pair asks and which offers."""
    need, offer = (one, other) if isinstance(one, Need) else (other, one)
    assert isinstance(need, Need)
    assert isinstance(offer, Offer)
    return need, offer


def _by(found: list[Match], party: Callable[[Thing], facts.Party | None]) -> dict[UUID, list[Match]]:
    """The matches of each party, the best first."""
    grouped: dict[UUID, list[Match]] = {}
    for match in sorted(found, key=lambda each: each.score, reverse=True):
        of = party(match.by[0])
        if of is not None:
            grouped.setdefault(of.id, []).append(match)
    return grouped


def _best(found: Sequence[Match]) -> tuple[Thing, ...]:
    return tuple(match.by[0] for match in found[:MOST_BY])


def _shown_as(kind: MatchKind) -> str:
    return str(kind)


def _part(part: Judged, weight: Fraction) -> dict[str, Any]:
    return {
        "part": part.part,
        "value": rules.rounded(part.value),
        "weight": rules.rounded(weight),
        "known": part.known,
        "reason": {"en": part.reason.en, "zh": part.reason.zh},
    }


def _offset(value: str) -> int:
    offset = int(value)
    if offset <= 0:
        raise ValueError(value)
    return offset


def _wider(wanted: Sequence[Clue], totals: Sequence[int], declined: int) -> list[dict[str, str]]:
    """Why nothing was found, and what would find more."""
    if declined:
        told = [Text("All that was found was declined. Ask with `declined=true` to see it.",
                     "匹配结果均已谢绝；可用 `declined=true` 查看。")]  # fmt: skip
    else:
        unmet = [clue.text for clue, total in zip(wanted, totals, strict=True) if not total]
        en = f"Nothing public has these words: {', '.join(unmet)}. Write other names of the thing as keywords."
        zh = f"公开信息中没有这些关键词：{'、'.join(unmet)}。请补充其他名称作为关键词。"
        told = [Text(en, zh)] if unmet else []
        told.append(Text("Ask for another kind of match, such as `teams` or `agencies`.",
                         "请查询其他匹配类型，例如 `teams`、`agencies`。"))  # fmt: skip
    return [{"en": text.en, "zh": text.zh} for text in told]
