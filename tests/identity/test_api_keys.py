"""API keys from the outside: shown once, kept as a hash, ended by time or by hand, never more than was held."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.identity.rules import digest_of
from tests.market.listings.factory import move_clock_to
from tests.support.world import Party, World

Json = dict[str, Any]


async def issue(world: World, caller: Party, **body: Any) -> tuple[Json, Party]:
    """A key as answered, and its holder."""
    made = await world.api.ok("POST", "/v1/api-keys", caller, json={"name": "k"} | body)
    id_ = UUID(made["organisation_id"]) if made["organisation_id"] else None
    return made, Party("", id_, UUID(made["person_id"]), made["secret"])


async def _now(world: World) -> datetime:
    return datetime.fromisoformat((await world.api.ok("GET", "/v1/clock"))["server_time"])


async def _keys(world: World) -> int:
    async with world.database.reading() as session:
        return int((await session.execute(text("SELECT count(*) FROM api_keys"))).scalar_one())


async def test_a_secret_is_shown_once_and_only_its_hash_is_stored(world: World) -> None:
    party = await world.enterprise()
    made, key = await issue(world, party, name="仓库同步")
    assert (made["organisation_id"], made["person_id"]) == (str(party.id), str(party.person_id))
    assert made["secret"].startswith(made["prefix"])
    listed = (await world.api.ok("GET", "/v1/api-keys", party))["items"]
    assert made["id"] in {item["id"] for item in listed}
    assert all("secret" not in item for item in listed)
    async with world.database.reading() as session:
        digest = (await session.execute(text("SELECT digest FROM api_keys WHERE id = :i"), {"i": made["id"]})).scalar()
        assert digest == digest_of(key.secret)
        rows = (await session.execute(text("SELECT row_to_json(k)::text FROM api_keys k"))).scalars().all()
        told = (await session.execute(text("SELECT row_to_json(e)::text FROM events e"))).scalars().all()
    assert key.secret not in json.dumps([*rows, *told])
    assert (await world.api.ok("GET", "/v1/me", key))["scopes"] == ["*:*"]


async def test_a_key_ends_at_its_time_by_the_exchange_s_clock(world: World) -> None:
    party = await world.enterprise()
    made, key = await issue(world, party, expires_in_days=7)
    expires = datetime.fromisoformat(made["expires_at"])
    assert timedelta(days=7) - timedelta(minutes=1) < expires - await _now(world) <= timedelta(days=7)
    await move_clock_to(world, expires - timedelta(minutes=1))
    await world.api.ok("GET", "/v1/me", key)
    await move_clock_to(world, expires)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", key)
    await world.api.ok("GET", "/v1/me", party)


async def test_a_revoked_key_stops_and_stays_listed(world: World) -> None:
    party = await world.enterprise()
    made, key = await issue(world, party)
    path = f"/v1/api-keys/{made['id']}"
    await world.api.refused(404, "not_found", "DELETE", path, await world.enterprise())
    await world.api.ok("DELETE", path, key)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", key)
    (listed,) = [
        item for item in (await world.api.ok("GET", "/v1/api-keys", party))["items"] if item["id"] == made["id"]
    ]
    await world.api.ok("DELETE", path, party)
    again = (await world.api.ok("GET", "/v1/api-keys", party))["items"]
    assert listed["revoked_at"] is not None
    assert listed in again, "revoking again changes nothing"


async def test_the_last_use_is_noted_every_five_minutes(fresh_world: World) -> None:
    world = fresh_world
    party = await world.enterprise()
    made, key = await issue(world, party)

    async def noted() -> datetime | None:
        items = (await world.api.ok("GET", "/v1/api-keys", world.auditor))["items"]
        (value,) = [item["last_used_at"] for item in items if item["id"] == made["id"]]
        return datetime.fromisoformat(value) if value else None

    assert await noted() is None
    await world.api.ok("GET", "/v1/me", key)
    first = await noted()
    assert first is not None
    await move_clock_to(world, first + timedelta(minutes=4))
    await world.api.ok("GET", "/v1/me", key)
    assert await noted() == first
    await move_clock_to(world, first + timedelta(minutes=6))
    await world.api.ok("GET", "/v1/me", key)
    later = await noted()
    assert later is not None
    assert later >= first + timedelta(minutes=6)


async def test_a_key_that_only_reads_cannot_write_and_one_that_writes_can_read(world: World) -> None:
    party = await world.enterprise()
    _, reader = await issue(world, party, scopes=["*:read"])
    _, writer = await issue(world, party, scopes=["identity:write"])
    _, elsewhere = await issue(world, party, scopes=["listings:*"])
    body = {"name": "x", "organisation_id": str(party.id), "role": "member"}
    await world.api.ok("GET", "/v1/people", reader)
    problem = await world.api.refused(403, "scope_missing", "POST", "/v1/people", reader, json=body)
    assert "`identity:write`" in problem["remedy"]
    await world.api.ok("GET", "/v1/people", writer)
    await world.api.ok("POST", "/v1/people", writer, json=body)
    await world.api.refused(403, "scope_missing", "GET", "/v1/people", elsewhere)


async def test_a_key_cannot_give_more_than_it_holds(world: World) -> None:
    party = await world.enterprise()
    _, narrow = await issue(world, party, scopes=["identity:write", "listings:read"])
    before = await _keys(world)
    for scopes in (["*:*"], ["listings:write"], ["*:read"], ["identity:*", "results:read"]):
        problem = await world.api.refused(
            403, "scope_exceeded", "POST", "/v1/api-keys", narrow, json={"name": "k", "scopes": scopes}
        )
        assert problem["errors"][0]["field"] == "scopes"
    await world.api.refused(403, "scope_exceeded", "POST", "/v1/api-keys", narrow, json={"name": "by default all"})
    assert await _keys(world) == before
    made, _ = await issue(world, narrow, scopes=["identity:read", "listings:read", "identity:read"])
    assert made["scopes"] == ["identity:read", "listings:read"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"scopes": ["secrets:read"]}, "scope_unknown", "scopes"),
        ({"scopes": ["listings:delete"]}, "scope_unknown", "scopes"),
        ({"scopes": []}, "invalid_input", "scopes"),
        ({"expires_in_days": 0}, "invalid_input", "expires_in_days"),
        ({"expires_in_days": 367}, "invalid_input", "expires_in_days"),
        ({"name": ""}, "invalid_input", "name"),
        ({"secret": "tx_mine"}, "invalid_input", "secret"),
    ],
)
async def test_a_bad_key_is_refused_and_not_written(world: World, change: Json, code: str, field: str) -> None:
    party = await world.enterprise()
    before = await _keys(world)
    body = {"name": "k"} | change
    problem = await world.api.refused(422, code, "POST", "/v1/api-keys", party, json=body)
    assert problem["errors"][0]["field"] == field
    assert await _keys(world) == before


async def test_who_sees_and_ends_whose_keys(world: World) -> None:
    admin, stranger = await world.enterprise(), await world.enterprise()
    member, colleague = await world.colleague(admin), await world.colleague(admin)
    made, key = await issue(world, colleague)

    async def sees(reader: Party) -> bool:
        items = (await world.api.ok("GET", "/v1/api-keys?limit=100", reader))["items"]
        return made["id"] in {item["id"] for item in items}

    readers = (colleague, admin, world.operator, world.auditor)
    assert [await sees(reader) for reader in readers] == [True] * 4
    others = (member, stranger, world.registrar, world.award_officer)
    assert [await sees(reader) for reader in others] == [False] * 4
    # The auditor reads everything and changes nothing.
    for hidden_from in (*others, world.auditor):
        await world.api.refused(404, "not_found", "DELETE", f"/v1/api-keys/{made['id']}", hidden_from)
    elsewhere = await world.same_person(colleague, stranger)
    assert [await sees(elsewhere), await sees(stranger)] == [False, False], "who acts for another sees its keys alone"
    await world.api.ok("GET", "/v1/me", key)
    await world.api.ok("DELETE", f"/v1/api-keys/{made['id']}", admin)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", key)


async def test_the_auditor_ends_the_own_keys(world: World) -> None:
    made, key = await issue(world, world.auditor, scopes=["*:read"])
    await world.api.ok("DELETE", f"/v1/api-keys/{made['id']}", world.auditor)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", key)


async def test_for_whom_a_key_may_be_issued(world: World) -> None:
    admin, other = await world.enterprise(), await world.enterprise()
    member = await world.colleague(admin)

    def body(party: Party) -> Json:
        of = str(party.id) if party.id else None
        return {"name": "k", "person_id": str(party.person_id), "organisation_id": of}

    _, key = await issue(world, admin, **body(member))
    assert (await world.api.ok("GET", "/v1/me", key))["person_id"] == str(member.person_id)
    _, key = await issue(world, world.operator, **body(world.operator))
    assert (await world.api.ok("GET", "/v1/me", key))["person_id"] == str(world.operator.person_id)
    before = await _keys(world)
    foreign = [(world.operator, party) for party in (admin, member, other, world.registrar)]
    foreign += [(admin, other), (member, admin), (admin, world.operator), (world.registrar, world.operator)]
    for caller, target in foreign:
        await world.api.refused(404, "not_found", "POST", "/v1/api-keys", caller, json=body(target))
    # A person acts only where they have a role, whoever asks.
    astray = body(member) | {"organisation_id": str(other.id)}
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", admin, json=astray)
    # An organisation alone is not passed over: it says in which capacity the caller wants the key.
    alone = {"name": "k", "organisation_id": str(other.id)}
    for caller in (admin, world.operator):
        await world.api.refused(404, "not_found", "POST", "/v1/api-keys", caller, json=alone)
    assert await _keys(world) == before


async def test_a_retry_makes_no_second_key_and_shows_no_secret_again(world: World) -> None:
    party = await world.enterprise()
    sent = {"json": {"name": "k"}, "headers": {"Idempotency-Key": "once"}}
    first = await world.api.ok("POST", "/v1/api-keys", party, **sent)
    before = await _keys(world)
    await world.api.refused(409, "secret_shown_once", "POST", "/v1/api-keys", party, **sent)
    assert await _keys(world) == before
    assert datetime.fromisoformat(first["expires_at"]) > datetime.now(UTC)
