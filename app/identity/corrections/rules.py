"""Pure decisions about corrections of identity."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

from app.identity.problems import FORMER_NAMES_OUT_OF_ORDER, NOTHING_TO_CORRECT, RESIDENCES_OUT_OF_ORDER


def differing(recorded: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """What is stated otherwise than it is recorded. Raises `nothing_to_correct` where nothing is."""
    found = {name: value for name, value in stated.items() if recorded[name] != value}
    if not found:
        raise NOTHING_TO_CORRECT()
    return found


def residences(stated: Sequence[tuple[str, date]]) -> list[tuple[str, date, date | None]]:
    """Division and days of each residence, of the last without an end. Raises `residences_out_of_order`."""
    for place, (earlier, later) in enumerate(pairwise(stated), 1):
        if later[1] <= earlier[1]:
            raise RESIDENCES_OUT_OF_ORDER(field=f"divisions.{place}.valid_from", begins=later[1], before=earlier[1])
    ends = [begins - timedelta(days=1) for _, begins in stated[1:]]
    return [(code, begins, end) for (code, begins), end in zip(stated, [*ends, None], strict=True)]


def check_name_order(before: date, stated: date, others: Sequence[date]) -> None:
    """A rename keeps its place among the others. Raises `former_names_out_of_order`."""
    for other in others:
        if other == stated or (other < before) != (other < stated):
            raise FORMER_NAMES_OUT_OF_ORDER(field="valid_to", stated=stated, other=other)


def as_written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON holds them: days, shares and ids in strings."""
    return {name: _written(value) for name, value in facts.items()}


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, list):
        return [_written(item) for item in value]
    return as_written(value) if isinstance(value, Mapping) else value
