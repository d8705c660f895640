"""Award programmes (奖励办法) as dated parameters, each figure with its reference. Read by `programme_files`.

A programme's years are award years: the calendar year, in local time, in which the money was received. What applies
is chosen by that year and never by today, so that 2024 computed in 2027 is still 2024's answer. Marks say how sure a
figure is: V rule text read, S secondary source, D draft, P product decision where the sources are silent.

Errors: `ProgrammeError` names the source and the key; `NoProgrammeError` says which years are covered.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.contracts.kinds import ContractType
from app.core.money import is_whole_fen
from app.identity.kinds import OrganisationKind

Value = str | tuple[str, ...]
Role = Literal["buyer", "seller", "agency"]
Check = Literal["related_party", "agency_named", "payer_is_buyer", "rewarded_elsewhere"]
ROLES: tuple[Role, ...] = ("buyer", "seller", "agency")
CHECKS: tuple[Check, ...] = ("related_party", "agency_named", "payer_is_buyer", "rewarded_elsewhere")


class ProgrammeError(ValueError):
    """A programme file that cannot be relied on."""


class NoProgrammeError(LookupError):
    """No programme is in force for an award year."""

    def __init__(self, year: int, spans: Sequence[tuple[str, int, int | None]]) -> None:
        self.year = year
        self.spans = tuple(sorted(spans, key=lambda span: span[1]))
        listed_en = ", ".join(f"{name} {start} to {end or 'further notice'}" for name, start, end in self.spans)
        first = f"first is {self.spans[0][0]} from {self.spans[0][1]} (known: {listed_en})" if spans else "none known"
        super().__init__(f"no programme covers {year}; {first}")
        listed_zh = "、".join(f"{name} {start} 年至{f' {end} 年' if end else '今'}" for name, start, end in self.spans)
        self.message_zh = f"没有适用于 {year} 年的奖励办法;" + (f"已有:{listed_zh}" if spans else "尚无任何办法")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


_Words = Annotated[str, Field(min_length=1)]


class Text(_Model):
    """One text in both languages."""

    zh: _Words
    en: _Words


class LegalBasis(_Model):
    """The policy document a programme rests on; `number` is null where the text read carries none."""

    title: Text
    number: str | None
    issued_on: date
    issuer: Text
    article: Text


class Validity(_Model):
    """First and last award year; null: no end is known. With the reason for choosing them."""

    valid_from: int
    valid_to: int | None
    reference: _Words
    mark: Literal["V", "S", "D", "P"]
    note: str


class Version(Validity):
    """A parameter's value and the award years it holds for. Figures are text, so that none passes through a float."""

    value: Value


def _decimal(value: Value) -> Decimal:
    if not isinstance(value, str):
        raise ValueError("must be one decimal in quotes")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ValueError(f"is not a decimal: {value!r}") from None


def _rate(value: Value) -> Decimal:
    rate = _decimal(value)
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise ValueError(f"must lie between 0 and 1: {value!r}")
    return rate


def _amount(value: Value) -> Decimal:
    amount = _decimal(value)
    if not is_whole_fen(amount) or amount < 0:
        raise ValueError(f"must be CNY in whole fens, zero or more: {value!r}")
    return amount


def _digits(value: Value) -> str:
    if not (isinstance(value, str) and value.isascii() and value.isdigit()):
        raise ValueError(f"must be digits in quotes: {value!r}")
    return value


def _members(known: Sequence[str]) -> Callable[[Value], frozenset[str]]:
    def read(value: Value) -> frozenset[str]:
        if isinstance(value, str) or len(set(value)) != len(value) or not set(value) <= set(known):
            raise ValueError(f"must be a list of different values out of {', '.join(known)}: {value!r}")
        return frozenset(value)

    return read


def _only(known: str) -> Callable[[Value], str]:
    def read(value: Value) -> str:
        if value != known:
            raise ValueError(f"only {known!r} is implemented, not {value!r}")
        return known

    return read


_kinds = _members([str(kind) for kind in OrganisationKind])
PARAMETERS: Mapping[str, Callable[[Value], Any]] = {
    **{f"{role}_rate": _rate for role in ROLES},
    **{f"{role}_cap": _amount for role in ROLES},
    **{f"{role}_kinds": _kinds for role in ROLES},
    "broker_minimum_share": _rate,
    "contract_types": _members([str(kind) for kind in ContractType]),
    "division_prefix": _digits,
    "checks": _members(CHECKS),
    "notice_days": lambda value: int(_digits(value)),
    "residence_day": _only("receipt_date"),
    "registration_deadline": _only("end_of_award_year"),
    "base": _only("least_of_received_invoiced_left"),
    "unstated_technical_part": _only("technical_to_total_ratio"),
    "rounding": _only("half_up_to_fen_once_per_organisation_role_year"),
    "over_cap": _only("lapses"),
}


@dataclass(frozen=True)
class Terms:
    """A programme's values for one award year; rates are fractions of 1, caps CNY per organisation and year."""

    year: int
    rates: Mapping[str, Decimal]
    caps: Mapping[str, Decimal]
    kinds: Mapping[str, frozenset[str]]
    broker_minimum_share: Decimal
    contract_types: frozenset[str]
    division_prefix: str
    checks: frozenset[str]
    notice_days: int
    sources: Mapping[str, Version]

    def source(self, key: str) -> str:
        """Where a parameter comes from, with its mark: `… [V]`."""
        return f"{self.sources[key].reference} [{self.sources[key].mark}]"


class Programme(_Model):
    """A validated programme; `as_json` and `parse_programme` are each other's inverse."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Text
    legal_basis: LegalBasis
    validity: Validity
    last_confirmed: date
    parameters: dict[str, tuple[Version, ...]]

    @model_validator(mode="after")
    def _complete(self) -> "Programme":
        _check_order("validity", self.validity)
        for key in self.parameters:
            if key not in PARAMETERS:
                raise ValueError(f"parameters.{key}: unknown parameter")
        for key in PARAMETERS:
            _check_versions(key, self.parameters.get(key, ()), self.validity)
        return self

    @property
    def citation(self) -> Text:
        """The article in both languages, for statements and refusals."""
        basis = self.legal_basis
        return Text(zh=f"《{basis.title.zh}》第{basis.article.zh}条", en=f"{basis.title.en}, art. {basis.article.en}")

    @property
    def span(self) -> tuple[str, int, int | None]:
        """Identifier, first and last award year."""
        return self.id, self.validity.valid_from, self.validity.valid_to

    def covers(self, year: int) -> bool:
        """Whether receipts of that year are rewarded."""
        return _holds(self.validity, year)

    def terms(self, year: int) -> Terms:
        """The values for an award year; raises `NoProgrammeError` outside the programme's years."""
        if not self.covers(year):
            raise NoProgrammeError(year, [self.span])
        sources = {key: next(v for v in self.parameters[key] if _holds(v, year)) for key in PARAMETERS}
        values = {key: read(sources[key].value) for key, read in PARAMETERS.items()}
        return Terms(
            year=year,
            rates={role: values[f"{role}_rate"] for role in ROLES},
            caps={role: values[f"{role}_cap"] for role in ROLES},
            kinds={role: values[f"{role}_kinds"] for role in ROLES},
            broker_minimum_share=values["broker_minimum_share"],
            contract_types=values["contract_types"],
            division_prefix=values["division_prefix"],
            checks=values["checks"],
            notice_days=values["notice_days"],
            sources=sources,
        )

    def as_json(self) -> dict[str, Any]:
        """The programme as plain data, to be frozen with a run."""
        return self.model_dump(mode="json")


def _holds(period: Validity, year: int) -> bool:
    return period.valid_from <= year and (period.valid_to is None or year <= period.valid_to)


def _check_order(key: str, period: Validity) -> None:
    if period.valid_to is not None and period.valid_to < period.valid_from:
        raise ValueError(f"{key}: valid_to {period.valid_to} is before valid_from {period.valid_from}")
    if period.mark == "P" and not period.note:
        raise ValueError(f"{key}: a product decision (mark P) needs a note that gives its reason")


def _check_versions(key: str, versions: tuple[Version, ...], whole: Validity) -> None:
    where = f"parameters.{key}"
    if not versions:
        raise ValueError(f"{where}: missing")
    for version in versions:
        _check_order(where, version)
        try:
            PARAMETERS[key](version.value)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
    for earlier, later in pairwise(versions):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise ValueError(f"{where}: {later.valid_from} overlaps the version from {earlier.valid_from}")
        if later.valid_from > earlier.valid_to + 1:
            raise ValueError(f"{where}: gap between {earlier.valid_to} and {later.valid_from}")
    if versions[0].valid_from > whole.valid_from:
        raise ValueError(f"{where}: gap, begins in {versions[0].valid_from}, the programme in {whole.valid_from}")
    end = versions[-1].valid_to
    if end is not None and (whole.valid_to is None or end < whole.valid_to):
        raise ValueError(f"{where}: gap, ends in {end}, before the programme")


def parse_programme(document: Mapping[str, Any], source: str) -> Programme:
    """A programme from plain data; `ProgrammeError` names the source (a file or a frozen run) and the key at fault."""
    try:
        return Programme.model_validate_json(json.dumps(document))
    except ValidationError as error:
        faults = (_fault(detail["loc"], detail["msg"]) for detail in error.errors())
        raise ProgrammeError(f"{source}: " + "; ".join(faults)) from None


def _fault(location: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"{'.'.join(map(str, location))}: {said}" if location else said
