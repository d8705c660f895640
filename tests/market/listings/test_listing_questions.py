"""Questions about listings, and documents attached to them."""

import pytest

from app.identity.kinds import Verification
from tests.market.listings.factory import draft_listing, published_listing
from tests.office.documents.factory import uploaded
from tests.support.world import World

QUESTION = {"question": "是否已完成中试?"}
ANSWER = {"answer": "已完成。"}


async def test_a_question_becomes_public_with_its_answer_and_without_its_asker(world: World) -> None:
    seller, asker, other = await world.institution(), await world.enterprise(), await world.enterprise()
    listing = await published_listing(world, seller)
    path = f"/v1/listings/{listing['id']}/questions"
    asked = await world.api.ok("POST", path, asker, json=QUESTION)
    assert asked["asker_id"] == str(asker.id)

    async def seen_by(caller: object) -> list[dict[str, object]]:
        return (await world.api.ok("GET", path, caller))["items"]  # type: ignore[arg-type, no-any-return]

    assert await seen_by(None) == []
    assert await seen_by(other) == []
    assert [item["asker_id"] for item in await seen_by(asker)] == [str(asker.id)]
    assert [item["asker_id"] for item in await seen_by(seller)] == [None]
    assert [item["asker_id"] for item in await seen_by(world.operator)] == [str(asker.id)]

    answer = f"/v1/questions/{asked['id']}/answer"
    await world.api.refused(404, "not_found", "POST", answer, other, json=ANSWER)
    await world.api.refused(403, "forbidden", "POST", answer, world.operator, json=ANSWER)
    answered = await world.api.ok("POST", answer, seller, json=ANSWER)
    assert (answered["answer"], answered["asker_id"]) == ("已完成。", None)
    public = (await seen_by(None))[0]
    assert (public["question"], public["answer"], public["asker_id"]) == ("是否已完成中试?", "已完成。", None)
    await world.api.refused(409, "question_answered", "POST", answer, seller, json=ANSWER)


async def test_who_may_not_ask(world: World) -> None:
    seller, agency = await world.institution(), await world.agency()
    listing = await published_listing(world, seller, agency_id=str(agency.id))
    path = f"/v1/listings/{listing['id']}/questions"
    pending = await world.enterprise(verification=Verification.PENDING)
    await world.api.refused(409, "own_listing", "POST", path, seller, json=QUESTION)
    await world.api.refused(409, "own_listing", "POST", path, agency, json=QUESTION)
    await world.api.refused(409, "organisation_not_verified", "POST", path, pending, json=QUESTION)
    await world.api.refused(401, "unauthenticated", "POST", path, json=QUESTION)
    await world.api.refused(403, "forbidden", "POST", path, world.operator, json=QUESTION)
    await world.api.ok("POST", f"/v1/listings/{listing['id']}/suspension", seller, json={"reason": "示例"})
    enterprise = await world.enterprise()
    problem = await world.api.refused(409, "listing_not_open", "POST", path, enterprise, json=QUESTION)
    assert problem["listing_status"] == "suspended"
    assert (await world.api.ok("GET", path, seller))["items"] == []


@pytest.mark.parametrize("text", ["", " ", "x" * 2001, "a\x00b"])
async def test_a_question_is_plain_text_of_a_length(world: World, text: str) -> None:
    listing = await published_listing(world, await world.institution())
    path = f"/v1/listings/{listing['id']}/questions"
    problem = await world.api.refused(
        422, "invalid_input", "POST", path, await world.enterprise(), json={"question": text}
    )
    assert problem["errors"][0]["field"] == "question"


async def test_public_documents_are_sealed_and_private_ones_are_not_shown(world: World) -> None:
    seller, stranger = await world.institution(), await world.enterprise()
    draft = await draft_listing(world, seller)
    path = f"/v1/listings/{draft['id']}"
    public = await uploaded(world, seller, filename="公开.pdf")
    private = await uploaded(world, seller, filename="内部.pdf")
    for document, visibility in ((public, "public"), (private, "parties")):
        body = {"document_id": document["id"], "title": document["filename"], "visibility": visibility}
        await world.api.ok("POST", f"{path}/documents", seller, json=body)
    await world.api.ok("POST", f"{path}/submission", seller)
    await world.api.ok("POST", f"{path}/publication", world.operator)
    sealed = (await world.api.ok("GET", path))["published"]["documents"]
    assert [(item["document_id"], item["sha256"]) for item in sealed] == [(public["id"], public["sha256"])]

    async def titles(caller: object) -> list[str]:
        return [item["title"] for item in (await world.api.ok("GET", f"{path}/documents", caller))["items"]]  # type: ignore[arg-type]

    assert await titles(None) == ["公开.pdf"]
    assert await titles(stranger) == ["公开.pdf"]
    assert await titles(seller) == ["公开.pdf", "内部.pdf"]
    assert await titles(world.operator) == ["公开.pdf", "内部.pdf"]
    await world.api.ok("GET", f"/v1/documents/{public['id']}")
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{private['id']}", stranger)

    late = await uploaded(world, seller, filename="补充.pdf")
    body = {"document_id": late["id"], "title": "补充", "visibility": "public"}
    await world.api.refused(409, "listing_not_editable", "POST", f"{path}/documents", seller, json=body)
    await world.api.ok("POST", f"{path}/documents", seller, json=body | {"visibility": "parties"})
    await world.api.refused(404, "not_found", "POST", f"{path}/documents", stranger, json=body)


async def test_a_draft_keeps_its_documents_to_itself(world: World) -> None:
    seller, stranger = await world.institution(), await world.enterprise()
    draft = await draft_listing(world, seller)
    document = await uploaded(world, seller)
    body = {"document_id": document["id"], "title": "示例", "visibility": "public"}
    await world.api.ok("POST", f"/v1/listings/{draft['id']}/documents", seller, json=body)
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{document['id']}", stranger)
    await world.api.refused(404, "not_found", "GET", f"/v1/documents/{document['id']}")
