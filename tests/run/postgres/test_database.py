"""What is said about a database that cannot be used: one line, the host, never the password."""

import asyncio
import socket
from pathlib import Path

import pytest

from app.run.errors import StartError
from app.run.migrations.revisions import Revisions
from app.run.postgres.database import DatabaseState, describe, inspect_database, plain_url, require_supported
from app.run.postgres.embedded import EmbeddedPostgres

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "30"}
RELEASE = Revisions(frozenset({"a1", "b2"}), frozenset({"b2"}))


def refusal(url: str) -> str:
    with pytest.raises(StartError) as caught:
        asyncio.run(inspect_database(url))
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_nobody_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        message = refusal(f"postgresql://clerk:s3cret@127.0.0.1:{port}/techex")
    assert f"127.0.0.1:{port}/techex" in message
    assert "DATABASE_URL" in message
    assert "s3cret" not in message


def test_the_host_has_no_address() -> None:
    message = refusal("postgresql+asyncpg://clerk:s3cret@no-such-host.invalid/techex")
    assert "no-such-host.invalid:5432/techex" in message
    assert "s3cret" not in message


@pytest.mark.parametrize(
    "url", ["mysql://clerk:s3cret@localhost/x", "postgresql://clerk:s3/cret@localhost/x", "s3cret"]
)
def test_not_an_address_of_postgresql(url: str) -> None:
    message = refusal(url)
    assert "DATABASE_URL" in message
    assert "s3" not in message


def test_a_missing_database_is_named(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, QUICK) as server:
        assert 'database "elsewhere" does not exist' in refusal(server.url("elsewhere"))
        assert asyncio.run(inspect_database(server.url())) == DatabaseState(18, None)


def test_the_driver_is_left_out() -> None:
    assert plain_url("postgresql+asyncpg://a@b/c?d=e") == "postgresql://a@b/c?d=e"
    assert plain_url("postgres://a@b/c") == "postgres://a@b/c"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@db.example:6432/x", "db.example:6432/x"),
        ("postgresql://u:p@/x?host=/run/pg", "/run/pg:5432/x"),
        ("postgresql://u:p@h:port/x", "the address in DATABASE_URL"),
    ],
)
def test_a_description_has_no_user_and_no_password(url: str, shown: str) -> None:
    assert describe(url) == shown


def test_an_old_server_and_a_newer_database_are_refused() -> None:
    url = "postgresql://u:p@db/x"
    with pytest.raises(StartError, match="PostgreSQL 14; this release needs 15 or later"):
        require_supported(DatabaseState(14, "b2"), url, RELEASE)
    with pytest.raises(StartError, match=r"migrated by a newer release \(revision zz\)"):
        require_supported(DatabaseState(15, "zz"), url, RELEASE)
    for revision in (None, "a1", "b2"):
        require_supported(DatabaseState(15, revision), url, RELEASE)
