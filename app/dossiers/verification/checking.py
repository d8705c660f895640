"""Checking a bundle offline: hashes of its files and texts, the links of its events, and that its parts agree."""

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from app.core.canonical import canonical_json, sha256_hex
from app.core.history.audit import GENESIS, link_content
from app.dossiers.exports import bundle, signing
from app.dossiers.schemas import FORMAT
from app.pricing.auction.proof.transcript import verify_transcript

MOST_BYTES: Final = 2**29
"""A file of a bundle that says it is larger is not opened."""


@dataclass(slots=True)
class BundleReport:
    """What a check found. `problems` is empty when the bundle is as it was made; `alone` counts events of which the
    bundle has the hash alone, and `unsealed` those that were not sealed yet; `bids` those of auctions decided again.
    `trusted`: it was held against a key or a hash that the caller brought along; else anybody may have signed it.
    """

    deal: str = "-"
    public_key: str = "-"
    bids: int = 0
    sealed: int = 0
    head: str = "-"
    recomputed: int = 0
    alone: int = 0
    unsealed: int = 0
    trusted: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(path: Path, sha256: str | None = None, public_key: str | None = None) -> BundleReport:
    """Check a bundle. `sha256` is that of the whole file and `public_key` the exchange's, as it has them on record."""
    report = BundleReport(trusted=sha256 is not None or public_key is not None)
    try:
        report.problems += _whole(path, sha256)
        files = _read(path)
        report.problems += _nothing_else(path, files)
        _check(report, files)
        if public_key is not None and report.public_key != public_key.lower():
            report.problems.append(f"signed by the key {report.public_key}, not {public_key}")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        report.problems.append(f"the archive cannot be read: {error}")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        report.problems.append(f"a part is not of the form of a bundle: {type(error).__name__} {error}")
    return report


def _whole(path: Path, sha256: str | None) -> list[str]:
    if sha256 is None:
        return []
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return [] if found == sha256.lower() else [f"the bundle has the SHA-256 {found}, not {sha256}"]


def _nothing_else(path: Path, files: Mapping[str, bytes]) -> list[str]:
    """The archive is what its files give when they are written again: no byte before, between or after them."""
    attached = [
        bundle.Attached(name, BytesIO(files[name]), "")
        for name in sorted(set(files) - {*bundle.FILES, bundle.MANIFEST})
    ]
    with tempfile.TemporaryFile() as again, path.open("rb") as given:
        bundle.write(files, again, attached)
        again.seek(0)
        same = hashlib.file_digest(again, "sha256").digest() == hashlib.file_digest(given, "sha256").digest()
    return [] if same else ["the archive holds bytes that are in none of its files"]


def _read(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist()]
        attached = names[len(bundle.FILES) : -1]
        fitting = attached == sorted(set(attached)) and all(bundle.ATTACHED.fullmatch(name) for name in attached)
        if not fitting or names != [*bundle.FILES, *attached, bundle.MANIFEST]:
            raise ValueError(f"the archive holds {names}")
        if any(info.file_size > MOST_BYTES for info in archive.infolist()):
            raise ValueError("a file is too large")
        return {name: archive.read(name) for name in names}


def _check(report: BundleReport, files: Mapping[str, bytes]) -> None:
    manifest = _canonical(report, bundle.MANIFEST, files)
    dossier = _canonical(report, bundle.DOSSIER, files)
    for name in sorted({*files, *manifest["files"]} - {bundle.MANIFEST}):
        if name not in files or sha256_hex(files[name]) != manifest["files"].get(name):
            report.problems.append(f"{name} is not what the manifest says")
    if (manifest["format"], dossier["format"]) != (bundle.FORMAT, FORMAT):
        report.problems.append(f"of another format: {manifest['format']}, {dossier['format']}")
    report.problems += [
        f"manifest and dossier differ in `{part}`"
        for part in ("deal", "reader", "audit")
        if manifest[part] != dossier[part]
    ]
    if not signing.is_signed(manifest):
        report.problems.append("the manifest is not what was signed")
    report.public_key = manifest[signing.PUBLIC_KEY]
    report.deal = dossier["deal"]["number"]
    report.sealed, report.head = dossier["audit"]["sealed"], dossier["audit"]["head"]
    report.problems += [*_texts(dossier), *_named(dossier)]
    _links(report, dossier)
    _transcripts(report, files, dossier["events"])


def _canonical(report: BundleReport, name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files[name])
    if canonical_json(content) != files[name]:
        report.problems.append(f"{name} is not canonical JSON")
    return content


def _texts(dossier: Mapping[str, Any]) -> Iterator[str]:
    for sha256, text in dossier["texts"].items():
        if sha256_hex(text) != sha256:
            yield f"the text {sha256} has another hash"


def _named(dossier: Mapping[str, Any]) -> Iterator[str]:
    """What the entries point to is there."""
    events = {event["id"] for event in dossier["events"]}
    for section in dossier["sections"]:
        for number, entry in enumerate(section["entries"], 1):
            here = f"section {section['key']}, entry {number}"
            if missing := sorted(set(entry["events"]) - events):
                yield f"{here}: event {missing[0]} is not in the bundle"
            if missing := sorted(set(entry["texts"]) - set(dossier["texts"])):
                yield f"{here}: text {missing[0]} is not in the bundle"


def _links(report: BundleReport, dossier: Mapping[str, Any]) -> None:
    hashes = {0: GENESIS.hex(), report.sealed: report.head}
    sealed = [event for event in dossier["events"] if event["hash"] is not None]
    report.unsealed = len(dossier["events"]) - len(sealed)
    for event in sorted(sealed, key=lambda event: int(event["position"])):
        position = event["position"]
        here = f"event {event['id']} at position {position}"
        if not 1 <= position <= report.sealed:
            report.problems.append(f"{here}: beyond the end of the chain")
        for place, digest in ((position - 1, event["previous"]), (position, event["hash"])):
            if hashes.setdefault(place, digest) != digest:
                report.problems.append(f"{here}: its link does not join the chain at position {place}")
        if event["content"] is None:
            report.alone += 1
            continue
        report.recomputed += 1
        if link_content(bytes.fromhex(event["previous"]), event["content"]).hex() != event["hash"]:
            report.problems.append(f"{here}: it is not what was sealed")
        if not _agrees(event):
            report.problems.append(f"{here}: told otherwise than it was sealed")


def _transcripts(report: BundleReport, files: Mapping[str, bytes], events: Iterable[Mapping[str, Any]]) -> None:
    """Every attached log by the rules of auctions, and that it has what the audit chain sealed of it."""
    chains: dict[str, dict[int, str]] = {}
    for name in sorted(set(files) - {*bundle.FILES, bundle.MANIFEST}):
        transcript = json.loads(files[name])
        found = verify_transcript(transcript, trusted_keys=[bytes.fromhex(report.public_key)])
        report.bids += found.bids
        report.problems += [f"{name}, entry {seq}: {problem}" for seq, problem in found.problems]
        hashes = {seq: entry["hash"] for seq, entry in enumerate(transcript["entries"], 1)}
        chains[transcript["auction"]["id"]] = hashes
    for event in events:
        content = event["content"]
        if content is None or content["subject_type"] != "auction" or not content["payload"].get("last_seq"):
            continue
        payload = content["payload"]
        if chains.get(content["subject_id"], {}).get(payload["last_seq"]) != payload["head"]:
            report.problems.append(f"event {event['id']}: no transcript has the entry that it sealed")


def _agrees(event: Mapping[str, Any]) -> bool:
    content = event["content"]
    told = event["occurred_at"].replace("Z", "+00:00")
    return bool((content["id"], content["type"], content["occurred_at"]) == (event["id"], event["type"], told))
