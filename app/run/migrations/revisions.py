"""Which migrations this release holds, read without Alembic: importing it and the models would cost half a second."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = ROOT / "migrations" / "versions"
_REVISION = re.compile(r"^revision\b[^=\n]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)
_PARENTS = re.compile(r"^down_revision\b[^=\n]*=\s*(\([^)]*\)|[^\n]*)", re.MULTILINE)
_NAME = re.compile(r"[\"']([^\"']+)[\"']")

Comparison = Literal["current", "behind", "newer"]


@dataclass(frozen=True)
class Revisions:
    """The revisions of a release; `heads` are those that no other follows."""

    known: frozenset[str]
    heads: frozenset[str]

    def compare(self, found: str | None) -> Comparison:
        """How a database at revision `found` (none: never migrated) compares with this release."""
        if found is None:
            return "behind"
        if found not in self.known:
            return "newer"
        return "current" if self.heads == {found} else "behind"


def read_revisions(folder: Path = VERSIONS) -> Revisions:
    """The revisions in a folder of migration scripts."""
    known: set[str] = set()
    parents: set[str] = set()
    for script in sorted(folder.glob("*.py")):
        text = script.read_text(encoding="utf-8")
        known.update(_REVISION.findall(text))
        for value in _PARENTS.findall(text):
            parents.update(_NAME.findall(value))
    return Revisions(frozenset(known), frozenset(known - parents))
