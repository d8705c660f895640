"""B9, D5, D6: what keeps an installation from starting is one line with what to do, and status 1, before it starts."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.core.settings import Environment, Settings, get_settings
from app.run.errors import StartError
from app.run.postgres.database import require_current
from app.run.processes.serving import serve
from tests.support.databases import execute

KEY = bytes(range(32)).hex()


@pytest.fixture(autouse=True)
def unread() -> Iterator[None]:
    """Settings are read anew, and forgotten afterwards; the process keeps its mask of modes."""
    get_settings.cache_clear()
    mask = os.umask(0o022)
    yield
    os.umask(mask)
    get_settings.cache_clear()


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"TECHEX_TIMEZONE": "Asia/Wuhan"}, "TECHEX_TIMEZONE cannot be taken: .*'Asia/Wuhan' is no time zone"),
        ({"TECHEX_TIMEZONE": "../etc/passwd"}, "TECHEX_TIMEZONE cannot be taken"),
        ({"TECHEX_TIMEZONE": ""}, "TECHEX_TIMEZONE cannot be taken"),
        ({"TECHEX_LOG_LEVEL": "LOUD"}, "TECHEX_LOG_LEVEL cannot be taken: .*'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ({"TECHEX_DATABASE_POOLSIZE": "5"}, "POOLSIZE is no setting; did you mean TECHEX_DATABASE_POOL_SIZE?"),
        ({"TECHEX_NOTHING_LIKE_IT": "5"}, "TECHEX_NOTHING_LIKE_IT is no setting; remove it"),
        ({"TECHEX_PROGRAMMES_DIR": "/nope"}, "/nope holds no award programme.*set TECHEX_PROGRAMMES_DIR"),
        ({"TECHEX_DATA_DIR": "/dev/null/data"}, "Cannot write in /dev/null/data: Not a directory; set TECHEX_DATA_DIR"),
        ({"TECHEX_DATA_DIR": "/proc/techex"}, "Cannot write in /proc/techex: .*; set TECHEX_DATA_DIR"),
        ({"TECHEX_PORT": "http"}, "TECHEX_PORT cannot be taken"),
        ({"TECHEX_SIGNING_KEY": "0" * 64}, "TECHEX_SIGNING_KEY cannot be taken: .*repeat"),
        ({"TECHEX_SEALING_KEY": "ab" * 32}, "TECHEX_SEALING_KEY cannot be taken: .*repeat"),
        ({"TECHEX_SIGNING_KEY": KEY, "TECHEX_SEALING_KEY": KEY}, "SEALING_KEY cannot be taken: .*its own purpose"),
    ],
)  # fmt: skip
def test_b9_d5_a_wrong_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    variables: dict[str, str],
    told: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["techex", command])
    with pytest.raises(SystemExit) as ended:
        main()
    line = capsys.readouterr().err
    assert (ended.value.code, line.count("\n")) == (1, 1)
    assert re.search(told, line), line


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO sandbox_clock VALUES (true, interval '1 day')", "moved in a sandbox; production needs"),
        ("ALTER DATABASE {name} SET default_transaction_read_only = on", "is read-only"),
    ],
)
def test_b9_d6_production_on_a_sandbox_and_a_read_only_database_are_refused(
    fresh_url: str, statement: str, told: str
) -> None:
    name = fresh_url.partition("?")[0].rpartition("/")[2]
    require_current(fresh_url, environment=Environment.PRODUCTION)
    asyncio.run(execute(fresh_url, statement.format(name=name)))
    with pytest.raises(StartError, match=told) as caught:
        require_current(fresh_url, newer_allowed=True, environment=Environment.PRODUCTION)
    assert "\n" not in str(caught.value)


def test_b9_a_port_that_is_taken_is_told_before_the_api_is_loaded(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=f"127.0.0.1:{port} is in use by another program; set TECHEX_PORT"):
            serve(Settings(port=port, data_dir=tmp_path))
