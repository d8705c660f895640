"""Every fault that was found in use has a test that bears its id.

The id stands in the name (`test_a5_…`), in the docstring of the test or of its file, or in what an assertion says.
"""

import ast
import re
from collections.abc import Iterator

from tests.structure.source import ROOT

ROWS = {"A": 12, "B": 11, "C": 9, "D": 8, "E": 4, "F": 10}
"""How many rows each list has: input, contract, access, operations, proof, and faults planted by hand.

A row that is found later is added here, with its test.
"""


def named(file: ast.Module) -> Iterator[str]:
    """The ids that the tests of a file bear."""
    said = [ast.get_docstring(file, clean=False)]
    for test in ast.walk(file):
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_"):
            said += [test.name.replace("_", " ").upper(), ast.get_docstring(test, clean=False)]
            said += [ast.unparse(node.msg) for node in ast.walk(test) if isinstance(node, ast.Assert) and node.msg]
    for text in said:
        yield from re.findall(r"\b[A-F]\d+\b", text or "")


def test_every_row_has_a_test_that_bears_its_id() -> None:
    files = (ROOT / "tests").rglob("test_*.py")
    found = {row for path in files for row in named(ast.parse(path.read_text(encoding="utf-8")))}
    assert {f"{letter}{number}" for letter, most in ROWS.items() for number in range(1, most + 1)} - found == set()


def test_only_a_test_bears_an_id() -> None:
    text = '"""Of A1."""\ndef test_b2_x():\n    "C3"\n    assert "F1" == x, "D4: wrong"\ndef helper_e1():\n    "F2"\n'
    assert sorted(named(ast.parse(text))) == ["A1", "B2", "C3", "D4"]
