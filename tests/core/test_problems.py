"""Refusals speak one language at a time: that of the answer."""

import re
from collections.abc import Iterator
from typing import get_args

from pydantic_core.core_schema import ErrorType

from app import wiring
from app.core.problems import REGISTRY, FieldError, Language, ProblemType, Rule, Text, listed, spoken
from app.core.web.reasons import REASONS, Reason, field_error

wiring.routers()  # loads every package, which declares its refusals

HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}")
CODE = re.compile(r"`[^`]*`|\{[a-z_]+\}")
"""What a Chinese text may hold in Latin letters: codes, and what is filled in."""
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def _texts(kind: ProblemType) -> Iterator[Text]:
    yield from (kind.title, kind.detail)
    if kind.remedy:
        yield kind.remedy
    if kind.rule:
        yield Text(*(" ".join(kind.rule.as_json(language).values()) for language in LANGUAGES))


def test_every_refusal_is_in_one_language() -> None:
    texts = [text for kind in REGISTRY.values() for text in _texts(kind)]
    chinese = [CODE.sub("", text.zh) for text in texts]
    assert [text.en for text in texts if HAN.search(text.en)] == []
    assert [text for text in chinese if ENGLISH.search(text)] == []


def test_what_a_refusal_is_told_in_words_follows_the_language_of_the_answer() -> None:
    kind = REGISTRY["not_found"]
    seller = Text("a seller", "卖方")
    why = FieldError("side", "wrong", seller, Text("a buyer", "买方"))
    problem = kind(field="side", what=seller, errors=[why], extra={"sides": [{"name": seller, "share": 1}]})
    for language, own, other in zip(LANGUAGES, ("seller", "卖方"), ("卖方", "seller"), strict=True):
        body = problem.as_json(language)
        assert own in body["detail"]
        assert own in body["errors"][0]["reason"]
        assert own in body["errors"][1]["reason"]
        assert own in body["sides"][0]["name"]
        assert other not in str(body)


def test_texts_are_joined_in_each_language() -> None:
    joined = listed([Text("a seller", "卖方"), Text("a buyer", "买方")], en=" or ", zh="或者")
    assert joined == Text("a seller or a buyer", "卖方或者买方")


def test_an_article_without_a_number_is_told_in_the_language_of_the_answer() -> None:
    rule = Rule(Text("Operating rules", "操作规则"), Text("on deposits", "交易保证金"))
    assert spoken(rule, "zh") == {"instrument": "操作规则", "article": "交易保证金"}
    assert rule.as_json("en")["article"] == "on deposits"


def test_b8_the_reason_of_a_field_is_in_one_language_and_ours() -> None:
    """Every type of error that pydantic knows, also one that no field of ours raises today."""
    for kind in get_args(ErrorType):
        error = {"type": kind, "loc": ("body", "x"), "msg": "Input should be", "ctx": {"expected": "'a', 'b' or 'c'"}}
        reason = field_error(error).reason
        assert not ENGLISH.search(CODE.sub("", reason.zh)), kind
        assert not HAN.search(reason.en), kind
        assert "Input" not in reason.en or REASONS.get(kind, Reason("", "")).en is None, kind
    assert field_error(error | {"type": "enum"}).reason == Text("Send one of: a, b, c", "应为其中之一：a、b、c")
