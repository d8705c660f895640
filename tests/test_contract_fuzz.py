"""Schemathesis over the exported document: no 5xx, no undocumented status, bodies as documented."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.access import Role
from tests.support.machines import LONG
from tests.support.patience import PATIENCE
from tests.support.served import ROOT, served
from tests.support.world import Party, World

DOCUMENT = ROOT / "openapi" / "openapi.json"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# `make chaos` also walks the edges of each schema, and calls every operation as every caller, which takes minutes.
PHASES, EXAMPLES, TIMES = ("coverage,fuzzing", 40, 20) if LONG else ("fuzzing", 2, 1)
CALLERS = ["operator", "admin", "registrar", "anonymous"] if LONG else ["allowed"]
SEED = 20240128


@pytest.mark.chaos
@pytest.mark.parametrize("who", CALLERS)
async def test_whatever_is_sent_the_answer_is_documented(
    who: str, fresh_world: World, fresh_url: str, tmp_path: Path
) -> None:
    """`allowed`: each operation by somebody who may call it; who may not is the access matrix's subject."""
    parties: dict[str, Party | None] = {
        Role.OPERATOR: fresh_world.operator,
        Role.REGISTRAR: fresh_world.registrar,
        Role.AWARD_OFFICER: fresh_world.award_officer,
        Role.ADMIN: await fresh_world.institution(),
        "anonymous": None,
    }
    calls = defaultdict(list)
    for operation, roles in _operations():
        allowed = next((role for role in parties if role in roles), Role.ADMIN)  # what is public, everybody may
        calls[allowed if who == "allowed" else who].append(operation)
    with served(fresh_url, tmp_path) as url:
        _fuzz(url, tmp_path, {parties[caller]: operations for caller, operations in calls.items()})


def _operations() -> Iterator[tuple[str, list[str]]]:
    """Each operation of the document but the one that moves the clock, and the roles that may call it."""
    for item in json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"].values():
        for operation in item.values():
            if operation["operationId"] != "move_clock":
                yield operation["operationId"], operation["x-access"]["roles"]


def _fuzz(url: str, folder: Path, calls: dict[Party | None, list[str]]) -> None:
    """Call operations with what Schemathesis makes up, each with the key of its caller."""
    config = folder / "schemathesis.toml"
    config.write_text("".join(_section(*row) for row in calls.items()), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
        "run",
        str(DOCUMENT),
        f"--url={url}",
        f"--checks={CHECKS}",
        f"--phases={PHASES}",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--workers=2",
        "--generation-database=none",
        "--exclude-operation-id=move_clock",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=TIMES * PATIENCE, cwd=ROOT, check=False)
    failures = ran.stdout.partition("= FAILURES =")[2].partition("= WARNINGS =")[0] or ran.stdout
    told = "\n".join(line[:300] for line in failures.splitlines())
    assert ran.returncode == 0, told[-6000:] + ran.stderr[-2000:]


def _section(caller: Party | None, operations: list[str]) -> str:
    headers = {} if caller is None else {"Authorization": f"Bearer {caller.secret}"}
    fields = ", ".join(f"{name} = {json.dumps(value)}" for name, value in headers.items())
    return f"[[operations]]\ninclude-operation-id = {json.dumps(operations)}\nheaders = {{ {fields} }}\n"
