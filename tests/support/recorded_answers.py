"""The examples of the document, taken from answers that the tests got: `TECHEX_RECORD=1 pytest` writes them anew.

An example is one call of an operation: what was sent, where it has a body, and what came back. There is one refusal a
status. Of the calls that the tests make the shortest stays, but no empty list. What differs from run to run has one
value. `tests/test_access_matrix.py` calls every operation.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import pytest

from tests.support.recorded_docs import RECORDING, plain
from tests.support.served import ROOT

EXAMPLES = ROOT / "openapi" / "examples.json"
JSON = ("application/json", "application/problem+json")
NOTED: dict[str, dict[str, Any]] = {}


def note(response: httpx.Response, sent: Any) -> None:
    """Keep the call as the example of its operation, if it is shorter than the one that is kept."""
    if not RECORDING or response.headers.get("content-type") not in JSON or response.request.url.path == "/readyz":
        return
    if response.headers["content-type"] == JSON[0]:
        operation_id = next((operation["operationId"] for operation in _operations_at(response.request)), None)
    else:
        operation_id, sent = f"Refusal{response.status_code}", None
    answer = json.loads(plain(response.text)) if response.content else None
    if answer is not None and operation_id is not None and answer.get("items") != []:
        example = {"answer": answer, "status": str(response.status_code)}
        _keep(operation_id, example if sent is None else example | {"sent": json.loads(plain(json.dumps(sent)))})


def _keep(operation_id: str, example: dict[str, Any]) -> None:
    if operation_id not in NOTED or _size(example) < _size(NOTED[operation_id]):
        NOTED[operation_id] = example


def _size(example: dict[str, Any]) -> tuple[int, str]:
    text = json.dumps(example, ensure_ascii=False, sort_keys=True)
    return len(text), text


def undocumented(response: httpx.Response) -> bool:
    """Whether an operation gave an answer that the document does not declare. A fault (500) is no promise of any."""
    declared = [operation["responses"] for operation in _operations_at(response.request)]
    return response.status_code != 500 and bool(declared) and str(response.status_code) not in declared[0]


def _operations_at(request: httpx.Request) -> Iterator[dict[str, Any]]:
    path = request.url.path
    candidates = _operations().get((request.method, path.count("/")), ())
    return (operation for pattern, operation in candidates if pattern.fullmatch(path))


@cache
def _operations() -> dict[tuple[str, int], list[tuple[re.Pattern[str], dict[str, Any]]]]:
    """Path and operation of the document by method and number of slashes; paths without a parameter come first.

    Every answer of every test is looked up here.
    """
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    found: dict[tuple[str, int], list[tuple[re.Pattern[str], dict[str, Any]]]] = {}
    for path, item in sorted(paths.items(), key=lambda item: item[0].count("{")):
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path))
        for method, operation in item.items():
            found.setdefault((method.upper(), path.count("/")), []).append((pattern, operation))
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process of xdist has ended: what it noted was noted."""
    for operation_id, example in getattr(node, "workeroutput", {}).get("examples", {}).items():
        _keep(operation_id, example)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["examples"] = NOTED
    elif NOTED:
        examples = json.loads(EXAMPLES.read_text(encoding="utf-8")) if EXAMPLES.exists() else {}
        text = json.dumps(examples | NOTED, indent=1, ensure_ascii=False, sort_keys=True)
        EXAMPLES.write_text(f"{text}\n", encoding="utf-8")
