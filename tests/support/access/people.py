"""A well-formed call of each operation of identity, for the access matrix."""

from datetime import timedelta
from typing import Any

from tests.market.listings.factory import today
from tests.support.access.calls import Call
from tests.support.world import Party, World

Json = dict[str, Any]


async def identity_calls(world: World, seller: Party, broker: Party) -> dict[str, Call]:
    """Organisations, people, brokers, keys and appointments, with what was corrected and what ended."""
    colleague = await world.colleague(seller)
    pending = await world.enterprise()
    free = await world.colleague(pending)
    employments = (await world.api.ok("GET", f"/v1/brokers/{broker.broker_id}", world.operator))["employments"]
    key = await world.api.ok("POST", "/v1/api-keys", seller, json={"name": "k", "scopes": ["*:read"]})
    body = {"person_id": str(colleague.person_id), "organisation_id": str(seller.id)}
    invited = await world.api.ok("POST", "/v1/invitations", seller, json=body)
    second = await world.second_operator()
    leaving, day = await world.colleague(seller), (await today(world)).isoformat()
    path = f"/v1/organisations/{seller.id}/people/{leaving.person_id}/departure"
    staff = {"name": "示例", "role": "registrar"}
    asked = await world.api.ok("POST", "/v1/appointments", second, json=staff)
    admin = {"person_id": str(seller.person_id), "organisation_id": str(seller.id)}
    waiting = await world.api.ok("POST", "/v1/invitations", second, json=admin | {"fingerprint": "ab" * 32})
    organisation = {
        "name": "示例",
        "kind": "enterprise",
        "state_founded": False,
        "division_code": "420111",
        "resident_since": "2020-01-01",
    }
    relation = {
        "first_id": str(seller.id),
        "second_id": str(pending.id),
        "kind": "control",
        "detail": "示例",
        "source": "示例",
    }
    related = await world.api.ok("POST", "/v1/organisation-relations", second, json=relation)
    ahead = (await today(world) + timedelta(days=30)).isoformat()
    merger = {"kind": "absorption", "effective_on": ahead, "source": "示例合并协议"}
    merger |= {"successor_id": str((await world.enterprise()).id)}
    ending = {"merged_id": str((await world.enterprise()).id)}
    asked_for = await world.api.ok("POST", "/v1/organisation-mergers", second, json=merger | ending)
    renamed = {"name": "示例更名后", "valid_from": "2021-01-01", "source": "示例变更登记"}
    names, latest = f"/v1/organisations/{pending.id}/names", {"If-Match": "*"}
    (former,) = (await world.api.ok("POST", names, second, json=renamed, headers=latest))["former_names"]
    quality = {"quality": "pilot_platform", "valid_from": "2025-01-01", "source": "示例认定〔2025〕1号"}
    held = await world.api.ok("POST", f"/v1/organisations/{seller.id}/qualities", second, json=quality)
    of_seller = {"organisation_id": seller.id}
    for name in ("示例甲乙有限公司", "示例甲乙股份有限公司"):
        await world.api.ok("POST", "/v1/organisations", second, json=organisation | {"name": name})
    (pair,) = (await world.api.ok("GET", "/v1/organisation-duplicates?limit=1", second))["items"]
    corrections = f"/v1/organisation-relations/{related['id']}/corrections"
    corrected = await world.api.ok("POST", corrections, second, json={"detail": "示例更正", "reason": "示例"})
    left = (await world.api.ok("POST", path, seller, json={"last_day": day, "reason": "示例"}))["id"]
    earlier = {"agency_id": str(broker.id), "valid_from": "2010-01-01", "valid_to": "2011-01-01"}
    return {
        "register_organisation": Call(json=organisation),
        "list_organisations": Call(),
        "read_organisation": Call(of_seller),
        "verify_organisation": Call(of_seller, {"verification": "verified", "reason": "示例"}),
        "move_organisation": Call(of_seller, {"division_code": "420102", "valid_from": "2025-01-01"}),
        "relate_organisations": Call(json=relation),
        "list_organisation_relations": Call(),
        "read_organisation_relation": Call({"relation_id": related["id"]}),
        "correct_organisation": Call(of_seller, {"name": "示例更名", "reason": "示例"}),
        "ask_for_merger": Call(json=merger | {"merged_id": str(seller.id)}),
        "list_mergers": Call(),
        "read_merger": Call({"merger_id": asked_for["id"]}),
        "confirm_merger": Call({"merger_id": asked_for["id"]}),
        "take_back_merger": Call({"merger_id": asked_for["id"]}, {"reason": "示例"}),
        "rename_organisation": Call(of_seller, renamed | {"name": "示例再更名", "valid_from": day}),
        "correct_former_name": Call({"name_id": former["id"]}, {"withdrawn": True, "reason": "示例"}),
        "list_organisation_duplicates": Call(),
        "decide_organisation_duplicate": Call(
            {"duplicate_id": pair["id"]}, {"finding": "not_the_same", "reason": "示例"}
        ),
        "record_quality": Call(of_seller, quality | {"quality": "innovation_centre"}),
        "end_quality": Call({"quality_id": held["id"]}, {"last_day": "2025-06-30", "source": "示例"}),
        "list_qualities": Call(),
        "read_quality": Call({"quality_id": held["id"]}),
        "correct_quality": Call({"quality_id": held["id"]}, {"withdrawn": True, "reason": "示例"}),
        "correct_relation": Call({"relation_id": related["id"]}, {"withdrawn": True, "reason": "示例"}),
        "correct_broker": Call({"broker_id": broker.broker_id}, {"certified_on": "2019-01-01", "reason": "示例"}),
        "correct_employment": Call(
            {"employment_id": employments[0]["id"]}, {"valid_from": "2019-01-01", "reason": "示例"}
        ),
        "list_corrections": Call(),
        "read_correction": Call({"correction_id": corrected["id"]}),
        "add_person": Call(json={"name": "示例", "organisation_id": str(seller.id), "role": "member"}),
        "list_people": Call(),
        "read_person": Call(of_seller | {"person_id": colleague.person_id}),
        "end_membership": Call(of_seller | {"person_id": colleague.person_id}),
        "preview_departure": Call(of_seller | {"person_id": colleague.person_id}),
        "record_departure": Call(of_seller | {"person_id": colleague.person_id}, {"last_day": day, "reason": "示例"}),
        "read_departure": Call({"departure_id": left}),
        "take_back_departure": Call(of_seller | {"person_id": leaving.person_id}),
        "certify_broker": Call(
            json={"person_id": str(free.person_id), "certificate_number": "N-1", "certified_on": "2024-01-01"}
        ),
        "list_brokers": Call(),
        "read_broker": Call({"broker_id": broker.broker_id}),
        "employ_broker": Call({"broker_id": broker.broker_id}, earlier),
        "end_employment": Call({"employment_id": employments[0]["id"]}),
        "issue_api_key": Call(json={"name": "k", "scopes": ["identity:read"]}),
        "list_api_keys": Call(),
        "read_api_key": Call({"key_id": key["id"]}),
        "revoke_api_key": Call({"key_id": key["id"]}),
        "report_key_incident": Call({"key_id": key["id"]}, {"reason": "示例"}),
        "list_key_acts": Call({"key_id": key["id"]}),
        "rotate_api_key": Call({"key_id": key["id"]}),
        "invite_person": Call(json=body),
        "confirm_invitation": Call({"invitation_id": waiting["id"]}),
        "redeem_invitation": Call(json={"secret": invited["secret"], "name": "k"}),
        "list_invitations": Call(),
        "read_invitation": Call({"invitation_id": invited["id"]}),
        "revoke_invitation": Call({"invitation_id": invited["id"]}),
        "ask_for_appointment": Call(json=staff),
        "list_appointments": Call(),
        "read_appointment": Call({"appointment_id": asked["id"]}),
        "confirm_appointment": Call({"appointment_id": asked["id"]}),
        "end_appointment": Call({"appointment_id": asked["id"]}, {"reason": "示例"}),
    }
