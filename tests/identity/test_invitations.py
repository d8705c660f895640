"""C2, C4, C6: nobody holds a key of somebody else, staff takes two people, and keys end with what they came from."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.access import STAFF_ROLES, Role
from app.core.history.events import Event
from app.identity.rules import digest_of, new_secret
from tests.market.listings.factory import move_clock_to
from tests.support.world import Party, World

Json = dict[str, Any]


async def _invite(world: World, inviter: Party, of: Json) -> Json:
    """An invitation by the fingerprint of the person's own secret, which stands in `secret` here."""
    secret = new_secret("ti_")
    body = of | {"fingerprint": digest_of(secret).hex()}
    made: Json = await world.api.ok("POST", "/v1/invitations", inviter, json=body)
    assert made["secret"] is None, "nobody but the person has it"
    return made | {"secret": secret}


async def _redeem(world: World, secret: str, **body: Any) -> Party:
    made = await world.api.ok("POST", "/v1/invitations/redemption", json={"secret": secret, "name": "k"} | body)
    of = made["organisation_id"]
    return Party(made["id"], UUID(of) if of else None, UUID(made["person_id"]), made["secret"])


async def _issue(world: World, caller: Party, **body: Any) -> Json:
    made: Json = await world.api.ok("POST", "/v1/api-keys", caller, json={"name": "k"} | body)
    return made


def _holder(made: Json) -> Party:
    of = made["organisation_id"]
    return Party(made["id"], UUID(of) if of else None, UUID(made["person_id"]), made["secret"])


async def _works(world: World, *keys: Party) -> list[bool]:
    return [(await world.api.get("/v1/me", key)).status_code == 200 for key in keys]


async def _newcomer(world: World) -> tuple[Json, Json]:
    """An organisation that has just been recorded, and its first admin."""
    body = {"name": "示例", "kind": "enterprise", "state_founded": False, "division_code": "420111"}
    body |= {"resident_since": "2020-01-01"}
    organisation = await world.api.ok("POST", "/v1/organisations", world.operator, json=body)
    person = {"name": "示例人员", "organisation_id": organisation["id"], "role": "admin"}
    return organisation, await world.api.ok("POST", "/v1/people", world.operator, json=person)


async def test_c2_the_operator_invites_and_the_person_redeems_once(world: World) -> None:
    organisation, person = await _newcomer(world)
    of = {"person_id": person["id"], "organisation_id": organisation["id"]}
    await world.api.refused(404, "not_found", "POST", "/v1/api-keys", world.operator, json=of | {"name": "k"})
    await world.api.refused(422, "fingerprint_needed", "POST", "/v1/invitations", world.operator, json=of)
    made = await _invite(world, world.operator, of)
    assert (made["status"], made["confirmed_by"]) == ("open", None)
    await world.api.refused(401, "unauthenticated", "GET", "/v1/me", Party("", None, UUID(int=1), made["secret"]))
    key = await _redeem(world, made["secret"])
    assert (await world.api.ok("GET", "/v1/me", key))["roles"] == ["admin"]
    again = {"secret": made["secret"], "name": "k"}
    await world.api.refused(404, "not_found", "POST", "/v1/invitations/redemption", json=again)
    (listed,) = (await world.api.ok("GET", "/v1/invitations", key))["items"]
    assert (listed["status"], "secret" in listed) == ("redeemed", False)
    await world.api.refused(409, "invitation_redeemed", "DELETE", f"/v1/invitations/{made['id']}", world.operator)
    (shown,) = (await world.api.ok("GET", "/v1/api-keys", key))["items"]
    assert (shown["issued_by"], shown["invitation_id"], shown["parent_id"]) == (person["id"], made["id"], None)
    finding = {"verification": "verified", "reason": "示例"}
    await world.api.ok("POST", f"/v1/organisations/{organisation['id']}/verification", world.operator, json=finding)
    # From now on the admin lets people in, and the operator only with a second one.
    member = {"name": "示例人员", "organisation_id": organisation["id"], "role": "member"}
    for role in ("member", "admin"):
        await world.api.refused(
            409, "admin_adds_people", "POST", "/v1/people", world.operator, json=member | {"role": role}
        )
    joined = await world.api.ok("POST", "/v1/people", key, json=member)
    of_member = of | {"person_id": joined["id"]}
    await world.api.refused(409, "admin_invites_people", "POST", "/v1/invitations", world.operator, json=of_member)
    theirs = await _redeem(world, (await world.api.ok("POST", "/v1/invitations", key, json=of_member))["secret"])
    assert (await world.api.ok("GET", "/v1/me", theirs))["roles"] == ["member"]


async def test_c2_a_second_operator_confirms_where_there_were_keys_before(world: World) -> None:
    admin, second = await world.enterprise(), await world.second_operator()
    for capacity in ({"organisation_id": str(admin.id)}, {}):
        person = admin if capacity else world.registrar
        of = {"person_id": str(person.person_id)} | capacity
        asked = await _invite(world, world.operator, of)
        assert asked["status"] == "asked"
        early = {"secret": asked["secret"], "name": "k"}
        await world.api.refused(404, "not_found", "POST", "/v1/invitations/redemption", json=early)
        path = f"/v1/invitations/{asked['id']}/confirmation"
        await world.api.refused(409, "second_person_needed", "POST", path, world.operator)
        assert (await world.api.ok("POST", path, second))["secret"] is None
        await world.api.refused(409, "nothing_to_confirm", "POST", path, second)
        key = await _redeem(world, asked["secret"])
        assert key.person_id == person.person_id
    of_admin = {"person_id": str(admin.person_id), "organisation_id": str(admin.id)}
    alone = await world.api.ok("POST", "/v1/invitations", admin, json=of_admin)
    assert alone["status"] == "open", "an admin needs nobody"


async def test_c2_an_invitation_ends_by_time_by_hand_and_with_its_person(world: World) -> None:
    admin = await world.enterprise()
    leaver, member = await world.colleague(admin), await world.colleague(admin)

    async def invited(person: Party) -> Json:
        body = {"person_id": str(person.person_id), "organisation_id": str(admin.id)}
        made: Json = await world.api.ok("POST", "/v1/invitations", admin, json=body)
        return made

    gone, revoked, late = await invited(leaver), await invited(member), await invited(member)
    await world.api.ok("DELETE", f"/v1/organisations/{admin.id}/people/{leaver.person_id}", admin)
    stranger = await world.enterprise()
    await world.api.refused(404, "not_found", "DELETE", f"/v1/invitations/{revoked['id']}", stranger)
    await world.api.ok("DELETE", f"/v1/invitations/{revoked['id']}", admin)
    for made in (gone, revoked):
        body = {"secret": made["secret"], "name": "k"}
        await world.api.refused(404, "not_found", "POST", "/v1/invitations/redemption", json=body)
    ends = datetime.fromisoformat(late["expires_at"])
    await move_clock_to(world, ends)
    body = {"secret": late["secret"], "name": "k"}
    await world.api.refused(404, "not_found", "POST", "/v1/invitations/redemption", json=body)
    listed = {row["id"]: row["status"] for row in (await world.api.ok("GET", "/v1/invitations", admin))["items"]}
    assert (listed[revoked["id"]], listed[late["id"]]) == ("revoked", "expired")


async def test_c2_a_secret_of_ones_own_is_not_guessed_from_its_fingerprint(world: World) -> None:
    organisation, person = await _newcomer(world)
    weak = "a short secret"
    of = {"person_id": person["id"], "organisation_id": organisation["id"]}
    body = of | {"fingerprint": digest_of(weak).hex()}
    made = await world.api.ok("POST", "/v1/invitations", world.operator, json=body)
    redemption = {"secret": weak, "name": "k"}
    await world.api.refused(422, "secret_too_short", "POST", "/v1/invitations/redemption", json=redemption)
    for wrong in ("", "ab", "G" * 64, made["id"]):
        wrong_body = of | {"fingerprint": wrong}
        await world.api.refused(422, "invalid_input", "POST", "/v1/invitations", world.operator, json=wrong_body)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
async def test_c2_two_operators_appoint_and_c6_one_ends_it(world: World, role: Role) -> None:
    second = await world.second_operator()
    asked = await world.api.ok("POST", "/v1/appointments", world.operator, json={"name": "示例", "role": role})
    of = {"person_id": asked["person_id"]}
    await world.api.refused(404, "not_found", "POST", "/v1/invitations", world.operator, json=of)
    path = f"/v1/appointments/{asked['id']}"
    await world.api.refused(409, "second_person_needed", "POST", f"{path}/confirmation", world.operator)
    confirmed = await world.api.ok("POST", f"{path}/confirmation", second)
    assert (confirmed["status"], confirmed["confirmed_by"]) == ("in_force", str(second.person_id))
    await world.api.refused(409, "nothing_to_confirm", "POST", f"{path}/confirmation", second)
    again = of | {"role": role}
    await world.api.refused(409, "already_appointed", "POST", "/v1/appointments", world.operator, json=again)
    key = await _redeem(world, (await _invite(world, second, of))["secret"])
    assert (await world.api.ok("GET", "/v1/me", key))["roles"] == [role]
    ended = await world.api.ok("POST", f"{path}/end", world.operator, json={"reason": "retired"})
    assert ended["status"] == "ended"
    assert await _works(world, key) == [False]
    # Appointed again, the person makes a new key; the old one stays dead.
    anew = await world.api.ok("POST", "/v1/appointments", world.operator, json=again)
    await world.api.ok("POST", f"/v1/appointments/{anew['id']}/confirmation", second)
    assert await _works(world, key) == [False]
    async with world.database.reading() as session:
        told = select(Event.payload).where(Event.type == "appointment.ended", Event.subject_id == key.person_id)
        (payload,) = (await session.execute(told)).scalars()
    assert (payload["role"], payload["reason"]) == (role, "retired")


async def test_c6_an_auditor_has_no_other_role_and_nobody_appoints_themselves(world: World) -> None:
    second = await world.second_operator()

    async def refused(code: str, person: Party, role: str) -> None:
        body = {"person_id": str(person.person_id), "role": role}
        await world.api.refused(409, code, "POST", "/v1/appointments", world.operator, json=body)

    for role in ("auditor", "registrar"):
        await refused("second_person_needed", world.operator, role)
    await refused("roles_incompatible", second, "auditor")
    await refused("roles_incompatible", world.auditor, "award_officer")
    # Both asked for at once: the second one is refused when it is confirmed at the latest.
    both = {"person_id": str(world.registrar.person_id), "role": "award_officer"}
    asked = await world.api.ok("POST", "/v1/appointments", world.operator, json=both)
    await refused("roles_incompatible", world.registrar, "auditor")
    await world.api.ok("POST", f"/v1/appointments/{asked['id']}/end", second, json={"reason": "a slip"})
    path = f"/v1/appointments/{asked['id']}/confirmation"
    await world.api.refused(409, "nothing_to_confirm", "POST", path, second)
    assert await _works(world, world.registrar) == [True], "what only waited takes no key away"
    # What is over bars nothing: the person may audit now.
    listed = await world.api.every("/v1/appointments", world.operator)
    of_registrar = next(
        item for item in listed if item["person_id"] == both["person_id"] and item["role"] == "registrar"
    )
    path = f"/v1/appointments/{of_registrar['id']}/end"
    await world.api.ok("POST", path, second, json={"reason": "retired"})
    await world.api.ok("POST", "/v1/appointments", world.operator, json=both | {"role": "auditor"})


async def test_c4_keys_end_with_the_key_that_issued_them_and_never_later(world: World) -> None:
    party = await world.enterprise()
    member = await world.colleague(party)
    first = await _issue(world, party, expires_in_days=1)
    for_other = {"person_id": str(member.person_id), "organisation_id": str(party.id)}
    body = {"name": "k", "expires_in_days": 2}
    await world.api.refused(422, "key_outlives_issuer", "POST", "/v1/api-keys", _holder(first), json=body)
    child = await _issue(world, _holder(first))
    grandchild = await _issue(world, _holder(child), **for_other)
    aside = await _issue(world, party)
    assert child["expires_at"] == grandchild["expires_at"] == first["expires_at"]
    shown = {row["id"]: row for row in (await world.api.ok("GET", "/v1/api-keys", party))["items"]}
    assert shown[grandchild["id"]]["parent_id"] == child["id"]
    assert shown[grandchild["id"]]["issued_by"] == str(party.person_id)
    await world.api.ok("DELETE", f"/v1/api-keys/{first['id']}", party)
    keys = [_holder(made) for made in (first, child, grandchild, aside)]
    assert await _works(world, *keys, party) == [False, False, False, True, True]


async def test_c4_what_a_leaver_issued_ends_too(world: World) -> None:
    admin = await world.enterprise()
    leaver, member = await world.colleague(admin, Role.ADMIN), await world.colleague(admin)
    given = _holder(await _issue(world, leaver, person_id=str(member.person_id), organisation_id=str(admin.id)))
    await world.api.ok("DELETE", f"/v1/organisations/{admin.id}/people/{leaver.person_id}", admin)
    assert await _works(world, leaver, given, member) == [False, False, True]


async def test_c4_a_rotated_key_hands_on_what_it_issued_and_ends_within_a_day(world: World) -> None:
    party, other = await world.enterprise(), await world.colleague(await world.enterprise())
    old = await _issue(world, party, expires_in_days=30, scopes=["identity:*", "listings:read"])
    child = await _issue(world, _holder(old), scopes=["identity:read"])
    path = f"/v1/api-keys/{old['id']}/rotation"
    await world.api.refused(404, "not_found", "POST", path, other)
    lost = await world.api.ok("POST", path, _holder(old))
    new = await world.api.ok("POST", path, _holder(old))
    assert await _works(world, _holder(lost)) == [False], "nobody had its secret"
    assert (new["scopes"], new["replaces_id"]) == (old["scopes"], old["id"])
    life = datetime.fromisoformat(new["expires_at"]) - datetime.fromisoformat(new["created_at"])
    assert timedelta(days=29) < life <= timedelta(days=30)
    person = {"name": "示例", "organisation_id": str(party.id), "role": "member"}
    await world.api.ok("POST", "/v1/people", _holder(new), json=person)
    await world.api.refused(409, "key_rotated", "POST", path, _holder(old))
    await move_clock_to(world, datetime.fromisoformat(new["created_at"]) + timedelta(days=1, minutes=1))
    assert await _works(world, *map(_holder, (old, new, child))) == [False, True, True]
    short = await _issue(world, _holder(new), expires_in_days=1, scopes=["identity:*"])
    await move_clock_to(world, datetime.fromisoformat(short["expires_at"]) - timedelta(hours=1))
    await world.api.ok("POST", f"/v1/api-keys/{short['id']}/rotation", _holder(short))
    await move_clock_to(world, datetime.fromisoformat(short["expires_at"]))
    assert await _works(world, _holder(short)) == [False], "a rotation prolongs no key"
    await world.api.ok("DELETE", f"/v1/api-keys/{new['id']}", _holder(new))
    assert await _works(world, _holder(child)) == [False]
