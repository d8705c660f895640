"""Results for tests, recorded through the API."""

from itertools import count
from typing import Any

from app.catalogue.results.ip import check_digit
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


_serial = count(1)


def new_patent(**overrides: Any) -> dict[str, Any]:
    """A patent in force with a number that no other has."""
    digits = f"20211{next(_serial):07d}"
    number = f"{digits}.{check_digit(digits)}"
    return PATENT | {"application_number": number, "grant_number": f"ZL{number}"} | overrides


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
    """A result as the API answers it, of a patent of its own: one patent is one right in all of them."""
    body = result_body(keeper, **({"ip_assets": [new_patent()]} | overrides))
    made: dict[str, Any] = await world.api.ok("POST", "/v1/results", keeper, json=body)
    return made
