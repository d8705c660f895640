"""The names of the exported document are public: plain, unique, one for each thing (B1, B2, B3, B7).

`test_cli` exports it anew.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tests.support import emitted
from tests.support.served import ROOT

EXPORTED = (ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = json.loads(EXPORTED)
NO_VERBS = {"A", "An", "The", "One", "Your", "What", "Which", "Whether", "How", "All", "Every"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def test_every_operation_says_who_may_call_it_and_what_it_can_refuse() -> None:
    for where, operation in operations():
        assert operation["x-access"]["roles"], where
        assert "422" in operation["responses"], where
        if operation["x-access"]["roles"] != ["public"]:
            assert {"401", "403"} <= set(operation["responses"]), where


def test_every_operation_has_its_own_id_and_a_short_sentence_that_begins_with_a_verb() -> None:
    ids = [operation["operationId"] for _, operation in operations()]
    assert len(ids) == len(set(ids))
    for where, operation in operations():
        summary = operation["summary"]
        assert summary[0].isupper(), where
        assert summary.endswith("."), where
        assert summary.split()[0] not in NO_VERBS, where
        assert len(summary) <= 90, where
        assert not operation.get("description", "").startswith(summary), where


def test_b2_every_operation_has_one_tag_of_those_declared_and_every_tag_an_operation() -> None:
    declared = [tag["name"] for tag in DOCUMENT["tags"]]
    used = {where: operation.get("tags", []) for where, operation in operations()}
    assert {where: tags for where, tags in used.items() if len(tags) != 1} == {}
    assert {tag for tags in used.values() for tag in tags} == set(declared)
    assert all(tag["description"].endswith(".") for tag in DOCUMENT["tags"])


def test_b1_every_schema_has_a_plain_name_that_is_its_title() -> None:
    """Two classes of one name would bear the paths of their modules, so that moving a file would break a client."""
    names = {name: schema.get("title") for name, schema in DOCUMENT["components"]["schemas"].items()}
    assert {name: title for name, title in names.items() if title != name or not name.isalnum()} == {}


def test_b7_every_list_is_a_page() -> None:
    """`{items, next_cursor}`; what follows or is followed, such as the feed, says more."""
    for where, operation in operations():
        for answer in operation["responses"].get("200", {}).get("content", {}).values():
            schema = answer["schema"]
            assert schema.get("type") != "array", where
            fields = DOCUMENT["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
            if "items" in fields.get("properties", {}):
                assert "next_cursor" in fields["properties"], where
                assert {"limit", "cursor"} <= {p["name"] for p in operation["parameters"]}, where


def test_b3_every_201_says_where_what_was_made_is_read() -> None:
    made = {
        where: operation["responses"]["201"] for where, operation in operations() if "201" in operation["responses"]
    }
    assert len(made) > 50
    assert [where for where, answer in made.items() if "Location" not in answer["headers"]] == []


def test_b3_the_head_says_whose_the_program_is_and_where_it_is_served() -> None:
    assert DOCUMENT["info"]["license"] == {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    assert DOCUMENT["info"]["contact"]["name"]
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]


def test_b3_a_problem_has_one_of_the_codes_of_the_page() -> None:
    codes = DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    page = (ROOT / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    assert codes == sorted(re.findall(r"^\| `(\w+)` \| \d{3} \|", page, re.MULTILINE))


FREE = {
    "ActOut.payload", "AuctionConfirmationOut.content", "AuctionEntryOut.content", "CorrectionOut.after",
    "CorrectionOut.before", "DealOut.terms", "DossierEntryOut.facts", "EventSeal.content", "NoticePrice.conversion",
    "NoticePrice.payment", "OfferOut.terms", "ProgrammeOut.document", "PublishedListing.conditions",
    "RevisionOut.changes",
}  # fmt: skip
"""Objects whose fields the document does not name: what was sealed in the form of its own day, and what has other
fields for each kind of record. Each says in its description what it holds."""


def test_b3_an_object_says_its_fields_or_is_one_of_a_few_that_say_why_not() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    free = {
        f"{name}.{field}": told
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
        if any(
            part.get("additionalProperties") is True for part in (told, told.get("items", {}), *told.get("anyOf", ()))
        )
    }
    assert set(free) == FREE
    for name, told in free.items():
        assert len(told.get("description", "")) > 30, name


def test_b3_the_events_are_a_union_by_type_with_the_payloads_of_the_page() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    mapping = schemas["EventOut"]["discriminator"]["mapping"]
    assert {one["$ref"] for one in schemas["EventOut"]["oneOf"]} == set(mapping.values())
    assert set(mapping) == set(emitted.documented())
    for kind, cell in emitted.documented().items():
        own = schemas[mapping[kind].rpartition("/")[2]]["allOf"][1]["properties"]
        assert own["type"]["const"] == kind
        assert set(own["payload"]["properties"]) == set(re.findall(r"`(\w+)`", cell)), kind


def test_b3_every_operation_that_answers_json_has_an_example_that_its_schema_takes() -> None:
    """Recorded, not written: see `tests/support/recorded_answers.py`."""
    missing = set()
    for where, operation in operations():
        for status, response in operation["responses"].items():
            if status in ("200", "201") and "application/json" in response.get("content", {}):
                _check_example(where, response["content"]["application/json"], missing)
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "application/json":
                _check_example(f"{where} (body)", content, missing)
    assert missing <= {"get /readyz", "post /v1/documents", "post /v1/documents (body)"}, (
        "an upload is no JSON; that all is well says itself"
    )


def _check_example(where: str, content: dict[str, Any], missing: set[str]) -> None:
    if "example" not in content:
        missing.add(where)
        return
    schema = {"components": DOCUMENT["components"]} | content["schema"]
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(content["example"])
