"""The dossier of an auction: its log, bidders by paddles, confirmation, the transcript in the bundle, up to the
certificate.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import rfc8785

from app.dossiers.exports.signing import sign
from app.dossiers.sections import auction_bids
from app.dossiers.verification.checking import verify
from app.pricing.auction.proof.receipts import Signer
from app.pricing.auction.proof.transcript import verify_transcript
from tests.contracts.settlement.factory import all_paid, issued, signed
from tests.dossiers.factory import (
    Json,
    bundle_of,
    by,
    checked,
    dossier_of,
    exported,
    facts,
    keys,
    packed,
    section,
    strangers,
    unpacked,
    words,
)
from tests.pricing.auction import factory
from tests.pricing.auction.factory import Scene
from tests.support.world import Party, World

RESERVE, LOSING_LIMIT, WINNING_LIMIT = "123456.00", "134567.00", "198765.00"


async def sold(world: World, *, agency: Party | None = None) -> tuple[Scene, Json]:
    """The second auction of a listing, sold at its reserve, and the deal. The first one was called off."""
    seller = await world.institution()
    called_off = await factory.announced(world, 0, seller=seller, agency=agency)
    await world.api.ok("POST", f"{called_off.path}/cancellation", world.operator, json={"reason": "示例终止"})
    body = await factory.auction_body(world, reserve_price=RESERVE)
    proposed = await factory.proposed_auction(world, seller, called_off.listing, body)
    auction = await world.api.ok("POST", f"/v1/auctions/{proposed['id']}/announcement", world.operator)
    bidders = [await world.enterprise() for _ in range(2)]
    for bidder in bidders:
        await factory.admitted(world, auction["id"], bidder)
    scene = Scene(world, seller, called_off.listing, auction, bidders)
    await scene.begin()
    loser, buyer = bidders
    await scene.accepted(loser, "100000.00", maximum=LOSING_LIMIT)
    assert (await scene.bid(buyer, "100500.00")).status_code == 409
    await scene.accepted(buyer, "150000.00", maximum=WINNING_LIMIT)
    shown = await scene.end()
    assert shown["ending"] == "sold"
    deal: Json = await world.api.ok("GET", f"/v1/deals/{shown['deal_id']}", seller)
    return scene, deal


async def test_an_auction_tells_its_whole_way(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    agency = await world.agency()
    scene, deal = await sold(world, agency=agency)
    loser, buyer = scene.bidders
    for party in (scene.seller, buyer):
        await world.api.ok("POST", f"{scene.path}/confirmation/signature", party)
    await strangers(world, deal, loser)

    found = await checked(world, scene.seller, deal, tmp_path)
    assert keys(found)[4:] == [
        "auction_life", "auction_bidders", "auction_bids", "auction_confirmation", "auction_gates", "deal", "deposits",
        "contracts",
    ]  # fmt: skip
    assert words(found, "auction_life") == [
        "Proposed by the seller", "Announced", "Cancelled", "Proposed by the seller", "Announced", "Bidding closed",
    ]  # fmt: skip
    announced = facts(found, "auction_life", "Announced")[1]
    assert (announced["conditions"]["starting_price"], announced["deposit_amount"]) == ("100000.00", "50000.00")
    (closed,) = facts(found, "auction_life", "Bidding closed")
    assert (closed["ending"], closed["price"], closed["reserve_opened"]) == ("sold", "150000.00", None)
    assert words(found, "auction_bids") == ["Bid accepted", "Bid refused", "Bid accepted"]
    (refused,) = facts(found, "auction_bids", "Bid refused")
    assert (refused["amount"], refused["code"], refused["minimum"]) == ("100500.00", "bid_too_low", "101000.00")
    assert words(found, "auction_confirmation") == ["Confirmation issued", "Signed by a party", "Signed by a party"]
    assert section(found, "auction_bids")["withheld"] is None

    for who, party, known in (
        ("seller", scene.seller, {str(loser.id), str(buyer.id)}),
        ("buyer", buyer, {None, str(buyer.id)}),
        ("agency", agency, {None}),
        ("operator", world.operator, {str(loser.id), str(buyer.id)}),
        ("registrar", world.registrar, {None}),
    ):
        shown = await checked(world, party, deal, tmp_path)
        assert shown["reader"]["view"] == who
        assert {organisation for _, organisation in by(shown, "auction_bids")} == known, who
        assert {organisation for _, organisation in by(shown, "auction_bidders")} == known, who
        assert (section(shown, "auction_bidders")["withheld"] is None) is (who in {"seller", "operator"})
        assert bool(section(shown, "auction_confirmation")["entries"]) is (who != "agency")
        for secret in (RESERVE, LOSING_LIMIT, WINNING_LIMIT):
            assert secret not in str(shown), (who, secret)
    assert str(loser.id) not in str(await dossier_of(world, buyer, deal))

    await signed(world, deal, scene.seller, buyer)
    await all_paid(world, deal)
    certificate = await issued(world, deal)
    after = await checked(world, buyer, deal, tmp_path)
    assert keys(after)[-5:] == ["deal", "deposits", "settlement", "contracts", "certificates"]
    assert words(after, "deposits")[-1] == "Deposit applied to fee and price"
    assert set(words(after, "settlement")) == {
        "Settlement opened with the contract", "Payment instruction", "Instruction settled by the bank",
    }  # fmt: skip
    assert words(after, "certificates") == ["Conditions met: certificate to be issued", "Certificate issued"]
    (issue,) = facts(after, "certificates", "Certificate issued")
    assert issue["sha256"] == certificate["sha256"]
    assert certificate["content"]["verification_code"] not in str(after), "a dossier is passed on; the code is not"
    assert "BANK-" not in str(after)
    for_auditor = await checked(world, world.auditor, deal, tmp_path)
    assert words(for_auditor, "settlement").count("The bank confirmed money in") == words(
        for_auditor, "settlement"
    ).count("Instruction settled by the bank")
    assert "Deposit to be returned" in words(for_auditor, "deposits")


async def test_the_transcripts_are_in_the_bundle_and_hold(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    scene, deal = await sold(world)
    files = unpacked(await bundle_of(world, scene.seller, await exported(world, scene.seller, deal)))
    names = list(files)
    assert names[:3] == ["dossier.json", "dossier.pdf", "README.txt"]
    assert (names[3][:16], names[4:]) == ("transcript-WH-J-", ["transcript.json", "manifest.json"])
    transcript = json.loads(files["transcript.json"])
    assert transcript == await world.api.ok("GET", f"{scene.path}/transcript"), "the public one"
    assert verify_transcript(transcript).ok
    assert WINNING_LIMIT not in files["transcript.json"].decode()
    path = tmp_path / "bundle.zip"
    assert verify(packed(files, path)).bids == 3
    assert not verify(packed({name: files[name] for name in files if name != "transcript.json"}, path)).ok
    assert not verify(
        packed(files | {"transcript.json": files["transcript.json"].replace(b"100500", b"100600")}, path)
    ).ok
    for change, said in FORGERIES:
        problems = _forged(files, change, path)
        assert any(said in problem for problem in problems), problems


def _forged(files: dict[str, bytes], change: Callable[[Json, Signer], None], path: Path) -> list[str]:
    """A forger who changes the transcript, makes head and manifest fit again, and signs both with a key of its own."""
    transcript, manifest = json.loads(files["transcript.json"]), json.loads(files["manifest.json"])
    change(transcript, Signer(bytes(32)))
    content = json.dumps(transcript, ensure_ascii=False).encode()
    manifest["files"]["transcript.json"] = hashlib.sha256(content).hexdigest()
    del manifest["signature"]
    signed_manifest = rfc8785.dumps(sign(manifest, bytes(32)))
    return verify(packed(files | {"transcript.json": content, "manifest.json": signed_manifest}, path)).problems


def _end_with(transcript: Json, signer: Signer, last: int) -> None:
    transcript["entries"] = transcript["entries"][:last]
    digest = bytes.fromhex(transcript["entries"][-1]["hash"])
    signature = signer.sign(UUID(transcript["auction"]["id"]), last, digest)
    transcript["head"] = {"seq": last, "hash": digest.hex(), "signature": signature, "key_id": signer.key_id}


def _another_amount(transcript: Json, signer: Signer) -> None:
    bid = next(entry for entry in transcript["entries"] if entry["content"]["kind"] == "bid")
    bid["content"]["amount"] = "100001.00"
    _end_with(transcript, signer, len(transcript["entries"]))


FORGERIES: tuple[tuple[Callable[[Json, Signer], Any], str], ...] = (
    (_another_amount, "its content gives"),
    (lambda transcript, signer: _end_with(transcript, signer, 3), "no transcript has the entry that it sealed"),
)


async def test_of_a_long_log_the_end_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auction_bids, "MOST_BIDS", 2)
    scene, deal = await sold(world)
    found = await dossier_of(world, scene.seller, deal)
    assert words(found, "auction_bids") == ["Bid refused", "Bid accepted"]
    assert all(entry["events"] for entry in section(found, "auction_bids")["entries"])
    assert section(found, "auction_bids")["withheld"]["en"].startswith("The 1 bids before these stand in transcript")


async def test_sealed_bids_are_told_as_the_log_opened_them(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    scene = await factory.running(world, body=await factory.sealed_body(world))
    for bidder, amount in zip(scene.bidders, ("140000.00", "150000.00"), strict=True):
        await scene.accepted(bidder, amount)
    deal: Json = {"id": (await scene.end())["deal_id"]}
    found = await checked(world, scene.bidders[1], deal, tmp_path)
    assert [row["amount"] for row in facts(found, "auction_bids", "Bid accepted")] == [None, None]
    assert all(row["commitment"] for row in facts(found, "auction_bids", "Bid accepted"))
    (opened,) = facts(found, "auction_life", "Sealed bids opened")
    assert [row["amount"] for row in opened["opened"]] == ["140000.00", "150000.00"]


async def test_the_next_bidder_after_a_default(fresh_world: World, tmp_path: Path) -> None:
    world = fresh_world
    scene = await factory.running(world)
    following, winner = scene.bidders
    await scene.accepted(following, "110000.00")
    await scene.accepted(winner, "150000.00")
    failed: Json = {"id": (await scene.end())["deal_id"]}
    await world.api.ok("POST", f"/v1/deals/{failed['id']}/cancellation", winner, json={"reason": "示例反悔"})
    deal: Json = {"id": (await world.api.ok("POST", f"{scene.path}/offer-acceptance", following))["deal_id"]}
    life = [
        "Proposed by the seller", "Announced", "Bidding closed", "The winner defaulted", "Offered to the next bidder",
        "The next bidder accepted",
    ]  # fmt: skip
    for made, buyer, stranger in ((failed, winner, following), (deal, following, winner)):
        await strangers(world, made, stranger)
        assert words(await checked(world, scene.seller, made, tmp_path), "auction_life") == life
        own = await checked(world, buyer, made, tmp_path)
        assert words(own, "auction_life") == life[1:]
        assert str(stranger.id) not in str(own)
    ended = await checked(world, scene.seller, failed, tmp_path)
    assert words(ended, "deal") == ["Deal agreed", "Defaulting party decided", "Deal cancelled"]
    assert words(await checked(world, winner, failed, tmp_path), "deposits")[-1] == "Deposit forfeited"
