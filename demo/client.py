"""A small client of the API: what an integrator would write first."""

import uuid
from typing import Any, Self

import httpx


class Refused(Exception):  # noqa: N818 — it carries the problem document, as a refusal
    """The API refused; `problem` is the problem document."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(
            f"{problem.get('status')} {problem.get('code')}: {problem.get('detail')} {problem.get('errors', '')}"
        )
        self.problem = problem


class Client:
    """Calls with one key. Each POST carries a fresh `Idempotency-Key`."""

    def __init__(self, base_url: str, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._http.close()

    def get(self, path: str, **params: str) -> Any:
        return self._answer(self._http.get(path, params=params))

    def post(self, path: str, body: object = None, *, if_match: str | None = None) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())} | ({"If-Match": if_match} if if_match else {})
        return self._answer(self._http.post(path, json=body, headers=headers))

    def put(self, path: str, body: object, *, if_match: str | None = None) -> Any:
        return self._answer(self._http.put(path, json=body, headers={"If-Match": if_match} if if_match else None))

    def refused(self, path: str, body: object = None) -> dict[str, Any]:
        """The problem document of a POST that is to be refused."""
        try:
            self.post(path, body)
        except Refused as refusal:
            return refusal.problem
        raise AssertionError(f"{path} was not refused")

    def upload(self, path: str, content: bytes, media_type: str) -> Any:
        headers = {"Content-Type": media_type, "Idempotency-Key": str(uuid.uuid4())}
        return self._answer(self._http.post(path, content=content, headers=headers))

    def etag(self, path: str) -> str:
        """The `ETag` of what stands at a path now."""
        response = self._http.get(path)
        self._answer(response)
        return response.headers["ETag"]

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.is_error:
            raise Refused(response.json())
        return response.json() if response.content else None
