"""A1, A2, A3, A8: every field of every body takes its type in one form, and nothing that only looks like it.

The fields come from the models of the routes, so that a new one is tried by itself.
"""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.faults import fields
from tests.faults.fields import Place

HIDDEN = {
    "zero width space": "张\u200b三",
    "only a filler": "\u3164",
    "a jamo filler": "a\u115fb",
    "a half-width filler": "\uffa0",
    "right-to-left override": "\u202e张三",
    "an isolate": "\u2066张三\u2069",
    "a terminal's escape": "\x1b[31mred",
    "NUL": "a\x00b",
    "delete": "a\x7fb",
    "a next line": "a\x85b",
    "a line separator": "a\u2028b",
    "a soft hyphen": "a\u00adb",
    "a byte order mark": "a\ufeffb",
    "a tag": "a\U000e0041b",
    "a variation selector without a character": "\ufe0fa",
    "a joiner between letters": "张\u200d三",
    "a blank pattern": "\u2800",
    "private use": "a\ue000b",
    "no character": "a\uffffb",
    "an object replaced": "a\ufffcb",
    "a mark alone": "\u0301",
}
SEEN = {
    "an ideographic space": "武汉\u3000大学",
    "a middle dot": "阿依古丽·买买提",
    "rare Han": "\u4dae\U00020bb7\U0002b404\U00031350",
    "an ideographic variant": "辻\U000e0100本",
    "a joiner after a virama": "क्\u200dष",
    "a symbol as a picture": "⚠\ufe0f 20 % ≥ 5 µm",
}
WRONG: dict[str, dict[str, object]] = {
    "day": {
        "digits": 20270129, "seconds": 1808179200, "digits in a string": "20270129", "a week": "2027-W04-5",
        "a string of seconds": "1798502400", "short": "2027-1-29", "a moment": "2027-01-29T00:00:00Z", "empty": "",
        "full width": "２０２７-01-29", "no such day": "2027-02-30", "true": True, "a list": [2027, 1, 29],
        "year 1": "0001-01-01", "the last of all": "9999-12-31",
    },
    "moment": {
        "seconds": 1798502400, "digits": "20270129", "a string of seconds": "1798502400", "a fraction": 1798502400.5,
        "a day": "2027-01-29", "a blank between": "2027-01-29 10:00:00+08:00", "no offset": "2027-01-29T10:00:00",
        "no seconds": "2027-01-29T10:00+08:00", "basic form": "20270129T100000Z", "true": True,
        "offset of no place": "2027-01-29T10:00:00+23:00", "offset without colon": "2027-01-29T10:00:00+0800",
        "year 1": "0001-01-01T00:00:00Z", "the end": "9999-12-31T23:59:59Z", "24 o'clock": "2027-01-29T24:00:00Z",
        "a comma": "2027-01-29T10:00:00,5Z",
    },
    "boolean": {"no": "no", "the word": "true", "one": 1, "zero": 0, "one in a string": "1", "a fraction": 1.0},
    "integer": {"a string": "7", "true": True, "a fraction": 7.5, "a whole fraction": 7.0, "huge": 10**400},
    "decimal": {
        "zeros before": "00005.00", "too exact": "0.5000000", "a number": 5, "a fraction": 0.5, "no digit after": "1.",
        "none before": ".5", "an exponent": "1e0", "underscore": "1_0", "full width": "１", "minus": "-1", "plus": "+1",
        "NaN": "NaN", "Infinity": "Infinity", "huge": "9" * 14, "true": True,
    },
    "uuid": {
        "braces": "{0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b}", "urn": "urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
        "no hyphens": "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b", "a number": 5,
    },
    "text": {"a number": 7, "true": True, "a list": ["x"], "an object": {}},
}  # fmt: skip
RIGHT: dict[str, list[object]] = {
    "day": ["2027-01-29", "2028-02-29"],
    "moment": ["2027-01-29T10:00:00Z", "2027-01-29T10:00:00.123456789+08:00", "2027-01-29t02:00:00.5z"],
    "boolean": [True],
    "decimal": ["1", "1.0", "1.00"],
    "uuid": ["0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B"],
}


def kind_of(schema: dict[str, Any]) -> str:
    """What a field's schema asks for; `coded` for text by a pattern or a list of words."""
    named = {"date": "day", "date-time": "moment", "uuid": "uuid"}.get(schema.get("format", ""))
    if named or schema["type"] in {"boolean", "integer"}:
        return named or str(schema["type"])
    if "[0-9]{1," in schema.get("pattern", "") or "\\d{1," in schema.get("pattern", ""):
        return "decimal"
    return "coded" if {"pattern", "enum", "const", "format"} & schema.keys() else "text"


def places(*kinds: str) -> list[Place]:
    return [place for place in fields.places() if kind_of(place.schema) in kinds]


def test_there_are_fields_of_every_kind() -> None:
    counted = {kind: len(places(kind)) for kind in WRONG}
    assert all(count >= 7 for count in counted.values()), counted
    unknown = [place.name for place in places("text") if place.schema.get("type") != "string"]
    assert unknown == []


@pytest.mark.parametrize("kind", WRONG)
def test_a2_a3_a_field_refuses_what_only_looks_like_its_type(kind: str) -> None:
    taken = [
        f"{place.name}: {what}" for place in places(kind) for what, value in WRONG[kind].items()
        if not place.refuses(value)
    ]  # fmt: skip
    assert taken == []


@pytest.mark.parametrize("kind", RIGHT)
def test_a2_a3_a_field_takes_its_type_as_the_document_says(kind: str) -> None:
    refused = [f"{place.name}: {value}" for place in places(kind) for value in RIGHT[kind] if place.refuses(value)]
    assert refused == []


@pytest.mark.parametrize("what", HIDDEN)
def test_a8_no_text_hides_anything(what: str) -> None:
    fed = places("text", "coded")
    assert [place.name for place in fed if not place.refuses(HIDDEN[what])] == []


FORMS = ("create_demand", "edit_demand")


def test_a8_a_line_feed_stands_in_prose_only() -> None:
    prose = {place.name for place in places("text") if not place.refuses("one\ntwo\tthree")}
    long = {place.name for place in places("text") if place.schema.get("maxLength", 0) >= 2000}
    # The form of a demand holds 500 characters a field, in paragraphs.
    parts = ("problem", "target", "conditions", "challenge.ownership", "challenge.own_means")
    form = {f"{call}.{part}" for call in FORMS for part in parts}
    assert prose == long | form


@pytest.mark.parametrize("what", SEEN)
def test_a8_text_that_can_be_read_passes(what: str) -> None:
    assert [place.name for place in places("text") if place.refuses(SEEN[what])] == []


@pytest.mark.parametrize(
    ("type_", "wrong", "right"),
    [
        ("integer", ["+5", "5.0", "1_0", " 5", "05", "５", "0x5", ""], "5"),
        ("boolean", ["yes", "on", "1", "True", "t", ""], "true"),
    ],
)
def test_a3_a_parameter_is_written_in_one_form(type_: str, wrong: list[str], right: str) -> None:
    asked = fields.parameters(type_)
    assert len(asked) >= 3
    taken = [f"{name}: {value!r}" for name, adapter in asked for value in wrong if not fails(adapter, value)]
    assert taken == []
    assert [name for name, adapter in asked if fails(adapter, right) and fails(adapter, "2027")] == []


def fails(adapter: TypeAdapter[Any], value: str) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return True
    return False
