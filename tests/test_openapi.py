"""The exported document is what the code says."""

import json
from pathlib import Path

from app.run.documents import openapi_text

EXPORTED = Path(__file__).resolve().parents[1] / "openapi" / "openapi.json"


def test_the_exported_document_has_not_drifted() -> None:
    assert EXPORTED.read_text(encoding="utf-8") == openapi_text(), "run `make openapi`"


def test_every_operation_says_who_may_call_it_and_what_it_can_refuse() -> None:
    document = json.loads(EXPORTED.read_text(encoding="utf-8"))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation["x-access"]["roles"], where
            assert operation["operationId"], where
            assert operation["summary"], where
            assert "422" in operation["responses"], where
            if operation["x-access"]["roles"] != ["public"]:
                assert {"401", "403"} <= set(operation["responses"]), where


def test_operation_ids_are_unique() -> None:
    document = json.loads(EXPORTED.read_text(encoding="utf-8"))
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
