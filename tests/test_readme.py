"""The README's first deal works as written: its commands are run, and what they print is what it shows.

`TECHEX_RECORD=1 pytest tests/test_readme.py` writes the outputs into the README anew.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.served import ROOT, free_port

README = ROOT / "README.md"
BLOCK = re.compile(r"```sh\n(?P<command>.*?)```\n(?:```(?P<kind>json|text)\n(?P<shown>.*?)```\n)?", re.DOTALL)
# What differs from run to run: identifiers, times, hashes.
VARYING = (
    (
        re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "01890000-0000-7000-8000-000000000000",
    ),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)"), "2026-11-22T09:00:00+08:00"),
    (re.compile(r"(?<=\")\d{4}-\d\d-\d\d(?=\")"), "2026-11-22"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "0" * 64),
    (re.compile(r"\b(WH-[A-Z]+)-\d{4}-(?=\d{6}\b)"), r"\1-2026-"),
)


def plain(text: str) -> str:
    for pattern, instead in VARYING:
        text = pattern.sub(instead, text)
    return text


@contextmanager
def running(data_dir: Path, port: int) -> Iterator[str]:
    """`make run`'s own command with the demonstration; what it printed by the time it was ready."""
    environment = os.environ | {"TECHEX_DATA_DIR": str(data_dir), "TECHEX_PORT": str(port), "COLUMNS": "160"}
    environment.pop("DATABASE_URL", None)
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed = ""
        try:
            for line in process.stdout:
                printed += line
                if "running; stop with Ctrl-C" in line:
                    break
            yield printed
        finally:
            process.terminate()
            process.stdout.read()
            assert process.wait(30) == 0


def session(port: int, data_dir: Path, folder: Path) -> list[str]:
    """Run every block of the README in one shell; answers what each printed."""
    script = "set -e\n"
    for block in BLOCK.finditer(README.read_text(encoding="utf-8")):
        script += f"{block['command']}\nprintf '\\n\\036'\n"
    script = script.replace("127.0.0.1:8000", f"127.0.0.1:{port}").replace(".data/", f"{data_dir}/")
    ran = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return [part.strip("\n") + "\n" for part in ran.stdout.split("\036")[:-1]]


@pytest.fixture
def short_dir(run_dir: Path) -> Path:
    return run_dir / "readme"


def test_the_first_deal_works_as_written(short_dir: Path, tmp_path: Path) -> None:
    port = free_port()
    with running(short_dir, port) as printed:
        assert "Award statement WH-A-" in printed
        assert "art. 14" in printed
        assert "/docs" in printed
        outputs = [plain(output) for output in session(port, short_dir, tmp_path)]
    text = README.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    if os.environ.get("TECHEX_RECORD"):
        for block, output in zip(reversed(blocks), reversed(outputs), strict=True):
            if block["kind"]:
                text = text[: block.start("shown")] + output + text[block.end("shown") :]
        README.write_text(text, encoding="utf-8")
        return
    shown = [
        (block["command"], plain(block["shown"]), output)
        for block, output in zip(blocks, outputs, strict=True)
        if block["kind"]
    ]
    for command, expected, output in shown:
        assert output == expected, command
