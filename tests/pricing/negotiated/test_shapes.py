"""Every shape of price, territory, party, bundle and equity that real deals show can be said and comes back as said.

`shapes/*.yaml`: one file a shape, each with the public record it is taken from (`record`, `url`) and its figures; a
shape without such a record says so and is fictional (示例).
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.pricing.negotiated.terms.shapes import Terms
from tests.pricing.negotiated.factory import accepted, negotiated_listing, notice_over, opened, read
from tests.support.world import World

FILES = sorted(Path(__file__).with_name("shapes").glob("*.yaml"))
SHAPES: dict[str, dict[str, Any]] = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in FILES}


def test_every_numbered_shape_has_a_record() -> None:
    assert len(SHAPES) >= 12
    assert {shape["shape"] for shape in SHAPES.values()} >= {1, 2, 3, 5, 7, 8}
    for shape in SHAPES.values():
        assert shape["fictional"] or (shape["record"] and shape["url"].startswith("http"))


@pytest.mark.parametrize("name", SHAPES)
async def test_a_shape_goes_round(name: str, world: World) -> None:
    """Offered, accepted, published and closed, its terms and its figures are what was put in."""
    shape = SHAPES[name]
    seller, lead = await world.institution(), await world.enterprise()
    listing = await negotiated_listing(world, seller, transfer_mode=shape["transfer_mode"])
    buyers = {}
    if "buyer_shares" in shape:
        parties = [lead] + [await world.enterprise() for _ in shape["buyer_shares"][1:]]
        shares = zip(parties, shape["buyer_shares"], strict=True)
        buyers = {"buyers": [{"organisation_id": str(party.id), "share": share} for party, share in shares]}
    made = await opened(world, lead, listing, terms=shape["terms"], **buyers)
    offer = made["last_offer"]
    assert offer["terms"] == Terms.model_validate(shape["terms"]).model_dump(mode="json")
    assert (offer["price"], offer["price_basis"]) == (shape["price"], shape["price_basis"])
    assert len(offer["terms_sha256"]) == 64
    made = await accepted(world, seller, made)
    notice = await world.api.ok("GET", f"/v1/notices/{made['notice_id']}")
    assert notice["content"]["price"]["payment"] == offer["terms"]["payment"]
    assert Decimal(notice["content"]["price"]["amount"]) == Decimal(shape["price"])
    await notice_over(world, made)
    made = await read(world, lead, made)
    still_open = [gate for gate in made["gates"] if gate["closure"] is None]
    assert made["status"] == ("agreed" if still_open else "closed")
    if not still_open:
        deal = await world.api.ok("GET", f"/v1/deals/{made['deal_id']}", seller)
        assert deal["terms"] == offer["terms"]
        assert (deal["price"], deal["price_basis"]) == (shape["price"], shape["price_basis"])
