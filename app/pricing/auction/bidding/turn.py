"""One turn of the clerk on the driver's own connection: two reads, the pure decisions, one write."""

import json
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.core.access import Actor, Role
from app.core.database import LOST
from app.core.history.events import OPERATOR, PUBLIC
from app.core.ids import new_id
from app.core.keys import Keys
from app.core.problems import IDEMPOTENCY_KEY_REUSED, NOT_FOUND, Problem, Text
from app.pricing.auction.bidding import admission, standing
from app.pricing.auction.bidding.problems import MAXIMUM_FOREIGN
from app.pricing.auction.bidding.refusals import Refused, Threshold
from app.pricing.auction.bidding.rules import Bid, Conditions
from app.pricing.auction.bidding.standing import Entry, Standing
from app.pricing.auction.bidding.submission import Decided, Submission
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof import published

AUCTIONS = """
SELECT id, number, seller_id, agency_id, status, shift, ends_at, price, leader, leader_secret, accepted, last_seq, head,
       techex_now() AS now
FROM auctions WHERE id = ANY($1::uuid[]) AND announced_at IS NOT NULL
"""
FREE = "SELECT id FROM auctions WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"
CONDITIONS = "SELECT id, conditions::text AS conditions FROM auctions WHERE id = ANY($1::uuid[])"
SENDERS = """
SELECT s.n, k.id AS key_id, k.person_id, k.organisation_id, k.scopes,
       CASE WHEN o.verification <> 'verified' THEN o.verification END AS unverified,
       ARRAY(SELECT m.role FROM memberships m WHERE m.person_id = k.person_id
               AND m.organisation_id = k.organisation_id AND m.ended_at IS NULL AND NOT EXISTS (
                 SELECT FROM departures l WHERE l.person_id = m.person_id AND l.organisation_id = m.organisation_id
                   AND l.done_at IS NULL AND l.taken_back_at IS NULL AND l.ends_at <= $5)) AS roles,
       EXISTS (SELECT FROM appointments a WHERE a.person_id = k.person_id AND a.ended_at IS NULL
               AND NOT a.awaits_confirmation) AS market,
       b.paddle, b.withdrawn_at IS NOT NULL AS withdrawn,
       EXISTS (SELECT FROM organisation_mergers m WHERE m.heir_id = k.organisation_id AND m.done_at IS NOT NULL
                 AND m.merged_id IN (s.seller_id, s.agency_id)) AS sells_by_merger,
       EXISTS (SELECT FROM deposits d WHERE d.subject_id = s.listing_id AND d.organisation_id = k.organisation_id
                 AND d.status = 'held') AS deposit_held,
       e.seq, e.content, e.hash, e.secret, e.request_hash,
       EXISTS (SELECT FROM idempotency_answers i WHERE i.principal_id = k.id AND i.key = s.idempotency_key) AS elsewhere
FROM (SELECT u.*, a.listing_id, a.seller_id, a.agency_id
      FROM unnest($1::int[], $2::uuid[], $3::bytea[], $4::text[], $6::bytea[])
        AS u (n, auction_id, digest, idempotency_key, request_hash) JOIN auctions a ON a.id = u.auction_id) s
  LEFT JOIN (api_keys k JOIN organisations o ON o.id = k.organisation_id AND o.verification <> 'suspended')
    ON k.digest = s.digest AND k.revoked_at IS NULL AND k.expires_at > $5
  LEFT JOIN auction_bidders b ON b.auction_id = s.auction_id AND b.organisation_id = k.organisation_id
  LEFT JOIN auction_entries e ON e.key_id = k.id AND e.idempotency_key = s.idempotency_key
    AND CASE WHEN e.content LIKE '%"code"_null%' THEN ''::bytea ELSE e.request_hash END
      = ANY (ARRAY['', s.request_hash])
"""
"""With the bid that the idempotency key brought before, on any auction: an accepted one, or this request, refused."""
WRITE = """
WITH moved AS (
  UPDATE auctions a SET price = u.price, leader = u.leader, leader_secret = u.leader_secret, accepted = u.accepted,
    ends_at = u.ends_at, last_seq = u.last_seq, head = u.head
  FROM unnest($1::uuid[], $2::numeric[], $3::int[], $4::bytea[], $5::int[], $6::timestamptz[], $7::bigint[],
    $8::bytea[]) AS u (id, price, leader, leader_secret, accepted, ends_at, last_seq, head)
  WHERE a.id = u.id
), logged AS (
  INSERT INTO auction_entries (auction_id, seq, at, content, hash, secret, organisation_id, person_id, key_id,
    idempotency_key, request_hash, kind)
  SELECT *, 'bid' FROM unnest($9::uuid[], $10::bigint[], $11::timestamptz[], $12::text[], $13::bytea[], $14::bytea[],
    $15::uuid[], $16::uuid[], $17::uuid[], $18::text[], $19::bytea[])
)
INSERT INTO events (id, type, subject_type, subject_id, audiences, payload, actor_person_id, actor_organisation_id,
  actor_key_id, actor_roles, request_id)
SELECT id, type, 'auction', subject_id, audiences::uuid[], payload::jsonb, person_id, organisation_id, key_id,
  roles::text[], request_id
FROM unnest($20::uuid[], $21::text[], $22::uuid[], $23::text[], $24::text[], $25::uuid[], $26::uuid[], $27::uuid[],
  $28::text[], $29::text[])
  AS u (id, type, subject_id, audiences, payload, person_id, organisation_id, key_id, roles, request_id)
"""
CLOSE_NOW = """
UPDATE deadlines SET due_at = $2, next_attempt_at = $2
WHERE kind = 'auction.closes' AND subject_id = ANY($1::uuid[]) AND settled_at IS NULL
"""
KEEP_KEY = """
INSERT INTO exchange_keys (key_id, public_key, first_used_at) VALUES ($1, $2, techex_now()) ON CONFLICT DO NOTHING
"""
ACCEPTED = b""
"""In the place of the request that a key is held for: any."""
PATIENCE_MS = 200
"""How long a turn of many auctions waits for a row: longer than the turns of other processes take."""
TO_ALL = f"{{{PUBLIC}}}"
TO_OPERATOR = f"{{{OPERATOR}}}"


def lock(ids: Sequence[UUID]) -> str:
    """The statement that locks auctions, in one order for everybody.

    One is waited for as long as it takes, each of several for a while only (`lock_not_available`).
    """
    listed = ", ".join(f"'{auction_id}'" for auction_id in ids)
    locking = f"SELECT 1 FROM auctions WHERE id IN ({listed}) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608 — ids are UUIDs
    if len(ids) == 1:
        return locking
    return f"SET LOCAL lock_timeout = {PATIENCE_MS}; {locking}; SET LOCAL lock_timeout = DEFAULT"


async def lock_free(driver: asyncpg.Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Lock those of several auctions that nobody holds now; answers which."""
    return [row["id"] for row in await driver.fetch(FREE, ids)]


def is_away(error: Exception) -> bool:
    """Whether the database could not be reached, or ended the connection: no use in trying one by one."""
    state = str(getattr(error, "sqlstate", "") or "")
    away = (DBAPIError, PoolTimeoutError, *LOST)
    if isinstance(error, ValueError):  # the driver's word for an argument it cannot send
        return False
    return isinstance(error, away) or state[:2] in {"08", "53", "57"}


def passes(error: Exception) -> bool:
    """Whether what failed may pass another time: the database is unavailable, or others were in the way."""
    return is_away(error) or str(getattr(error, "sqlstate", "") or "")[:2] in {"40", "55"}


async def decide(
    driver: asyncpg.Connection, keys: Keys, known: MutableMapping[UUID, Conditions], batch: Sequence[Submission]
) -> list[Decided | Refused | Problem]:
    """Decide bids on auctions whose rows are locked; answers each, in order. The caller commits."""
    ids = list({submission.auction_id for submission in batch})
    rows = await driver.fetch(AUCTIONS, ids)
    if not rows:
        return [NOT_FOUND(what=Text("auction", "拍卖")) for _ in batch]
    now: datetime = rows[0]["now"]
    await _learn_conditions(driver, keys, known, [row["id"] for row in rows])
    turn = _Turn({row["id"]: standing.standing_of(row, known[row["id"]], keys) for row in rows}, keys, now)
    senders = await driver.fetch(
        SENDERS,
        list(range(len(batch))),
        [submission.auction_id for submission in batch],
        [submission.key_digest for submission in batch],
        [submission.idempotency_key for submission in batch],
        now,
        [submission.request_hash for submission in batch],
    )
    facts: dict[int, Mapping[str, Any]] = {}
    for row in senders:
        if row["n"] not in facts or row["request_hash"] == batch[row["n"]].request_hash:
            facts[row["n"]] = row
    answers = [turn.answer(submission, facts.get(n)) for n, submission in enumerate(batch)]
    await turn.write(driver)
    return answers


async def _learn_conditions(
    driver: asyncpg.Connection, keys: Keys, known: MutableMapping[UUID, Conditions], ids: Sequence[UUID]
) -> None:
    """Conditions never change once announced: each process reads those of an auction once.

    Raises `exchange_keys_wrong` for an auction whose secrets are not sealed with this process's key.
    """
    missing = [auction_id for auction_id in ids if auction_id not in known]
    if missing:
        for row in await driver.fetch(CONDITIONS, missing):
            conditions = json.loads(row["conditions"])
            published.require_sealing_key(conditions, keys)
            known[row["id"]] = published.conditions_of(conditions)


class _Turn:
    """The auctions of one turn, and what is to be written of it."""

    def __init__(self, auctions: Mapping[UUID, Standing], keys: Keys, now: datetime) -> None:
        self._auctions = auctions
        self._keys = keys
        self._now = now
        self._rows: list[tuple[Any, ...]] = []
        self._rejections: list[tuple[Any, ...]] = []
        self._done: dict[tuple[UUID, str, bytes], tuple[bytes, Decided]] = {}

    def answer(self, submission: Submission, facts: Mapping[str, Any] | None) -> Decided | Refused | Problem:
        """Decide one bid, or find what it was answered before."""
        auction = self._auctions.get(submission.auction_id)
        if auction is None or facts is None:
            return NOT_FOUND(what=Text("auction", "拍卖"))
        actor = _actor(facts)
        before = None if actor is None else self._before(submission, facts)
        if isinstance(before, Problem):
            return self._refused(auction, submission, actor, before)
        if before is not None:
            return before
        sender = admission.Sender(actor, facts["market"], facts["paddle"], facts["withdrawn"], facts["deposit_held"])
        selling = [auction.seller_id, auction.agency_id]
        if facts["sells_by_merger"]:
            selling.append(facts["organisation_id"])
        stage = admission.Stage(auction.status, auction.conditions.starts_at, selling)
        refusal = admission.check(stage, sender, submission.behalf_of, self._now)
        if refusal is None and submission.maximum is not None and auction.conditions.form is not AuctionForm.ENGLISH:
            refusal = MAXIMUM_FOREIGN(field="maximum", form=auction.conditions.form)
        if refusal is not None:
            self._reject(submission, actor, refusal)
            return self._refused(auction, submission, actor, refusal)
        return self._decide(auction, submission, facts)

    def _before(self, submission: Submission, facts: Mapping[str, Any]) -> Decided | Problem | None:
        """A retry: what the first got, from the log or from this very turn.

        An accepted bid holds its key. A refused one holds it for the same request only: another amount is a new bid.
        """
        claim = facts["key_id"], submission.idempotency_key
        same = self._done.get((*claim, submission.request_hash)) or self._done.get((*claim, ACCEPTED))
        if facts["seq"] is not None:
            content = json.loads(facts["content"])
            secret = facts["secret"]
            opened = standing.unseal(self._keys, submission.auction_id, facts["paddle"], secret) if secret else None
            maximum = opened.amount if opened and content["maximum_commitment"] else None
            same = (
                facts["request_hash"],
                Decided(facts["seq"], content, facts["hash"], maximum, opened.salt if opened else None, replayed=True),
            )
        if same is None:
            return IDEMPOTENCY_KEY_REUSED(field="Idempotency-Key") if facts["elsewhere"] else None
        if same[0] != submission.request_hash:
            return IDEMPOTENCY_KEY_REUSED(field="Idempotency-Key")
        return same[1]

    def _decide(self, auction: Standing, submission: Submission, facts: Mapping[str, Any]) -> Decided:
        bid = Bid(facts["paddle"], submission.amount, submission.maximum)
        _, entry = auction.decide(self._keys, bid, self._now)
        self._rows.append(_row(auction, entry, submission, facts))
        decided = Decided(entry.seq, entry.content, entry.hash, submission.maximum, entry.salt)
        holds = ACCEPTED if entry.content["code"] is None else submission.request_hash
        self._done[facts["key_id"], submission.idempotency_key, holds] = submission.request_hash, decided
        return decided

    def _refused(
        self, auction: Standing, submission: Submission, actor: Actor | None, problem: Problem
    ) -> Refused | Problem:
        """The refusal, to be signed for the sender, where it is known."""
        if actor is None:
            return problem
        threshold = Threshold(auction.id, auction.status, auction.conditions, auction.state, self._now)
        return threshold.refused(problem, actor.organisation_id, submission.request_hash, submission.amount)

    def _reject(self, submission: Submission, actor: Actor | None, refusal: Problem) -> None:
        """Leave an audit entry of what was not allowed, where it is known who tried."""
        if actor is None or not admission.NOTED.take(actor.key_id, submission.auction_id):
            return
        payload = {"number": self._auctions[submission.auction_id].number, "code": refusal.kind.code}
        self._rejections.append(
            _event("auction.bid_rejected", submission.auction_id, TO_OPERATOR, payload, actor, submission.request_id)
        )

    async def write(self, driver: asyncpg.Connection) -> None:
        """Write the log, the auctions' new states and the events, in one statement."""
        moved = [auction for auction in self._auctions.values() if auction.entries]
        events = [_told(auction) for auction in moved] + self._rejections
        if not events:
            return
        states = [
            (
                a.id,
                a.state.price,
                a.state.leader,
                a.leader_secret,
                a.state.accepted,
                a.state.ends_at,
                a.last_seq,
                a.head,
            )
            for a in moved
        ]
        await driver.execute(WRITE, *_columns(states, 8), *_columns(self._rows, 11), *_columns(events, 10))
        ended = [auction.id for auction in moved if auction.ended]
        if ended:
            await driver.execute(CLOSE_NOW, ended, self._now)


def _actor(facts: Mapping[str, Any]) -> Actor | None:
    """The person behind the key; None for a key that is not valid, or of nobody's any more."""
    if facts["key_id"] is None or not facts["roles"]:
        return None
    roles = frozenset(Role(role) for role in facts["roles"])
    scopes = frozenset(facts["scopes"])
    return Actor(facts["person_id"], facts["key_id"], facts["organisation_id"], roles, scopes, facts["unverified"])


def _row(auction: Standing, entry: Entry, submission: Submission, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        auction.id, entry.seq, entry.at, entry.text, entry.hash, entry.secret, facts["organisation_id"],
        facts["person_id"], facts["key_id"], submission.idempotency_key, submission.request_hash,
    )  # fmt: skip


def _told(auction: Standing) -> tuple[Any, ...]:
    """One event for all that a turn decided on an auction: the log itself has each bid, and its head is sealed here."""
    first, last = auction.entries[0], auction.entries[-1]
    payload = {
        "number": auction.number,
        "first_seq": first.seq,
        "last_seq": last.seq,
        "head": auction.head.hex(),
        "price": None if auction.state.price is None else f"{auction.state.price:.2f}",
        "ends_at": auction.state.ends_at.isoformat(),
    }
    return _event("auction.bids_decided", auction.id, TO_ALL, payload, None, None)


def _event(
    type_: str, auction_id: UUID, to: str, payload: Mapping[str, Any], actor: Actor | None, request_id: str | None
) -> tuple[Any, ...]:
    """A row of the event log."""
    who: tuple[Any, ...] = (None,) * 4
    if actor is not None:
        who = actor.person_id, actor.organisation_id, actor.key_id, f"{{{','.join(sorted(actor.roles))}}}"
    return new_id(), type_, auction_id, to, json.dumps(payload), *who, request_id


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as the arrays that `unnest` takes."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
