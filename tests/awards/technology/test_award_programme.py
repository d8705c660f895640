"""A programme file is refused rather than misread, and the award year chooses the figure."""

from pathlib import Path
from typing import Any

import pytest

from app.awards.technology.programme_files import load_programmes, parse_yaml, programmes_for
from app.awards.technology.rules.programme import NoProgrammeError, parse_programme
from app.awards.technology.rules.stated import FORMER
from app.law.strict_yaml import SourceError
from tests.awards.technology import award_world as world

TEXT = (world.PROGRAMMES / "wuhan-art14.yaml").read_text(encoding="utf-8")
RATE = '- {value: "0.08", valid_from: 2023, valid_to: null, reference: "Art. 14, first clause", mark: V, note: ""}'

OVER_CAP = "  over_cap:\n    - valid_from: 2023"


def rates(*versions: tuple[str, int, int | None]) -> str:
    written = (
        f'{{value: "{value}", valid_from: {start}, valid_to: {end or "null"}, reference: "Art. 14", mark: V, note: ""}}'
        for value, start, end in versions
    )
    return "\n    ".join(f"- {version}" for version in written)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"0.08"', "0.08", r"line \d+: 0.08 is a float"),
        ('"0.08"', "8", r"parameters.buyer_rate.0.value"),
        ('"0.08"', '"eight"', "parameters.buyer_rate: is not a decimal: 'eight'"),
        ('"0.08"', '"1.08"', "parameters.buyer_rate: must lie between 0 and 1"),
        ('"0.08"', '"NaN"', "parameters.buyer_rate: is not a decimal: 'NaN'"),
        ('"1500000.00"', '"1500000.001"', "parameters.agency_cap: must be CNY in whole fens"),
        ("  buyer_rate:", "  buyer_rat:", "parameters.buyer_rat: unknown parameter"),
        ("  over_cap:", "  over_cup:", "rules.over_cup: unknown rule"),
        (
            "  over_cap:\n    - valid_from: 2023",
            "  over_cap:\n    - valid_from: 2024",
            "rules.over_cap: gap, begins in 2024",
        ),
        (
            "    - valid_from: 2023",
            "    - value: receipt_date\n      valid_from: 2023",
            "rules.residence_day.0.value: Extra",
        ),
        ("  seller_rate:", "  buyer_rate:", r"line \d+: the key 'buyer_rate' is given twice"),
        ("id: wuhan-art14", "id: wuhan-art14\ncolour: red", "colour: Extra inputs"),
        ('mark: V, note: ""}', 'mark: V, note: "", colour: red}', "parameters.buyer_rate.0.colour: Extra inputs"),
        ('reference: "Art. 14, first clause", mark', "mark", "parameters.buyer_rate.0.reference: Field required"),
        ('reference: "Art. 14, first clause", mark', 'reference: "", mark', "parameters.buyer_rate.0.reference"),
        ("valid_to: null, ref", "ref", "parameters.buyer_rate.0.valid_to: Field required"),
        ("mark: V, note", "mark: X, note", "parameters.buyer_rate.0.mark"),
        ("last_confirmed: 2026-11-22", "last_confirmed: lately", "last_confirmed"),
        ("[enterprise]", "[enterprize]", "parameters.buyer_kinds: must be a list of different values"),
        ("[enterprise]", "enterprise", "parameters.buyer_kinds: must be a list"),
        (
            "note: The cap is one of a single year, so nothing over it carries forward.",
            'note: ""',
            "rules.over_cap.0: a product",
        ),
        (RATE, rates(("0.08", 2023, 2025), ("0.06", 2025, None)), "parameters.buyer_rate: 2025 overlaps"),
        (RATE, rates(("0.08", 2023, None), ("0.06", 2025, None)), "parameters.buyer_rate: 2025 overlaps"),
        (RATE, rates(("0.08", 2023, 2024), ("0.06", 2026, None)), "parameters.buyer_rate: gap between 2024 and 2026"),
        (RATE, rates(("0.08", 2024, None)), "parameters.buyer_rate: gap, begins in 2024"),
        (RATE, rates(("0.08", 2023, 2024)), "parameters.buyer_rate: gap, ends in 2024"),
        (RATE, rates(("0.08", 2023, 2022)), "parameters.buyer_rate.0: valid_to 2022 is before"),
        ("id: wuhan-art14", "id: [", "not YAML"),
    ],
)
def test_a_faulty_file_is_refused_by_file_and_key(old: str, new: str, reason: str) -> None:
    assert old in TEXT
    with pytest.raises(SourceError, match=reason) as refusal:
        parse_yaml(TEXT.replace(old, new, 1), "wuhan.yaml")
    assert str(refusal.value).startswith("wuhan.yaml: ")


@pytest.mark.parametrize("text", ["", "- a", "1"])
def test_what_is_no_programme_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"x\.yaml: a programme is a mapping"):
        parse_yaml(text, "x.yaml")


def test_the_award_year_chooses_the_version() -> None:
    programme = parse_yaml(TEXT.replace(RATE, rates(("0.08", 2023, 2024), ("0.06", 2025, None))), "changed.yaml")
    assert [str(programme.terms(year).rates["buyer"]) for year in (2023, 2024, 2025, 2030)] == [
        "0.08",
        "0.08",
        "0.06",
        "0.06",
    ]


def test_a_programme_that_ended_refuses_later_years_and_says_so() -> None:
    text = TEXT.replace("valid_to: null", "valid_to: 2026")
    programme = parse_yaml(text, "ended.yaml")
    assert programme.covers(2026)
    with pytest.raises(
        NoProgrammeError, match=r"no programme covers 2027; first is wuhan-art14 from 2023.*2023 to 2026"
    ):
        programmes_for([programme], 2027)
    with pytest.raises(NoProgrammeError, match="no programme covers 2027; none known"):
        programmes_for([], 2027)


def test_a_programme_survives_freezing() -> None:
    programme = world.wuhan_programme()
    assert parse_programme(programme.as_json(), "frozen") == programme
    assert programmes_for([programme], 2024) == (programme,)


def _as_once_written() -> dict[str, Any]:
    """The programme as a release up to 0.1 froze it: stated rules among the figures, each with its one value."""
    document = world.wuhan_programme().as_json()
    former = {key: [{"value": FORMER[key], **row} for row in rows] for key, rows in document.pop("rules").items()}
    document["parameters"] |= former
    document["parameters"]["agency_kinds"] = document["parameters"].pop("agency_qualities")
    return document


def test_a_programme_frozen_by_an_earlier_release_is_the_same() -> None:
    assert parse_programme(_as_once_written(), "frozen") == world.wuhan_programme()


@pytest.mark.parametrize("rows", [[{"value": "signing_date"}], [{}], [], "receipt_date", None])
def test_a_rule_that_no_release_computed_by_is_refused(rows: object) -> None:
    document = _as_once_written()
    document["parameters"]["residence_day"] = rows
    with pytest.raises(SourceError, match=r"^frozen: (parameters|rules)\.residence_day: (only 'receipt_date'|missing)"):
        parse_programme(document, "frozen")


def test_the_delivered_figures_are_those_of_article_14() -> None:
    terms = world.wuhan_programme().terms(2024)
    assert {role: str(rate) for role, rate in terms.rates.items()} == {
        "buyer": "0.08",
        "seller": "0.02",
        "agency": "0.01",
    }
    assert {role: int(cap) for role, cap in terms.caps.items()} == {
        "buyer": 1_000_000,
        "seller": 1_000_000,
        "agency": 1_500_000,
    }
    assert str(terms.broker_minimum_share) == "0.30"
    assert terms.contract_types == {"development", "transfer", "licence"}
    assert terms.notice_days == 15
    assert terms.source("buyer_rate").endswith("[V]")
    assert terms.source("notice_days").endswith("[P]")
    assert terms.source("residence_day") == "Art. 14 (organisations in Wuhan) [P]"


def test_a_folder_without_or_with_twice_the_same_programme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no programme file"):
        load_programmes(tmp_path)
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    with pytest.raises(SourceError, match=r"b\.yaml: id: 'wuhan-art14' is also the id of a\.yaml"):
        load_programmes(tmp_path)
