"""Searching: what is asked of an engine, and what is answered of the ids that it finds."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from uuid import UUID

from asyncpg import Record
from fastapi import FastAPI

from app.core.database import Database
from app.core.problems import UNAVAILABLE
from app.core.web.http import Context
from app.core.web.pages import PageRequest, encode_cursor
from app.finding import answers, engines, queries
from search import terms
from search.engine import DEEPEST, Answer, Engine, EngineDown, Filter, Order, Query
from search.indexes import index
from search.text import highlights, words
from search.text.folding import fold, is_han
from search.text.meaning import meant
from search.text.queries import Parsed, parse

T = TypeVar("T")
ENGINE: Final = "Search-Engine"
"""The header that says who answered, and for whom it stepped in."""
CONFIDE: Final = frozenset({"demands"})
"""Of these a change may hide a name. What an engine has late is not found at all: even a count would tell the name."""
MOST_LATE: Final = 10_000
"""Changes that may be left out so; with more, nothing is answered."""
_MOST_WIDER: Final = 8
_MOST_TITLES: Final = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: its index, its words, its filters by the parameter that asked for each, its order.

    What `always` holds is no parameter that could be left out.
    """

    index: str
    q: str | None
    filters: tuple[tuple[str, Filter], ...]
    sort: str | None
    facets: tuple[str, ...]
    always: tuple[tuple[str, Filter], ...] = ()


class Finder:
    """What a process holds for searching, made when it is first needed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.standby = engines.standby(context.settings, context.database)

    async def search(self, asked: Asked, page: PageRequest) -> tuple[str, str]:
        """The answer as JSON, and the value of the header. Raises `cursor_invalid` and `temporarily_unavailable`."""
        (offset,) = page.after(_offset) or (0,)
        read = await _read(asked.q) if asked.q is not None else None
        limit = min(page.limit, DEEPEST - offset)
        filters = tuple(each for _, each in (*asked.always, *asked.filters))
        query = Query(read, filters, asked.facets, _order(asked.sort), offset, limit)
        answer, engine = await self._find(asked.index, query)
        rows = await read_in_order(self.context.database, asked.index, answer.ids)
        correction = _corrected(asked.index, read, rows) if read is not None and answer.loosely else None
        wanted = _wanted(read, correction[1] if correction else ())
        shown = {
            "items": [answers.SHOW[asked.index](row, wanted) for row in rows],
            "total": answer.total,
            "exact": answer.exact,
            "facets": _facets(answer),
            "did_you_mean": correction[0] if correction else None,
            "wider": [] if answer.total else await self._wider(asked, query),
            "next_cursor": _next(page, answer, offset, limit),
        }
        return answers.text(shown), self.header(engine)

    async def suggest(self, name: str, typed: str, limit: int) -> tuple[str, str]:
        """What begins as typed: words of the field, then what things are called, each text once.

        PostgreSQL answers: it takes 0.7 ms of CPU among 40 000 listings, Meilisearch 4.3 ms.
        """
        found = [{"text": word, "id": None} for word in _words(typed)[: limit // 2]]

        async def ask(engine: Engine) -> list[str]:
            late = await self._late(engine, name)
            return [each for each in await engine.suggest(index(name), typed, limit) if each not in late]

        ids, engine = await _up(self.standby.ask_second(ask))
        known = {str(each["text"]) for each in found}
        for row in await read_in_order(self.context.database, name, ids):
            title = answers.title(name, row)
            if title not in known:
                known.add(title)
                found.append({"text": title, "id": str(row["id"])})
        return answers.text({"suggestions": found[:limit]}), _header(engine, self.standby.second)

    async def _find(self, name: str, query: Query) -> tuple[Answer, Engine]:
        async def ask(engine: Engine) -> Answer:
            return await engine.search(index(name), replace(query, without=await self._late(engine, name)))

        return await self.ask(ask)

    async def ask(self, question: Callable[[Engine], Awaitable[T]]) -> tuple[T, Engine]:
        """The answer to a question, and which engine gave it. Raises `temporarily_unavailable`."""
        return await _up(self.standby.ask(question))

    def header(self, engine: Engine) -> str:
        """Who answered, and for whom it stepped in."""
        return _header(engine, self.standby.first or self.standby.second)

    async def _late(self, engine: Engine, name: str) -> tuple[str, ...]:
        """What an engine has late of an index in `CONFIDE`. Raises `EngineDown` where that is too much."""
        if name not in CONFIDE:
            return ()
        late = await queries.waiting(self.context.database, engine.name, name, MOST_LATE + 1)
        if len(late) > MOST_LATE:
            raise EngineDown(f"{name}: more than {MOST_LATE} changes wait")
        return tuple(late)

    async def _wider(self, asked: Asked, query: Query) -> list[dict[str, Any]]:
        """What finds something where this found nothing: without one of the filters, or with one word less."""
        counted = replace(query, facets=(), offset=0, limit=1)
        tried: list[tuple[str, str | None, Query]] = []
        for parameter in dict.fromkeys(parameter for parameter, _ in asked.filters):
            kept = tuple(each for other, each in (*asked.always, *asked.filters) if other != parameter)
            tried.append((parameter, None, replace(counted, filters=kept)))
        typed = query.text.terms if query.text and query.text.number is None else ()
        for left_out in typed if len(typed) > 1 else ():
            fewer = " ".join(term.typed for term in typed if term is not left_out)
            tried.append(("q", fewer, replace(counted, text=parse(fewer))))
        found = []
        for parameter, q, wider in tried[:_MOST_WIDER]:
            total = (await self._find(asked.index, wider))[0].total
            if total:
                found.append({"leave_out": parameter, "q": q, "total": total})
        return sorted(found, key=lambda each: -int(each["total"]))


def of(application: FastAPI) -> Finder:
    """The process's finder."""
    context: Context = application.state.context
    finder: Finder | None = getattr(application.state, "finder", None)
    if finder is None or finder.context is not context:
        finder = application.state.finder = Finder(context)
    return finder


async def close(application: FastAPI) -> None:
    """Close its engines; call it before the database is closed."""
    finder: Finder | None = getattr(application.state, "finder", None)
    if finder is not None:
        await finder.standby.close()


async def _up(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except EngineDown as error:
        raise UNAVAILABLE(headers={"Retry-After": "2"}) from error


def _header(engine: Engine, usual: Engine) -> str:
    return engine.name if engine is usual else f"{engine.name}; instead-of={usual.name}"


async def _read(typed: str) -> Parsed:
    """What was typed, read. It takes 0.1 ms, a thread 0.3 ms more; where the words are not in memory yet, 0.3 s."""
    return parse(typed) if words.are_loaded() else await asyncio.to_thread(parse, typed)


async def read_in_order(database: Database, name: str, ids: Sequence[str]) -> list[Record]:
    """What is public of these ids now, in their order: what an engine has late is left out, or shown as it stands."""
    if not ids:
        return []
    rows = {str(row["id"]): row for row in await queries.read_public(database, name, [UUID(each) for each in ids])}
    return [rows[each] for each in ids if each in rows]


def _offset(value: str) -> int:
    offset = int(value)
    if not 0 < offset < DEEPEST:
        raise ValueError(value)
    return offset


def _next(page: PageRequest, answer: Answer, offset: int, limit: int) -> str | None:
    after = offset + limit
    more = len(answer.ids) == limit and after < min(answer.total, DEEPEST)
    return encode_cursor(after, bound=page.bound) if more else None


def _order(sort: str | None) -> Order | None:
    return None if sort is None else Order(sort.removeprefix("-"), descending=sort.startswith("-"))


def _facets(answer: Answer) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{"value": value, "count": count} for value, count in values.items()]
        for name, values in answer.facets.items()
    }


def _corrected(name: str, read: Parsed, rows: Sequence[Record]) -> tuple[str, tuple[str, ...]] | None:
    return meant(read, [answers.title(name, row) for row in rows[:_MOST_TITLES]])


def _wanted(read: Parsed | None, more: Sequence[str]) -> tuple[str, ...]:
    """What is marked: the words that were typed, their other names, and what was met in their place."""
    if read is None:
        return ()
    return highlights.forms([*(term.forms for term in read.terms), *([[more]] if more else [])])


def _words(typed: str) -> list[str]:
    """The field's own words that begin as typed, in letters, in pinyin or by first letters."""
    begun = fold(typed).strip()
    if not begun:
        return []
    found = [name for name in terms.names() if name.startswith(begun)]
    if begun.isascii() and begun.isalpha() and len(begun) > 1:
        said = ((name, words.pinyin(name)) for name in terms.names() if is_han(name))
        found += [name for name, (full, first) in said if full.startswith(begun) or first.startswith(begun)]
    return list(dict.fromkeys(found))
