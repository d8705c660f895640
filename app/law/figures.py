"""Dated figures of law and policy outside the award programmes, chosen by the date of the fact.

    parameter("contract_signing_days", on=agreed_on).value

They stand in `figures/*.yaml`, one file a domain, in the form of `app.law.dated`, with days. A reference may name an
instrument by its key: `"{civil_code}, art. 847"`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, PlainValidator, TypeAdapter

from app.law.dated import Validity, Words, decimal_of, in_order, read_yaml
from app.law.instruments import INSTRUMENTS
from app.law.strict_yaml import SourceError

FOLDER: Final = Path(__file__).parent / "figures"
_NAMES: Final = {key: instrument.en for key, instrument in INSTRUMENTS.items()}


class ParameterError(LookupError):
    """No value of a figure covers the day asked for."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure as it holds from `valid_from` to `valid_to` (the last day; None: until changed)."""

    name: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    mark: str
    reference: str


def _cited(reference: str) -> str:
    try:
        return reference.format_map(_NAMES)
    except KeyError as error:
        raise ValueError(f"names no instrument of app.law.instruments: {error}") from None


class Figure(Validity[date]):
    """A value of a figure and the days on which it holds."""

    value: Annotated[Decimal, PlainValidator(decimal_of)]
    reference: Annotated[Words, AfterValidator(_cited)]


Figures = dict[str, Annotated[tuple[Figure, ...], AfterValidator(in_order)]]
_FORM: Final = TypeAdapter(Figures, config=ConfigDict(defer_build=True))


def parameter(name: str, *, on: date) -> Parameter:
    """The value of `name` on the day of the fact; raises `ParameterError` where none covers that day."""
    found = next((figure for figure in _load().get(name, ()) if figure.holds(on)), None)
    if found is None:
        raise ParameterError(f"no value of {name} covers {on}")
    return Parameter(name, found.value, found.valid_from, found.valid_to, found.mark, found.reference)


@lru_cache(maxsize=1)
def _load() -> Figures:
    return load(FOLDER)


def load(folder: Path) -> Figures:
    """The figures of all files of a folder; `SourceError` where one is faulty, or two have the same figure."""
    found: Figures = {}
    for file in sorted(folder.glob("*.yaml")):
        more = parse(file.read_text(encoding="utf-8"), file.name)
        twice = sorted(found.keys() & more.keys())
        if twice:
            raise SourceError(f"{file.name}: {twice[0]}: stands in another file too")
        found |= more
    return found


def parse(text: str, source: str) -> Figures:
    """The figures of a file, each in order of time; `SourceError` names the source, and the line or key at fault."""
    return read_yaml(_FORM, text, source)
