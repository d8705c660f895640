"""D8: `techex backup` and `techex restore` do the whole of it, and say in one line what is wrong."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core import keys
from app.core.database import Database
from app.core.history import events
from app.core.settings import Settings
from app.core.storage import open_storage
from app.run.backups import back_up, restore
from app.run.errors import StartError
from app.run.postgres.embedded import EmbeddedPostgres
from tests.run.postgres.test_restore import QUICK, SUBJECT, _feed
from tests.support.databases import CITY, execute

CONTENT = b"%PDF-1.7 content"


async def _append(url: str) -> None:
    database = Database(url, CITY, pool_size=3)
    async with database.transaction() as session:
        events.append(session, "thing.happened", SUBJECT, audience=[], payload={"name": "kept"})
    await database.close()


def test_d8_a_backup_is_restored_whole_or_refused(
    settings: Settings, fresh_url: str, data_dir: Path, tmp_path: Path
) -> None:
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    here = settings.model_copy(update={"database_url": SecretStr(fresh_url)})
    burn = "DO $$BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END$$"
    asyncio.run(execute(fresh_url, burn))
    asyncio.run(_append(fresh_url))
    asyncio.run(open_storage(here).put(sha256, CONTENT))
    held = keys.load(here)
    folder, secret, told = tmp_path / "backup", tmp_path / "secret", list[str]()
    back_up(here, folder, secret, told.append)
    with pytest.raises(StartError, match="is not empty"):
        back_up(here, folder, None, told.append)
    assert json.loads((folder / "manifest.json").read_text())["audit"]["sealed"] == 1
    assert {path.stat().st_mode & 0o077 for path in (folder, secret, secret / "sealing.key")} == {0}
    assert held.sealing_key.hex() not in "".join(told)

    with EmbeddedPostgres(data_dir, QUICK) as server:
        there = settings.model_copy(update={"database_url": SecretStr(server.url()), "data_dir": tmp_path / "there"})
        stored = folder / "documents" / sha256[:2] / sha256[2:]
        stored.write_bytes(CONTENT + b"!")
        with pytest.raises(StartError, match="is not what was backed up; nothing was restored"):
            restore(there, folder, secret, told.append)
        stored.write_bytes(CONTENT)
        restore(there, folder, secret, told.append)
        assert told[-1].startswith("audit chain: 1 ")
        assert asyncio.run(_feed(server.url())) == ["kept"]
        assert keys.load(there) == held
        assert (there.data_dir / "documents" / sha256[:2] / sha256[2:]).read_bytes() == CONTENT
        with pytest.raises(StartError, match="has tables already"):
            restore(there, folder, secret, told.append)
