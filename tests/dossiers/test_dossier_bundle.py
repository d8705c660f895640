"""The bundle: the same bytes at the same end of the audit chain, and every changed byte found offline."""

import hashlib
import json
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from fastapi import FastAPI
from typer.testing import CliRunner

from app.commands import cli
from app.core.history import audit
from app.dossiers import gathering
from app.dossiers.exports import bundle
from app.dossiers.exports.signing import sign
from app.dossiers.printed import printed
from app.dossiers.verification.checking import verify
from app.office.printing.pages import set_pages
from tests.dossiers.factory import bundle_of, dossier_in, dossier_of, exported, negotiated_deal, packed, unpacked
from tests.support.world import World

Json = dict[str, Any]


@pytest.fixture
async def taken(fresh_world: World) -> tuple[World, Json, dict[str, bytes]]:
    """A world, an export of the auditor's, which holds every event in full, and the bundle's bytes by reader."""
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await negotiated_deal(world, seller, buyer, transfer_mode="assignment")
    bundles = {}
    for who, party in (("seller", seller), ("auditor", world.auditor)):
        export = await exported(world, party, deal)
        bundles[who] = await bundle_of(world, party, export)
        assert hashlib.sha256(bundles[who]).hexdigest() == export["bundle_sha256"]
        files = unpacked(bundles[who])
        assert hashlib.sha256(files["dossier.json"]).hexdigest() == export["dossier_sha256"]
        assert hashlib.sha256(files["dossier.pdf"]).hexdigest() == export["pdf_sha256"]
        assert json.loads(files["manifest.json"])["public_key"] == export["public_key"]
    # Nothing has happened since the auditor's was taken but the taking itself.
    live = await dossier_of(world, world.auditor, deal)
    assert live == dossier_in(bundles["auditor"]), "the live view is what the bundle holds"
    ends = [dossier_in(content)["audit"] for content in bundles.values()]
    assert ends[0]["sealed"] < ends[1]["sealed"], "taking one is an event that moves the chain on"
    return world, deal, bundles


def _tampered(files: dict[str, bytes], change: Callable[[Json], None], path: Path) -> list[str]:
    """A forger who knows the form: changes the dossier, makes the manifest fit again, and signs it with its own key."""
    exchange_key = json.loads(files["manifest.json"])["public_key"]
    dossier, manifest = json.loads(files["dossier.json"]), json.loads(files["manifest.json"])
    change(dossier)
    text = rfc8785.dumps(dossier)
    manifest["files"]["dossier.json"] = hashlib.sha256(text).hexdigest()
    del manifest["signature"]
    signed = sign(manifest, bytes(32))
    forged = files | {"dossier.json": text, "manifest.json": rfc8785.dumps(signed)}
    report = verify(packed(forged, path), public_key=signed["public_key"])
    assert not verify(path, public_key=exchange_key).ok, "whatever it changed, it does not have the exchange's key"
    return report.problems


async def test_a_bundle_is_checked_offline(taken: tuple[World, Json, dict[str, bytes]], tmp_path: Path) -> None:
    _, deal, bundles = taken
    path = tmp_path / "bundle.zip"
    for who, content in bundles.items():
        path.write_bytes(content)
        report = verify(path, hashlib.sha256(content).hexdigest())
        assert report.ok, report.problems
        assert (report.deal, report.unsealed) == (deal["number"], 0)
        # The auditor has every event in full; a party has its own, and those that time brought about.
        assert (report.alone == 0) is (who == "auditor")
        assert report.recomputed > 0
        assert not verify(path, public_key="0" * 64).ok
    _nothing_surrounds_it(bundles["auditor"], path)
    _every_part_is_guarded(unpacked(bundles["auditor"]), path)
    _a_forged_dossier_is_found(unpacked(bundles["auditor"]), path)
    _the_command_says_so(bundles["auditor"], path)


def _nothing_surrounds_it(content: bytes, path: Path) -> None:
    """E3: an archive carries bytes in many places that no reader of its files sees; none of them is allowed."""
    end, central = content.rindex(b"PK\5\6"), content.index(b"PK\1\2")
    commented = content[: end + 20] + b"\1\0x"
    local = content[:28] + b"\4\0" + content[30:43] + b"\xfe\xca\0\0" + content[43:]
    again = BytesIO(content)
    with warnings.catch_warnings(), zipfile.ZipFile(again, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", archive.read("manifest.json"))
    dated = content[:10] + b"\1" + content[11:]
    between = content[:central] + b"x" + content[central:]
    shapes = {
        "before": b"x" + content,
        "after": content + b"x",
        "comment": commented,
        "between": between,
        "extra field": local,
        "a name twice": again.getvalue(),
        "a time": dated,
    }
    for where, changed in shapes.items():
        path.write_bytes(changed)
        assert not verify(path).ok, where


def _every_part_is_guarded(files: dict[str, bytes], path: Path) -> None:
    for name, content in files.items():
        for place in (0, len(content) // 2, len(content) - 1):
            changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            assert not verify(packed(files | {name: changed}, path)).ok, (name, place)
        assert not verify(packed({key: files[key] for key in files if key != name}, path)).ok, name
    assert not verify(packed(files | {"more.txt": b"x"}, path)).ok


def _offer(dossier: Json) -> Json:
    found: Json = next(event for event in dossier["events"] if event["type"] == "offer.made")
    return found


def _other_text(dossier: Json) -> None:
    key, text = next(iter(dossier["texts"].items()))
    dossier["texts"][key] = text + " "


FORGERIES: tuple[tuple[Callable[[Json], Any], str], ...] = (
    (lambda dossier: _offer(dossier)["content"]["payload"].update(offer_number=7), "it is not what was sealed"),
    (lambda dossier: _offer(dossier).update(occurred_at="2026-01-01T00:00:00Z"), "told otherwise than it was sealed"),
    (lambda dossier: dossier["events"][1].update(previous="0" * 64), "it is not what was sealed"),
    (lambda dossier: dossier["events"][-1].update(position=10**6), "beyond the end of the chain"),
    (lambda dossier: dossier["events"][1].update(position=dossier["events"][0]["position"]), "does not join the chain"),
    (lambda dossier: dossier["events"].remove(_offer(dossier)), "is not in the bundle"),
    (_other_text, "has another hash"),
    (lambda dossier: dossier["texts"].popitem(), "is not in the bundle"),
    (lambda dossier: dossier["audit"].update(head="0" * 64), "differ in `audit`"),
)


def _a_forged_dossier_is_found(files: dict[str, bytes], path: Path) -> None:
    for number, (change, said) in enumerate(FORGERIES):
        problems = _tampered(files, change, path)
        assert any(said in problem for problem in problems), (number, problems)


def _the_command_says_so(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    unknown = CliRunner().invoke(cli, ["dossier", "verify", str(path)])
    assert (unknown.exit_code, "signed by an unknown key" in unknown.output) == (3, True), "E3"
    key = json.loads(unpacked(content)["manifest.json"])["public_key"]
    held = CliRunner().invoke(cli, ["dossier", "verify", str(path), "--key", key])
    assert (held.exit_code, held.stdout.splitlines()[-1]) == (0, "the dossier holds.")
    other = CliRunner().invoke(cli, ["dossier", "verify", str(path), "--sha256", "0" * 64])
    assert other.exit_code == 1
    assert "the dossier does NOT hold." in other.output
    path.write_bytes(content[:-400])
    assert CliRunner().invoke(cli, ["dossier", "verify", str(path)]).exit_code == 1


async def test_the_same_dossier_at_the_same_head_is_the_same_bytes(fresh_world: World, fresh_app: FastAPI) -> None:
    """A rival that changes nothing: the chain's end is what the database says, and the clock moves between the two."""
    world = fresh_world
    seller, buyer = await world.institution(), await world.enterprise()
    deal = await negotiated_deal(world, seller, buyer)
    await audit.seal_all(world.database)
    context = fresh_app.state.context
    made = [await _content(world, context, seller, deal) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["dossier.pdf"].startswith(b"%PDF-")


async def _content(world: World, context: Any, party: Any, deal: Json) -> dict[str, bytes]:
    async with world.database.reading() as session:
        actor = await context.authenticate(session, f"Bearer {party.secret}")
    async with world.database.snapshot() as session:
        dossier = await gathering.gather(session, actor, UUID(deal["id"]))
    canonical = await gathering.canonical(dossier)
    pdf = set_pages(printed(dossier, hashlib.sha256(canonical).hexdigest(), context.settings.city.zone))
    return bundle.parts(dossier, canonical, pdf, bytes(32))
