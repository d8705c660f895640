"""A drill: back to a moment before something went wrong, from a base backup and the archived log of the database."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from app.run.postgres.database import require_current
from app.run.postgres.embedded import EmbeddedPostgres
from tests.run.postgres.test_restore import QUICK, _append, _feed
from tests.support import seed
from tests.support.databases import fetch_value
from tests.support.machines import LONG


@pytest.mark.chaos
@pytest.mark.skipif(not LONG, reason="takes 10 s: `make chaos`")
def test_d8_an_installation_goes_back_to_a_point_in_time(data_dir: Path) -> None:
    archive, other = data_dir.parent / "archive", data_dir.parent / "other"
    archive.mkdir()
    archive.chmod(0o777)
    archiving = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    seed.copy_to(data_dir)
    with EmbeddedPostgres(data_dir, QUICK | archiving) as server:
        asyncio.run(_append(server.url(), "before the backup"))
        target = ["-d", server.url(), "-D", other / "postgres", "-X", "none", "-c", "fast"]
        other.mkdir()
        subprocess.run([server.binary("pg_basebackup"), *target], check=True, capture_output=True, timeout=60)
        head = asyncio.run(_append(server.url(), "after the backup")).head
        moment = asyncio.run(fetch_value(server.url(), "SELECT clock_timestamp()"))
        asyncio.run(_append(server.url(), "too late"))
        asyncio.run(fetch_value(server.url(), "SELECT pg_switch_wal()"))
    owner = (data_dir / "postgres").stat()
    for path in (other / "postgres", *(other / "postgres").rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)
    (other / "postgres" / "recovery.signal").touch()
    back = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": moment.isoformat(),
        "recovery_target_action": "promote",
        "hot_standby": "off",
    }
    with EmbeddedPostgres(other, QUICK | back) as server:
        require_current(server.url())
        assert asyncio.run(_feed(server.url())) == ["before the backup", "after the backup"]
        report = asyncio.run(_append(server.url(), "after the return"))
        assert (report.problems, report.sealed) == ([], 3)
        assert report.head != head
