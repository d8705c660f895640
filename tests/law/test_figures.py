"""Dated parameters: chosen by the fact's date, and a file that cannot be trusted stops the start."""

from datetime import date
from decimal import Decimal

import pytest

from app.law.figures import FILE, ParameterError, parameter, parse

GOOD = """
days:
  note: n
  values:
    - {value: "10", from: 2020-01-01, to: 2020-12-31, mark: V, reference: r}
    - {value: "12", from: 2021-01-01, to: null, mark: P, reference: r}
"""


def test_the_delivered_file_is_sound() -> None:
    assert len(parse(FILE.read_text(encoding="utf-8"))) >= 8


def test_the_regime_changes_on_its_day() -> None:
    assert parameter("registration_new_measures", on=date(2026, 2, 28)).value == Decimal(0)
    assert parameter("registration_new_measures", on=date(2026, 3, 1)).value == Decimal(1)


def test_a_day_that_nothing_covers_is_refused() -> None:
    with pytest.raises(ParameterError, match="covers 1990-01-01"):
        parameter("contract_signing_days", on=date(1990, 1, 1))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"10"', "10.5", "in quotes"),
        ('"10"', '"ten"', "not a decimal"),
        ("mark: V", "mark: X", "mark"),
        ('reference: r}\n    - {value: "12"', "reference: ''}\n    - {value: \"12\"", "reference"),
        ("2021-01-01", "lately", "must be dates"),
        ("2021-01-01", "null", "must be dates"),
        ("2020-12-31", "2019-12-31", "before"),
        ("2021-01-01", "2021-01-02", "gap"),
        ("2021-01-01", "2020-12-31", "overlap"),
        ("  note: n", "  note: n\n  note: m", r"parameters.yaml: line 4: the key 'note' is given twice"),
        ("days:", "1:", "the key 1 is not text"),
        ("days:", "days: [", "not YAML"),
        ("  note: n", "  note: n\n  extra: m", "nothing else"),
    ],
)
def test_a_file_that_cannot_be_trusted(old: str, new: str, reason: str) -> None:
    assert parse(GOOD)
    with pytest.raises(ParameterError, match=reason):
        parse(GOOD.replace(old, new, 1))
