"""A generator that clients use makes a whole client of the exported document: all is there, and typed (B1)."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.served import ROOT

NO_NETWORK = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
PROBE = """
import importlib, pkgutil, typing
import techex_client
from techex_client.models import Problem

for found in pkgutil.walk_packages(techex_client.__path__, "techex_client."):
    parse = getattr(importlib.import_module(found.name), "_parse_response", None)
    if parse is not None:
        answers = set(typing.get_args(parse.__annotations__["return"])) - {typing.Any, Problem, type(None)}
        print(found.name.rpartition(".")[2], "typed" if answers else "empty")
"""


def _run(folder: Path, *command: str) -> str:
    ran = subprocess.run(
        [sys.executable, *command], cwd=folder, env=os.environ | NO_NETWORK, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout


def test_b1_every_operation_becomes_a_typed_call(tmp_path: Path) -> None:
    """Without a warning and without the network; only what answers no content (204) has no type of its own."""
    document, config = ROOT / "openapi" / "openapi.json", ROOT / "openapi" / "python-client.yaml"
    client = tmp_path / "techex_client"
    _run(
        tmp_path, "-m", "openapi_python_client", "generate", f"--path={document}", f"--config={config}",
        "--meta=none", f"--output-path={client}", "--fail-on-warning",
    )  # fmt: skip
    calls = dict(line.split() for line in _run(tmp_path, "-c", PROBE).splitlines())

    paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
    operations = [operation for item in paths.values() for operation in item.values()]
    assert calls == {
        operation["operationId"]: "typed" if {"200", "201"} & set(operation["responses"]) else "empty"
        for operation in operations
    }
