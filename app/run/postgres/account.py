"""The account an embedded server runs under: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.run.errors import StartError

UNPRIVILEGED = "nobody"
_READ_SEARCH, _OVERRIDE, _SETPCAP = "dac_read_search", "dac_override", "setpcap"
_CAPABILITY_BITS = {_OVERRIDE: 1, _READ_SEARCH: 2, _SETPCAP: 8}


@dataclass(frozen=True)
class Account:
    """Who runs the server: `prefix` goes before its command line, `options` to `subprocess.Popen`."""

    uid: int
    gid: int
    prefix: tuple[str, ...]
    options: dict[str, Any]

    def own(self, path: Path) -> None:
        """Make `path` this account's alone."""
        path.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def choose_account(cluster: Path, executable: Path) -> Account:
    """The account for the server whose data is `cluster`: oneself; under root the cluster's owner, else `nobody`.

    Raises `StartError` if the cluster is another user's, or if root's choice cannot reach the files at all.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise StartError(f"{cluster} belongs to another user; set TECHEX_DATA_DIR to a folder of your own.")
        return Account(os.geteuid(), os.getegid(), (), {})
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam(UNPRIVILEGED)
    uid, gid = entry.pw_uid, entry.pw_gid
    runs = _may(uid, executable, stat.S_IXOTH)
    if runs and _reaches(uid, executable) and _reaches(uid, cluster):
        return Account(uid, gid, (), {"user": uid, "group": gid, "extra_groups": []})
    return Account(uid, gid, _with_capability(uid, gid, runs=runs, cluster=cluster), {})


def _may(uid: int, path: Path, bit_for_others: int) -> bool:
    """Whether the mode bits let `uid` through; groups are left out, as the server is started without any."""
    found = path.stat()
    return bool(found.st_mode & (bit_for_others << 6 if found.st_uid == uid else bit_for_others))


def _reaches(uid: int, path: Path) -> bool:
    return all(_may(uid, parent, stat.S_IXOTH) for parent in path.resolve().parents if parent.exists())


def _with_capability(uid: int, gid: int, *, runs: bool, cluster: Path) -> tuple[str, ...]:
    """A command prefix that drops root but keeps the one capability needed to reach files under a private folder.

    Opening the folder to everybody would be the other way; a checkout under `/root` must not do that to `/root`.
    """
    held = _effective_capabilities()
    wanted = [_READ_SEARCH, _OVERRIDE] if runs else [_OVERRIDE]
    chosen = next((name for name in wanted if held >> _CAPABILITY_BITS[name] & 1), None)
    command = shutil.which("setpriv")
    if chosen is None or command is None:
        raise StartError(
            f"The embedded PostgreSQL runs as '{UNPRIVILEGED}', which cannot reach {cluster.parent} or the program's "
            "own folder; use folders that every user can enter (TECHEX_DATA_DIR), or set DATABASE_URL."
        )
    kept = f"-all,+{chosen}"
    # `initdb` asks access(2) for `postgres` next to it, which leaves capabilities out for who is not root, unless this
    # bit is set. What the server keeps is the one capability all the same.
    bits = ("--securebits=+no_setuid_fixup",) if held >> _CAPABILITY_BITS[_SETPCAP] & 1 else ()
    return (
        command,
        *bits,
        f"--reuid={uid}",
        f"--regid={gid}",
        "--clear-groups",
        f"--inh-caps={kept}",
        f"--ambient-caps={kept}",
    )


def _effective_capabilities() -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")), 0)
