"""An exchange in a few lines: it keeps the log of one auction by the rules, and publishes it as the real one does."""

import hashlib
from copy import deepcopy
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import Bid, Conditions, Opened, best_bids
from app.pricing.auction.kinds import AuctionForm, Ending
from app.pricing.auction.proof import log
from app.pricing.auction.proof.published import published_conditions
from app.pricing.auction.proof.receipts import Signer

Json = dict[str, Any]
AUCTION = UUID("0197b0e4-0000-7000-8000-000000000001")
SIGNER = Signer(bytes(range(32)))
NUMBER, TITLE = "WH-J-2026-000001", "示例成果"


class Scribe:
    def __init__(self, conditions: Conditions, at: datetime, paddles: range, reserve: Decimal | None = None) -> None:
        self.conditions, self.rules, self.reserve = conditions, RULES[conditions.form], reserve
        self.state = self.rules.opening(conditions)
        self.contents: list[Json] = []
        self.secrets: dict[int, tuple[int, Decimal, str]] = {}
        self.refused: dict[int, tuple[int, Decimal, str]] = {}
        self.accepted: list[tuple[int, Bid]] = []
        self.voided: set[int] = set()
        committed = None if reserve is None else log.commitment(self.salt(0), reserve)
        self.add(
            "scheduled", at, number=NUMBER, title=TITLE, conditions=published_conditions(conditions),
            reserve_commitment=committed,
        )  # fmt: skip
        for paddle in paddles:
            self.add("admitted", at, paddle=paddle, organisation_commitment=hashlib.sha256(bytes(paddle)).hexdigest())

    @staticmethod
    def salt(seq: int) -> str:
        return hashlib.sha256(f"salt {seq}".encode()).hexdigest()[:32]

    def add(self, kind: str, at: datetime, **facts: Any) -> Json:
        seq = len(self.contents) + 1
        content = {"auction_id": str(AUCTION), "seq": seq, "kind": kind, "at": log.moment(at), **facts}
        self.contents.append(content)
        return content

    def bid(self, bid: Bid, now: datetime) -> Json:
        sealed = self.conditions.form == AuctionForm.SEALED
        decision = self.rules.decide(self.conditions, self.state, bid, now)
        self.state, seq, commitment = decision.state, len(self.contents) + 1, None
        secret = bid.amount if sealed else bid.maximum
        if secret is not None:
            commitment = log.commitment(self.salt(seq), secret)
            kept = self.secrets if decision.refusal is None else self.refused
            kept[seq] = (bid.paddle, secret, self.salt(seq))
        if decision.refusal is None:
            self.accepted.append((seq, bid))
        return self.add(
            "bid",
            now,
            paddle=bid.paddle,
            amount=None if sealed or bid.amount is None else log.money(bid.amount),
            commitment=commitment if sealed else None,
            maximum_commitment=None if sealed else commitment,
            accepted=decision.refusal is None,
            code=None if decision.refusal is None else decision.refusal.value,
            price=None if self.state.price is None else log.money(self.state.price),
            leader=self.state.leader,
            minimum=None if decision.minimum is None else log.money(decision.minimum),
            ends_at=log.moment(self.state.ends_at),
        )

    def void(self, seqs: list[int], at: datetime) -> Json:
        """The bids of one paddle, in a suspension of no length; the others are bid again."""
        (paddle,) = {self.secrets[seq][0] if seq in self.secrets else dict(self.accepted)[seq].paddle for seq in seqs}
        self.add("suspended", at)
        self.accepted = [(seq, bid) for seq, bid in self.accepted if seq not in seqs]
        self.voided |= set(seqs)
        self.state = self.rules.standing(self.conditions, self.state, [bid for _, bid in self.accepted])
        content = self.add(
            "voided", at, voids=sorted(seqs), paddle=paddle, ground="key_stolen", reason="示例",
            price=None if self.state.price is None else log.money(self.state.price), leader=self.state.leader,
            ends_at=log.moment(self.state.ends_at),
        )  # fmt: skip
        self.add("resumed", at, ends_at=content["ends_at"])
        return content

    def close(self, at: datetime) -> Json:
        """Open the bids, or every maximum but those of whoever leads; then say how it ended."""
        sealed = self.conditions.form == AuctionForm.SEALED
        last = {paddle: seq for seq, (paddle, _, _) in self.secrets.items() if seq not in self.voided}
        opened = [Opened(paddle, self.secrets[seq][1], seq) for paddle, seq in last.items()] if sealed else []
        if sealed:
            self.add("revealed", at, bids=[self.opening(seq) for seq in last.values()])
        best = best_bids(bid for _, bid in self.accepted)
        found = self.rules.outcome(self.conditions, self.state, best, opened, self.reserve)
        below = found.ending == Ending.BELOW_RESERVE and self.reserve is not None
        return self.add(
            "closed",
            at,
            ending=found.ending.value,
            winner=found.winner,
            price=None if found.price is None else log.money(found.price),
            reserve={"amount": log.money(self.reserve), "salt": self.salt(0)} if below and self.reserve else None,
            maxima=[] if sealed else [self.opening(seq) for seq in self.secrets if self._beaten(seq)],
        )

    def _beaten(self, seq: int) -> bool:
        """Whether the lead that this maximum held was lost: what the leader's last turn holds stays secret."""
        paddle, won = self.secrets[seq][0], len(self.contents)
        for content in reversed(self.contents):
            if content["kind"] in {"bid", "voided"} and content["leader"] != self.state.leader:
                break
            won = content["seq"]
        return paddle != self.state.leader or seq < won or seq in self.voided

    def opening(self, seq: int) -> Json:
        paddle, amount, salt = (self.secrets | self.refused)[seq]
        return {"seq": seq, "paddle": paddle, "amount": log.money(amount), "salt": salt}


def published(contents: list[Json], signer: Signer = SIGNER) -> Json:
    """A transcript whose hashes and signed head fit its contents, whatever these are."""
    previous, entries = log.genesis(AUCTION), []
    for content in contents:
        _, previous = log.link(previous, content)
        entries.append({"content": deepcopy(content), "hash": previous.hex()})
    return {
        "format": "techex-auction-transcript/2",
        "auction": {"id": str(AUCTION), "number": NUMBER, "title": TITLE, "form": _form_of(contents)},
        "entries": entries,
        "head": signed_head(contents, previous, signer),
        "keys": [{"key_id": signer.key_id, "public_key": signer.public_key.hex()}],
    }


def signed_head(contents: list[Json], last: bytes, signer: Signer = SIGNER) -> Json:
    kinds = [content.get("kind") for content in contents]
    state = next((kind for kind in ("cancelled", "closed") if kind in kinds), "open")
    signature = signer.sign_head(AUCTION, len(contents), last, state)
    return {"seq": len(contents), "hash": last.hex(), "state": state, "signature": signature, "key_id": signer.key_id}


def _form_of(contents: list[Json]) -> Any:
    try:
        return contents[0]["conditions"]["form"]
    except (LookupError, TypeError):
        return None


def receipt(seq: int, entry_hash: str, signer: Signer = SIGNER) -> Json:
    signature = signer.sign(AUCTION, seq, bytes.fromhex(entry_hash))
    return {
        "auction_id": str(AUCTION), "seq": seq, "hash": entry_hash, "signature": signature, "key_id": signer.key_id,
    }  # fmt: skip


def receipt_of(transcript: Json, seq: int) -> Json:
    return receipt(seq, transcript["entries"][seq - 1]["hash"])
