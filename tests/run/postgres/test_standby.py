"""D6: a database that is in recovery is told in one line at a start; an API on it reads, and refuses commands."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.core.database import Database
from app.core.settings import Environment, Settings
from app.run.errors import StartError
from app.run.postgres.account import choose_account
from app.run.postgres.database import bring_up_to_date, require_current
from app.run.postgres.embedded import DATABASE, find_binaries
from tests.support import seed
from tests.support.api import Api
from tests.support.applications import application
from tests.support.databases import CITY
from tests.support.patience import PATIENCE

STANDBY = "is in recovery or a standby, and takes no writes; wait for the end of its recovery, promote it, or set"


@contextmanager
def standby(data_dir: Path, hot: str) -> Iterator[str]:
    """The address of a real standby: a server that waits for the log of a primary, `hot` or not."""
    seed.copy_to(data_dir)
    cluster = data_dir / "postgres"
    account = choose_account(cluster, find_binaries() / "postgres")
    (cluster / "standby.signal").touch()
    settings = {"listen_addresses": "", "unix_socket_directories": str(cluster), "hot_standby": hot, "fsync": "off"}
    options = [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]
    command = [*account.prefix, str(find_binaries() / "postgres"), "-D", str(cluster), "-c", "max_connections=200"]
    url = f"postgresql://postgres@/{DATABASE}?host={cluster}&port=5432"
    with subprocess.Popen(
        [*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **account.options
    ) as server:
        try:
            asyncio.run(_await(url, hot))
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # waits for no client
            server.wait(PATIENCE)


async def _await(url: str, hot: str) -> None:
    """Until it takes readers, or says that it does not mean to."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            await (await asyncpg.connect(url)).close()
        except asyncpg.CannotConnectNowError as error:
            if hot == "off" and "Hot standby mode is disabled" in str(error.detail):
                return
            await asyncio.sleep(0.02)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            return
    raise AssertionError("the standby did not start")


@pytest.mark.parametrize(("hot", "told"), [("on", STANDBY), ("off", "is not accepting connections")])
def test_d6_nothing_starts_on_a_standby(data_dir: Path, hot: str, told: str) -> None:
    with standby(data_dir, hot) as url:
        for start in (require_current, bring_up_to_date):
            with pytest.raises(StartError) as refused:
                start(url)
            assert (told in str(refused.value), str(refused.value).count("\n")) == (True, 0), refused.value


def test_d6_an_api_whose_database_became_a_standby_reads_and_refuses_commands(data_dir: Path, tmp_path: Path) -> None:
    settings = Settings(environment=Environment.SANDBOX, data_dir=tmp_path, log_level="ERROR")

    async def use(url: str) -> None:
        database = Database(url, CITY, pool_size=3)
        async with Api(application(settings, database, "standby")) as api:
            assert (await api.ok("GET", "/v1/listings"))["items"] == []
            told = await api.post("/v1/invitations/redemption", json={"secret": "ti_" + "a" * 43, "name": "k"})
            assert (told.status_code, told.headers.get("retry-after")) == (503, "2"), told.text
        await database.close()

    with standby(data_dir, "on") as url:
        asyncio.run(use(url))
