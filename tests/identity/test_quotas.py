"""C5: an organisation that is not verified only reads, and nobody floods the exchange."""

from datetime import date

import pytest

from app.identity.kinds import Verification
from app.law.quotas import rules as quotas
from app.law.quotas.kinds import Quota
from tests.office.documents.factory import PDF
from tests.support.world import Party, World


@pytest.fixture
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of the size of a test."""
    monkeypatch.setattr(quotas, "limit_of", lambda quota, on: 2)


@pytest.mark.parametrize("verification", [Verification.PENDING, Verification.REFUSED])
async def test_c5_an_organisation_that_is_not_verified_uploads_nothing_and_adds_nobody(
    world: World, verification: Verification
) -> None:
    party = await world.enterprise(verification=verification)
    person = {"name": "示例", "organisation_id": str(party.id), "role": "member"}
    await world.api.refused(409, "organisation_not_verified", "POST", "/v1/people", party, json=person)
    headers = {"Content-Type": "application/pdf"}
    path = "/v1/documents?filename=a.pdf"
    await world.api.refused(409, "organisation_not_verified", "POST", path, party, content=PDF, headers=headers)
    await world.api.ok("GET", "/v1/documents", party)
    await world.api.ok("POST", "/v1/api-keys", party, json={"name": "its own keys stay in order"})


@pytest.mark.usefixtures("room_for_two")
async def test_c5_people_keys_invitations_and_uploads_are_bounded(world: World) -> None:
    party = await world.enterprise()
    person = {"name": "示例", "organisation_id": str(party.id), "role": "member"}

    async def third(path: str, caller: Party, **sent: object) -> None:
        problem = await world.api.refused(409, "quota_reached", "POST", path, caller, **sent)
        assert "2" in problem["detail"]

    await world.api.ok("POST", "/v1/people", party, json=person)
    await third("/v1/people", party, json=person)
    await world.api.ok("POST", "/v1/api-keys", party, json={"name": "k"})
    await third("/v1/api-keys", party, json={"name": "k"})
    of = {"person_id": str(party.person_id), "organisation_id": str(party.id)}
    made = [await world.api.ok("POST", "/v1/invitations", party, json=of) for _ in range(2)]
    await third("/v1/invitations", party, json=of)
    await world.api.ok("DELETE", f"/v1/invitations/{made[0]['id']}", party)
    await world.api.ok("POST", "/v1/invitations", party, json=of)
    headers = {"Content-Type": "application/pdf"}
    for number in range(2):
        content = PDF + str(number).encode()
        await world.api.ok("POST", "/v1/documents?filename=a.pdf", party, content=content, headers=headers)
    await third("/v1/documents?filename=b.pdf", party, content=PDF, headers=headers)


def test_c5_each_quota_is_a_dated_figure() -> None:
    assert all(quotas.limit_of(quota, date(2026, 1, 1)) >= 50 for quota in Quota)
