"""Checking an auction's transcript offline: hashes, signatures, receipts, what was opened, and every decision again.

A transcript is a JSON object: `format`, `auction` (with `id`), `entries` of `content` and `hash`, the signed `head`,
and the public `keys`. Nothing of it is believed. It needs no database, no settings and no network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.pricing.auction.kinds import EntryKind, LogState
from app.pricing.auction.proof import log, receipts
from app.pricing.auction.proof.replay import MALFORMED, Replay, Unfaithful

FORMAT: Final = "techex-auction-transcript/2"
OLD_FORMAT: Final = "techex-auction-transcript/1"
"""Its head is signed as a receipt is: everybody who holds a receipt can cut the log off there. Read for good."""
Json = Mapping[str, Any]


@dataclass(slots=True)
class Report:
    """What a check found. `problems`: the seq of the entry (0: the file as a whole) and what is wrong with it.

    `trusted` tells whether the signatures were held against keys that the caller brought along; else they are only
    those that the transcript names itself. `unchecked`: see `Replay`. `state` and `ending`: whether and how the auction
    ended. `voided`: by the seq of each bid that does not count, which entry voids it and why. `old_head`: it is signed
    as a receipt, and shows no end.
    """

    entries: int = 0
    bids: int = 0
    unchecked: int = 0
    receipts: int = 0
    head: str = ""
    trusted: bool = False
    state: LogState = LogState.OPEN
    ending: str = ""
    old_head: bool = False
    voided: dict[int, str] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def proven(self) -> bool:
        """It holds, by a key that the caller knows, and nothing that decided it can have been cut off."""
        return self.ok and self.trusted and not (self.old_head and self.state == LogState.OPEN)


def verify_transcript(
    transcript: Json, held: Iterable[Json] = (), trusted_keys: Sequence[bytes] | None = None
) -> Report:
    """Check a transcript, and that the entries for which receipts are held are in it as they were signed.

    `held`: receipts as they were given out, or signed refusals; a receipt may have an `opening` (`amount`, `salt`) of
    the bid's secret amount or maximum, which is then used. `trusted_keys`: the exchange's public keys, from elsewhere.
    Never raises for what is wrong in the transcript or a receipt.
    """
    report = Report(trusted=trusted_keys is not None)
    try:
        check = _Check(transcript, report, trusted_keys)
    except MALFORMED as error:
        report.problems.append((0, f"this is no transcript of an auction: {error!r}"))
        return report
    check.chain()
    check.title()
    check.head()
    for receipt in held:
        check.receipt(receipt)
    check.replay()
    report.problems.sort(key=lambda problem: problem[0])
    return report


class _Check:
    def __init__(self, transcript: Json, report: Report, trusted_keys: Sequence[bytes] | None) -> None:
        if transcript["format"] not in {FORMAT, OLD_FORMAT}:
            raise ValueError(f"the format is {transcript['format']!r}, not {FORMAT!r}")
        self._report = report
        report.old_head = transcript["format"] == OLD_FORMAT
        self._id = UUID(transcript["auction"]["id"])
        self._entries: list[Json] = list(transcript["entries"])
        self._contents: list[Json] = [entry["content"] for entry in self._entries]
        self._hashes: dict[int, str] = {}
        self._head: Json = transcript["head"]
        named = [bytes.fromhex(key["public_key"]) for key in transcript["keys"]]
        self._keys = {receipts.key_id_of(key): key for key in (named if trusted_keys is None else trusted_keys)}
        self._openings: dict[int, Decimal] = {}
        self._shown: Json = transcript["auction"]

    def _wrong(self, seq: object, text: str) -> None:
        self._report.problems.append((seq if isinstance(seq, int) else 0, text))

    def chain(self) -> None:
        """Every entry hashed again; after a break the stated hash is gone on from, so that each break is named."""
        previous, last = log.genesis(self._id), ""
        for seq, (entry, content) in enumerate(zip(self._entries, self._contents, strict=True), start=1):
            try:
                _, own = log.link(previous, content)
                if content["seq"] != seq or type(content["seq"]) is not int:
                    self._wrong(seq, f"entry {content['seq']!r} stands in the place of entry {seq}")
                if content["auction_id"] != str(self._id):
                    self._wrong(seq, f"this entry is of the auction {content['auction_id']!r}")
                at = log.moment(log.read_moment(content["at"]))
                if at < last:
                    self._wrong(seq, f"its time {at} is before that of the entry before it, {last}")
                if own.hex() != entry["hash"]:
                    self._wrong(seq, f"its hash is {entry['hash']}; its content gives {own.hex()}")
                previous, last = bytes.fromhex(entry["hash"]), max(at, last)
            except MALFORMED as error:
                self._wrong(seq, f"the entry is malformed: {error!r}")
                return
            self._hashes[seq] = entry["hash"]
        self._report.entries = len(self._entries)

    def title(self) -> None:
        """What the file calls the auction is what its log says, so that no log is shown as that of another lot."""
        first: Json = self._contents[0] if self._contents else {}
        try:
            said = {name: first[name] for name in ("number", "title")} | {"form": first["conditions"]["form"]}
            for name, logged in said.items():
                if self._shown[name] != logged:
                    self._wrong(1, f"the file says `{name}` {self._shown[name]!r}; its log says {logged!r}")
        except MALFORMED as error:
            self._wrong(1, f"the file does not say of which auction it is: {error!r}")

    def head(self) -> None:
        """The signed head is that of the last entry."""
        try:
            seq, stated = self._head["seq"], self._head["hash"]
            self._report.head = str(stated)
            if seq != len(self._entries) or self._hashes.get(seq) != stated:
                self._wrong(
                    len(self._entries), f"the signed head is entry {seq}, hash {stated}: it is not the last one"
                )
            self._tell_end()
            if self._report.old_head:
                self._signed(self._head, "the head")
                return
            if self._head["state"] != self._report.state:
                said, found = self._head["state"], self._report.state
                self._wrong(len(self._entries), f"the signed head says that the log is {said}; its entries say {found}")
            self._signed(self._head, "the head", self._head["state"])
        except MALFORMED as error:
            self._wrong(0, f"the head is malformed: {error!r}")

    def _tell_end(self) -> None:
        """Whether and how the log says that it ended; the replay checks that it could."""
        for content in self._contents:
            if content["kind"] in set(LogState) - {LogState.OPEN}:
                self._report.state = LogState(content["kind"])
            if content["kind"] == EntryKind.VOIDED:
                why = f"voided by entry {content['seq']} ({content['ground']}: {content['reason']})"
                self._report.voided |= dict.fromkeys(content["voids"], why)
            if content["kind"] == LogState.CLOSED:
                sold = f" to paddle {content['winner']} at {content['price']} CNY" if content["price"] else ""
                self._report.ending = f"{content['ending']}{sold}"

    def _signed(self, signed: Json, what: str, state: str | None = None) -> None:
        """The signature is the exchange's: under a head in a `state`, else under a receipt."""
        key = self._keys.get(signed["key_id"])
        if key is None:
            self._wrong(signed["seq"], f"{what} is signed with the key {signed['key_id']}, which is not the exchange's")
            return
        entry = self._id, signed["seq"], bytes.fromhex(signed["hash"])
        if state is None:
            genuine = receipts.verify(key, *entry, signed["signature"])
        else:
            genuine = receipts.verify_head(key, *entry, state, signed["signature"])
        if not genuine:
            self._wrong(signed["seq"], f"the signature of {what} is false")

    def receipt(self, receipt: Json) -> None:
        """The receipt is genuine, and its entry is in the log as it was signed."""
        self._report.receipts += 1
        try:
            if "content" in receipt:
                self._refusal(receipt)
                return
            seq = receipt["seq"]
            if receipt["auction_id"] != str(self._id):
                self._wrong(0, f"a receipt is of another auction, {receipt['auction_id']}")
                return
            self._signed(receipt, f"the receipt of entry {seq}")
            if seq not in self._hashes:
                self._wrong(seq, f"there is a receipt of entry {seq}; the log does not have it")
            elif self._hashes[seq] != receipt["hash"]:
                self._wrong(seq, f"a receipt has the hash {receipt['hash']}; the log has {self._hashes[seq]}")
            elif receipt.get("opening"):
                self._open(seq, receipt["opening"], seq)
        except MALFORMED as error:
            self._wrong(0, f"a receipt is malformed: {error!r}")

    def _refusal(self, refusal: Json) -> None:
        """The refusal of a bid that has no place in the log is genuine, and of this auction."""
        content, key = refusal["content"], self._keys.get(refusal["key_id"])
        if content["auction_id"] != str(self._id):
            self._wrong(0, f"a refusal is of another auction, {content['auction_id']}")
        elif key is None:
            self._wrong(0, f"a refusal is signed with the key {refusal['key_id']}, which is not the exchange's")
        elif not receipts.verify_refusal(key, log.canonical(content), refusal["signature"]):
            self._wrong(0, f"the signature of the refusal at {content['at']} is false")

    def _open(self, seq: int, opening: Json, by: int) -> None:
        """Note the amount of a bid's commitment, if that is what it opens."""
        content = self._contents[seq - 1] if 1 <= seq <= len(self._contents) else {}
        committed = content.get("commitment") or content.get("maximum_commitment")
        amount = log.read_money(opening["amount"])
        if committed is None or log.commitment(opening["salt"], amount) != committed:
            self._wrong(by, f"the amount {amount} given for entry {seq} is not the one it committed to")
        else:
            self._openings[seq] = amount

    def _open_all(self) -> bool:
        """Take what the log opens; answers whether the auction was closed."""
        closed = False
        for content in self._contents:
            try:
                closed |= content["kind"] == "closed"
                opened = content["bids"] if content["kind"] == "revealed" else ()
                for opening in content["maxima"] if content["kind"] == "closed" else opened:
                    self._open(opening["seq"], opening, content["seq"])
            except MALFORMED as error:
                self._wrong(content.get("seq"), f"what it opens is malformed: {error!r}")
        return closed

    def replay(self) -> None:
        """Every entry through the rules, up to the first that does not follow from those before it."""
        if len(self._hashes) != len(self._entries):
            return
        replay = Replay(self._contents, self._openings, self._open_all())
        for seq, content in enumerate(self._contents, start=1):
            try:
                replay.take(content)
            except Unfaithful as error:
                self._wrong(seq, str(error))
                break
            except MALFORMED as error:
                self._wrong(seq, f"the entry is malformed: {error!r}")
                break
        self._report.bids, self._report.unchecked = replay.bids, replay.unchecked
