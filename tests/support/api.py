"""A client of the API that speaks as one of the world's parties."""

import re
import uuid
from typing import Any, Protocol, Self

import httpx
from fastapi import FastAPI

from tests.support.recorded_answers import note, undocumented

LIBRARY_WORDS = re.compile(
    r"Input should|(String|Value|List|Decimal|Tuple) should|Field required|Extra inputs|Value error"
)
"""How pydantic speaks; a refusal is in our words."""


class Caller(Protocol):
    """Whoever holds a key."""

    @property
    def secret(self) -> str: ...


class Api:
    """httpx on the application itself, with a key and a fresh `Idempotency-Key` for each POST."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://techex.test")

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.client.__aexit__()

    async def send(self, method: str, path: str, caller: Caller | None = None, **kwargs: Any) -> httpx.Response:
        headers = dict(kwargs.pop("headers", None) or {})
        if caller is not None:
            headers["Authorization"] = f"Bearer {caller.secret}"
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        response = await self.client.request(method, path, headers=headers, **kwargs)
        note(response, kwargs.get("json"))
        assert not undocumented(response), (method, path, response.status_code, response.text)
        return response

    async def get(self, path: str, caller: Caller | None = None, **kwargs: Any) -> httpx.Response:
        return await self.send("GET", path, caller, **kwargs)

    async def post(self, path: str, caller: Caller | None = None, **kwargs: Any) -> httpx.Response:
        return await self.send("POST", path, caller, **kwargs)

    async def patch(self, path: str, caller: Caller | None = None, **kwargs: Any) -> httpx.Response:
        return await self.send("PATCH", path, caller, **kwargs)

    async def delete(self, path: str, caller: Caller | None = None, **kwargs: Any) -> httpx.Response:
        return await self.send("DELETE", path, caller, **kwargs)

    async def ok(self, method: str, path: str, caller: Caller | None = None, **kwargs: Any) -> Any:
        """The JSON of a call that must succeed."""
        response = await self.send(method, path, caller, **kwargs)
        assert response.is_success, (response.status_code, response.text)
        return response.json() if response.content else None

    async def every(self, path: str, caller: Caller | None = None, **params: Any) -> list[Any]:
        """Every item of a list, page after page; a cursor that comes again fails, for it would never end."""
        items: list[Any] = []
        cursors: list[str] = []
        while True:
            page = await self.ok("GET", path, caller, params=params | ({"cursor": cursors[-1]} if cursors else {}))
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            assert page["next_cursor"] not in cursors, f"{path} goes round"
            cursors.append(page["next_cursor"])

    async def refused(
        self, status: int, code: str, method: str, path: str, caller: Caller | None = None, **kw: Any
    ) -> Any:
        """The problem document of a call that must be refused so."""
        response = await self.send(method, path, caller, **kw)
        assert (response.status_code, response.json().get("code")) == (status, code), response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert not LIBRARY_WORDS.search(response.text), response.text
        return response.json()
