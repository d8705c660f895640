"""Logs that an exchange hashed and signed itself, each false in one thing: the proof must find it."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.commands import cli
from app.pricing.auction.bidding.rules import Bid
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof import log
from app.pricing.auction.proof.transcript import verify_transcript
from tests.pricing.auction.bidding.test_forms import BY_FORM, MINUTE, START, cny
from tests.pricing.auction.proof.scribe import SIGNER, Json, Scribe, published, receipt_of
from tests.pricing.auction.proof.test_transcript import sample

BEFORE = START - MINUTE


def problems(contents: list[Json]) -> list[tuple[int, str]]:
    return verify_transcript(published(contents), (), [SIGNER.public_key]).problems


def first(contents: list[Json], kind: str, **facts: Any) -> Json:
    return next(c for c in contents if c["kind"] == kind and all(c[name] == value for name, value in facts.items()))


def sealed() -> Scribe:
    """Two sealed bids, one of them replaced; opened and closed at the deadline."""
    scribe = Scribe(BY_FORM[AuctionForm.SEALED], BEFORE, range(101, 103))
    for paddle, amount in ((101, 300), (102, 200), (102, 400)):
        scribe.bid(Bid(paddle, cny(amount)), START)
    scribe.close(scribe.state.ends_at)
    return scribe


def _more_time(contents: list[Json]) -> None:
    entry = first(contents, "resumed")
    entry["ends_at"] = log.moment(log.read_moment(entry["ends_at"]) + timedelta(microseconds=1))


def _a_late_paddle(contents: list[Json]) -> None:
    first(contents, "admitted", paddle=104)["at"] = log.moment(START)
    for entry in contents:
        entry["at"] = max(entry["at"], log.moment(START)) if entry["seq"] > 5 else entry["at"]


def _no_minimum(contents: list[Json]) -> None:
    del first(contents, "bid", code="bid_too_low")["minimum"]


def _another_minimum(contents: list[Json]) -> None:
    first(contents, "bid", code="bid_too_low")["minimum"] = "1.00"


def _a_step_of_nothing(contents: list[Json]) -> None:
    contents[0]["conditions"]["ladder"][0]["step"] = "0.00"


def _a_window_back(contents: list[Json]) -> None:
    contents[0]["conditions"]["window_seconds"] = -300


def _leading_zeros(contents: list[Json]) -> None:
    entry = first(contents, "bid", accepted=False)
    entry["amount"] = "00" + entry["amount"]


def _full_width_digits(contents: list[Json]) -> None:
    entry = first(contents, "bid", accepted=False)
    entry["amount"] = entry["amount"].translate({ord(str(n)): 0xFF10 + n for n in range(10)})


def _an_exponent(contents: list[Json]) -> None:
    first(contents, "bid", accepted=True)["amount"] = "1E+2"


def _a_bid_after_the_close(contents: list[Json]) -> None:
    late = deepcopy(first(contents, "bid", accepted=False))
    last = contents[-1]
    closed_with = [entry for entry in contents if entry["kind"] == "bid"][-1]
    late |= {"seq": last["seq"] + 1, "at": last["at"], "code": "bid_too_late", "minimum": None}
    contents.append(late | {name: closed_with[name] for name in ("price", "leader", "ends_at")})


@pytest.mark.parametrize(
    "forge",
    [
        _more_time, _a_late_paddle, _no_minimum, _another_minimum, _a_step_of_nothing, _a_window_back, _leading_zeros,
        _full_width_digits, _an_exponent, _a_bid_after_the_close,
    ],
)  # fmt: skip
def test_a_false_open_log_is_found(forge: Callable[[list[Json]], None]) -> None:
    contents = deepcopy(sample().contents)
    assert problems(contents) == []
    forge(contents)
    assert problems(contents)


def _amount_shown(contents: list[Json]) -> None:
    first(contents, "bid")["amount"] = "300.00"


def _without_commitment(contents: list[Json]) -> None:
    first(contents, "bid", paddle=102)["commitment"] = None


def _with_a_maximum(contents: list[Json]) -> None:
    entry = first(contents, "bid")
    entry["maximum_commitment"] = entry["commitment"]


def _decided_when_opened(contents: list[Json]) -> None:
    late = deepcopy(first(contents, "bid")) | {"accepted": False, "code": "bid_too_late", "minimum": None}
    late |= {"at": contents[-1]["at"]}
    contents.insert(-1, late)
    for seq, entry in enumerate(contents, start=1):
        entry["seq"] = seq


def _below_the_start(contents: list[Json]) -> None:
    bid, opening = first(contents, "bid"), first(contents, "revealed")["bids"][0]
    opening |= {"seq": bid["seq"], "paddle": bid["paddle"], "amount": "99.99"}
    bid["commitment"] = log.commitment(opening["salt"], cny(100) - Decimal("0.01"))


def _opened_early(contents: list[Json]) -> None:
    first(contents, "revealed")["at"] = log.moment(START)


def _not_opened(contents: list[Json]) -> None:
    del first(contents, "revealed")["bids"][0]


@pytest.mark.parametrize(
    "forge",
    [
        _amount_shown,
        _without_commitment,
        _with_a_maximum,
        _decided_when_opened,
        _below_the_start,
        _opened_early,
        _not_opened,
    ],
)
def test_a_false_sealed_log_is_found(forge: Callable[[list[Json]], None]) -> None:
    contents = deepcopy(sealed().contents)
    assert problems(contents) == []
    forge(contents)
    assert problems(contents)


def test_a_deadline_does_not_come_back_when_the_bids_were_opened() -> None:
    """Suspended and resumed after the opening, with the right length: the end is still past."""
    scribe = sealed()
    scribe.contents.pop()
    at = scribe.state.ends_at
    scribe.add("suspended", at)
    scribe.add("resumed", at + MINUTE, ends_at=log.moment(at + MINUTE))
    late = scribe.bid(Bid(102, cny(500)), at)
    late["at"] = log.moment(at + MINUTE)
    assert any("opened" in text for _, text in problems(scribe.contents))


@pytest.mark.parametrize("name", ["number", "title", "form"])
def test_the_file_says_of_which_auction_it_is(name: str) -> None:
    """Its head is the log's: another lot's title cannot be put over it."""
    transcript = published(sample().contents)
    transcript["auction"][name] = "示例其他"
    assert verify_transcript(transcript, (), [SIGNER.public_key]).problems


@pytest.mark.parametrize(
    "text",
    [
        '{"format": "techex-auction-transcript/1", "format": "techex-auction-transcript/1"}',
        '{"format": NaN}',
        "[" * 100_000,
        '{"format": "techex-auction-transcript/1", "entries": ' + "9" * 5000 + "}",
    ],
    ids=["a name twice", "no number", "deep", "a long number"],
)
def test_json_that_is_read_in_two_ways_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "transcript.json"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(cli, ["verify", str(path)])
    assert done.exit_code == 1
    assert "cannot be read as JSON" in str(done.exception) + done.output


def test_a_nested_entry_is_a_problem_and_never_a_trace() -> None:
    transcript = published(sample().contents)
    deep: Any = 0
    for _ in range(3000):
        deep = [deep]
    transcript["entries"][3]["content"]["paddle"] = deep
    assert verify_transcript(transcript).problems


# What a refusal rested on is committed to, so that its bidder can show that it was false.


def refusal(*bids: Bid, form: AuctionForm = AuctionForm.ENGLISH) -> tuple[Scribe, Json]:
    scribe = Scribe(BY_FORM[form], BEFORE, range(101, 103))
    *_, last = [scribe.bid(bid, START) for bid in bids]
    assert not last["accepted"]
    scribe.close(scribe.state.ends_at)
    return scribe, last


def held(scribe: Scribe, *entries: Json) -> list[tuple[int, str]]:
    """What a bidder finds that opens what it sent in these entries."""
    transcript = published(scribe.contents)
    receipts = [receipt_of(transcript, e["seq"]) | {"opening": scribe.opening(e["seq"])} for e in entries]
    return verify_transcript(transcript, receipts, [SIGNER.public_key]).problems


def test_a_maximum_said_to_be_below_the_amount_is_shown_not_to_be() -> None:
    scribe, last = refusal(Bid(101, cny(120), cny(110)))
    assert held(scribe, last) == []
    scribe.refused[last["seq"]] = (101, cny(130), "00" * 16)
    last["maximum_commitment"] = log.commitment("00" * 16, cny(130))
    assert held(scribe) == [], "nobody else can tell"
    assert [seq for seq, _ in held(scribe, last)] == [last["seq"]]
    last["maximum_commitment"] = None
    assert held(scribe)


def test_a_leaders_raise_that_was_refused_wrongly_is_shown() -> None:
    first_bid, raised = Bid(101, cny(100), cny(200)), Bid(101, cny(100), cny(150))
    scribe, last = refusal(first_bid, raised)
    leading = first(scribe.contents, "bid")
    assert held(scribe, last) == held(scribe, last, leading) == []
    scribe.refused[last["seq"]] = (101, cny(250), "00" * 16)
    last["maximum_commitment"] = log.commitment("00" * 16, cny(250))
    assert held(scribe, last) == [], "what it led with is known to it alone"
    assert [seq for seq, _ in held(scribe, leading, last)] == [last["seq"]]


def test_a_sealed_amount_said_to_be_below_the_start_is_shown_not_to_be() -> None:
    scribe, last = refusal(Bid(101, cny(99)), form=AuctionForm.SEALED)
    assert (last["code"], last["amount"], held(scribe, last)) == ("bid_too_low", None, [])
    scribe.refused[last["seq"]] = (101, cny(100), "00" * 16)
    last["commitment"] = log.commitment("00" * 16, cny(100))
    assert [seq for seq, _ in held(scribe, last)] == [last["seq"]]
