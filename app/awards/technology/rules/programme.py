"""Award programmes (奖励办法): dated figures in the form of `app.law.dated`, with award years, and stated rules.

An award year is the calendar year, in local time, in which the money was received. What applies is chosen by that year
and never by today, so that 2024 computed in 2027 is still 2024's answer. Files are read by `programme_files`.

Errors: `SourceError` names the source and the key; `NoProgrammeError` says which years are covered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from app.awards.technology.rules.stated import AGENCY_QUALITIES, STATED, as_of_now
from app.contracts.kinds import ContractType
from app.core.money import is_whole_fen
from app.identity.kinds import OrganisationKind, Quality
from app.law.dated import Strict, Validity, Words, decimal_of, in_order, read

Value = str | tuple[str, ...]
Role = Literal["buyer", "seller", "agency"]
Check = Literal["related_party", "agency_named", "payer_is_buyer", "rewarded_elsewhere"]
ROLES: tuple[Role, ...] = ("buyer", "seller", "agency")
CHECKS: tuple[Check, ...] = ("related_party", "agency_named", "payer_is_buyer", "rewarded_elsewhere")


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


class Text(Strict):
    """One text in both languages."""

    zh: Words
    en: Words


class LegalBasis(Strict):
    """The policy document a programme rests on; `number` is null where the text read carries none."""

    title: Text
    number: str | None
    issued_on: date
    issuer: Text
    article: Text


class Version(Validity[int]):
    """A figure's value and the award years it holds for."""

    value: Value


def _rate(value: Value) -> Decimal:
    rate = decimal_of(value)
    if not 0 <= rate <= 1:
        raise ValueError(f"must lie between 0 and 1: {value!r}")
    return rate


def _amount(value: Value) -> Decimal:
    amount = decimal_of(value)
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


_kinds = _members([str(kind) for kind in OrganisationKind])
_WHO: Final[Mapping[str, str]] = {"buyer": "buyer_kinds", "seller": "seller_kinds", "agency": AGENCY_QUALITIES}
PARAMETERS: Mapping[str, Callable[[Value], Any]] = {
    **{f"{role}_rate": _rate for role in ROLES},
    **{f"{role}_cap": _amount for role in ROLES},
    "buyer_kinds": _kinds,
    "seller_kinds": _kinds,
    AGENCY_QUALITIES: _members([str(quality) for quality in Quality]),
    "broker_minimum_share": _rate,
    "contract_types": _members([str(kind) for kind in ContractType]),
    "division_prefix": _digits,
    "checks": _members(CHECKS),
    "notice_days": lambda value: int(_digits(value)),
}


@dataclass(frozen=True)
class Terms:
    """A programme's values for one award year; rates are fractions of 1, caps CNY per organisation and year.

    `kinds`: who may earn in a role. A buyer and a seller by their kind, an agency by its quality.
    """

    year: int
    rates: Mapping[str, Decimal]
    caps: Mapping[str, Decimal]
    kinds: Mapping[str, frozenset[str]]
    broker_minimum_share: Decimal
    contract_types: frozenset[str]
    division_prefix: str
    checks: frozenset[str]
    notice_days: int
    sources: Mapping[str, str]

    def source(self, key: str) -> str:
        """Where a figure or a stated rule comes from, with its mark: `Art. 14 [V]`."""
        return self.sources[key]


_Versions = Annotated[tuple[Version, ...], AfterValidator(in_order)]
_Grounds = Annotated[tuple[Validity[int], ...], AfterValidator(in_order)]


class Programme(Strict):
    """A validated programme; `as_json` and `parse_programme` are each other's inverse."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    title: Text
    legal_basis: LegalBasis
    validity: Validity[int]
    last_confirmed: date
    parameters: dict[str, _Versions]
    rules: dict[str, _Grounds]

    @model_validator(mode="after")
    def _complete(self) -> "Programme":
        _check_keys("parameters", self.parameters, PARAMETERS, self.validity)
        _check_keys("rules", self.rules, STATED, self.validity)
        for key, versions in self.parameters.items():
            for version in versions:
                try:
                    PARAMETERS[key](version.value)
                except ValueError as error:
                    raise ValueError(f"parameters.{key}: {error}") from None
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
        return self.validity.holds(year)

    def terms(self, year: int) -> Terms:
        """The values for an award year; raises `NoProgrammeError` outside the programme's years."""
        if not self.covers(year):
            raise NoProgrammeError(year, [self.span])
        found = {key: next(v for v in versions if v.holds(year)) for key, versions in self.parameters.items()}
        grounds = {key: next(v for v in versions if v.holds(year)) for key, versions in self.rules.items()}
        values = {key: typed(found[key].value) for key, typed in PARAMETERS.items()}
        return Terms(
            year=year,
            rates={role: values[f"{role}_rate"] for role in ROLES},
            caps={role: values[f"{role}_cap"] for role in ROLES},
            kinds={role: values[_WHO[role]] for role in ROLES},
            broker_minimum_share=values["broker_minimum_share"],
            contract_types=values["contract_types"],
            division_prefix=values["division_prefix"],
            checks=values["checks"],
            notice_days=values["notice_days"],
            sources={key: held.source for key, held in (*found.items(), *grounds.items())},
        )

    def as_json(self) -> dict[str, Any]:
        """The programme as plain data, to be frozen with a run."""
        return self.model_dump(mode="json")


def _check_keys(
    where: str, found: Mapping[str, Sequence[Validity[int]]], known: Mapping[str, object], whole: Validity[int]
) -> None:
    """Every known key is there, no other one, and each holds in all years of the programme."""
    for key in sorted(found.keys() - known.keys()):
        raise ValueError(f"{where}.{key}: unknown {where.removesuffix('s')}")
    for key in known:
        if key not in found:
            raise ValueError(f"{where}.{key}: missing")
        begin, end = found[key][0].valid_from, found[key][-1].valid_to
        if begin > whole.valid_from:
            raise ValueError(f"{where}.{key}: gap, begins in {begin}, the programme in {whole.valid_from}")
        if end is not None and (whole.valid_to is None or end < whole.valid_to):
            raise ValueError(f"{where}.{key}: gap, ends in {end}, before the programme")


_FORM: Final = TypeAdapter(Programme)


def parse_programme(document: Mapping[str, Any], source: str) -> Programme:
    """A programme from plain data, also as an earlier release froze it with a run.

    `SourceError` names the source (a file or a frozen run) and the key at fault.
    """
    return read(_FORM, as_of_now(document, source), source)
