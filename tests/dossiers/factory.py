"""Deals with a history, and their dossiers, made through the API."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.core.deadlines import run_due
from app.core.settings import Settings
from app.dossiers.printed import printed
from app.dossiers.schemas import Dossier
from app.dossiers.verification.checking import verify
from app.office.printing.blocks import Heading
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
from tests.support.world import Party, World

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


async def checked(world: World, party: Party, deal: Json, folder: Path) -> Json:
    """The dossier of a bundle that a party took, once all of it was found to hold.

    It must verify offline with the exchange's key, its events stand in the audit chain where the exchange has them, its
    paper print every section, and each entry name what is behind it.
    """
    export = await exported(world, party, deal)
    content = await bundle_of(world, party, export)
    path = folder / "bundle.zip"
    path.write_bytes(content)
    report = verify(path, export["bundle_sha256"], export["public_key"])
    assert (report.problems, report.unsealed) == ([], 0)
    dossier = dossier_in(content)
    assert await _seals(world) >= {(row["id"], row["position"], row["hash"]) for row in dossier["events"]}
    paper = printed(Dossier.model_validate(dossier), export["dossier_sha256"], Settings().city.zone)
    headings = [block.text for block in paper.blocks if isinstance(block, Heading)]
    assert headings[:-1] == [f"{part['title']['zh']} {part['title']['en']}" for part in dossier["sections"]]
    silent = [(part["key"], entry["what"]["en"]) for part in dossier["sections"] for entry in part["entries"]
              if not entry["events"]]  # fmt: skip
    assert silent == []
    return dossier


async def _seals(world: World) -> set[tuple[str, int, str]]:
    """Every sealed event with its position and hash, as the exchange has them."""
    statement = text("SELECT e.id::text, s.position, encode(s.hash, 'hex') FROM audit_seals s "
                     "JOIN events e ON e.seq = s.event_seq")  # fmt: skip
    async with world.database.reading() as session:
        return {(row[0], row[1], row[2]) for row in (await session.execute(statement)).all()}


def keys(dossier: Json) -> list[str]:
    """The keys of its sections, in order."""
    return [part["key"] for part in dossier["sections"]]


def by(dossier: Json, key: str) -> list[tuple[str, str | None]]:
    """Who acted in a section: capacity and organisation."""
    found = [entry["by"] for entry in section(dossier, key)["entries"]]
    return [(row["capacity"], row["organisation_id"]) for row in found]


def facts(dossier: Json, key: str, what: str) -> list[Json]:
    """The facts of what happened, by its English name, in a section."""
    return [entry["facts"] for entry in section(dossier, key)["entries"] if entry["what"]["en"] == what]


async def strangers(world: World, deal: Json, *parties: Party) -> None:
    """To these the deal and its dossier do not exist."""
    for party in parties:
        await world.api.refused(404, "not_found", "GET", f"/v1/deals/{deal['id']}", party)
        await world.api.refused(404, "not_found", "GET", f"/v1/deals/{deal['id']}/dossier", party)
        await world.api.refused(404, "not_found", "POST", f"/v1/deals/{deal['id']}/dossier-exports", party)
