"""The documentation as a reader gets it: from the program alone, under a strict policy."""

import json
import re

import pytest
from fastapi import FastAPI

from app.core.settings import Environment
from app.system.docs.pages import EXPORTED
from tests.support.world import World


async def test_b3_the_page_needs_nothing_but_the_program_and_runs_no_script_of_others(world: World) -> None:
    page = await world.api.get("/docs")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert re.findall(r"<script(?! src=\"docs/[\w.-]+\"></script>)", page.text) == []
    named = re.findall(r"(?:src|href)=\"(docs/[^\"]+)\"", page.text)
    assert len(named) == 3
    for name in named:
        asset = await world.api.get(f"/{name}")
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(("text/javascript", "text/css")), name
        assert asset.headers["x-content-type-options"] == "nosniff"
    await world.api.refused(404, "not_found", "GET", "/docs/LICENSE")


async def test_b3_the_document_is_served_as_exported_and_production_has_no_sandbox(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = json.loads(EXPORTED.read_bytes())
    assert await world.api.ok("GET", "/openapi.json") == exported
    context = app.state.context
    production = context.settings.model_copy(update={"environment": Environment.PRODUCTION})
    monkeypatch.setattr(context, "settings", production)
    served = await world.api.ok("GET", "/openapi.json")
    assert {path for path in exported["paths"] if path not in served["paths"]} == {"/v1/sandbox/clock"}
    assert "sandbox" not in {tag["name"] for tag in served["tags"]}
