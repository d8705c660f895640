"""Documents from the outside: uploading, reading, attaching."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from app.core.access import Actor
from app.core.database import Session
from app.core.problems import Problem
from app.core.settings import Settings
from app.office.documents import access, queries, service
from app.office.documents.kinds import Visibility
from tests.office.documents.factory import PDF, uploaded
from tests.support.world import Party, World

LARGE = PDF + bytes(3 * 2**20)


async def send(world: World, party: Party | None, content: Any = PDF, **changes: str) -> Any:
    headers = {"Content-Type": changes.get("media_type", "application/pdf")}
    headers |= {"Idempotency-Key": changes["key"]} if "key" in changes else {}
    params = {"filename": changes.get("filename", "a.pdf")}
    return await world.api.post("/v1/documents", party, params=params, content=content, headers=headers)


async def refused(world: World, party: Party | None, status: int, code: str, **sent: Any) -> dict[str, Any]:
    response = await send(world, party, **sent)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    body: dict[str, Any] = response.json()
    return body


def stored(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "documents").rglob("*") if path.is_file()]


async def test_a_document_comes_back_as_it_was_sent(world: World) -> None:
    party = await world.university()
    made = await uploaded(world, party)
    assert made["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert made["size"] == len(PDF)
    assert made == await world.api.ok("GET", f"/v1/documents/{made['id']}", party)
    answer = await world.api.get(f"/v1/documents/{made['id']}/content", party)
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["etag"] == f'"{made["sha256"]}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename=\"__.pdf\"; filename*=UTF-8''")
    assert unquote(disposition.partition("''")[2]) == "示例.pdf"
    again = await world.api.get(
        f"/v1/documents/{made['id']}/content", party, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


async def test_a_large_document_streams_through(world: World) -> None:
    party = await world.university()

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(LARGE), 50_000):
            yield LARGE[start : start + 50_000]

    response = await send(world, party, content=chunks())
    assert response.status_code == 201, response.text
    answer = await world.api.get(f"/v1/documents/{response.json()['id']}/content", party)
    assert hashlib.sha256(answer.content).hexdigest() == hashlib.sha256(LARGE).hexdigest()


async def test_the_same_file_is_one_document_of_an_organisation(world: World, settings: Settings) -> None:
    party, other = await world.university(), await world.enterprise()
    first, second = await send(world, party), await send(world, party)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    renamed = await send(world, party, filename="b.pdf")
    foreign = await send(world, other)
    assert len({response.json()["id"] for response in (first, renamed, foreign)}) == 3
    assert len(stored(settings)) == 1


async def test_a_key_replays_its_answer_and_is_not_reused_for_another_file(world: World) -> None:
    party = await world.university()
    first, second = [await send(world, party, key="once") for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotency-replayed"] == "true"
    assert first.headers["location"] == second.headers["location"] == f"/v1/documents/{first.json()['id']}"
    await refused(world, party, 422, "idempotency_key_reused", content=PDF + b"x", key="once")


@pytest.mark.parametrize(
    ("sent", "status", "code", "field"),
    [
        ({"media_type": "text/html"}, 415, "media_type_not_allowed", "Content-Type"),
        ({"content": b"MZ executable"}, 422, "content_not_of_type", "Content-Type"),
        ({"content": b"", "filename": "a.pdf"}, 422, "document_empty", None),
        ({"media_type": "image/png", "filename": "a.png"}, 422, "content_not_of_type", "Content-Type"),
        ({"media_type": "image/jpeg", "filename": "a.jpg"}, 422, "content_not_of_type", "Content-Type"),
        ({"media_type": "application/zip", "filename": "a.zip"}, 422, "content_not_of_type", "Content-Type"),
        (
            {"media_type": "text/plain", "filename": "a.txt", "content": b"a\x00b"},
            422,
            "content_not_of_type",
            "Content-Type",
        ),
        ({"filename": "a.exe"}, 422, "filename_invalid", "filename"),
        ({"filename": "../a.pdf"}, 422, "filename_invalid", "filename"),
        ({"filename": "a\\b.pdf"}, 422, "filename_invalid", "filename"),
        ({"filename": "a\r\nSet-Cookie: b.pdf"}, 422, "filename_invalid", "filename"),
        ({"filename": "fdp.\u202eexe.pdf"}, 422, "filename_invalid", "filename"),
        ({"filename": ".pdf"}, 422, "filename_invalid", "filename"),
        ({"filename": ""}, 422, "filename_invalid", "filename"),
        ({"filename": "示" * 100 + ".pdf"}, 422, "filename_invalid", "filename"),
    ],
)
async def test_a_wrong_upload_is_refused_and_nothing_kept(
    world: World, settings: Settings, sent: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    party = await world.university()
    problem = await refused(world, party, status, code, **sent)
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    assert problem["remedy"]
    assert stored(settings) == []
    assert (await world.api.ok("GET", "/v1/documents", party))["items"] == []


@pytest.mark.parametrize(
    ("media_type", "filename", "content"),
    [
        ("image/png", "a.PNG", b"\x89PNG\r\n\x1a\n..."),
        ("image/jpeg", "a.jpeg", b"\xff\xd8\xff\xe0..."),
        ("text/plain; charset=utf-8", "说明.txt", "说明".encode()),
        ("text/csv", "a.csv", b"a,b\n"),
        ("application/json", "a.json", b"{}"),
        ("application/zip", "a.zip", b"PK\x03\x04..."),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "a.docx", b"PK\x03\x04..."),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a.xlsx", b"PK\x03\x04..."),
    ],
)
async def test_each_allowed_type_is_taken(world: World, media_type: str, filename: str, content: bytes) -> None:
    party = await world.university()
    made = await uploaded(world, party, content, filename, media_type)
    assert made["media_type"] == media_type.partition(";")[0]


class Counted:
    """A body that counts what was read of it."""

    def __init__(self, chunks: int) -> None:
        self.left, self.read = chunks, 0

    def __aiter__(self) -> "Counted":
        return self

    async def __anext__(self) -> bytes:
        if self.left == 0:
            raise StopAsyncIteration
        self.left -= 1
        self.read += 1
        return PDF + bytes(1000)


async def test_who_may_not_upload_is_refused_before_the_body_is_read(world: World) -> None:
    reader = await world.enterprise(scopes=["documents:read"])
    for party, status, code in (
        (None, 401, "unauthenticated"),
        (reader, 403, "scope_missing"),
        (world.auditor, 403, "forbidden"),
    ):
        body = Counted(1000)
        await refused(world, party, status, code, content=body)
        assert body.read == 0
    wrong = await world.api.post("/v1/documents?filename=a.pdf", headers={"Authorization": "Bearer tx_no"})
    assert wrong.status_code == 401


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Larger than the JSON limit, so that the two are seen to differ."""
    return settings.model_copy(update={"document_max_bytes": 4 * 2**20, "body_max_bytes": 2**20})


async def test_a_body_over_the_limit_is_refused_announced_or_not(world: World, settings: Settings) -> None:
    party = await world.university()
    announced = await refused(world, party, 413, "body_too_large", content=LARGE + bytes(2**20))
    assert "4194304" in announced["remedy"]
    body = Counted(10_000)
    await refused(world, party, 413, "body_too_large", content=body)
    assert body.read < 5_000
    assert stored(settings) == []
    whole = PDF + bytes(2**22 - len(PDF))
    await refused(world, party, 413, "body_too_large", content=whole + b"-")
    assert (await send(world, party, content=whole)).status_code == 201


async def test_the_operator_uploads_for_an_organisation(world: World) -> None:
    party = await world.university()
    await refused(world, world.operator, 422, "invalid_input")
    for organisation, status in ((party.organisation_id, 201), (uuid4(), 422)):
        response = await world.api.post(
            "/v1/documents",
            world.operator,
            params={"filename": "a.pdf", "organisation_id": str(organisation)},
            content=PDF,
            headers={"Content-Type": "application/pdf"},
        )
        assert response.status_code == status, response.text
    other = await world.enterprise()
    path = f"/v1/documents?filename=a.pdf&organisation_id={party.id}"
    sent = {"content": PDF, "headers": {"Content-Type": "application/pdf"}}
    await world.api.refused(403, "forbidden", "POST", path, other, **sent)


async def test_a_document_is_hidden_from_others_and_lists_page(world: World) -> None:
    party, stranger = await world.university(), await world.enterprise()
    made = [await uploaded(world, party, filename=f"{n}.pdf") for n in range(3)]
    path = f"/v1/documents/{made[0]['id']}"
    for reader in (world.operator, world.auditor, await world.colleague(party)):
        await world.api.ok("GET", path, reader)
    for outsider in (None, stranger, world.registrar):
        await world.api.refused(404, "not_found", "GET", path, outsider)
        await world.api.refused(404, "not_found", "GET", f"{path}/content", outsider)
    first = await world.api.ok("GET", "/v1/documents?limit=2", party)
    rest = await world.api.ok("GET", f"/v1/documents?limit=2&cursor={first['next_cursor']}", party)
    assert [row["id"] for row in first["items"] + rest["items"]] == [row["id"] for row in made]
    assert (await world.api.ok("GET", "/v1/documents", stranger))["items"] == []


async def test_a_key_without_the_scope_does_not_read_even_its_own(world: World) -> None:
    party = await world.university(scopes=["results:*"])
    made = await world.api.post(
        "/v1/documents",
        world.operator,
        params={"filename": "a.pdf", "organisation_id": str(party.id)},
        content=PDF,
        headers={"Content-Type": "application/pdf"},
    )
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{made.json()['id']}", party)
    await world.api.refused(403, "scope_missing", "GET", "/v1/documents", party)


# Who is a party of a subject here: subject id -> organisation. Subjects not named are hidden.
PARTIES: dict[UUID, UUID] = {}


async def decide(session: Session, actor: Actor | None, subject_id: UUID) -> access.Level:
    if subject_id not in PARTIES:
        return "none"
    return "parties" if actor is not None and actor.organisation_id == PARTIES[subject_id] else "public"


access.READERS.provide("example_subject", decide)


def actor_of(party: Party) -> Actor:
    return Actor(party.person_id, uuid4(), party.organisation_id, frozenset(), frozenset())


async def attach(
    world: World, party: Party, subject_id: UUID, document: dict[str, Any], visibility: Visibility
) -> None:
    async with world.database.transaction() as session:
        await service.attach(
            session,
            actor_of(party),
            subject=("example_subject", subject_id),
            document_id=UUID(document["id"]),
            title="示例附件",
            visibility=visibility,
        )


async def test_an_attached_document_is_read_as_far_as_its_subject_is(world: World) -> None:
    seller, buyer = await world.university(), await world.enterprise()
    open_one = await uploaded(world, seller, filename="open.pdf")
    closed = await uploaded(world, seller, filename="closed.pdf")
    subject = uuid4()
    await attach(world, seller, subject, open_one, Visibility.PUBLIC)
    await attach(world, seller, subject, closed, Visibility.PARTIES)
    paths = [f"/v1/documents/{document['id']}" for document in (open_one, closed)]

    async def statuses(reader: Party | None) -> list[int]:
        return [(await world.api.get(path + tail, reader)).status_code for path in paths for tail in ("", "/content")]

    assert await statuses(buyer) == [404] * 4
    PARTIES[subject] = buyer.organisation_id
    assert await statuses(None) == [200, 200, 404, 404]
    assert await statuses(await world.enterprise()) == [200, 200, 404, 404]
    assert await statuses(buyer) == [200] * 4
    async with world.database.transaction() as session:
        everything = await queries.attachments_of(session, ("example_subject", subject), include_private=True)
        public = await queries.attachments_of(session, ("example_subject", subject), include_private=False)
    assert [row.document.filename for row in everything] == ["open.pdf", "closed.pdf"]
    assert [row.document.filename for row in public] == ["open.pdf"]


async def test_only_own_documents_are_attached_and_only_once(world: World) -> None:
    seller, other = await world.university(), await world.enterprise()
    document, subject = await uploaded(world, seller), uuid4()
    with pytest.raises(Problem) as foreign:
        await attach(world, other, subject, document, Visibility.PUBLIC)
    assert foreign.value.kind.code == "unknown_reference"
    await attach(world, seller, subject, document, Visibility.PUBLIC)
    with pytest.raises(Problem) as twice:
        await attach(world, seller, subject, document, Visibility.PUBLIC)
    assert twice.value.kind.code == "already_attached"


async def test_a_subject_type_that_nobody_provides_for_is_refused(world: World) -> None:
    party = await world.university()
    document = await uploaded(world, party)
    async with world.database.transaction() as session:
        with pytest.raises(ValueError, match="does not say"):
            await service.attach(
                session,
                actor_of(party),
                subject=("nobody", uuid4()),
                document_id=UUID(document["id"]),
                title="x",
                visibility=Visibility.PUBLIC,
            )


@pytest.mark.parametrize("content", [PDF, LARGE])
async def test_a_missing_object_is_said_to_be_damaged(world: World, settings: Settings, content: bytes) -> None:
    party = await world.university()
    made = await uploaded(world, party, content)
    (file,) = stored(settings)
    file.unlink()
    answer = await world.api.get(f"/v1/documents/{made['id']}/content", party)
    assert (answer.status_code, answer.json()["code"]) == (503, "document_damaged")
    await uploaded(world, party, content)
    assert (await world.api.get(f"/v1/documents/{made['id']}/content", party)).content == content


async def test_a_damaged_object_is_not_handed_out_as_whole(world: World, settings: Settings, app: FastAPI) -> None:
    party = await world.university()
    small = await uploaded(world, party)
    (file,) = stored(settings)
    file.write_bytes(PDF.replace(b"EOF", b"FOE"))
    answer = await world.api.get(f"/v1/documents/{small['id']}/content", party)
    assert (answer.status_code, answer.json()["code"]) == (503, "document_damaged")
    file.unlink()

    large = await uploaded(world, party, LARGE)
    (file,) = stored(settings)
    file.write_bytes(LARGE[:-1] + b"x")
    messages = await raw_answer(app, f"/v1/documents/{large['id']}/content", party)
    assert dict(messages[0]["headers"])[b"content-length"] == str(len(LARGE)).encode()
    assert 0 < sum(len(message["body"]) for message in messages[1:]) < len(LARGE)
    assert all(message["more_body"] for message in messages[1:]), "the server must see an answer without an end"


async def raw_answer(app: FastAPI, path: str, party: Party) -> list[dict[str, Any]]:
    """What the application sends to its server, also where it breaks off."""
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send_message(message: Any) -> None:
        messages.append(dict(message))

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": [(b"authorization", f"Bearer {party.secret}".encode())],
        "state": {},
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }
    await app(scope, receive, send_message)
    return messages


async def test_a_subject_has_so_many_documents_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_ATTACHED", 1)
    seller, subject = await world.university(), uuid4()
    await attach(world, seller, subject, await uploaded(world, seller), Visibility.PUBLIC)
    second = await uploaded(world, seller, content=PDF + b"second")
    with pytest.raises(Problem) as full:
        await attach(world, seller, subject, second, Visibility.PUBLIC)
    assert (full.value.kind.code, full.value.as_json("en")["errors"][0]["field"]) == (
        "too_many_attached",
        "document_id",
    )
