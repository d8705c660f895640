"""The house's own rules, checked on the source itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app"
DOMAIN = sorted(path for path in APP.rglob("*.py") if path.parts[len(APP.parts)] not in {"core", "local"})
READS = {"select", "union_all"}
CLOCKS = {"now", "utcnow", "today"}


def _calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, object and name of each call in a file: `datetime.now()` is (n, "datetime", "now")."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                yield node.lineno, "", function.id
            elif isinstance(function, ast.Attribute):
                owner = function.value.id if isinstance(function.value, ast.Name) else ""
                yield node.lineno, owner, function.attr


@pytest.mark.parametrize("path", DOMAIN, ids=lambda path: str(path.relative_to(ROOT)))
def test_reading_is_in_queries(path: Path) -> None:
    """What an actor may see is written once a package; a query elsewhere would go round it."""
    if path.name in {"queries.py", "bootstrap.py"}:
        return
    found = [line for line, owner, name in _calls(path) if name in READS and not owner]
    assert not found, f"{path}: a query outside queries.py at lines {found}"


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_there_is_one_clock(path: Path) -> None:
    found = [line for line, owner, name in _calls(path) if name in CLOCKS and owner in {"datetime", "date"}]
    assert not found, f"{path}: a second clock at lines {found}"


@pytest.mark.parametrize("path", sorted(APP.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_float_touches_money() -> None:
    for path in APP.rglob("rules*.py"):
        assert not [line for line, owner, name in _calls(path) if name == "float" and not owner], path
