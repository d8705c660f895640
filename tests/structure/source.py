"""The source of `app/` as syntax trees, read once, and what the checks ask of a tree."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def wing(self) -> str:
        """`market` for `app/market/deals/rules.py`; a file right under `app/` is its own wing: `cli`."""
        return self.path.split("/")[1].removesuffix(".py")

    @property
    def is_pure(self) -> bool:
        """`rules.py`, or anything under `rules/`."""
        return self.name == "rules.py" or "/rules/" in self.path

    @cached_property
    def imported(self) -> Mapping[str, str]:
        """What each name stands for: after `from datetime import datetime as dt`, `dt` is `datetime.datetime`."""
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    names[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names

    @cached_property
    def used(self) -> Sequence[tuple[int, str]]:
        """Line and full name of every name and attribute that is read: `dt.now` is `datetime.datetime.now`."""
        found = []
        for node in self.nodes:
            dotted = _dotted(node)
            if dotted:
                first, dot, rest = dotted.partition(".")
                found.append((node.lineno, self.imported.get(first, first) + dot + rest))
        return found

    @cached_property
    def strings(self) -> Sequence[tuple[int, str]]:
        """Line and text of every string that is not a docstring; what an f-string puts in is `?`."""
        left_out = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}
        left_out |= {id(part) for node in self.nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        return [
            (node.lineno, _text(node))
            for node in self.nodes
            if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in left_out
        ]


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of `app/`."""
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(APP.rglob("*.py"))
    )
