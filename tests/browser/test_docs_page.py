"""`/docs` in a headless Chromium without the internet: `make browser`. Elsewhere the browser is not asked for."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.support.served import ROOT, served

CHROMIUM = os.environ.get("WITH_BROWSER") and (shutil.which("chromium") or shutil.which("google-chrome"))
ALONE = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--disable-background-networking")


@pytest.mark.skipif(not os.environ.get("WITH_BROWSER"), reason="`make browser` looks at the page")
def test_b3_the_page_shows_the_story_in_closed_sections_without_an_error(fresh_url: str, tmp_path: Path) -> None:
    """What the policy forbids, a foreign origin or a script in the page, is an error on the console too."""
    assert CHROMIUM, "make browser needs Chromium: install it (on Debian: apt install chromium)"
    with served(fresh_url, tmp_path / "data") as url:
        ran = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}", *ALONE,
             "--enable-logging=stderr", "--virtual-time-budget=30000", "--dump-dom", f"{url}/docs"],
            capture_output=True, text=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
    assert [line for line in ran.stderr.splitlines() if "CONSOLE" in line] == []
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
    assert re.findall(r'id="operations-tag-([\w-]+)"', ran.stdout) == [tag["name"] for tag in document["tags"]]
    assert 'class="opblock ' not in ran.stdout, "the sections are closed"
