"""A floor of free space: below it commands are refused, so that the database on the same disk can still write its log.

A PostgreSQL that cannot extend its write-ahead log ends, and needs space to start again. Reads go on.
"""

import os

from app.core.problems import ProblemType, Text
from app.core.settings import Settings

DISK_FULL = ProblemType(
    "disk_full",
    503,
    Text("The disk is full", "磁盘空间不足"),
    Text("The disk of the exchange is full. Nothing was written.", "交易所磁盘空间不足;未写入任何内容。"),
    Text(
        "Retry later with the same Idempotency-Key. Reading goes on.",
        "请稍后以同一 Idempotency-Key 重试;读取不受影响。",
    ),
)  # fmt: skip


def check_room(settings: Settings) -> None:
    """Raise `disk_full` where less than `disk_floor_bytes` are free on the disk of `data_dir`. Takes 2 us."""
    try:
        found = os.statvfs(settings.data_dir)
    except OSError:  # no such folder: nothing of this process is on it
        return
    if found.f_bavail * found.f_frsize < settings.disk_floor_bytes:
        raise DISK_FULL(headers={"Retry-After": "60"})
