"""The bid's own way through HTTP: received, authenticated and parsed here, decided by the clerk with others.

Every other command has a transaction of its own, in which FastAPI resolves dependencies, validates and serialises.
Measured for a bid, that way costs more than deciding it; so this route does the same things by hand, in one pass.
"""

import json
from asyncio import get_running_loop
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.core import events, idempotency
from app.core.http import Context, Handle, Inner, MoneyEndpoint, context_of
from app.core.problems import IDEMPOTENCY_KEY_REQUIRED, UNAUTHENTICATED, Problem
from app.identity.rules import digest_of
from app.pricing.auction import admission, house, schemas
from app.pricing.auction.problems import REFUSALS
from app.pricing.auction.house import House
from app.pricing.auction.rules import Refusal
from app.pricing.auction.submission import Decided, Submission

_KNOWN_KEYS = 10_000


class BidEndpoint(MoneyEndpoint):
    """`POST /v1/auctions/{auction_id}/bids`: the clerk instead of a transaction of its own."""

    def _command(self, inner: Inner) -> Handle:
        async def handle(request: Request) -> Response:
            context = context_of(request)
            body = await self.receive(request)
            try:
                submission = await _submission(request, context, body)
            except RequestValidationError:
                await _note_malformed(request, context)
                raise
            decided = await house.of(request).clerk.submit(submission)
            return _answer(house.of(request), submission, decided)

        return handle


class _KnownKeys:
    """Digests of keys that were valid once in this process, so that a flood of unknown ones never reaches the clerk."""

    def __init__(self) -> None:
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    async def check(self, context: Context, authorization: str | None) -> bytes:
        """The digest of a key that was valid at least once; raises `unauthenticated`. The clerk checks it again."""
        scheme, _, secret = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        digest = digest_of(secret.strip())
        if digest in self._digests:
            return digest
        async with context.database.reading() as session:
            refusal = admission.check_actor(await context.authenticate(session, authorization or ""))
        if refusal is not None:
            raise refusal
        self._digests[digest] = None
        if len(self._digests) > _KNOWN_KEYS:
            self._digests.popitem(last=False)
        return digest


_known = _KnownKeys()


async def _submission(request: Request, context: Context, body: bytes) -> Submission:
    """The bid as it was sent. Raises for a key, an `Idempotency-Key`, an address or a body that cannot be taken."""
    digest = await _known.check(context, request.headers.get("authorization"))
    key = request.headers.get(idempotency.HEADER)
    if key is None:
        raise IDEMPOTENCY_KEY_REQUIRED(field="Idempotency-Key")
    idempotency.check_key(key)
    auction_id = _auction_id(request)
    try:
        bid = schemas.BidIn.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError([item | {"loc": ("body", *item["loc"])} for item in error.errors()]) from error
    return Submission(
        auction_id=auction_id,
        key_digest=digest,
        idempotency_key=key,
        request_hash=idempotency.request_hash("POST", request.url.path, request.url.query, body),
        request_id=request.scope.get("request_id"),
        amount=bid.amount,
        maximum=bid.maximum,
        behalf_of=bid.organisation_id,
        answer=get_running_loop().create_future(),
    )


def _auction_id(request: Request) -> UUID:
    text = request.path_params["auction_id"]
    try:
        return UUID(text)
    except ValueError:
        error = {"type": "uuid_parsing", "loc": ("path", "auction_id"), "msg": "Input should be a valid UUID"}
        raise RequestValidationError([error]) from None


async def _note_malformed(request: Request, context: Context) -> None:
    """Leave an audit entry: who sent what was no bid, to which auction."""
    async with context.database.transaction() as session:
        actor = await context.authenticate(session, request.headers["authorization"])
        session.info["actor"], session.info["request_id"] = actor, request.scope.get("request_id")
        number = await house.number_of(session, request.path_params["auction_id"])
        if number is not None:
            subject = "auction", UUID(request.path_params["auction_id"])
            payload = {"number": number, "code": "invalid_input"}
            events.append(session, "auction.bid_rejected", subject, audience=[events.MARKET], payload=payload)


def _answer(made: House, submission: Submission, decided: Decided) -> Response:
    """201 for an accepted bid, the refusal for another; both with place in the log and receipt."""
    content = decided.content
    receipt = {
        "auction_id": content["auction_id"],
        "seq": decided.seq,
        "hash": decided.hash.hex(),
        "signature": made.signer.sign(submission.auction_id, decided.seq, decided.hash),
        "key_id": made.signer.key_id,
    }
    if content["code"] is not None:
        raise _refused(content, receipt, submission, decided)
    sealed = content["commitment"] is not None
    body = {
        "auction_id": content["auction_id"],
        "seq": decided.seq,
        "paddle": content["paddle"],
        "amount": f"{submission.amount:.2f}",
        "maximum": None if decided.maximum is None else f"{decided.maximum:.2f}",
        "price": content["price"],
        "leading": None if sealed else content["leader"] == content["paddle"],
        "minimum": content["minimum"],
        "ends_at": content["ends_at"],
        "decided_at": content["at"],
        "server_time": content["at"],
        "salt": decided.salt,
        "receipt": receipt,
    }
    headers = {idempotency.REPLAYED: "true"} if decided.replayed else None
    return Response(json.dumps(body), 201, headers, "application/json")


def _refused(
    content: Mapping[str, Any], receipt: Mapping[str, Any], submission: Submission, decided: Decided
) -> Problem:
    shown = {
        "seq": decided.seq,
        "minimum": content["minimum"],
        "ends_at": content["ends_at"],
        "decided_at": content["at"],
        "server_time": content["at"],
    }
    headers = {idempotency.REPLAYED: "true"} if decided.replayed else {}
    return REFUSALS[Refusal(content["code"])](
        field="amount", amount=f"{submission.amount:.2f}", maximum=submission.maximum,
        minimum=content["minimum"] or "-", price=content["price"] or "-", ends_at=content["ends_at"],
        server_time=content["at"],
        extra={**shown, "receipt": receipt}, headers=headers,
    )  # fmt: skip
