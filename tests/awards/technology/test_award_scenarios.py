"""The scenarios in `scenarios/`, written so that a lawyer can read and correct them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.awards.runs.frozen import freeze, recompute
from app.awards.technology.rules.outcome import AwardStatement, Computation
from app.awards.technology.rules.programme import NoProgrammeError
from app.awards.technology.rules.shares import compute
from tests.awards.technology import award_world as world

FOLDER = Path(__file__).parent / "scenarios"
COMMON = yaml.safe_load((FOLDER / "_world.yaml").read_text(encoding="utf-8"))["organisations"]
FILES = sorted(file for file in FOLDER.glob("*.yaml") if not file.name.startswith("_"))


def _cases() -> list[Any]:
    cases = []
    for file in FILES:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
        said["organisations"] = {**COMMON, **said.get("organisations", {})}
        cases += [pytest.param(said, year, id=f"{file.stem}-{year}") for year in said["expect"]]
    return cases


def _run(said: dict[str, Any], year: int) -> Computation:
    facts = world.facts(said)
    programme = world.wuhan_programme()
    result = compute(
        programme, year, facts.contracts, facts.payments, facts.organisations, facts.successions, zone=world.WUHAN
    )
    assert recompute(freeze(programme, year, facts, world.WUHAN)).as_json() == result.as_json()
    return result


def _said(statement: AwardStatement) -> dict[str, Any]:
    def lines(field: str) -> dict[str, str]:
        return {f"{line.contract_id}/{line.payment_id}": str(getattr(line, field)) for line in statement.lines}

    brokers = statement.brokers
    return {
        "total": str(statement.total),
        "cap_applied": statement.cap_applied,
        "lines": lines("awarded"),
        "bound": lines("bound"),
        "base": lines("base"),
        "brokers": {part.broker_id: str(part.amount) for part in brokers.allotments} if brokers else None,
        "held": str(brokers.held) if brokers else None,
    }


@pytest.mark.parametrize(("said", "year"), _cases())
def test_scenario(said: dict[str, Any], year: int) -> None:
    expected = said["expect"][year]
    if "refused" in expected:
        with pytest.raises(NoProgrammeError) as refusal:
            _run(said, year)
        assert expected["refused"] in str(refusal.value)
        assert str(year) in refusal.value.message_zh
        return
    result = _run(said, year)
    found = {f"{s.role} {s.organisation_id}": _said(s) for s in result.statements}
    assert set(found) == set(expected["awards"])
    for who, award in expected["awards"].items():
        assert {key: found[who][key] for key in award} == award, who
    nothing = {
        f"{e.role} {e.organisation_id}, {e.contract_id}{'/' + e.payment_id if e.payment_id else ''}: {e.code}"
        for e in result.exclusions
    }
    assert nothing == set(expected["nothing"])
    for exclusion in result.exclusions:
        assert exclusion.reason_en
        assert exclusion.reason_zh != exclusion.reason_en
        assert exclusion.reference
        assert "14" in exclusion.article.en


def test_there_are_enough_scenarios_with_titles_in_both_languages() -> None:
    titles = [yaml.safe_load(file.read_text(encoding="utf-8"))["title"] for file in FILES]
    assert len(titles) >= 15
    assert all(title["zh"] and title["en"] for title in titles)
