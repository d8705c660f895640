"""Freezes a run's inputs and computes it again, to the byte, whatever programme files and records say later."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from app.awards.technology.rules.facts import (
    ContractFacts,
    FactError,
    Facts,
    OrganisationFacts,
    PaymentFacts,
    Succession,
)
from app.awards.technology.rules.outcome import Computation
from app.awards.technology.rules.programme import Programme, parse_programme
from app.awards.technology.rules.shares import compute

_FACTS = TypeAdapter(Facts)


def facts_as_json(
    contracts: Iterable[ContractFacts],
    payments: Iterable[PaymentFacts],
    organisations: Iterable[OrganisationFacts],
    successions: Iterable[Succession] = (),
) -> dict[str, Any]:
    """The facts as plain data in canonical order: equal facts give equal data, in whatever order they come."""
    facts = Facts.of(contracts, payments, organisations, successions)
    plain: dict[str, Any] = _FACTS.dump_python(facts, mode="json")
    return plain


def facts_from_json(document: Mapping[str, Any]) -> Facts:
    """The facts that `facts_as_json` wrote; `FactError` names the first key that cannot be read."""
    try:
        return _FACTS.validate_json(json.dumps(document), strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors()[0]
        raise FactError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def freeze(programme: Programme, year: int, facts: Facts, zone: ZoneInfo) -> dict[str, Any]:
    """Everything a run depends on, as plain data: the programme with its values, the year, the zone and the facts."""
    return {
        "programme": programme.as_json(),
        "year": year,
        "zone": zone.key,
        "facts": facts_as_json(facts.contracts, facts.payments, facts.organisations, facts.successions),
    }


def recompute(frozen: Mapping[str, Any]) -> Computation:
    """The computation of frozen inputs; equal to the one they were frozen with."""
    facts = facts_from_json(frozen["facts"])
    programme = parse_programme(frozen["programme"], "frozen run")
    zone = ZoneInfo(frozen["zone"])
    return compute(
        programme, frozen["year"], facts.contracts, facts.payments, facts.organisations, facts.successions, zone=zone
    )
