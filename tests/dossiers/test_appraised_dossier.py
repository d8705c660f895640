"""The dossier of a deal on an appraisal: report, review, re-approval, purchase offers, gates."""

from pathlib import Path

from tests.catalogue.appraisals.factory import reapproved
from tests.dossiers.factory import Json, by, checked, facts, keys, section, strangers, words
from tests.pricing.appraised.factory import appraised_listing, offered, step
from tests.support.world import World


async def test_offers_are_told_to_their_sides(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    seller, buyer, other = await world.institution(), await world.enterprise(), await world.enterprise()
    listing, report = await appraised_listing(world, seller)
    higher = await offered(world, other, listing, price="990000.00", revocable=True)
    body = {"reason": "示例撤销理由"}
    await world.api.ok("POST", f"/v1/purchase-offers/{higher['id']}/withdrawal", other, json=body)
    offer = await offered(world, buyer, listing, price="850000.00", message="示例附言")
    await reapproved(world, report, seller, "850000.00")
    deal: Json = {"id": (await step(world, seller, offer, "acceptance"))["deal_id"]}
    await strangers(world, deal, other)

    found = await checked(world, seller, deal, tmp_path)
    assert keys(found)[3:] == ["appraisals", "appraised_offers", "appraised_gates", "deal", "contracts"]
    assert words(found, "appraisals") == [
        "Appraisal report recorded", "Report accepted", "Report named by the listing",
        "Lower price re-approved",
    ]  # fmt: skip
    assert words(found, "appraised_offers") == [
        "Purchase offer", "Offer withdrawn", "Purchase offer", "Offer accepted", "Closed with the deal",
    ]  # fmt: skip
    assert by(found, "appraised_offers") == [
        ("buyer", str(other.id)), ("buyer", str(other.id)), ("buyer", str(buyer.id)), ("seller", str(seller.id)),
        ("seller", str(seller.id)),
    ]  # fmt: skip
    assert [row["price"] for row in facts(found, "appraised_offers", "Purchase offer")] == ["990000.00", "850000.00"]
    (carried,) = facts(found, "deal", "Deal agreed")
    assert (carried["appraisal"]["number"], carried["appraisal"]["price_floor"]) == (report["number"], "900000.00")

    own = await checked(world, buyer, deal, tmp_path)
    assert words(own, "appraised_offers") == ["Purchase offer", "Offer accepted", "Closed with the deal"]
    assert "990000.00" not in str(own)
    assert str(other.id) not in str(own)
    for staff, sees in ((world.operator, 0), (world.auditor, 5)):
        shown = await checked(world, staff, deal, tmp_path)
        assert len(section(shown, "appraised_offers")["entries"]) == sees
        assert (section(shown, "appraised_offers")["withheld"] is None) is (sees > 0)
