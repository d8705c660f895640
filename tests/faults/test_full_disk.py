"""D1: a full disk refuses what writes, and nothing else; logs never raise, and are bounded while they are written."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.core.logs import Lines
from app.core.settings import Settings
from tests.run.processes.test_supervisor import Run
from tests.support import seed
from tests.support.world import World

DISK = "size=220m"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of its own; skipped where one may not be mounted."""
    folder = seed.short_folder()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", folder], check=False, capture_output=True)
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("mounting a small file system needs root")
    folder.chmod(0o711)
    yield folder
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that takes all that is free."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(2**20)):
                pass
        except OSError:
            return filler
    raise AssertionError("the disk is never full")


def test_d1_on_a_full_disk_reads_go_on_and_writes_are_refused_until_there_is_room(small_disk: Path) -> None:
    data_dir = small_disk / "data"
    seed.copy_to(data_dir)
    run = Run(data_dir, "--no-demo", "--port", "0")
    try:
        base = run.until(r"API on (\S+),").group(1)
        run.until("running")
        made = [sys.executable, "-m", "app.cli", "bootstrap", "operator", "示例"]
        here = os.environ | {"TECHEX_DATA_DIR": str(data_dir)}
        key = subprocess.run(made, env=here, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
            filler = fill(small_disk)
            for _ in range(20):
                for path in ("/healthz", "/readyz", "/metrics", "/v1/listings", "/v1/organisations", "/v1/events"):
                    assert client.get(path).status_code == 200, path
            person = {"name": "示例人员"}
            refused = client.post("/v1/people", json=person)
            assert (refused.status_code, refused.json()["code"]) == (503, "disk_full")
            assert refused.headers["retry-after"] == "60"
            filler.unlink()
            assert client.post("/v1/people", json=person).status_code < 500
            assert client.get("/readyz").status_code == 200
        assert '"event": "log_lines_dropped"' in (data_dir / "logs" / "api.log").read_text()
    finally:
        run.close()


async def test_d1_below_the_floor_a_command_is_refused_and_a_read_is_not(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(settings.data_dir).free
    context = world.api.client._transport.app.state.context  # type: ignore[attr-defined]
    floor = settings.model_copy(update={"disk_floor_bytes": free + 2**40})
    monkeypatch.setattr(context, "settings", floor)
    commands = [("POST", "/v1/people"), ("PATCH", f"/v1/results/{world.operator.person_id}")]
    bid = f"/v1/auctions/{world.operator.person_id}/bids"
    for method, path in [*commands, ("POST", "/v1/documents?filename=a.pdf"), ("POST", bid)]:
        await world.api.refused(503, "disk_full", method, path, world.operator, json={})
    assert (await world.api.get("/v1/organisations", world.operator)).status_code == 200


def test_d1_a_line_that_cannot_be_written_is_counted_and_told(settings: Settings) -> None:
    class Full:
        room = False
        text = ""

        def write(self, text: str) -> int:
            if not self.room:
                raise OSError(28, "No space left on device")
            self.text += text
            return len(text)

        def flush(self) -> None: ...

    lines, disk = Lines(), Full()
    lines.output = disk  # type: ignore[assignment]
    for _ in range(3):
        lines.write('{"event": "lost"}\n')
    disk.room = True
    lines.write('{"event": "kept"}\n')
    told = [json.loads(line) for line in disk.text.splitlines() if line]
    assert [(line["event"], line.get("count")) for line in told] == [("log_lines_dropped", 3), ("kept", None)]


def test_d1_a_log_moves_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "api.log"
    code = f"""
import os, sys
from pathlib import Path
from app.core import logs
path = Path({str(path)!r})
logs._ROTATE_AT_BYTES = 1000
os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
logs.LINES.rotate(path)
for number in range(30):
    logs.LINES.write("x" * 99 + "\\n")
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    sizes = {found.name: found.stat().st_size for found in tmp_path.iterdir()}
    assert sizes == {"api.log": 800, "api.log.1": 1100}
    assert path.stat().st_mode & 0o077 == 0
