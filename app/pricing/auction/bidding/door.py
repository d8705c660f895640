"""The bid's own way through HTTP: received, authenticated and parsed here, decided by the clerk with others.

Every other command has a transaction of its own, in which FastAPI resolves dependencies, validates and serialises. For
a bid that way costs several times what deciding it does (docs/reference/auctions/engine.md has the figures), so a bid
is taken at the door, before the router. The route stands behind it for the document and for addresses that the door
does not know.
"""

import json
import re
from asyncio import get_running_loop
from collections import OrderedDict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.history import events
from app.core.problems import (
    IDEMPOTENCY_KEY_REQUIRED,
    UNAUTHENTICATED,
    UNSUPPORTED_MEDIA_TYPE,
    Problem,
)
from app.core.room import check_room
from app.core.web import idempotency, validation
from app.core.web.http import Context, Handle, Inner, MoneyEndpoint, receive_body
from app.core.web.parameters import Parameters
from app.core.web.reading import read_json
from app.identity.rules import digest_of
from app.pricing.auction import queries, schemas, shown
from app.pricing.auction.bidding import admission, house
from app.pricing.auction.bidding.house import House
from app.pricing.auction.bidding.refusals import Refused
from app.pricing.auction.bidding.submission import Decided, Submission
from app.pricing.auction.kinds import Refusal
from app.pricing.auction.problems import REFUSALS
from app.pricing.auction.proof import log

_DOOR: Final = re.compile(r"/v1/auctions/([0-9a-f-]{36})/bids")
_ROUTE: Final = "/v1/auctions/{auction_id}/bids"
_KNOWN_KEYS: Final = 10_000
_UUID: Final = TypeAdapter(UUID)


class BidDoor:
    """ASGI middleware: takes bids before the router, and passes everything else on."""

    def __init__(self, app: ASGIApp, application: FastAPI) -> None:
        self.app = app
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            found = _DOOR.fullmatch(scope["path"])
            if found is not None:
                scope["techex_route"] = _ROUTE
                response = await _respond(self.application, found.group(1), scope, receive)
                await response(scope, receive, send)
                return
        await self.app(scope, receive, send)


class BidEndpoint(MoneyEndpoint):
    """The same behind the router: for the document, and for addresses that are no auction's."""

    def _command(self, inner: Inner) -> Handle:
        async def handle(request: Request) -> Response:
            return await _respond(request.app, request.path_params["auction_id"], request.scope, request.receive)

        return handle


async def _respond(application: FastAPI, auction_id: str, scope: Scope, receive: Receive) -> Response:
    """Have a bid decided and say what became of it, whatever that is."""
    request = Request(scope, receive)
    try:
        return await _bid(application, auction_id, scope, receive)
    except Problem as problem:
        return validation.answer(request, problem)
    except Exception as error:
        known = validation.database_problem(error)
        if known is None:
            raise
        return validation.answer(request, known)


async def _bid(application: FastAPI, auction_id: str, scope: Scope, receive: Receive) -> Response:
    made = house.of(application)
    check_room(made.context.settings)
    headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))  # of one sent twice the first counts, as everywhere
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    body: bytes | None = None
    try:
        _no_parameters.check(scope["query_string"])
        body = await receive_body(headers, receive, made.context.settings.body_max_bytes)
        digest = await _known.check(made.context, authorization)
        submission = _submission(headers, scope, auction_id, digest, body)
    except (ValidationError, RequestValidationError, Problem) as error:
        problem = error if isinstance(error, Problem) else validation.invalid(error)
        sent = await _note_rejected(made.context, authorization, auction_id, scope, problem)
        found = await queries.find_live(made.context.database, sent[1]) if sent and body is not None else None
        if sent is None or body is None or found is None:
            raise problem from error
        threshold = shown.threshold(found)
        raise _signed(made, threshold.refused(problem, sent[0], _hash(scope, body), _amount(body))) from error
    decided = await made.clerk.submit(submission)
    if isinstance(decided, Refused):
        raise _signed(made, decided)
    return _answer(made, submission, decided)


class _KnownKeys:
    """Digests of keys that were valid once in this process, so that a flood of unknown ones never reaches the clerk."""

    def __init__(self) -> None:
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    async def check(self, context: Context, authorization: str) -> bytes:
        """The digest of a key that was valid at least once; raises `unauthenticated`. The clerk checks it again."""
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise UNAUTHENTICATED(headers={"WWW-Authenticate": "Bearer"})
        digest = digest_of(secret.strip())
        if digest in self._digests:
            return digest
        async with context.database.reading() as session:
            refusal = admission.check_actor(await context.authenticate(session, authorization))
        if refusal is not None:
            raise refusal
        self._digests[digest] = None
        if len(self._digests) > _KNOWN_KEYS:
            self._digests.popitem(last=False)
        return digest


_known = _KnownKeys()
_no_parameters = Parameters(())


def _submission(
    headers: Mapping[bytes, bytes], scope: Scope, auction_id: str, digest: bytes, body: bytes
) -> Submission:
    """The bid as it was sent. Raises for an `Idempotency-Key`, an address or a body that cannot be taken."""
    got = headers.get(b"content-type", b"").decode("latin-1")
    if got.partition(";")[0].strip().lower() != "application/json":
        raise UNSUPPORTED_MEDIA_TYPE(expected="application/json", got=got or "-")
    key = headers.get(idempotency.HEADER.encode())
    if key is None:
        raise IDEMPOTENCY_KEY_REQUIRED(field="Idempotency-Key")
    bid = schemas.BidIn.model_validate(read_json(body))
    return Submission(
        auction_id=_auction_id(auction_id),
        key_digest=digest,
        idempotency_key=idempotency.check_key(key.decode("latin-1")),
        request_hash=_hash(scope, body),
        request_id=scope.get("request_id"),
        amount=bid.amount,
        maximum=bid.maximum,
        behalf_of=bid.organisation_id,
        answer=get_running_loop().create_future(),
    )


def _hash(scope: Scope, body: bytes) -> bytes:
    return idempotency.request_hash("POST", scope["path"], scope["query_string"].decode("latin-1"), body)


def _amount(body: bytes) -> Decimal | None:
    """What was bid, if it can be read."""
    try:
        return schemas.BidIn.model_validate(read_json(body)).amount
    except (ValidationError, RequestValidationError, Problem):
        return None


def _auction_id(text: str) -> UUID:
    try:
        return _UUID.validate_python(text)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("path", "auction_id")} for each in error.errors()]) from error


async def _note_rejected(
    context: Context, authorization: str, auction_id: str, scope: Scope, problem: Problem
) -> tuple[UUID | None, UUID] | None:
    """Leave an audit entry, where it is known who sent it: what was sent was no bid, or not for this key to send.

    Answers the sender's organisation and the auction; None where either is not known.
    """
    async with context.database.transaction() as session:
        try:
            actor = await context.authenticate(session, authorization)
        except Problem:
            return None
        session.info["actor"] = actor
        session.info["request_id"] = scope.get("request_id")
        found = await queries.find_number(session, auction_id)
        if found is None:
            return None
        if admission.NOTED.take(actor.key_id, found[0]):
            payload = {"number": found[1], "code": problem.kind.code}
            subject = "auction", found[0]
            events.append(session, "auction.bid_rejected", subject, audience=[events.OPERATOR], payload=payload)
        return actor.organisation_id, found[0]


def _signed(made: House, refused: Refused) -> Problem:
    """The refusal with what the exchange signs of it."""
    signature = made.signer.sign_refusal(log.canonical(refused.statement))
    refusal = {"content": refused.statement, "signature": signature, "key_id": made.signer.key_id}
    refused.problem.extra["refusal"] = refusal
    return refused.problem


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
    headers = {idempotency.REPLAYED: "true"} if decided.replayed else {}
    if content["code"] is not None:
        raise _refused(decided, receipt, submission, headers)
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
        "server_time": content["at"],
        "salt": decided.salt,
        "receipt": receipt,
    }
    headers["location"] = schemas.BidOut.LOCATION.format_map(body)
    return Response(json.dumps(body), 201, headers, "application/json")


def _refused(
    decided: Decided, receipt: Mapping[str, Any], submission: Submission, headers: Mapping[str, str]
) -> Problem:
    content = decided.content
    salt = {} if decided.salt is None else {"salt": decided.salt}
    shown = {name: content[name] for name in ("seq", "minimum", "price", "ends_at")} | {"server_time": content["at"]}
    return REFUSALS[Refusal(content["code"])](
        field="maximum" if content["code"] == Refusal.MAXIMUM_BELOW_AMOUNT else "amount",
        amount=f"{submission.amount:.2f}", maximum=submission.maximum, minimum=content["minimum"] or "-",
        price=content["price"] or "-", ends_at=content["ends_at"], server_time=content["at"],
        extra=shown | salt | {"receipt": receipt}, headers=headers,
    )  # fmt: skip
