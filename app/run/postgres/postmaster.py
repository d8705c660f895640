"""What `postmaster.pid` says about a server on a data folder, and whether to believe it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PID_LINE, _SOCKET_LINE, _STATUS_LINE = 0, 4, 7


@dataclass(frozen=True)
class Postmaster:
    """A running server: `status` is PostgreSQL's word (`starting`, `ready`, `stopping`), empty while it is unknown."""

    pid: int
    socket_dir: Path | None
    status: str

    @classmethod
    def of(cls, cluster: Path) -> Self | None:
        """The server that runs on `cluster` now; none if the file is missing, half written or left by a dead server."""
        try:
            lines = [line.strip() for line in (cluster / "postmaster.pid").read_text().splitlines()]
            pid = int(lines[_PID_LINE])
        except (OSError, ValueError, IndexError):
            return None
        if not serves(pid, cluster):
            return None
        socket_dir = lines[_SOCKET_LINE] if len(lines) > _SOCKET_LINE else ""
        status = lines[_STATUS_LINE] if len(lines) > _STATUS_LINE else ""
        return cls(pid, Path(socket_dir) if socket_dir else None, status)


def serves(pid: int, cluster: Path) -> bool:
    """Whether this process is a server on this folder; its number alone may have gone to another process."""
    return _alive(pid) and str(cluster) in _command_line(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _command_line(pid: int) -> str:
    """Empty for a process that is gone or only waits to be reaped."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    shown = subprocess.run(["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)  # noqa: S603
    return shown.stdout
