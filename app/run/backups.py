"""A whole installation as one folder: the database's dump, the documents, and a manifest that says what must be in it.

The exchange's keys go to a folder of their own: next to the database they would give away what is sealed.
"""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from app.core.settings import Settings
from app.run.errors import StartError, one_line
from app.run.migrations.revisions import read_revisions
from app.run.postgres.database import (
    advance_counter,
    bring_up_to_date,
    inspect_database,
    plain_url,
    require_current,
)
from app.run.postgres.embedded import find_binaries

MANIFEST, DUMP, DOCUMENTS = "manifest.json", "database.dump", "documents"
_FORMAT = 1
_CHUNK = 2**20
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_HASHES = "SELECT DISTINCT sha256 FROM documents"

Say = Callable[[str], None]


def back_up(settings: Settings, folder: Path, keys: Path | None, say: Say) -> None:
    """Write a backup of the running or stopped installation into a new folder, and its keys into another.

    The database first, then the documents: a document is stored before its row, so each row has its content. Raises
    `StartError` where the folder is not empty, the database is not of this release, or a document is not what its name
    says.
    """
    from app.core.history import audit  # noqa: PLC0415
    from app.core.keys import load  # noqa: PLC0415

    url = _url(settings)
    require_current(url)
    for fresh in (folder, *([keys] if keys else [])):
        if fresh.exists() and any(fresh.iterdir()):
            raise StartError(f"{fresh} is not empty; name a new folder.")
        fresh.mkdir(mode=0o700, parents=True, exist_ok=True)
    chain = asyncio.run(audit.verify(settings))
    if not chain.ok:
        raise StartError(f"The audit chain is broken, nothing was backed up: {chain.problems[0]}")
    _program("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / DUMP}")
    say(f"database: {(folder / DUMP).stat().st_size} bytes, audit chain {chain.sealed} {chain.head}")
    if settings.documents_url is None:
        say(f"documents: {_copy_documents(settings.data_dir / DOCUMENTS, folder / DOCUMENTS)}")
    else:
        say(f"documents: not copied, they are in {settings.documents_url}; back that up now, after the database")
    state = asyncio.run(inspect_database(url))
    manifest = {
        "format": _FORMAT, "revision": state.revision, "server": state.server_major,
        "audit": {"sealed": chain.sealed, "head": chain.head}, "files": dict(_files(folder)),
    }  # fmt: skip
    _write(folder / MANIFEST, json.dumps(manifest, indent=2) + "\n")
    if keys is not None:
        held = load(settings)
        _write(keys / "signing.key", held.signing_seed.hex())
        _write(keys / "sealing.key", held.sealing_key.hex())
        say(f"keys: in {keys}; keep them elsewhere")


def restore(settings: Settings, folder: Path, keys: Path | None, say: Say) -> None:
    """Put a backup into an empty database and an empty store, and check all of it.

    Every file is checked before anything is written, and the audit chain afterwards, against the head of the manifest.
    The transaction counter goes on from where the old server's stood. `StartError` says what is wrong.
    """
    from app.core.history import audit  # noqa: PLC0415

    manifest = _checked(folder)
    url = _url(settings)
    if manifest["revision"] not in read_revisions().known:
        raise StartError(f"{folder} was made by a newer release (revision {manifest['revision']}); restore with that.")
    if asyncio.run(_ask(url, _TABLES))[0][0]:
        raise StartError("The database has tables already; restore into an empty one.")
    _program(
        "pg_restore", url, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", folder / DUMP
    )
    say("database: restored")
    if settings.documents_url is None:
        say(f"documents: {_copy_documents(folder / DOCUMENTS, settings.data_dir / DOCUMENTS)}")
        _require_contents(settings.data_dir / DOCUMENTS, url)
    for key in ("signing.key", "sealing.key") if keys else ():
        assert keys is not None
        target = settings.data_dir / "keys" / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            _write(target, (keys / key).read_text(encoding="ascii"))
    advance_counter(url, say)
    bring_up_to_date(url)
    chain = asyncio.run(audit.verify(settings, manifest["audit"]["head"] if manifest["audit"]["sealed"] else None))
    if not chain.ok:
        raise StartError(f"Restored, and the audit chain is broken: {chain.problems[0]}")
    say(f"audit chain: {chain.sealed} {chain.head}, and the head of the backup is in it")


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest, whose every file is there as it was written, and no other."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wanted, found = manifest["files"], dict(_files(folder))
    except (OSError, ValueError, KeyError) as error:
        raise StartError(f"{folder} is no backup, or not whole: {one_line(error)}") from None
    if manifest.get("format") != _FORMAT:
        raise StartError(f"{folder} has format {manifest.get('format')}; this release reads {_FORMAT}.")
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise StartError(f"{folder / name} is not what was backed up; nothing was restored.")
    return manifest


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST:
            yield path.relative_to(folder).as_posix(), _sha256(path)


def _copy_documents(source: Path, target: Path) -> int:
    """Copy each content under its hash, `ab/cdef…`, which is checked; one that is there already stays."""
    count = 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(source.glob("??/*")):
        if len(path.name) != 62:
            continue  # being written
        if _sha256(path) != path.parent.name + path.name:
            raise StartError(f"{path} is damaged: it has another hash than its name says.")
        copy = target / path.parent.name / path.name
        copy.parent.mkdir(mode=0o700, exist_ok=True)
        draft = copy.with_suffix(".part")
        shutil.copyfile(path, draft)
        draft.replace(copy)
        count += 1
    return count


def _require_contents(store: Path, url: str) -> None:
    missing = [row[0] for row in asyncio.run(_ask(url, _HASHES)) if not (store / row[0][:2] / row[0][2:]).exists()]
    if missing:
        raise StartError(f"Restored, and {len(missing)} documents have no content, such as {missing[0]}.")


async def _ask(url: str, statement: str) -> list[Any]:
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(plain_url(url), timeout=5)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


def _program(name: str, url: str, *arguments: str | Path) -> None:
    """Run a program of PostgreSQL: the one that the embedded server brings, else that of the machine."""
    try:
        command = str(find_binaries() / name)
    except StartError:
        command = shutil.which(name) or ""
    if not command:
        raise StartError(f"{name} is not installed; install PostgreSQL's client programs, of the server's version.")
    parts = urlsplit(plain_url(url))
    user, _, host = parts.netloc.rpartition("@")
    name_only, _, password = user.partition(":")  # the password is not to be seen in the list of processes
    shown = urlunsplit(parts._replace(netloc=f"{name_only}@{host}" if user else host))
    secret = {"PGPASSWORD": unquote(password)} if password else {}
    done = subprocess.run(  # noqa: S603
        [command, f"--dbname={shown}", *arguments], env=os.environ | secret, capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise StartError(f"{name} failed: {reason}")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _url(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""
