"""While an installation is upgraded the API of the release before serves on the new schema, next to the new one.

The release before is the commit or tag in `RELEASE_BEFORE`, else the last commit that lacks a migration of this one; a
checkout without history has none.
"""

import asyncio
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.core.database import Database
from app.core.settings import Settings
from app.run.migrations.revisions import VERSIONS
from tests.contracts.factory import payment_body, recorded_payment, registered_contract
from tests.market.deals.factory import purchase
from tests.market.listings.factory import published_listing
from tests.support.api import Api
from tests.support.applications import application
from tests.support.machines import LONG
from tests.support.patience import PATIENCE
from tests.support.served import ROOT, served
from tests.support.world import World

pytestmark = [pytest.mark.chaos, pytest.mark.skipif(not LONG, reason="starts two releases: `make chaos`")]


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, timeout=PATIENCE).stdout


def _older_commits() -> Iterator[str]:
    """The commits whose migrations are some of those of today, and not all; the newest first."""
    now = {file.name for file in VERSIONS.glob("*.py")}
    for commit in _git("log", "--format=%H", "--", "migrations/versions").decode().split():
        listed = _git("ls-tree", "--name-only", commit, "migrations/versions/").decode().split()
        there = {Path(name).name for name in listed if name.endswith(".py")}
        if there < now:
            yield commit


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The code of the release before, unpacked."""
    try:
        commit = os.environ.get("RELEASE_BEFORE") or next(_older_commits(), None)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"there is no history to take the release before from: {error}")
    if commit is None:
        pytest.skip("the history holds no commit with fewer migrations, as in a shallow clone")
    folder = tmp_path / "before"
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as archive:
        archive.extractall(folder, filter="data")
    return folder


class InTurn:
    """Sends one request to one process and the next to the other, for as long as both serve."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.clients = [httpx.AsyncClient(base_url=url, timeout=PATIENCE) for url in urls]
        self._sent = 0

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        self._sent += 1
        return await self.clients[self._sent % len(self.clients)].request(method, path, **options)

    def turn(self) -> None:
        """The next request goes where it would not have gone."""
        self._sent += 1

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()


async def play(world: World) -> None:
    """From the result to the payment and back; each command is also sent again, to the other process."""
    seller, buyer = await world.institution(), await world.enterprise()
    listing = await published_listing(world, seller)
    deal = await purchase(world, buyer, listing)
    contract = await registered_contract(world, seller, buyer, deal=deal, type="licence")
    body = await payment_body(world, buyer, "100.00")
    key = {"Idempotency-Key": "paid"}
    path = f"/v1/contracts/{contract['id']}/payments"
    paid = await world.api.post(path, seller, json=body, headers=key)
    again = await world.api.post(path, seller, json=body, headers=key)
    assert (paid.status_code, again.status_code) == (201, 201)
    assert (again.json()["id"], again.headers.get("idempotency-replayed")) == (paid.json()["id"], "true")
    for _ in range(2):
        other = await recorded_payment(world, contract, seller, buyer, "50.00")
        taken = {"reversed_at": other["received_at"], "bank_reference": f"BACK-{other['id']}", "reason": "示例"}
        await world.api.ok("POST", f"/v1/payments/{other['id']}/reversal", seller, json=taken)
        totals = (await world.api.ok("GET", path, seller))["totals"]
        assert totals["paid"] == "100.00"


async def test_the_release_before_serves_next_to_this_one(
    before: Path, settings: Settings, fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    with served(fresh_url, folder) as new, served(fresh_url, folder, cwd=before) as old:
        async with Api(application(settings, fresh_database, "fresh")) as api:
            world = await World.create(fresh_database, api)
            in_turn = InTurn([new, old])
            own, api.client = api.client, in_turn  # type: ignore[assignment]
            try:
                await play(world)
                in_turn.turn()
                await play(world)
            finally:
                api.client = own
                await in_turn.close()
    environment = os.environ | {"DATABASE_URL": fresh_url, "TECHEX_DATA_DIR": str(folder)}
    verify = [sys.executable, "-m", "app.cli", "audit", "verify", "--state"]
    checked = await asyncio.to_thread(
        subprocess.run, verify, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout.splitlines()[-1:]) == (0, ["the audit chain holds."]), checked.stderr
