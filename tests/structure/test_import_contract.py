"""The contracts of import-linter (`pyproject.toml`) find what they are for, at any depth and by any way round."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.structure.source import ROOT
from tests.support.patience import PATIENCE

# What is planted where, and the link that the linter then names.
PLANTED = {
    "app/pricing/auction/bidding/forms/rules.py": (  # a file of its own, deep down
        "import sqlalchemy",
        "app.pricing.auction.bidding.forms.rules -> sqlalchemy (l.",
    ),
    "app/awards/technology/rules/shares.py": (  # under rules/, and by a way round
        "from app.awards.runs import queries",
        "app.awards.technology.rules.shares -> app.awards.runs.queries (l.",
    ),
    "app/market/deals/kinds.py": (
        "from app.market.deals import models",
        "app.market.deals.kinds -> app.market.deals.models (l.",
    ),
    "search/postgres/pool.py": (
        "from app.core import database",
        "search is not allowed to import app:",
    ),
    "app/law/periods/rules.py": (  # up a wing
        "from app.market.deals import kinds",
        "app.law is not allowed to import app.market:",
    ),
}


def test_planted_imports_are_found(tmp_path: Path) -> None:
    for folder in ("app", "migrations", "search"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "font"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for place, (planted, _) in PLANTED.items():
        with (tmp_path / place).open("a", encoding="utf-8") as file:
            file.write(f"\n{planted}\n")
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert linted.returncode == 1, linted.stderr
    for place, (_, named) in PLANTED.items():
        assert named in linted.stdout, place
