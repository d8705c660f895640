"""The database an installation uses: reached, new enough, at this release's revision."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.core.settings import Environment, Settings
from app.run.errors import StartError, one_line
from app.run.migrations.revisions import Revisions, read_revisions

if TYPE_CHECKING:
    import asyncpg

OLDEST_SERVER = 15
_CONNECT_SECONDS = 5
_BEHIND = """
SELECT greatest(0, (SELECT max(xid) FROM events) + 1 - pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
"""
_CLOCK_MOVED = "SELECT EXISTS (SELECT FROM sandbox_clock WHERE moved <> interval '0')"
_ADVANCE_AT_ONCE = 1_000_000
_ADVANCE = """
DO $$BEGIN FOR i IN 1..{count} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END$$
"""


@dataclass(frozen=True)
class DatabaseState:
    """A database as found: the server's major version, and the revision it was migrated to (none: never).

    `behind`: how far the server's transaction ids stand behind those of the events, which are ordered by them. Not 0
    only after a dump was restored into a server that has counted less than the one it came from. `clock_moved`: a
    sandbox has moved its clock.
    """

    server_major: int
    revision: str | None
    behind: int = 0
    clock_moved: bool = False


def plain_url(url: str) -> str:
    """`url` as asyncpg and libpq take it, without SQLAlchemy's driver name."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.partition('+')[0]}{separator}{rest}"


def describe(url: str) -> str:
    """Host, port and database of an URL, for messages: never the user or the password."""
    try:
        parts = urlsplit(url)
        where = parts.hostname or parts.query.partition("host=")[2].partition("&")[0] or "localhost"
        return f"{where}:{parts.port or 5432}{parts.path}"
    except ValueError:
        return "the address in DATABASE_URL"


async def inspect_database(url: str) -> DatabaseState:
    """Read a database's state; `StartError` naming host and reason when it cannot be reached."""
    import asyncpg  # noqa: PLC0415 - 80 ms that `--help` need not pay

    if urlsplit(plain_url(url)).scheme not in {"postgres", "postgresql"}:
        raise _not_an_address()
    try:
        connection = await asyncpg.connect(plain_url(url), timeout=_CONNECT_SECONDS)
    except TimeoutError:
        raise _unreachable(url, f"no answer within {_CONNECT_SECONDS} s") from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _unreachable(url, _reason(error, url)) from None
    except ValueError:
        raise _not_an_address() from None
    try:
        major = connection.get_server_version().major
        await _require_writable(connection, url)
        revision, behind, moved = None, 0, False
        with suppress(asyncpg.UndefinedTableError):  # never migrated, or by a release that has no such table
            revision = await connection.fetchval("SELECT version_num FROM alembic_version")
            behind = await connection.fetchval(_BEHIND) if revision else 0
            moved = bool(await connection.fetchval(_CLOCK_MOVED)) if revision else False
    finally:
        await connection.close()
    return DatabaseState(major, revision, behind, moved)


async def _require_writable(connection: "asyncpg.Connection", url: str) -> None:
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        raise StartError(
            f"The database {describe(url)} is in recovery or a standby, and takes no writes; "
            "wait for the end of its recovery, promote it, or set DATABASE_URL to the primary."
        )
    if await connection.fetchval("SHOW transaction_read_only") == "on":
        raise StartError(
            f"The database {describe(url)} is read-only (default_transaction_read_only); "
            "set it off for this database and this role."
        )


def require_clock(state: DatabaseState, url: str, environment: Environment) -> None:
    """Refuse, by `StartError`, to run production on a sandbox's data."""
    if state.clock_moved and environment is Environment.PRODUCTION:
        raise StartError(
            f"The clock of the database {describe(url)} was moved in a sandbox; production needs a database of its "
            "own, or set TECHEX_ENVIRONMENT=sandbox."
        )


def require_supported(state: DatabaseState, url: str, revisions: Revisions) -> None:
    """Refuse, by `StartError`, a server that is too old and a database that a newer release has migrated."""
    if state.server_major < OLDEST_SERVER:
        raise StartError(
            f"{describe(url)} is PostgreSQL {state.server_major}; this release needs {OLDEST_SERVER} or later."
        )
    if revisions.compare(state.revision) == "newer":
        raise StartError(
            f"The database {describe(url)} was migrated by a newer release (revision {state.revision}); "
            "start that release, or restore a backup from before its migration."
        )
    require_counted(state, url)


def require_counted(state: DatabaseState, url: str) -> None:
    """Refuse, by `StartError`, a restored dump whose server would give new events a place before the old ones."""
    if state.behind:
        raise StartError(
            f"The database {describe(url)} was restored into a server whose transaction counter is {state.behind} "
            "behind its events: new events would come before old ones. Run `techex advance`, then start again."
        )


def bring_up_to_date(url: str, environment: Environment = Environment.SANDBOX) -> bool:
    """Check a database and migrate it if it is behind; whether it was. A few short queries when it is not."""
    revisions = read_revisions()
    state = asyncio.run(inspect_database(url))
    require_clock(state, url, environment)
    require_supported(state, url, revisions)
    if revisions.compare(state.revision) == "current":
        return False
    from app.run.migrations.upgrade import upgrade  # noqa: PLC0415 - Alembic and the models: only when there is work

    upgrade(url)
    return True


def advance_counter(url: str, say: Callable[[str], None]) -> int:
    """After a dump was restored: use up transaction ids until the next one is above every event's; how many were.

    Some 150 000 a second; each million is told to `say`. No row is written, and the server goes on serving.
    """

    async def advance() -> int:
        import asyncpg  # noqa: PLC0415

        used = 0
        while behind := (await inspect_database(url)).behind:
            connection = await asyncpg.connect(plain_url(url), timeout=_CONNECT_SECONDS)
            try:
                count = min(behind, _ADVANCE_AT_ONCE)
                await connection.execute(_ADVANCE.format(count=count))
            finally:
                await connection.close()
            used += count
            say(f"advanced by {used}, {behind - count} to go")
        return used

    return asyncio.run(advance())


def require_current(url: str, *, newer_allowed: bool = False, environment: Environment = Environment.SANDBOX) -> None:
    """Refuse, by `StartError`, a database that is not at this release's revision, or not of this environment.

    `newer_allowed` is for the API and the worker: a migration runs while the previous release runs, which may restart.
    """
    revisions = read_revisions()
    state = asyncio.run(inspect_database(url))
    if not newer_allowed or state.server_major < OLDEST_SERVER:
        require_supported(state, url, revisions)
    require_counted(state, url)
    require_clock(state, url, environment)
    if revisions.compare(state.revision) == "behind":
        raise StartError(f"The database {describe(url)} is not migrated to this release; run `techex migrate` first.")


@contextmanager
def database_for(settings: Settings) -> Iterator[Settings]:
    """The settings with a `database_url` that answers: the one given, a running embedded server, or one of our own."""
    from app.run.postgres.embedded import EmbeddedPostgres, running_url  # noqa: PLC0415

    url = settings.database_url.get_secret_value() if settings.database_url else running_url(settings.data_dir)
    if url is not None:
        yield with_url(settings, url)
        return
    with EmbeddedPostgres(settings.data_dir) as server:
        yield with_url(settings, server.url())


def with_url(settings: Settings, url: str) -> Settings:
    """A copy of the settings that names this database."""
    from pydantic import SecretStr  # noqa: PLC0415

    return settings.model_copy(update={"database_url": SecretStr(url)})


def _not_an_address() -> StartError:
    return StartError("DATABASE_URL is not a valid address; write postgresql://user:password@host:5432/name.")


def _unreachable(url: str, reason: str) -> StartError:
    return StartError(f"Cannot reach PostgreSQL at {describe(url)}: {reason}; check DATABASE_URL and the server.")


def _reason(error: BaseException, url: str) -> str:
    """The server's own words, less a password that a malformed URL may have carried into them."""
    text = one_line(error)
    try:
        password = urlsplit(url).password
    except ValueError:
        return type(error).__name__
    return text.replace(password, "…") if password else text
