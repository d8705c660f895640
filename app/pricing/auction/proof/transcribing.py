"""Writing an auction's transcript: the whole log with a signed head and the keys, piece by piece.

A long log never stands in memory whole. What is written is checked by `transcript.verify_transcript`.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from app.pricing.auction.kinds import AuctionStatus, LogState
from app.pricing.auction.models import Auction, ExchangeKey
from app.pricing.auction.proof.receipts import Signer
from app.pricing.auction.proof.transcript import FORMAT

_ENDS: Final = {AuctionStatus.CLOSED: LogState.CLOSED, AuctionStatus.CANCELLED: LogState.CANCELLED}
CHUNK: Final = 1000
Lines = Callable[[int, int], Awaitable[Sequence[tuple[int, str, str]]]]
"""At most this many entries after a place in the log: place, content as text, hash in hex."""


def opening(auction: Auction, keys: Sequence[ExchangeKey], signer: Signer) -> dict[str, Any]:
    """What stands before the entries: which auction, its head as signed, the keys of the exchange."""
    state = _ENDS.get(auction.status, LogState.OPEN) if auction.last_seq else LogState.OPEN
    known = {key.key_id: key.public_key for key in keys} | {signer.key_id: signer.public_key}
    return {
        "format": FORMAT,
        "auction": {"id": str(auction.id), "number": auction.number, "title": auction.title, "form": auction.form},
        "head": {
            "seq": auction.last_seq,
            "hash": auction.head.hex(),
            "state": state,
            "signature": signer.sign_head(auction.id, auction.last_seq, auction.head, state),
            "key_id": signer.key_id,
        },
        "keys": [{"key_id": key_id, "public_key": key.hex()} for key_id, key in known.items()],
    }


async def written(opened: Mapping[str, Any], lines: Lines) -> AsyncIterator[bytes]:
    """The file in pieces, up to the entry that its head names."""
    yield json.dumps(opened, ensure_ascii=False)[:-1].encode() + b',"entries":['
    seq, last = 0, opened["head"]["seq"]
    while seq < last:
        rows = await lines(seq, min(CHUNK, last - seq))
        text = ",\n".join(f'{{"content":{content},"hash":"{digest}"}}' for _, content, digest in rows)
        yield ((",\n" if seq else "\n") + text).encode()
        seq = rows[-1][0]
    yield b"\n]}\n"
