"""Dated parameters: figures of law and policy outside the award programmes, chosen by the date of the fact.

    parameter("contract_signing_days", on=agreed_on).value

Loaded once from `parameters.yaml`; a gap, an overlap, a float, an unknown key or a missing reference stops the start.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from app.law import strict_yaml

FILE: Final = Path(__file__).parent / "figures" / "parameters.yaml"
_VALUE_KEYS: Final = {"value", "from", "to", "mark", "reference"}
_MARKS: Final = frozenset("VSDP")


class ParameterError(ValueError):
    """A parameter file that cannot be trusted, or a date that no value covers."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure as it holds from `valid_from` to `valid_to` (the last day; None: until changed)."""

    name: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    mark: str
    reference: str


def parameter(name: str, *, on: date) -> Parameter:
    """The value of `name` on the day of the fact; raises `ParameterError` where none covers that day."""
    found = [p for p in _load().get(name, ()) if p.valid_from <= on and (p.valid_to is None or on <= p.valid_to)]
    if not found:
        raise ParameterError(f"no value of {name} covers {on}")
    return found[0]


@lru_cache(maxsize=1)
def _load() -> dict[str, list[Parameter]]:
    return parse(FILE.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, list[Parameter]]:
    """All parameters of a file, each in order of time. Raises `ParameterError` naming what is wrong."""
    try:
        raw = strict_yaml.load(text, FILE.name)
    except strict_yaml.StrictYamlError as error:
        raise ParameterError(str(error)) from None
    if not isinstance(raw, dict):
        raise ParameterError("the file must map names to parameters")
    return {name: _parse_one(name, body) for name, body in raw.items()}


def _parse_one(name: str, body: Any) -> list[Parameter]:
    if not isinstance(body, dict) or set(body) != {"note", "values"} or not body["values"]:
        raise ParameterError(f"{name}: needs `note` and `values`, and nothing else")
    values = [_parse_value(name, value) for value in body["values"]]
    for before, after in pairwise(values):
        if before.valid_to is None or (after.valid_from - before.valid_to).days != 1:
            raise ParameterError(f"{name}: {before.valid_from} and {after.valid_from} overlap or leave a gap")
    return values


def _parse_value(name: str, raw: Any) -> Parameter:
    if not isinstance(raw, dict) or set(raw) != _VALUE_KEYS:
        raise ParameterError(f"{name}: a value needs exactly {sorted(_VALUE_KEYS)}")
    if raw["mark"] not in _MARKS or not raw["reference"] or not isinstance(raw["value"], str):
        raise ParameterError(f"{name}: needs a mark of V, S, D or P, a reference, and its value in quotes")
    try:
        value = Decimal(raw["value"])
    except InvalidOperation as error:
        raise ParameterError(f"{name}: {raw['value']!r} is not a decimal") from error
    try:
        first, last = date.fromisoformat(raw["from"]), None if raw["to"] is None else date.fromisoformat(raw["to"])
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{name}: `from` and `to` must be dates; `to` may be null") from error
    if last is not None and last < first:
        raise ParameterError(f"{name}: `to` is before `from`")
    return Parameter(name, value, first, last, raw["mark"], raw["reference"])
