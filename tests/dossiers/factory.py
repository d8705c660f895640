"""Deals with a history, and their dossiers, made through the API."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from app.core.deadlines import run_due
from tests.pricing.negotiated.factory import (
    accepted,
    decided,
    lump_sum,
    negotiated_listing,
    notice_over,
    objection,
    offer_body,
    opened,
    read,
    terms,
)
from tests.world import Party, World

Json = dict[str, Any]


async def negotiated_deal(world: World, seller: Party, buyer: Party, **listing: Any) -> Json:
    """A deal after two offers, a notice, an objection dismissed, and whatever gates lapsed."""
    offered = await negotiated_listing(world, seller, **listing)
    thread = await opened(world, buyer, offered, terms=terms(lump_sum("800000.00")), days=0.5)
    body = await offer_body(world, terms=terms(lump_sum("900000.00")), message="示例附言")
    thread = await world.api.ok("POST", f"/v1/negotiations/{thread['id']}/offers", seller, json=body)
    thread = await accepted(world, buyer, thread)
    filed = await objection(world, await world.enterprise(), thread)
    await decided(world, filed, "dismissed")
    await notice_over(world, thread)
    while await run_due(world.database):
        pass
    thread = await read(world, seller, thread)
    deal: Json = await world.api.ok("GET", f"/v1/deals/{thread['deal_id']}", seller)
    return deal


async def dossier_of(world: World, party: Party, deal: Json) -> Json:
    """The dossier as a party sees it now."""
    found: Json = await world.api.ok("GET", f"/v1/deals/{deal['id']}/dossier", party)
    return found


def section(dossier: Json, key: str) -> Json:
    """One section of it."""
    found: Json = next(part for part in dossier["sections"] if part["key"] == key)
    return found


def words(dossier: Json, key: str) -> list[str]:
    """What happened in a section, in English."""
    return [entry["what"]["en"] for entry in section(dossier, key)["entries"]]


async def exported(world: World, party: Party, deal: Json) -> Json:
    """A bundle that a party took."""
    made: Json = await world.api.ok("POST", f"/v1/deals/{deal['id']}/dossier-exports", party)
    return made


async def bundle_of(world: World, party: Party, export: Json) -> bytes:
    """The bytes of a bundle."""
    path = f"/v1/deals/{export['deal_id']}/dossier-exports/{export['id']}/bundle.zip"
    response = await world.api.get(path, party)
    assert response.status_code == 200, response.text
    return response.content


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a bundle by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes], path: Path) -> Path:
    """Files as a bundle again."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def dossier_in(content: bytes) -> Json:
    """The dossier in a bundle."""
    found: Json = json.loads(unpacked(content)["dossier.json"])
    return found
