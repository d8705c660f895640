"""Fixed bytes of all that the exchange hashes or signs: no signer and verifier can change together (F, kind 1).

`vectors.json` was computed from the words of the documents alone, with SHA-256, Ed25519 and sorted JSON; the key is of
the seed 00 01 … 1f. What fails here makes receipts, transcripts, bundles and anchors that others hold worthless: a
change takes a new form, and the old one is still read. Runs of awards: `awards/runs/test_award_frozen.py`.
"""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from app.core.history import audit
from app.core.history.events import Event
from app.dossiers.exports import bundle, signing
from app.pricing.auction.proof import log, receipts
from app.pricing.auction.proof.transcript import FORMAT, verify_transcript
from app.system.anchors import rules as anchors

FIXED: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
SEED = bytes(range(32))
SIGNER = receipts.Signer(SEED)
PUBLIC_KEY = bytes.fromhex(FIXED["public_key"])


def test_f_a_receipt_a_head_and_a_confirmation() -> None:
    """docs/reference/auctions/proof.md"""
    receipt, transcript, confirmation = FIXED["receipt"], FIXED["transcript"], FIXED["confirmation"]
    auction, head = UUID(receipt["auction_id"]), transcript["head"]
    assert (SIGNER.public_key, SIGNER.key_id) == (PUBLIC_KEY, FIXED["key_id"])
    assert SIGNER.sign(auction, receipt["seq"], bytes.fromhex(receipt["hash"])) == receipt["signature"]
    signed = SIGNER.sign_head(auction, head["seq"], bytes.fromhex(head["hash"]), head["state"])
    assert signed == head["signature"]
    assert SIGNER.sign_confirmation(confirmation["content"].encode()) == confirmation["signature"]


def test_f_the_log_of_an_auction() -> None:
    """docs/reference/auctions/proof.md"""
    transcript, committed = FIXED["transcript"], FIXED["commitment"]
    previous = log.genesis(UUID(transcript["auction"]["id"]))
    for entry in transcript["entries"]:
        _, previous = log.link(previous, entry["content"])
        assert previous.hex() == entry["hash"]
    assert log.commitment(committed["salt"], Decimal(committed["amount"])) == committed["sha256"]
    report = verify_transcript(transcript, [FIXED["receipt"]], [PUBLIC_KEY])
    assert (report.proven, report.state, report.bids, report.receipts) == (True, "closed", 2, 1), report.problems
    assert transcript["format"] == FORMAT


def test_f_seals_of_each_version() -> None:
    """docs/guides/operations.md, What a seal covers"""
    told = FIXED["event"]
    event = Event(
        seq=int(told["seq"]),
        xid=int(FIXED["xid"]),
        id=UUID(told["id"]),
        type=told["type"],
        subject_type=told["subject_type"],
        subject_id=UUID(told["subject_id"]),
        audiences=[UUID(each) for each in told["audiences"]],
        payload=told["payload"],
        actor_person_id=UUID(told["actor_person_id"]),
        actor_organisation_id=UUID(told["actor_organisation_id"]),
        actor_key_id=UUID(told["actor_key_id"]),
        actor_roles=FIXED["roles"],
        request_id=told["request_id"],
        occurred_at=datetime(2026, 5, 6, 1, 0, 0, 123456, UTC),
    )
    first, second, third = map(bytes.fromhex, FIXED["seals"])
    assert audit.link(audit.GENESIS, event, 1) == first
    assert audit.link(first, event, 2) == second
    assert audit.link(second, event, 3) == third
    assert audit.VERSION == 3, "what is sealed now"


def test_f_the_manifest_of_a_bundle() -> None:
    """docs/reference/dossier.md"""
    manifest = FIXED["manifest"]
    unsigned = {name: value for name, value in manifest.items() if name not in {"public_key", "signature"}}
    assert signing.sign(unsigned, SEED) == manifest
    assert signing.is_signed(manifest)
    assert manifest["format"] == bundle.FORMAT


def test_f_an_anchor() -> None:
    """docs/guides/operations.md, Anchors"""
    line = json.dumps(FIXED["anchor"], sort_keys=True, separators=(",", ":"))
    anchor = anchors.read(line)
    assert anchors.signed(date(2026, 11, 27), anchor.position, anchor.head, SEED).line() == f"{line}\n".encode()
    assert anchor.is_signed_by(PUBLIC_KEY)
