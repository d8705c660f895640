"""C9: a log in which bids were voided replays: the standing is recomputed without them, and nothing else changes."""

from copy import deepcopy
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pricing.auction.bidding.rules import Bid
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof.replay import exhausted
from app.pricing.auction.proof.transcript import verify_transcript
from tests.pricing.auction.bidding.test_forms import BIDS, BY_FORM, MINUTE, START, cny
from tests.pricing.auction.proof.scribe import Scribe, published, receipt_of
from tests.pricing.auction.proof.test_transcript import CLIMBS, KEYS

ENGLISH = BY_FORM[AuctionForm.ENGLISH]
VOIDS = st.lists(st.tuples(st.integers(1, 13), st.integers(101, 104), st.integers(0, 3)), max_size=3)


def climbed(climbs: Any, voids: Any, reserve: Decimal | None = None) -> Scribe:
    """Bids a few fives above the least; now and then the last ones of a paddle are voided, or the one before."""
    scribe, now = Scribe(ENGLISH, START - MINUTE, range(101, 105), reserve), START
    for number, (paddle, above, limit, minutes) in enumerate(climbs):
        now += minutes * MINUTE / 8
        amount = (scribe.rules.minimum(scribe.conditions, scribe.state, now) or cny(100)) + 5 * above
        scribe.bid(Bid(paddle, amount, None if limit is None else amount + 10 * limit), now)
        for after, whose, count in voids:
            made = [seq for seq, bid in scribe.accepted if bid.paddle == whose]
            if after == number and made:
                scribe.void(made[-count:] if count else made[:1], now)
    scribe.close(max(now, scribe.state.ends_at))
    return scribe


@given(CLIMBS, VOIDS, st.booleans())
def test_c9_an_honest_log_with_voided_bids_holds(climbs: Any, voids: Any, closed: bool) -> None:
    scribe = climbed(climbs, voids)
    decided = [entry for entry in scribe.contents if entry.get("accepted") or entry["kind"] == "voided"]
    assert exhausted(decided) == [opening["seq"] for opening in scribe.contents[-1]["maxima"]]
    transcript = published(scribe.contents if closed else scribe.contents[:-1])
    held = [receipt_of(transcript, seq) for seq in range(1, len(transcript["entries"]) + 1)]
    report = verify_transcript(transcript, held, KEYS)
    assert report.problems == []
    assert not (closed and report.unchecked)
    assert sorted(report.voided) == sorted(seq for entry in scribe.contents for seq in entry.get("voids", ()))


@given(CLIMBS, VOIDS)
def test_c9_without_bids_prices_only_fall_and_the_end_stays(climbs: Any, voids: Any) -> None:
    contents = [entry for entry in climbed(climbs, voids).contents if entry["kind"] in {"bid", "voided"}]
    for before, after in pairwise(contents):
        if after["kind"] == "voided":
            assert Decimal(after["price"] or 0) <= Decimal(before["price"] or 0)
            assert after["ends_at"] == before["ends_at"]


@given(st.lists(BIDS, min_size=1, max_size=6), st.data())
def test_c9_a_voided_sealed_bid_is_opened_and_does_not_count(bids: list[Bid], data: st.DataObject) -> None:
    scribe = Scribe(BY_FORM[AuctionForm.SEALED], START - MINUTE, range(101, 105))
    for minute, bid in enumerate(bids):
        scribe.bid(Bid(bid.paddle, bid.amount), START + minute * MINUTE)
    if scribe.accepted:
        paddle = data.draw(st.sampled_from([bid.paddle for _, bid in scribe.accepted]))
        scribe.void([seq for seq, bid in scribe.accepted if bid.paddle == paddle], START + 10 * MINUTE)
        closed = scribe.close(START + 60 * MINUTE)
        assert closed["winner"] != paddle
    assert verify_transcript(published(scribe.contents), [], KEYS).problems == []


def test_c9_a_descending_price_falls_on_when_its_one_bid_was_voided() -> None:
    scribe = Scribe(BY_FORM[AuctionForm.DUTCH], START - MINUTE, range(101, 105))
    first = scribe.bid(Bid(101, scribe.conditions.starting_price), START)
    scribe.void([first["seq"]], START)
    again = scribe.bid(Bid(102, scribe.conditions.starting_price), START + MINUTE)
    closed = scribe.close(START + MINUTE)
    assert (again["accepted"], closed["winner"]) == (True, 102)
    assert verify_transcript(published(scribe.contents), [], KEYS).problems == []


SAMPLE = climbed([(101, 0, 5, 1), (102, 0, 9, 1), (103, 0, None, 1), (101, 0, 2, 1)], [(2, 102, 1)])
(VOIDED,) = [entry["seq"] for entry in SAMPLE.contents if entry["kind"] == "voided"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("voids", []), ("voids", [99]), ("voids", [1]), ("voids", [6, 6]), ("voids", [8]), ("paddle", 101),
        ("price", "150.00"), ("price", None), ("leader", 102), ("ends_at", "2026-01-01T00:00:00.000000Z"),
    ],
)  # fmt: skip
def test_c9_a_false_voiding_that_the_exchange_hashed_and_signed_itself_is_found(name: str, value: Any) -> None:
    contents = deepcopy(SAMPLE.contents)
    assert contents[VOIDED - 1][name] != value
    contents[VOIDED - 1][name] = value
    found = verify_transcript(published(contents), [], KEYS).problems
    assert VOIDED in [seq for seq, _ in found] or any("opened" in text for _, text in found), found


def test_c9_nothing_is_voided_while_the_bidding_goes_on() -> None:
    contents = [entry for entry in SAMPLE.contents if entry["kind"] not in {"suspended", "resumed"}]
    for place, entry in enumerate(contents, start=1):
        entry["seq"] = place
    ((_, told),) = verify_transcript(published(contents), [], KEYS).problems[:1]
    assert "opened" in told or "suspension" in told
