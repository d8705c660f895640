"""The query parameters of a route: one that it does not have is refused, and so is one that comes twice.

FastAPI ignores the first and takes the last of the second, so a misspelt filter would answer the whole list.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant

from app.core.problems import INVALID_INPUT, MALFORMED_REQUEST, FieldError, Text

MAX_NAMED: Final = 20
"""How many wrong parameters an answer names."""
MAX_NAME: Final = 64


class Parameters:
    """The query parameters that a route takes."""

    def __init__(self, dependants: Iterable[Dependant]) -> None:
        self._repeats = {
            field.alias: _is_list(field.field_info.annotation)
            for dependant in dependants
            for field in dependant.query_params
        }

    def check(self, query: bytes) -> None:
        """Raise `invalid_input` for an unknown or a repeated parameter, `malformed_request` for what is no query."""
        try:
            sent = Counter(
                name for name, _ in parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict")
            )
        except ValueError as error:
            raise MALFORMED_REQUEST() from error
        wrong = [_unknown(name, self._repeats) for name in sent if name not in self._repeats]
        wrong += [_twice(name) for name, times in sent.items() if times > 1 and not self._repeats.get(name, True)]
        if wrong:
            raise INVALID_INPUT(count=len(wrong), errors=wrong[:MAX_NAMED])


def _unknown(name: str, known: Iterable[str]) -> FieldError:
    names = ", ".join(known)
    expected = Text(f"One of: {names}", f"可用参数：{names}") if names else Text("No parameter", "不带参数")
    reason = Text("There is no such query parameter", "没有这个查询参数")
    return FieldError(name[:MAX_NAME], "unknown_field", reason, expected)


def _twice(name: str) -> FieldError:
    return FieldError(
        name, "given_twice", Text("The query parameter comes twice", "查询参数重复"), Text("Once", "一次")
    )


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(get_origin(part) is list for part in get_args(annotation))
