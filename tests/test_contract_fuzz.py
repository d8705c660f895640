"""Schemathesis over the exported document: no 5xx, no undocumented status, bodies as documented."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.database import Database
from tests.support.served import ROOT, served
from tests.support.world import Party, World

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# `make chaos` also walks the edges of each schema, and calls without a key, which takes minutes.
LONG = os.environ.get("TECHEX_CHAOS") == "long"
PHASES, EXAMPLES = ("coverage,fuzzing", 40) if LONG else ("fuzzing", 2)
SEED = 20240128


def _fuzz(url: str, party: Party | None) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        str(ROOT / "openapi" / "openapi.json"),
        f"--url={url}",
        f"--checks={CHECKS}",
        f"--phases={PHASES}",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--workers=2",
        "--generation-database=none",
        "--exclude-operation-id=move_clock",
    ]
    if party is not None:
        command.append(f"--header=Authorization: Bearer {party.secret}")
    ran = subprocess.run(command, capture_output=True, text=True, timeout=1200, cwd=ROOT, check=False)
    failures = ran.stdout.partition("= FAILURES =")[2].partition("= WARNINGS =")[0] or ran.stdout
    assert ran.returncode == 0, failures[-6000:] + ran.stderr[-2000:]


@pytest.mark.chaos
@pytest.mark.parametrize("who", ["operator", "seller", *(["registrar", "anonymous"] if LONG else [])])
async def test_whatever_is_sent_the_answer_is_documented(
    who: str, fresh_world: World, fresh_database: Database, fresh_url: str, tmp_path: Path
) -> None:
    parties = {
        "anonymous": None,
        "operator": fresh_world.operator,
        "seller": await fresh_world.institution(),
        "registrar": fresh_world.registrar,
    }
    with served(fresh_url, tmp_path) as url:
        _fuzz(url, parties[who])
