"""Two releases serve one database while an installation is upgraded: a migration takes nothing from the one before.

A column or table goes, or loses its default, only in a release after that which last used it. The migration says so:
`UNUSED_SINCE = "0.3.0"`. See docs/guides/operations.md, "Two releases side by side".
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.support.served import ROOT

MIGRATIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
TAKEN = re.compile(r"\b(?:DROP (?:COLUMN|TABLE)|RENAME (?:COLUMN|TO)|SET NOT NULL)\b", re.IGNORECASE)
OLDER = {
    "0009": "an identity column fills itself; no release was published before",
    "0022": "renames of 0.1, before two releases stood side by side",
    "0023": "a column that 0.1 wrote; nothing runs on 0.1",
}


def takes(source: str) -> Iterator[str]:
    """What the upgrade of a migration takes away from a release that does not know it."""
    for function in ast.parse(source).body:
        if not isinstance(function, ast.FunctionDef) or function.name == "downgrade":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from TAKEN.findall(node.value)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _takes(node, node.func.attr):
                yield ast.unparse(node)


def _takes(call: ast.Call, name: str) -> bool:
    stated = _stated(call)
    if name == "alter_column":
        return stated.get("nullable") == "False" or not stated.keys().isdisjoint({"new_column_name", "type_"})
    if name == "add_column":  # the release before writes no such column
        columns = [each for each in ast.walk(call) if isinstance(each, ast.Call) and "Column" in ast.unparse(each.func)]
        return any(
            _stated(each).get("nullable") == "False" and "server_default" not in _stated(each) for each in columns
        )
    return name in {"drop_column", "drop_table", "rename_table"}


def _stated(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


def constant(source: str, name: str) -> str | None:
    """The text that a module gives a name."""
    found = re.search(rf'^{name}(?:: .+)? = "([^"]+)"', source, re.MULTILINE)
    return found[1] if found else None


def version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_a_migration_takes_nothing_that_the_release_before_uses() -> None:
    now = version(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
    wrong, excused = [], set()
    for file in MIGRATIONS:
        source = file.read_text("utf-8")
        found, revision, since = list(takes(source)), constant(source, "revision"), constant(source, "UNUSED_SINCE")
        if found and revision in OLDER:
            excused.add(revision)
        elif found and (since is None or version(since) >= now):
            wrong.append(f"{file.name}: {found}")
    assert not wrong, "take it in a later release, and say `UNUSED_SINCE`"
    assert excused == OLDER.keys(), "an exception that is needed no more"


def test_each_revision_follows_another_and_stands_once() -> None:
    """Alembic takes two migrations of one revision with a warning, and runs one of them."""
    sources = [file.read_text("utf-8") for file in MIGRATIONS]
    after = Counter(constant(source, "down_revision") for source in sources)
    revisions = [constant(source, "revision") for source in sources]
    assert [file.name[:4] for file in MIGRATIONS] == revisions
    assert set(after.values()) == {1}
    assert set(revisions) - after.keys() == {revisions[-1]}


@pytest.mark.parametrize(
    "body",
    [
        'op.drop_column("gates", "x")', 'op.drop_table("gates")', 'op.rename_table("a", "b")',
        'op.alter_column("a", "b", nullable=False)', 'op.alter_column("a", "b", new_column_name="c")',
        'op.alter_column("a", "b", type_=sa.Text())', 'op.add_column("a", sa.Column("b", sa.Text(), nullable=False))',
        'op.execute("ALTER TABLE a DROP COLUMN b")', 'op.execute("alter table a alter b set not null")',
    ],
)  # fmt: skip
def test_the_check_finds_what_is_taken(body: str) -> None:
    assert list(takes(f"def upgrade():\n    {body}\n"))
    assert not list(takes(f"def downgrade():\n    {body}\n"))
    assert not list(takes('def upgrade():\n    op.add_column("a", sa.Column("b", sa.Text(), server_default="0"))\n'))
