"""Results for tests, recorded through the API."""

from typing import Any

from tests.support.world import Party, World

PATENT: dict[str, Any] = {
    "type": "patent",
    "title": "示例一种光学检测方法",
    "application_number": "202010000001.1",
    "grant_number": "ZL202010000001.1",
    "filed_on": "2020-01-02",
    "granted_on": "2022-05-06",
    "expires_on": "2040-01-01",
}


def result_body(keeper: Party, **overrides: Any) -> dict[str, Any]:
    """A result that the keeper owns alone, made of one patent in force."""
    return {
        "title": "示例光学检测技术",
        "abstract": "示例摘要",
        "technical_field": "electronics_information",
        "readiness_level": 6,
        "publicly_funded": False,
        "completed_on": "2023-06-01",
        "registered_on": "2024-03-01",
        "owners": [{"organisation_id": str(keeper.organisation_id), "share": "1"}],
        "completers": [{"name": "示例完成人"}],
        "ip_assets": [PATENT],
    } | overrides


async def recorded_result(world: World, keeper: Party, **overrides: Any) -> dict[str, Any]:
    """A result as the API answers it."""
    made: dict[str, Any] = await world.api.ok("POST", "/v1/results", keeper, json=result_body(keeper, **overrides))
    return made
