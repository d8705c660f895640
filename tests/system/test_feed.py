"""The event feed from the outside: every event once, only one's own, and a cursor that moves."""

from datetime import datetime
from typing import Any

import pytest

from app.core.database import Session
from app.core.history import events
from app.core.web.pages import encode_cursor
from app.system import queries
from tests.support.api import Caller
from tests.support.world import World

Json = dict[str, Any]


async def _joined(world: World, caller: Caller, organisation_id: object, count: int = 1) -> None:
    """People who join an organisation: events for its eyes only."""
    for _ in range(count):
        body = {"name": "示例人员", "organisation_id": str(organisation_id), "role": "member"}
        await world.api.ok("POST", "/v1/people", caller, json=body)


async def _page(world: World, caller: Caller | None, **query: Any) -> Json:
    page: Json = await world.api.ok("GET", "/v1/events", caller, params=query)
    return page


async def _all(world: World, caller: Caller | None, cursor: str | None = None, **query: Any) -> tuple[list[Json], str]:
    """Every event after the cursor, and the last cursor."""
    seen: list[Json] = []
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = await _page(world, caller, **query, **more)
        seen += page["items"]
        before, cursor = cursor, str(page["next_cursor"])
        if not page["items"]:
            return seen, cursor
        assert cursor != before, "the feed stands still"


async def test_paging_to_the_end_gives_each_event_once_and_then_what_is_new(fresh_world: World) -> None:
    world = fresh_world
    party = await world.enterprise()
    await _joined(world, party, party.id, 7)
    seen, end = await _all(world, world.auditor, limit=3)
    whole, _ = await _all(world, world.auditor, limit=100)
    assert seen == whole
    assert len({event["id"] for event in seen}) == len(seen) >= 7
    assert [event["occurred_at"] for event in seen] == sorted(event["occurred_at"] for event in seen)
    await _joined(world, party, party.id, 2)
    new, after = await _all(world, world.auditor, cursor=end, limit=3)
    assert [event["type"] for event in new] == ["person.joined"] * 2
    assert after != end
    assert await _all(world, world.auditor, cursor=after) == ([], await _last(world, after))


async def _last(world: World, cursor: str) -> str:
    return str((await _page(world, world.auditor, cursor=cursor))["next_cursor"])


async def test_the_cursor_moves_past_what_the_caller_may_not_see(fresh_world: World) -> None:
    world = fresh_world
    party, stranger = await world.enterprise(), await world.enterprise()
    first = await _page(world, stranger, type="person.joined")
    assert first["items"] == []
    await _joined(world, party, party.id, 3)
    second = await _page(world, stranger, type="person.joined", cursor=first["next_cursor"])
    assert second["items"] == []
    assert second["next_cursor"] != first["next_cursor"]
    await _joined(world, stranger, stranger.id)
    third = await _page(world, stranger, type="person.joined", cursor=second["next_cursor"])
    assert len(third["items"]) == 1
    again = await _page(world, stranger, type="person.joined", cursor=third["next_cursor"])
    assert again["items"] == []


async def test_a_full_page_ends_at_its_last_event(fresh_world: World) -> None:
    """Between pages others write: nothing may fall between them, and nothing come twice."""
    world = fresh_world
    party = await world.enterprise()
    await _joined(world, party, party.id, 4)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(6):
        more = {"cursor": cursor} if cursor else {}
        page = await _page(world, party, limit=2, type="person.joined", **more)
        seen += [event["id"] for event in page["items"]]
        cursor = page["next_cursor"]
        await _joined(world, party, party.id)
    rest, _ = await _all(world, party, cursor=cursor, type="person.joined")
    seen += [event["id"] for event in rest]
    assert len(seen) == len(set(seen)) == 10


async def test_an_event_being_written_is_delivered_after_its_commit(fresh_world: World) -> None:
    """The cursor must not pass by a transaction that is still open."""
    world = fresh_world
    party = await world.enterprise()
    async with world.database.transaction() as slow:
        events.append(slow, "thing.slow", ("thing", party.organisation_id), audience=[events.PUBLIC])
        await slow.flush()
        await _joined(world, party, party.id)
        before = await _page(world, party, type=["thing.slow", "person.joined"])
        assert before["items"] == []
    after, _ = await _all(world, party, cursor=before["next_cursor"], type=["thing.slow", "person.joined"])
    assert [event["type"] for event in after] == ["thing.slow", "person.joined"]


async def test_private_events_are_for_those_they_name(fresh_world: World) -> None:
    world = fresh_world
    party, stranger = await world.enterprise(), await world.enterprise()
    await _joined(world, party, party.id)
    body = {"verification": "verified", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{party.id}/verification", world.operator, json=body)

    async def types(caller: Caller | None) -> set[str]:
        items, _ = await _all(world, caller, limit=100)
        return {event["type"] for event in items if event["subject_id"] in {str(party.id)} or "person" in event["type"]}

    assert await types(None) == {"organisation.verified"}
    assert await types(stranger) == {"organisation.verified"}
    assert await types(world.registrar) == {"organisation.verified"}
    assert await types(party) == await types(world.auditor) == {"organisation.verified", "person.joined"}


async def test_an_event_says_what_happened_and_by_whom_without_naming_a_person(fresh_world: World) -> None:
    world = fresh_world
    party = await world.enterprise()
    body = {"name": "示例张三", "organisation_id": str(party.id), "role": "member"}
    request_id = {"X-Request-Id": "integrator-000001"}
    made = await world.api.ok("POST", "/v1/people", party, json=body, headers=request_id)
    (event,) = (await _page(world, party, type="person.joined"))["items"]
    assert (event["subject_type"], event["subject_id"]) == ("person", made["id"])
    assert (event["actor_organisation_id"], event["request_id"]) == (str(party.id), "integrator-000001")
    assert "示例张三" not in str(event)


async def test_types_are_filtered_and_the_time_of_the_exchange_is_told(fresh_world: World) -> None:
    world = fresh_world
    party = await world.enterprise()
    await _joined(world, party, party.id)
    items, _ = await _all(world, party, type=["person.joined", "api_key.revoked"])
    assert {event["type"] for event in items} == {"person.joined"}
    assert (await _page(world, party, type="no.such"))["items"] == []
    page = await _page(world, None)
    assert page["server_time"] >= items[0]["occurred_at"]


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense", encode_cursor(1), encode_cursor("a", "b"), encode_cursor(1, 2, 3),
        encode_cursor(10**30, 1), encode_cursor(1, 2**63), encode_cursor(-1, 1), encode_cursor("1.5", 1),
    ],
)  # fmt: skip
async def test_a_cursor_that_was_not_issued_is_refused(world: World, cursor: str) -> None:
    problem = await world.api.refused(400, "cursor_invalid", "GET", f"/v1/events?cursor={cursor}")
    assert problem["errors"][0]["field"] == "cursor"


async def test_what_settles_while_a_page_is_read_comes_once(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed may see more than the horizon read before it: the cursor then ends at its last event."""
    world = fresh_world
    party = await world.enterprise()
    await _joined(world, party, party.id, 2)
    read = queries.feed_position

    async def before_they_settled(session: Session) -> tuple[datetime, int]:
        now, _ = await read(session)
        return now, 1

    monkeypatch.setattr(queries, "feed_position", before_they_settled)
    first = await _page(world, party, type="person.joined")
    assert len(first["items"]) == 2
    assert (await _page(world, party, type="person.joined", cursor=first["next_cursor"]))["items"] == []
