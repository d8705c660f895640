"""The system's own routes: clock, problems, audit head, health, metrics, request ids."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from app.core.clock import ClockMovedError, move_clock
from app.core.database import Database
from app.core.history import audit
from app.core.problems import REGISTRY
from app.core.settings import Environment, Settings
from app.main import create_app, open_context
from app.pricing.auction.proof.receipts import Signer
from app.system import health
from tests.support.api import Api
from tests.support.databases import CITY
from tests.support.world import World


async def _now(world: World) -> datetime:
    return datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])


def _production(tmp_path: Path, url: str) -> Settings:
    return Settings(
        environment=Environment.PRODUCTION, data_dir=tmp_path, log_level="ERROR", database_url=SecretStr(url)
    )


async def test_the_sandbox_clock_moves_forward_only(world: World) -> None:
    party = await world.enterprise()
    now = await _now(world)
    to = now + timedelta(days=40)
    moved = await world.api.ok("POST", "/v1/sandbox/clock", party, json={"to": to.isoformat()})
    assert to <= datetime.fromisoformat(moved["server_time"]) < to + timedelta(minutes=1)
    for back in (now, to - timedelta(seconds=1)):
        problem = await world.api.refused(
            422, "clock_backward", "POST", "/v1/sandbox/clock", party, json={"to": back.isoformat()}
        )
        assert problem["errors"][0]["field"] == "to"
        assert to.date().isoformat() in problem["remedy"]
    assert to <= await _now(world) < to + timedelta(minutes=1)
    await world.api.ok("POST", "/v1/sandbox/clock", party, json={"to": (to + timedelta(days=1)).isoformat()})
    assert await _now(world) >= to + timedelta(days=1)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("2050-01-01T00:00:00", "no_offset"),
        ("2199-12-31T23:59:59Z", "clock_too_far"),
        ("2101-01-01T00:00:00+08:00", "clock_too_far"),
        ("tomorrow", "not_a_time"),
        (None, "not_a_time"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_and_the_clock_stays(world: World, to: Any, code: str) -> None:
    before = await _now(world)
    problem = await world.api.refused(
        422, "invalid_input", "POST", "/v1/sandbox/clock", world.operator, json={"to": to},
        headers={"Accept-Language": "zh"},
    )  # fmt: skip
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("to", code)]
    assert await _now(world) - before < timedelta(minutes=1)
    await world.api.refused(401, "unauthenticated", "POST", "/v1/sandbox/clock", json={"to": "2050-01-01T00:00:00Z"})


async def test_production_has_no_such_route(tmp_path: Path, database: Database, world: World) -> None:
    settings = Settings(environment=Environment.PRODUCTION, data_dir=tmp_path, log_level="ERROR")
    app = create_app(settings, database)
    app.state.context = open_context(settings, database)
    before = await _now(world)
    async with Api(app) as api:
        body = {"to": (before + timedelta(days=1)).isoformat()}
        await api.refused(404, "not_found", "POST", "/v1/sandbox/clock", world.operator, json=body)
        assert (await api.get("/v1/clock")).status_code == 200
    assert await _now(world) - before < timedelta(minutes=1)


async def test_production_does_not_serve_from_a_moved_clock(
    tmp_path: Path, fresh_url: str, fresh_database: Database
) -> None:
    settings = _production(tmp_path, fresh_url)
    app = create_app(settings)
    async with app.router.lifespan_context(app), Api(app) as api:
        assert (await api.get("/readyz")).status_code == 200
    async with fresh_database.transaction() as session:
        await move_clock(session, datetime.fromisoformat("2090-01-01T00:00:00+08:00"))
    refused = create_app(settings)
    with pytest.raises(ClockMovedError, match="moved in a sandbox"):
        async with refused.router.lifespan_context(refused):
            pytest.fail("served")
    sandbox = create_app(settings.model_copy(update={"environment": Environment.SANDBOX}))
    async with sandbox.router.lifespan_context(sandbox), Api(sandbox) as api:
        assert (await api.ok("GET", "/v1/clock"))["server_time"].startswith("20")


async def test_each_key_that_signs_is_made_known_from_the_start_of_the_first_process(
    tmp_path: Path, fresh_url: str, fresh_database: Database
) -> None:
    known = []
    for seed in ("11" * 32, "22" * 32, "22" * 32):
        settings = _production(tmp_path, fresh_url).model_copy(
            update={"signing_key": SecretStr(seed), "sealing_key": SecretStr("33" * 32)}
        )
        app = create_app(settings)
        async with app.router.lifespan_context(app), Api(app) as api:
            known = [row["public_key"] for row in (await api.ok("GET", "/v1/exchange-keys"))["items"]]
    assert known == [Signer(bytes([byte]) * 32).public_key.hex() for byte in (0x11, 0x22)]


async def test_the_audit_head_grows_with_what_is_sealed(fresh_world: World) -> None:
    world = fresh_world
    path = "/v1/audit/head"
    assert await world.api.ok("GET", path, world.auditor) == {"sealed": 0, "hash": "0" * 64}
    await audit.seal_all(world.database)
    first = await world.api.ok("GET", path, world.auditor)
    assert first["sealed"] == 4 * len(world.staff)  # a key for each, and the records of person, appointment and key
    assert re.fullmatch("[0-9a-f]{64}", first["hash"])
    await world.enterprise()
    await audit.seal_all(world.database)
    second = await world.api.ok("GET", path, world.operator)
    assert second["sealed"] > first["sealed"]
    assert second["hash"] != first["hash"]
    async with world.database.reading() as session:
        assert (await audit.check_chain(session, first["hash"])).ok
    for caller in (world.registrar, await world.enterprise()):
        await world.api.refused(403, "forbidden", "GET", path, caller)


@pytest.mark.parametrize("code", ["clock_backward", "award_year_not_over", "uscc_invalid", "not_found"])
async def test_a_problem_is_explained_in_both_languages(api: Api, code: str) -> None:
    english = await api.ok("GET", f"/problems/{code}")
    chinese = await api.ok("GET", f"/problems/{code}", headers={"Accept-Language": "zh-CN,en;q=0.5"})
    kind = REGISTRY[code]
    assert (english["code"], english["status"], english["title"]) == (code, kind.status, kind.title.en)
    assert (chinese["code"], chinese["status"], chinese["title"]) == (code, kind.status, kind.title.zh)


async def test_every_problem_can_be_explained(api: Api) -> None:
    for code, kind in REGISTRY.items():
        for language in ("en", "zh"):
            shown = await api.ok("GET", f"/problems/{code}", headers={"Accept-Language": language})
            assert shown["title"] == (kind.title.zh if language == "zh" else kind.title.en)
            assert (shown["remedy"] is None) == (kind.remedy is None)
    await api.refused(404, "not_found", "GET", "/problems/no_such_code")


async def test_a_refusal_comes_in_the_caller_s_language_and_names_its_page(api: Api) -> None:
    for language, title in (("zh", "需要密钥"), ("en", "API key needed")):
        response = await api.get("/v1/me", headers={"Accept-Language": language})
        body = response.json()
        assert (body["title"], response.headers["content-language"]) == (title, language)
        assert (await api.get(body["type"])).json()["code"] == body["code"]


async def test_ready_while_the_database_answers(app: FastAPI, api: Api) -> None:
    assert await api.ok("GET", "/healthz") == {"status": "ok"}
    assert await api.ok("GET", "/readyz") == {"status": "ok"}


@pytest.fixture
async def away() -> AsyncIterator[Database]:
    """A database at a port that is taken and does not listen."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        database = Database(f"postgresql://nobody@127.0.0.1:{held.getsockname()[1]}/none", CITY)
        yield database
        await database.close()


async def test_not_ready_while_the_database_is_away(settings: Settings, away: Database) -> None:
    app = create_app(settings, away)
    app.state.context = open_context(settings, away)
    async with Api(app) as api:
        response = await api.get("/readyz")
        assert (response.status_code, response.json()) == (503, {"status": "database unreachable"})
        assert await api.ok("GET", "/healthz") == {"status": "ok"}
        for path in ("/v1/organisations", "/v1/clock", "/v1/events"):
            problem = await api.refused(503, "temporarily_unavailable", "GET", path)
            assert "Retry" in problem["remedy"]
        response = await api.post("/v1/organisations", json={}, headers={"Authorization": "Bearer tx_x"})
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")


async def test_not_ready_while_the_database_does_not_answer(
    app: FastAPI, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(health, "READY_SECONDS", 0.01)
    monkeypatch.setattr(app.state.context.database, "ping", silence)
    assert (await api.get("/readyz")).status_code == 503


async def test_requests_are_counted_by_route_and_status(api: Api) -> None:
    async def count(route: str, status: int) -> float:
        labels = rf'method="GET",route="(?:/v1)?{re.escape(route)}",status="{status}"'
        name = rf"^techex_http_requests_total\{{{labels}\}} (\S+)$"
        found = re.search(name, (await api.get("/metrics")).text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0

    route = "/organisations/{organisation_id}"
    before = await count(route, 404), await count("unmatched", 404)
    for number in range(3):
        await api.get(f"/v1/organisations/00000000-0000-7000-8000-00000000000{number}")
    await api.get("/no/such/place")
    assert (await count(route, 404), await count("unmatched", 404)) == (before[0] + 3, before[1] + 1)
    response = await api.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    assert "techex_http_request_seconds_bucket" in response.text


async def test_every_answer_carries_a_request_id(api: Api) -> None:
    one, two = await api.get("/healthz"), await api.get("/no/such/place")
    assert one.headers["x-request-id"] != two.headers["x-request-id"]
    sent = await api.get("/healthz", headers={"X-Request-Id": "integrator-000001"})
    assert sent.headers["x-request-id"] == "integrator-000001"
    for bad in ("short", "with space in it", "x" * 65, "<script>alert(1)</script>"):
        answered = await api.get("/healthz", headers={"X-Request-Id": bad})
        assert answered.headers["x-request-id"] != bad
