"""An auction as the clerk holds it while it decides: read under the row's lock, moved on bid by bid, written once."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.core.keys import Keys
from app.pricing.auction.bidding.forms import RULES
from app.pricing.auction.bidding.rules import Bid, Conditions, Decision, State
from app.pricing.auction.kinds import AuctionForm, AuctionStatus, EntryKind
from app.pricing.auction.proof import log


@dataclass(slots=True)
class Entry:
    """One row of the log, to be written."""

    seq: int
    kind: EntryKind
    at: datetime
    content: Mapping[str, Any]
    text: str
    hash: bytes
    secret: bytes | None = None
    salt: str | None = None


@dataclass(slots=True)
class Standing:
    """Where an auction stands. `add` and `decide` move it on; what they made is in `entries`."""

    id: UUID
    number: str
    seller_id: UUID
    agency_id: UUID | None
    status: AuctionStatus
    conditions: Conditions
    state: State
    leader_secret: bytes | None
    last_seq: int
    head: bytes
    entries: list[Entry] = field(default_factory=list)
    ended: bool = False

    def add(
        self,
        kind: EntryKind,
        at: datetime,
        facts: Mapping[str, Any],
        secret: bytes | None = None,
        salt: str | None = None,
    ) -> Entry:
        """Append an entry of public facts to the log."""
        entry = entry_after(self.id, self.last_seq, self.head, kind, at, facts)
        entry.secret, entry.salt = secret, salt
        self.last_seq, self.head = entry.seq, entry.hash
        self.entries.append(entry)
        return entry

    def decide(self, keys: Keys, bid: Bid, now: datetime) -> tuple[Decision, Entry]:
        """Decide a bid by the form's rules and log it, whatever was decided.

        What is secret of a refused bid is committed to as well, so that its bidder can show what it rested on.
        """
        decision = RULES[self.conditions.form].decide(self.conditions, self.state, bid, now)
        accepted, before = decision.refusal is None, self.state
        secret, salt, commitments = self._secret(keys, bid)
        self.state = decision.state
        if accepted:
            self._keep_limit(before, bid, secret)
        self.ended |= decision.final
        sealed = self.conditions.form is AuctionForm.SEALED
        facts = {
            "paddle": bid.paddle,
            "amount": None if sealed or bid.amount is None else log.money(bid.amount),
            **commitments,
            "accepted": accepted,
            "code": None if accepted else str(decision.refusal),
            "price": None if self.state.price is None else log.money(self.state.price),
            "leader": self.state.leader,
            "minimum": None if decision.minimum is None else log.money(decision.minimum),
            "ends_at": log.moment(self.state.ends_at),
        }
        return decision, self.add(EntryKind.BID, now, facts, secret, salt)

    def _secret(self, keys: Keys, bid: Bid) -> tuple[bytes | None, str | None, dict[str, str | None]]:
        """What nobody may read yet, encrypted, and the commitment to it that the log shows."""
        sealed = self.conditions.form is AuctionForm.SEALED
        amount = bid.amount if sealed else bid.maximum
        if amount is None:
            return None, None, _OPEN
        salt = secrets.token_hex(16)
        plain = json.dumps({"amount": log.money(amount), "salt": salt}).encode()
        committed = log.commitment(salt, amount)
        commitments = {"commitment": committed if sealed else None, "maximum_commitment": None if sealed else committed}
        return keys.seal(self.id, purpose(bid.paddle), plain), salt, commitments

    def _keep_limit(self, before: State, bid: Bid, secret: bytes | None) -> None:
        """The leader's limit stays encrypted in the row; without one of its own it is its price."""
        if self.state.leader != before.leader or (bid.paddle == before.leader and secret is not None):
            limited = self.state.maximum is not None and self.state.maximum != self.state.price
            self.leader_secret = secret if limited else None


def entry_after(
    auction_id: UUID, last_seq: int, head: bytes, kind: EntryKind, at: datetime, facts: Mapping[str, Any]
) -> Entry:
    """The entry of public facts that follows the last one of a log."""
    content = {"auction_id": str(auction_id), "seq": last_seq + 1, "kind": kind.value, "at": log.moment(at), **facts}
    text, hashed = log.link(head, content)
    return Entry(last_seq + 1, kind, at, content, text, hashed)


_OPEN: dict[str, str | None] = {"commitment": None, "maximum_commitment": None}


def purpose(paddle: int) -> str:
    """What the secret part of a bid is sealed for."""
    return f"bid of paddle {paddle}"


@dataclass(frozen=True, slots=True)
class Unsealed:
    """The secret part of a bid: an amount or a limit (CNY), and the salt of its commitment."""

    amount: Decimal
    salt: str


def unseal(keys: Keys, auction_id: UUID, paddle: int, secret: bytes) -> Unsealed:
    """Open the secret part of a bid; only for its bidder, and for everybody once the rules let it be opened."""
    return parse_secret(keys.unseal(auction_id, purpose(paddle), secret))


def parse_secret(plain: bytes) -> Unsealed:
    """Amount and salt as they were sealed."""
    found = json.loads(plain)
    return Unsealed(Decimal(found["amount"]), found["salt"])


def state_of(row: Mapping[str, Any], keys: Keys) -> State:
    """The state that an auction's row holds."""
    price, leader, secret = row["price"], row["leader"], row["leader_secret"]
    maximum = price if secret is None else unseal(keys, row["id"], leader, secret).amount
    return State(ends_at=row["ends_at"], price=price, leader=leader, maximum=maximum, accepted=row["accepted"])


def standing_of(row: Mapping[str, Any], conditions: Conditions, keys: Keys) -> Standing:
    """An auction's locked row, ready to be moved on. `conditions` are without the shift of suspensions."""
    return Standing(
        id=row["id"],
        number=row["number"],
        seller_id=row["seller_id"],
        agency_id=row["agency_id"],
        status=AuctionStatus(row["status"]),
        conditions=conditions.shifted(row["shift"]),
        state=state_of(row, keys),
        leader_secret=row["leader_secret"],
        last_seq=row["last_seq"],
        head=row["head"],
    )
