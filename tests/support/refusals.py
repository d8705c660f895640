"""What a pure rule refuses, as pytest expects it."""

import pytest

from app.core.problems import Problem


def refusal(code: str, field: str | None = None) -> "pytest.RaisesExc[Problem]":
    """`pytest.raises` for one problem; the field is checked where it is given."""
    return pytest.raises(Problem, check=lambda error: error.kind.code == code and field in (None, error.field))
