"""The clerk (书记员): decides the concurrent bids of a process together, in order of arrival, in one transaction.

A hot auction would otherwise be bound by one lock, four round trips and one disk flush a bid. The clerk locks the
auctions whose bids wait and only then takes the bids, so that whatever came in while another process held the row goes
along; it reads all that the decisions need at once, decides by the pure rules, and writes at once. Any number of API
processes have clerks: the row's lock arbitrates.

A bid is answered after the commit. A process that dies before it has acknowledged nothing; one that dies after it has
left the bid in the log, where a retry with the same key finds it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg

from app.core.database import Database
from app.core.keys import Keys
from app.core.logs import get_logger
from app.core.problems import UNAVAILABLE, Problem
from app.pricing.auction.bidding import turn
from app.pricing.auction.bidding.problems import CLERK_OVERLOADED
from app.pricing.auction.bidding.refusals import Refused
from app.pricing.auction.bidding.rules import Conditions
from app.pricing.auction.bidding.submission import Decided, Submission
from app.pricing.auction.proof.receipts import Signer

log = get_logger(__name__)
LANES = 2
AUCTIONS_A_TURN = 64
BIDS_A_TURN = 256
MAX_WAITING = 4096
CLOSE_SECONDS = 2.0
PATIENCE_SECONDS = turn.PATIENCE_MS / 1000
MAX_PATIENCE_SECONDS = 10.0
ASIDE = 3
"""This many auctions of a lane are waited for aside: each holds a connection of the pool."""


class Clerk:
    """One for each process. `submit` answers when the bid was decided and committed, or raises why it was not."""

    def __init__(self, database: Database, keys: Keys, signer: Signer, decided: Callable[[], None]) -> None:
        """`signer` will sign what is decided. `decided` is called after each turn that was committed."""
        self._lanes = [_Lane(database, keys, signer, decided) for _ in range(LANES)]

    async def submit(self, submission: Submission) -> Decided | Refused:
        """Have a bid decided; the refusals of `admission` and `idempotency_key_reused` are answered.

        Raises `unauthenticated`, `not_found`, `bids_overloaded`; a database that is unavailable raises what the driver
        does, and nothing is known of the bid.
        """
        lane = self._lanes[submission.auction_id.int % LANES]
        lane.put(submission)
        return await submission.answer

    async def close(self) -> None:
        """Have what waits decided, or give it up after 2 s: anyone who sent it retries with its key, elsewhere."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                while working := self._working():
                    await asyncio.wait(working)
        late = self._working()
        for work in late:
            work.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _working(self) -> set[asyncio.Task[None]]:
        return set[asyncio.Task[None]]().union(*(lane.working for lane in self._lanes))


class _Lane:
    """A queue of bids and the turns that work it off: those of many auctions one after the other, in one transaction.

    An auction whose row somebody else holds for long (a close that gives back hundreds of deposits) has a turn of its
    own that waits for it, aside: the bids on all others must not become late by it.
    """

    def __init__(self, database: Database, keys: Keys, signer: Signer, decided: Callable[[], None]) -> None:
        self._database = database
        self._keys = keys
        self._signer = signer
        self._key_kept = False
        self._decided = decided
        self._waiting: deque[Submission] = deque()
        self._work: asyncio.Task[None] | None = None
        self._aside: dict[UUID, asyncio.Task[None]] = {}
        self._conditions: dict[UUID, Conditions] = {}

    def put(self, submission: Submission) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise CLERK_OVERLOADED(limit=MAX_WAITING, headers={"Retry-After": "1"})
        self._waiting.append(submission)
        self._start()

    @property
    def working(self) -> set[asyncio.Task[None]]:
        """What is under way."""
        return {*self._aside.values(), *([self._work] if self._work is not None else [])}

    def _start(self) -> None:
        if self._work is None and self._waiting:
            self._work = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while ids := self._next_auctions():
                if len(ids) == 1:
                    await self._turn_aside(ids[0])
                else:
                    await self._turn_of_many(ids)
        finally:
            self._work = None

    async def _turn_of_many(self, ids: Sequence[UUID]) -> None:
        """One turn for all. Where a row is held for long, for those that are free: the others are waited for aside."""
        if await self._turn(ids):
            return
        decided = await self._turn(ids, free_only=True)
        for auction_id in ids:
            if auction_id not in decided and len(self._aside) < ASIDE:
                await self._turn_aside(auction_id, patience=0)
        if not decided:
            await asyncio.sleep(PATIENCE_SECONDS)

    async def _turn_aside(self, auction_id: UUID, patience: float | None = None) -> None:
        """A turn of one auction, which goes on by itself if its row is held for long."""
        turn = asyncio.get_running_loop().create_task(self._turn_alone(auction_id))
        self._aside[auction_id] = turn
        if patience is None:
            patience = PATIENCE_SECONDS if len(self._aside) <= ASIDE else MAX_PATIENCE_SECONDS
        await asyncio.wait([turn], timeout=patience)

    async def _turn_alone(self, auction_id: UUID) -> None:
        try:
            await self._turn([auction_id])
        finally:
            del self._aside[auction_id]
            self._start()

    async def _turn(self, ids: Sequence[UUID], *, free_only: bool = False) -> Sequence[UUID]:
        """Lock, take, decide, commit, answer. What fails together is tried again one by one.

        Answers the auctions that were locked: none where, of several, one was held for long.
        """
        batch: list[Submission] = []
        try:
            async with self._database.driver_transaction("" if free_only else turn.lock(ids)) as driver:
                if free_only:
                    ids = await turn.lock_free(driver, ids)
                batch = self._take(ids)
                answers = await turn.decide(driver, self._keys, self._conditions, batch) if batch else []
                if not self._key_kept:  # no receipt leaves under a key that nobody could look up later
                    await driver.execute(turn.KEEP_KEY, self._signer.key_id, self._signer.public_key)
        except Exception as error:  # noqa: BLE001 — every waiting bid gets an answer, whatever happened
            if isinstance(error, asyncpg.LockNotAvailableError) and len(ids) > 1 and not batch:
                return ()
            self._failed(batch or self._take(ids), error)
            return ids
        self._key_kept = True
        if batch:
            self._decided()
        for submission, answer in zip(batch, answers, strict=True):
            if submission.answer.done():
                continue  # its client has gone; the bid is in the log all the same
            if isinstance(answer, Problem):
                submission.answer.set_exception(answer)
            else:
                submission.answer.set_result(answer)
        return ids

    def _next_auctions(self) -> list[UUID]:
        """The auctions of the bids that have waited longest, but for those that have a turn aside."""
        found: dict[UUID, None] = {}
        for submission in self._waiting:
            if submission.auction_id in self._aside:
                continue
            if submission.alone and found:
                break
            found[submission.auction_id] = None
            if submission.alone:
                break
        return sorted(list(found)[:AUCTIONS_A_TURN])

    def _take(self, ids: Sequence[UUID]) -> list[Submission]:
        """The bids on the locked auctions, in order of arrival; the others keep their place."""
        wanted, taken, left = set(ids), list[Submission](), deque[Submission]()
        while self._waiting and len(taken) < BIDS_A_TURN:
            submission = self._waiting.popleft()
            if submission.auction_id not in wanted:
                left.append(submission)
            elif submission.alone and taken:
                left.append(submission)
                break
            else:
                taken.append(submission)
                if submission.alone:
                    break
        self._waiting.extendleft(reversed(left))
        return taken

    def _failed(self, batch: Sequence[Submission], error: Exception) -> None:
        if len(batch) > 1 and not turn.is_away(error):
            log.error("bids_failed_together", count=len(batch), error=type(error).__name__)
            for submission in batch:
                submission.alone = True
            self._waiting.extendleft(reversed(batch))
            return
        passing = turn.passes(error)
        for submission in batch:
            if not submission.answer.done():
                submission.answer.set_exception(UNAVAILABLE(headers={"Retry-After": "2"}) if passing else error)
