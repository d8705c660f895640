"""Reading the migrations without Alembic gives what Alembic gives."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from app.run.migrations.revisions import Revisions, read_revisions
from app.run.migrations.upgrade import alembic_config


def test_the_release_is_read_as_alembic_reads_it() -> None:
    script = ScriptDirectory.from_config(alembic_config("postgresql://localhost/x"))
    ours = read_revisions()
    assert ours.heads == frozenset(script.get_heads())
    assert ours.known == {revision.revision for revision in script.walk_revisions()}
    assert len(ours.heads) == 1


def test_chains_branches_and_merges(tmp_path: Path) -> None:
    scripts = {
        "one": 'revision: str = "a1"\ndown_revision: str | None = None\n',
        "two": "revision = 'b2'\ndown_revision = 'a1'\n",
        "three": 'revision: str = "b3"\ndown_revision: str | Sequence[str] | None = "a1"\n',
        "four": 'revision = "c4"\ndown_revision = (\n    "b2",\n    "b3",\n)\n',
    }
    for name, text in scripts.items():
        (tmp_path / f"{name}.py").write_text(text)
    assert read_revisions(tmp_path) == Revisions(frozenset({"a1", "b2", "b3", "c4"}), frozenset({"c4"}))


@pytest.mark.parametrize(
    ("found", "expected"), [(None, "behind"), ("a1", "behind"), ("b2", "current"), ("zz", "newer")]
)
def test_how_the_data_compare_with_the_release(found: str | None, expected: str) -> None:
    assert Revisions(frozenset({"a1", "b2"}), frozenset({"b2"})).compare(found) == expected
