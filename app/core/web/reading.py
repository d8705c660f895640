"""JSON as RFC 8259 and I-JSON (RFC 7493) have it: UTF-8, each member once, finite numbers, whole characters."""

import json
import re
from typing import Any, Final, NoReturn

from app.core.problems import MALFORMED_JSON, Problem, Text

_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
_TWICE: Final = Text("a member stands twice in an object", "同一对象中成员重复")
_NUMBER: Final = Text("NaN and Infinity are no JSON", "NaN 和 Infinity 不是 JSON 数值")
_NOT_UTF_8: Final = Text("it is not UTF-8", "不是 UTF-8")
_HALVED: Final = Text("half of a surrogate pair is no character", "单独的代理码元不是字符")
_TOO_LARGE: Final = Text("a number is too long or a list too deep", "数字过长或嵌套过深")
_SYNTAX: Final = Text("the syntax is wrong", "语法有误")


def read_json(body: bytes) -> Any:
    """The value that a body holds. Raises `malformed_json` with the place of the fault, as far as it is known."""
    try:
        text = body.decode()
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_constant)
        if _HALF.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise MALFORMED_JSON(reason=_SYNTAX, position=len(error.doc[: error.pos].encode())) from error
    except UnicodeDecodeError as error:
        raise MALFORMED_JSON(reason=_NOT_UTF_8, position=error.start) from error
    except UnicodeEncodeError as error:
        raise _refused(_HALVED) from error
    except (ValueError, RecursionError) as error:
        raise _refused(_TOO_LARGE) from error
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _refused(_TWICE)
    return members


def _constant(name: str) -> NoReturn:
    raise _refused(_NUMBER)


def _refused(reason: Text) -> Problem:
    return MALFORMED_JSON(reason=reason, position=0)
