"""Dated figures: chosen by the fact's date, and a file that cannot be trusted is refused by file and key."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.law.figures import FOLDER, ParameterError, load, parameter, parse
from app.law.instruments import CIVIL_CODE
from app.law.strict_yaml import SourceError

GOOD = """
days:
  - {value: "10", valid_from: 2020-01-01, valid_to: 2020-12-31, reference: r, mark: V, note: n}
  - {value: "12", valid_from: 2021-01-01, valid_to: null, reference: "{civil_code}, art. 1", mark: P, note: n}
"""


def test_the_delivered_files_are_sound() -> None:
    figures = load(FOLDER)
    assert len(figures) > 30
    assert all(figure.note for versions in figures.values() for figure in versions)


def test_the_regime_changes_on_its_day() -> None:
    assert parameter("registration_new_measures", on=date(2026, 2, 28)).value == Decimal(0)
    assert parameter("registration_new_measures", on=date(2026, 3, 1)).value == Decimal(1)


def test_a_day_that_nothing_covers_is_refused() -> None:
    with pytest.raises(ParameterError, match="covers 1990-01-01"):
        parameter("contract_signing_days", on=date(1990, 1, 1))


def test_a_reference_names_its_instrument_by_the_key() -> None:
    assert parse(GOOD, "x.yaml")["days"][1].reference == f"{CIVIL_CODE.en}, art. 1"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"10"', "10.5", r"line 3: 10\.5 is a float; write the figure in quotes"),
        ('"10"', "10", r"days\.0\.value: must be one decimal in quotes"),
        ('"10"', '"ten"', r"days\.0\.value: is not a decimal: 'ten'"),
        ('"10"', '"NaN"', r"days\.0\.value: is not a decimal: 'NaN'"),
        ("mark: V", "mark: X", r"days\.0\.mark: "),
        ("reference: r", "reference: ''", r"days\.0\.reference: "),
        ("{civil_code}", "{uncivil_code}", r"days\.1\.reference: names no instrument of .*'uncivil_code'"),
        ("mark: P, note: n", "mark: P, note: ''", r"days\.1: a product decision \(mark P\) needs a note"),
        ("2021-01-01", "lately", r"days\.1\.valid_from: "),
        ("2021-01-01", "2021", r"days\.1\.valid_from: "),
        ("2021-01-01", "null", r"days\.1\.valid_from: "),
        ("2020-12-31", "2019-12-31", r"days\.0: valid_to 2019-12-31 is before valid_from 2020-01-01"),
        ("2021-01-01", "2021-01-02", "days: gap between 2020-12-31 and 2021-01-02"),
        ("2021-01-01", "2020-12-31", "days: 2020-12-31 overlaps the version from 2020-01-01"),
        ("2020-12-31", "null", "days: 2021-01-01 overlaps the version from 2020-01-01"),
        ("note: n}\n", "note: n, note: m}\n", "line 3: the key 'note' is given twice"),
        ("note: n}\n", "note: n, extra: m}\n", r"days\.0\.extra: "),
        ("days:", "1:", "line 2: the key 1 is not text"),
        ("days:", "days: [", "not YAML"),
        (GOOD, "days: []", "days: missing"),
    ],
)
def test_a_file_that_cannot_be_trusted(old: str, new: str, reason: str) -> None:
    assert parse(GOOD, "x.yaml")
    with pytest.raises(SourceError, match=rf"^x\.yaml: {reason}"):
        parse(GOOD.replace(old, new, 1), "x.yaml")


def test_a_figure_stands_in_one_file(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(SourceError, match=r"b\.yaml: days: stands in another file too"):
        load(tmp_path)
