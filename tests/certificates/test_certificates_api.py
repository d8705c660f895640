"""Transaction certificates: issued once all three conditions hold, once, sealed, verified by whoever has the code."""

import hashlib

import rfc8785

from tests.settlement.factory import all_paid, contracted, issued, settlement, worked
from tests.world import World


async def test_the_walk(world: World) -> None:
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await contracted(world, seller, buyer)
    await worked(world)
    await all_paid(world, deal)
    made = await issued(world, deal)
    print(made)
    print(await settlement(world, deal))
    pdf = await world.api.get(f"/v1/certificates/{made['id']}.pdf", buyer)
    open("/tmp/fontwork/cert.pdf", "wb").write(pdf.content)
    assert hashlib.sha256(rfc8785.dumps(made["content"])).hexdigest() == made["sha256"]
