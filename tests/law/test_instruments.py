"""Every law, measure and rule has one name in each language, and whoever cites one cites it by that name."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app import wiring
from app.core.problems import REGISTRY, Rule
from app.law.instruments import INSTRUMENTS, POLICY, REGISTRATION_MEASURES, REGISTRATION_MEASURES_2000, Instrument
from app.law.periods.catalogue import RULES
from app.market.gates.rules import KINDS
from tests.awards.technology.award_world import wuhan_programme

wiring.routers()  # loads every package, which declares its refusals
APP = Path(wiring.__file__).parent
CITED = (
    *(problem.rule for problem in REGISTRY.values() if problem.rule and problem.code != "gate_open"),
    *(rule.source for rule in RULES.values()),
    *(kind.rule for kind in KINDS.values()),
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_instruments_have_one_name(language: str) -> None:
    names = [getattr(instrument, language) for instrument in INSTRUMENTS.values()]
    assert len(set(names)) == len(names) > 10


def test_what_is_cited_is_an_instrument_of_the_table() -> None:
    assert len(CITED) > 50
    assert {cited.instrument for cited in CITED} <= set(INSTRUMENTS.values())
    assert INSTRUMENTS["civil_code"].art("846") == Rule(INSTRUMENTS["civil_code"], "846")


@pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_a_name_stands_in_one_file(instrument: Instrument) -> None:
    title = instrument.zh.partition("》")[0].removeprefix("《").removeprefix("中华人民共和国")
    files = [str(path.relative_to(APP)) for path in APP.rglob("*.py") if title in path.read_text(encoding="utf-8")]
    assert files == ["law/instruments.py"]


def test_the_programme_of_article_14_rests_on_the_policy_by_its_name() -> None:
    basis = wuhan_programme().legal_basis
    assert (basis.title.en, f"《{basis.title.zh}》", basis.issued_on) == (POLICY.en, POLICY.zh, POLICY.issued_on)


def test_the_measures_of_2026_follow_those_of_2000_without_a_gap() -> None:
    assert REGISTRATION_MEASURES_2000.holds_to
    assert REGISTRATION_MEASURES.holds_from == REGISTRATION_MEASURES_2000.holds_to + timedelta(1) == date(2026, 3, 1)
