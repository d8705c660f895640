"""Why a field was refused, in our words: pydantic's error types as codes, each with its reason in both languages."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from app.core.problems import FieldError, Text


class Reason(NamedTuple):
    """The code of a field's error, and its reason; `{…}` is filled from the error's context. Without an English reason
    the error brings its own, which is ours.
    """

    code: str
    zh: str
    en: str | None = None


_A_DAY: Final = Reason("not_a_date", "不是合法日期，应为 YYYY-MM-DD", "Send a day of the calendar as YYYY-MM-DD")
_A_TIME: Final = Reason(
    "not_a_time", "不是合法时间，应为 RFC 3339", "Send a time as RFC 3339 writes it: 2026-01-01T00:30:00+08:00"
)
_AN_OBJECT: Final = Reason("not_an_object", "应为 JSON 对象", "Send a JSON object")
_A_FLAG: Final = Reason("not_a_boolean", "应为 true 或 false", "Send `true` or `false`")
_AN_INTEGER: Final = Reason("not_an_integer", "应为整数", "Send a whole number in digits")
_A_UUID: Final = Reason("not_a_uuid", "不是合法的 UUID", "Send a UUID such as 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")
_ONE_OF: Final = Reason("not_one_of", "应为其中之一：{expected}", "Send one of: {expected}")
_DIGITS: Final = Reason("too_many_digits", "位数过多，至多 {max_digits} 位", "Send at most {max_digits} digits")

REASONS: Final[Mapping[str, Reason]] = {
    "missing": Reason("missing", "缺少此字段", "Send this field"),
    "extra_forbidden": Reason("unknown_field", "没有这个字段", "There is no such field"),
    "string_type": Reason("not_a_string", "应为字符串", "Send a string"),
    "string_too_short": Reason("too_short", "太短，至少 {min_length} 个字符", "Send at least {min_length} characters"),
    "string_too_long": Reason("too_long", "太长，至多 {max_length} 个字符", "Send at most {max_length} characters"),
    "string_pattern_mismatch": Reason("wrong_pattern", "格式不符，应匹配 {pattern}", "Send what matches {pattern}"),
    "string_unicode": Reason("not_unicode", "不是合法的 Unicode 文本", "Send Unicode text"),
    "decimal_string": Reason("not_a_decimal_string", '请以字符串给出十进制数，如 "1000.00"，不要用 JSON 数字'),
    "decimal_parsing": Reason("not_a_decimal", "不是十进制数", 'Send digits and at most one point, such as "1000.00"'),
    "decimal_max_digits": _DIGITS,
    "decimal_max_places": Reason(
        "too_many_decimals", "小数位过多，至多 {decimal_places} 位", "Send at most {decimal_places} decimals"
    ),
    "decimal_whole_digits": Reason("too_many_digits", "整数位过多，至多 {whole_digits} 位"),
    "finite_number": Reason("not_finite", "应为有限数", "Send a finite number"),
    "greater_than": Reason("too_small", "应大于 {gt}", "Send more than {gt}"),
    "greater_than_equal": Reason("too_small", "应不小于 {ge}", "Send at least {ge}"),
    "less_than": Reason("too_large", "应小于 {lt}", "Send less than {lt}"),
    "less_than_equal": Reason("too_large", "应不大于 {le}", "Send at most {le}"),
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "union_tag_invalid": Reason("not_one_of", "应为其中之一：{expected_tags}", "Send one of: {expected_tags}"),
    "union_tag_not_found": Reason("missing", "缺少字段 {discriminator}", "Send the field {discriminator}"),
    "uuid_parsing": _A_UUID,
    "uuid_type": _A_UUID,
    "date_type": _A_DAY,
    "date_parsing": _A_DAY,
    "date_from_datetime_parsing": _A_DAY,
    "date_from_datetime_inexact": _A_DAY,
    "datetime_type": _A_TIME,
    "datetime_parsing": _A_TIME,
    "datetime_from_date_parsing": _A_TIME,
    "timezone_aware": Reason("no_offset", "请带合法的时区，如 2026-01-01T00:30:00+08:00"),
    "int_parsing": _AN_INTEGER,
    "int_from_float": _AN_INTEGER,
    "int_type": _AN_INTEGER,
    "bool_type": _A_FLAG,
    "bool_parsing": _A_FLAG,
    "list_type": Reason("not_a_list", "应为数组", "Send an array"),
    "too_long": Reason("too_many", "至多 {max_length} 项", "Send at most {max_length} items"),
    "too_short": Reason("too_few", "至少 {min_length} 项", "Send at least {min_length} items"),
    "model_attributes_type": _AN_OBJECT,
    "model_type": _AN_OBJECT,
    "dict_type": _AN_OBJECT,
    "hidden_character": Reason("hidden_character", "第 {place} 个字符 {code} 不可见，请删去"),
    "no_letter": Reason("no_letter", "请填写可读的文字"),
    "no_country": Reason("no_country", "不是 ISO 3166-1 的国家和地区代码，如 DE"),
    "no_currency": Reason("no_currency", "不是 ISO 4217 的货币代码，如 USD"),
    "no_industry": Reason("no_industry", "不是 GB/T 4754-2017 的行业代码，如 C2710"),
}
_PLACES: Final = frozenset({"body", "query", "path", "header"})
_QUOTED: Final = re.compile(r"'([^']*)'")


def field_error(error: Mapping[str, Any]) -> FieldError:
    """One of pydantic's errors as ours. One that is raised with `zh` in its context brings its words in both."""
    context = dict(error.get("ctx") or {})
    reason = REASONS.get(error["type"], Reason(error["type"], "不合要求"))
    named = {name: _QUOTED.findall(str(context.get(name, ""))) for name in ("expected", "expected_tags")}
    en = context | {name: ", ".join(values) for name, values in named.items() if values}
    zh = context | {name: "、".join(values) for name, values in named.items() if values}
    said = Text(
        reason.en.format_map(_Lenient(en)) if reason.en else error["msg"],
        context.get("zh") or reason.zh.format_map(_Lenient(zh)),
    )
    location = [str(part) for part in error["loc"] if part not in _PLACES]
    return FieldError(".".join(location) or "body", reason.code, said)


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
