"""The bundle of a price dossier: what it consists of, written so that the same content gives the same bytes."""

import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from app.core.canonical import canonical_json, sha256_hex
from app.dossiers.exports.signing import sign
from app.dossiers.schemas import Dossier

FORMAT = "techex-dossier-bundle/1"
DOSSIER, PDF, README, MANIFEST = "dossier.json", "dossier.pdf", "README.txt", "manifest.json"
FILES = (DOSSIER, PDF, README)
"""What every bundle has, in the order of the archive; then come attached files by name, and the manifest last."""
ATTACHED = re.compile(r"transcript(-[A-Za-z0-9-]{1,60})?\.json", re.ASCII)
"""The names that attached files may have."""
EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16

GUIDE = """\
定价档案 / Price dossier {number}

dossier.json   档案全文,规范化 JSON(RFC 8785)
dossier.pdf    同一档案的打印稿;以 dossier.json 为准
transcript.json、transcript-….json  拍卖或竞价的完整日志(如有)
manifest.json  各文件的 SHA-256、审计链末端,以及交易所对其的签名(Ed25519)

如何离线核对
1. techex dossier verify bundle.zip 核对以下各项。
2. 各文件的 SHA-256 须与 manifest.json 一致,例如 sha256sum dossier.json。
3. texts 中每段文本(UTF-8)的 SHA-256 须等于其键。
4. events 中凡附 content 的事件:SHA-256(previous 的 32 字节 ‖ content 的规范化 JSON)须等于 hash。
   未附 content 的事件涉及他人的身份,仅列散列值;审计员可凭 techex audit verify 核对整条审计链。
5. transcript.json 可另以 techex verify 重放核对:每次出价的裁定、散列链与签名;
   其日志须含 events 中各拍卖事件所封存的 head。
6. signature 为对 "techex dossier v1\\0" 与去掉 signature 的 manifest 规范化 JSON 的签名,公钥为 public_key。
   须与交易所登记的公钥和 bundle.zip 的 SHA-256(GET …/dossier-exports/…)核对:techex dossier verify --key … --sha256 …;
   否则整体伪造无法发现,核对结果为"未证实"(状态 3)。该登记本身也封存在审计链中。

dossier.json   the dossier in full, in canonical JSON (RFC 8785)
dossier.pdf    the same dossier in print; dossier.json is what counts
transcript.json, transcript-….json  the whole log of the auction, and of earlier ones, where there were any
manifest.json  the SHA-256 of each file, the end of the audit chain, and the exchange's signature on it (Ed25519)

How to check it offline
1. `techex dossier verify bundle.zip` checks what follows.
2. The SHA-256 of each file is the one in manifest.json; try `sha256sum dossier.json`.
3. The SHA-256 of each text in `texts` (UTF-8) is its key.
4. For each event in `events` that has its `content`: SHA-256 of the 32 bytes of `previous` followed by the canonical
   JSON of `content` is `hash`. An event without `content` tells who acted for somebody else, so its hash stands
   alone; an auditor checks the whole chain by `techex audit verify`.
5. `techex verify transcript.json` decides every bid of the log again and checks its chain and signature. The log has
   each `head` that an event of the auction in `events` sealed at its `last_seq`.
6. `signature` is on "techex dossier v1\\0" followed by the canonical JSON of the manifest without it, by the key
   `public_key`. Compare that key, and the SHA-256 of bundle.zip, with what the exchange has on record
   (GET …/dossier-exports/…): `techex dossier verify --key … --sha256 …`. Without that a forgery of the whole, signed
   by somebody else, is not found: it is "NOT proven" (status 3). The record itself is sealed in the audit chain.
"""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file next to the dossier, as it was put down while it was read, and its SHA-256."""

    name: str
    file: IO[bytes]
    sha256: str


def parts(
    dossier: Dossier, canonical: bytes, pdf: bytes, seed: bytes, attached: Sequence[Attached] = ()
) -> dict[str, bytes]:
    """The files of a bundle by name but the attached ones, the manifest last, signed with the exchange's `seed`."""
    files = {DOSSIER: canonical, PDF: pdf, README: GUIDE.format(number=dossier.deal.number).encode()}
    hashes = {name: sha256_hex(files[name]) for name in FILES}
    hashes |= {item.name: item.sha256 for item in attached}
    return files | {MANIFEST: canonical_json(sign(manifest(dossier, hashes), seed))}


def manifest(dossier: Dossier, hashes: Mapping[str, str]) -> dict[str, Any]:
    """What the manifest states: the deal, the reader, the end of the audit chain, and each file's hash."""
    return {
        "format": FORMAT,
        "deal": dossier.deal.model_dump(mode="json"),
        "reader": dossier.reader.model_dump(mode="json"),
        "audit": dossier.audit.model_dump(mode="json"),
        "files": dict(hashes),
    }


def write(files: Mapping[str, bytes], into: IO[bytes], attached: Sequence[Attached] = ()) -> None:
    """Write the archive: stored without compression and with fixed times, so that no library's choice shows in it."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for name in FILES:
            archive.writestr(_info(name), files[name])
        for item in sorted(attached, key=lambda item: item.name):
            _copy(archive, item)
        archive.writestr(_info(MANIFEST), files[MANIFEST])


def _copy(archive: zipfile.ZipFile, item: Attached) -> None:
    """Copy an attached file without having it in memory whole."""
    info = _info(item.name)
    info.file_size = item.file.seek(0, 2)
    item.file.seek(0)
    with archive.open(info, "w") as target:
        shutil.copyfileobj(item.file, target)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.create_system, info.external_attr = 3, READABLE
    return info
