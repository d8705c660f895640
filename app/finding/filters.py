"""The filters of a search, by the parameters that ask for them. Pure."""

from decimal import Decimal
from typing import Any, Final

from search.engine import Between, Filter, OneOf

LONGEST_QUERY: Final = 200
"""Characters of the words that are looked for."""
Filters = tuple[tuple[str, Filter], ...]


def one_of(**wanted: Any) -> Filters:
    """Filters for equality, by their parameters."""
    named = ((name, value if isinstance(value, list) else [value]) for name, value in wanted.items() if value)
    return tuple((name, OneOf(name, tuple(str(value) for value in values))) for name, values in named)


def between(field: str, **wanted: Decimal | int | None) -> Filters:
    """Filters for a range: the parameter whose name ends in `_min` or `_since` is the least value, else the most."""
    return tuple(
        (name, Between(field, least=value) if name.endswith(("_min", "_since")) else Between(field, most=value))
        for name, value in wanted.items()
        if value is not None
    )
