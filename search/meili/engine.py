"""`MeilisearchEngine`: the contract of `search/engine.py` on a Meilisearch server.

Settings and tasks go through the official client, which blocks, in a thread; every task is waited for and its result
checked, since "enqueued" is not "indexed". Searches go through connections of our own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from search.documents import Document
from search.engine import DEEPEST, EXACT_TO, Answer, Engine, EngineDown, OneOf, Place, Query
from search.indexes import Index
from search.meili import settings
from search.meili.connections import Connections
from search.text.queries import Parsed, parse

if TYPE_CHECKING:
    from meilisearch import Client
    from meilisearch.models.task import TaskInfo

T = TypeVar("T")
SEARCH_SECONDS: Final = 3.0
"""A search that takes longer is answered by another engine."""
TASK_SECONDS: Final = 100
"""How long a task is waited for; the caller's transaction ends after 120 s."""
_POLL_MILLISECONDS: Final = 20
_UNKNOWN: Final = "index_not_found"
_PAGE: Final = 5_000


class MeilisearchEngine(Engine):
    """Searches the server at `url`, with an API key that may do everything to the indexes that begin with `prefix`."""

    name = "meilisearch"

    def __init__(self, url: str, key: str | None = None, *, prefix: str = "techex") -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._prefix = prefix
        self._made: Client | None = None
        self._http: Connections | None = None

    async def prepare(self, index: Index) -> bool:
        uid = self._uid(index, Place.LIVE)
        told = await self._blocking(lambda client: _displayed(client, uid))
        if told is None:
            await self._make(uid, settings.settings(index, filled=False))
        return told != settings.displayed(index, filled=True)

    async def search(self, index: Index, query: Query) -> Answer:
        answer = Answer((), 0, facets={name: {} for name in query.facets})
        for body, loosely in _attempts(query.text):
            if loosely and not query.near:
                break
            answer = await self._ask(index, query, body, loosely=loosely)
            if answer.total:
                break
        return answer

    async def suggest(self, index: Index, text: str, limit: int) -> Sequence[str]:
        read = parse(text)
        if not read.terms:
            return ()
        body = {"q": settings.asked(read), "attributesToSearchOn": [*index.lead, settings.SOUNDS]}
        return (await self._ask(index, Query(limit=limit), body, loosely=False)).ids

    async def apply(
        self, index: Index, put: Sequence[Document], remove: Sequence[str], place: Place = Place.LIVE
    ) -> None:
        uid = self._uid(index, place)
        documents = await asyncio.to_thread(lambda: [settings.written(index, document) for document in put])
        if remove:
            gone = settings.filtered([OneOf("id", tuple(remove))])
            await self._task(lambda client: client.index(uid).delete_documents(filter=gone))
        if documents:
            await self._task(lambda client: client.index(uid).add_documents(documents, primary_key="id"))

    async def begin(self, index: Index) -> None:
        uid = self._uid(index, Place.NEXT)
        if await self._blocking(lambda client: _displayed(client, uid)) is not None:
            await self._task(lambda client: client.delete_index(uid))
        await self._make(uid, settings.settings(index, filled=True))

    async def swap(self, index: Index) -> None:
        live, following = self._uid(index, Place.LIVE), self._uid(index, Place.NEXT)
        await self._task(lambda client: client.swap_indexes([{"indexes": [live, following]}]))
        await self._task(lambda client: client.delete_index(following))

    async def stored(self, index: Index) -> AsyncIterator[tuple[str, str]]:
        uid, offset = self._uid(index, Place.LIVE), 0
        while True:
            body = {"offset": offset, "limit": _PAGE, "fields": ["id", settings.DIGEST]}
            found = await self._post(f"/indexes/{uid}/documents/fetch", body)
            for document in found["results"]:
                yield document["id"], document[settings.DIGEST]
            offset += _PAGE
            if offset >= found["total"]:
                return

    async def close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    def _uid(self, index: Index, place: Place) -> str:
        return f"{self._prefix}_{index.name}" + ("_next" if place is Place.NEXT else "")

    async def _make(self, uid: str, told: dict[str, Any]) -> None:
        """Tell an index its settings, which makes it where there is none."""
        await self._task(lambda client: client.index(uid).update_settings(told))

    async def _ask(self, index: Index, query: Query, body: dict[str, Any], *, loosely: bool) -> Answer:
        sort = f"{query.order.field}:{'desc' if query.order.descending else 'asc'}" if query.order else None
        request = {
            "matchingStrategy": "all",
            "attributesToRetrieve": ["id"],
            "limit": query.limit,
            "offset": query.offset,
            "facets": list(query.facets),
            **body,
            "filter": [*settings.filtered(query.filters), *body.get("filter", [])],
        }
        if query.without:
            request["filter"].append(settings.others(query.without))
        if sort:
            request["sort"] = [sort]
        found = await self._post(f"/indexes/{self._uid(index, Place.LIVE)}/search", request)
        total = found["estimatedTotalHits"]
        return Answer(
            [hit["id"] for hit in found["hits"]],
            total,
            total < DEEPEST <= EXACT_TO,
            settings.facets(found.get("facetDistribution") or {}, query.facets),
            loosely=loosely and total > 0,
        )

    async def _post(self, path: str, body: object) -> Any:
        if self._http is None:
            self._http = Connections(self._url, self._key, SEARCH_SECONDS)
        return await self._http.post(path, body)

    async def _blocking(self, call: "Callable[[Client], T]") -> T:
        """Run a call of the official client, which blocks, in a thread."""
        from meilisearch import errors  # noqa: PLC0415
        from requests import RequestException  # noqa: PLC0415

        try:
            return await asyncio.to_thread(lambda: call(self._client()))
        except (errors.MeilisearchError, RequestException) as error:
            raise EngineDown(str(error)) from error

    def _client(self) -> "Client":
        from meilisearch import Client  # noqa: PLC0415

        if self._made is None:
            self._made = Client(self._url, self._key, timeout=TASK_SECONDS)
        return self._made

    async def _task(self, enqueue: "Callable[[Client], TaskInfo]") -> None:
        """Enqueue a task, wait until it is done, and look at how it ended."""

        def run(client: "Client") -> Any:
            number = enqueue(client).task_uid
            return client.wait_for_task(number, TASK_SECONDS * 1000, _POLL_MILLISECONDS)

        done = await self._blocking(run)
        if done.status != "succeeded":
            raise EngineDown(f"task {done.uid} {done.status}: {(done.error or {}).get('code')}")


def _displayed(client: "Client", uid: str) -> list[str] | None:
    """What an index shows, by which one knows how it was filled; None where there is no such index."""
    from meilisearch.errors import MeilisearchApiError  # noqa: PLC0415

    try:
        return list(client.index(uid).get_displayed_attributes())
    except MeilisearchApiError as error:
        if error.code == _UNKNOWN:
            return None
        raise


def _attempts(text: Parsed | None) -> Iterator[tuple[dict[str, Any], bool]]:
    """What is tried, one after the other, until something is met: the words of a request, and whether it is loose."""
    if text is None:
        yield {"q": ""}, False
        return
    if text.number:
        yield {"q": "", "filter": [settings.numbered(text.number)]}, False
    if text.terms:
        yield {"q": settings.asked(text)}, False
        for other in (*settings.sounding(text), settings.middle(text)):
            if other:
                yield {"q": other}, True
