"""Documents for tests, uploaded through the API."""

from typing import Any

from tests.support.world import Party, World

PDF = b"%PDF-1.7\n" + "示例".encode() + b"\n%%EOF\n"


async def uploaded(
    world: World, party: Party, content: bytes = PDF, filename: str = "示例.pdf", media_type: str = "application/pdf"
) -> dict[str, Any]:
    """A document as the API answers it."""
    made: dict[str, Any] = await world.api.ok(
        "POST",
        "/v1/documents",
        party,
        params={"filename": filename},
        content=content,
        headers={"Content-Type": media_type},
    )
    return made
