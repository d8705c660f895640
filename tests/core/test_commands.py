"""What every command promises: all or nothing, once, and no 2xx before the commit."""

import asyncio
import uuid
from unittest.mock import MagicMock

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text

from app.core.database import Database
from app.core.history import events
from app.core.settings import Settings
from app.core.web import idempotency, middleware
from app.core.web.access import Public
from app.core.web.http import Endpoint, Session
from app.main import create_app, open_context
from tests.support.api import Api
from tests.support.world import World

SUBJECT = ("thing", uuid.UUID(int=7))
PATH = "/v1/appointments"
PERSON = {"name": "示例人员", "role": "registrar"}


async def _people(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(text("SELECT count(*) FROM people"))).scalar_one()


async def test_a_failing_commit_never_answers_2xx(settings: Settings, fresh_database: Database) -> None:
    """The commit itself fails (a deferred constraint); the handler had already returned its answer."""
    async with fresh_database.transaction() as session:
        await session.execute(text("CREATE TABLE parent (id int PRIMARY KEY)"))
        await session.execute(text("CREATE TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"))
    router = APIRouter(route_class=Endpoint)

    @router.post("/v1/late", status_code=201)
    async def late(actor: Public, session: Session) -> dict[str, str]:
        await session.execute(text("INSERT INTO child VALUES (1)"))
        events.append(session, "thing.happened", SUBJECT, audience=[events.PUBLIC])
        return {"status": "written"}

    app = create_app(settings, fresh_database)
    app.state.context = open_context(settings, fresh_database)
    app.include_router(router)
    async with Api(app) as api:
        response = await api.post("/v1/late")
    assert response.status_code == 409
    assert response.json()["code"] == "conflict"
    async with fresh_database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM events"))).scalar_one() == 0
        assert (await session.execute(text("SELECT count(*) FROM idempotency_answers"))).scalar_one() == 0


async def test_a_fault_of_ours_is_a_500_that_leaks_nothing(own_app: FastAPI) -> None:
    router = APIRouter(route_class=Endpoint)

    @router.get("/v1/broken")
    async def broken(actor: Public) -> None:
        raise RuntimeError("secret-detail")

    own_app.include_router(router)
    async with Api(own_app) as api:
        response = await api.get("/v1/broken", headers={"X-Request-Id": "req-12345678"})
    assert response.status_code == 500
    assert "secret-detail" not in response.text
    assert response.headers["x-request-id"] == "req-12345678"
    assert "req-12345678" in response.json()["detail"]


def test_a_route_without_an_access_statement_is_refused() -> None:
    router = APIRouter(route_class=Endpoint)
    with pytest.raises(TypeError, match="does not state who may call it"):

        @router.get("/open")
        async def forgotten() -> None: ...


async def test_a_retry_gets_the_first_answer_and_does_nothing(world: World) -> None:
    headers = {"Idempotency-Key": "retry-1"}
    first = await world.api.post(PATH, world.operator, json=PERSON, headers=headers)
    second = await world.api.post(PATH, world.operator, json=PERSON, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


async def test_a_key_reused_with_another_body_is_refused(world: World) -> None:
    headers = {"Idempotency-Key": "retry-1"}
    await world.api.ok("POST", PATH, world.operator, json=PERSON, headers=headers)
    problem = await world.api.refused(
        422,
        "idempotency_key_reused",
        "POST",
        PATH,
        world.operator,
        json=PERSON | {"name": "another"},
        headers=headers,
    )
    assert problem["errors"][0]["field"] == "Idempotency-Key"


async def test_a_key_belongs_to_its_caller(world: World) -> None:
    headers = {"Idempotency-Key": "shared"}
    first = await world.enterprise()
    second = await world.enterprise()
    body = {"name": "key", "scopes": ["*:read"]}
    one = await world.api.ok("POST", "/v1/api-keys", first, json=body, headers=headers)
    two = await world.api.ok("POST", "/v1/api-keys", second, json=body, headers=headers)
    assert one["id"] != two["id"]


async def test_an_answer_is_kept_for_thirty_days(database: Database) -> None:
    kept = {29: True, 30: False, 31: False}
    for days in kept:
        async with database.transaction() as session:
            await idempotency.claim(session, uuid.UUID(int=days), "k", b"-")
            old = text("UPDATE idempotency_answers SET created_at = techex_now() - make_interval(days => :days) "
                       "WHERE principal_id = :who")  # fmt: skip
            await session.execute(old, {"days": days, "who": uuid.UUID(int=days)})
    async with database.transaction() as session:
        await idempotency.purge(session)
        left = (await session.execute(text("SELECT principal_id FROM idempotency_answers"))).scalars().all()
    assert set(left) == {uuid.UUID(int=days) for days, stays in kept.items() if stays}


async def test_a_refusal_does_not_use_up_the_key(world: World) -> None:
    headers = {"Idempotency-Key": "retry-2"}
    wrong = PERSON | {"role": "broker"}
    await world.api.refused(422, "invalid_input", "POST", PATH, world.operator, json=wrong, headers=headers)
    await world.api.ok("POST", PATH, world.operator, json=PERSON, headers=headers)


async def test_twenty_retries_at_once_do_the_work_once(fresh_world: World, fresh_database: Database) -> None:
    before = await _people(fresh_database)
    headers = {"Idempotency-Key": "storm"}
    answers = await asyncio.gather(
        *(fresh_world.api.post(PATH, fresh_world.operator, json=PERSON, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert await _people(fresh_database) == before + 1


@pytest.mark.parametrize("key", ["", "x" * 129, "tab\there"])
async def test_a_malformed_key_is_refused(world: World, key: str) -> None:
    headers = {"Idempotency-Key": key}
    await world.api.refused(400, "idempotency_key_invalid", "POST", PATH, world.operator, json=PERSON, headers=headers)


async def test_a_secret_is_never_kept_for_retries(world: World, database: Database) -> None:
    headers = {"Idempotency-Key": "secret"}
    body = {"name": "key", "scopes": ["*:read"]}
    made = await world.api.ok("POST", "/v1/api-keys", world.operator, json=body, headers=headers)
    await world.api.refused(
        409, "secret_shown_once", "POST", "/v1/api-keys", world.operator, json=body, headers=headers
    )
    async with database.reading() as session:
        kept = (
            await session.execute(text("SELECT string_agg(encode(body, 'escape'), '') FROM idempotency_answers"))
        ).scalar()
    assert made["secret"] not in kept


async def test_a_fault_is_logged_without_the_values_it_was_given(
    own_app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database quotes the row in its message; the log has the place, not the message."""
    router = APIRouter(route_class=Endpoint)

    @router.post("/v1/faulty")
    async def faulty(actor: Public, session: Session) -> None:
        await session.execute(text("INSERT INTO people (id, name) VALUES (NULL, '张三丰')"))

    own_app.include_router(router)
    log = MagicMock()
    monkeypatch.setattr(middleware, "log", log)
    async with Api(own_app) as api:
        assert (await api.post("/v1/faulty")).status_code == 500
    logged = str(log.mock_calls)
    assert "张三丰" not in logged
    assert "faulty" in logged
