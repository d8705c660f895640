"""A6: a list takes back each cursor that it has given, whatever stands last on a page."""

from uuid import UUID

from app.core.web.pages import LONGEST_CURSOR, LONGEST_TEXT, encode_cursor
from app.identity.kinds import OrganisationKind
from app.identity.models import Organisation
from tests.faults.test_bounds import ORGANISATION
from tests.support.world import World

RARE = "\U00020bb7"


def test_a6_the_longest_text_fits() -> None:
    assert len(encode_cursor(RARE * LONGEST_TEXT, UUID(int=2**128 - 1))) <= LONGEST_CURSOR
    assert len(encode_cursor('"' * LONGEST_TEXT, UUID(int=2**128 - 1))) <= LONGEST_CURSOR


async def test_a6_a_page_that_ends_with_the_longest_name_has_a_next_one(world: World) -> None:
    longest = RARE * 200
    await world.api.ok("POST", "/v1/organisations", world.operator, json=ORGANISATION | {"name": longest})
    async with world.database.transaction() as session:
        session.add(Organisation(name=f"{RARE * 199}\U00020bb8", kind=OrganisationKind.ENTERPRISE))
    seen, cursor = [], ""
    while cursor is not None and len(seen) < 50:
        page = await world.api.ok(
            "GET",
            f"/v1/organisations?limit=1&cursor={cursor}" if cursor else "/v1/organisations?limit=1",
            world.operator,
        )
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert longest in seen[:-1]
