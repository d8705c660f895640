"""The proof of an auction: what was written is found again, and nothing can be changed in it unseen."""

import json
from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.commands import cli
from app.pricing.auction.bidding.rules import Bid
from app.pricing.auction.kinds import AuctionForm
from app.pricing.auction.proof import log
from app.pricing.auction.proof.published import conditions_of, published_conditions
from app.pricing.auction.proof.receipts import Signer, verify
from app.pricing.auction.proof.replay import exhausted
from app.pricing.auction.proof.transcript import verify_transcript
from app.pricing.auction.schemas import AuctionConditionsOut
from tests.pricing.auction.bidding.test_forms import BIDS, BY_FORM, MINUTE, START, cny
from tests.pricing.auction.proof.scribe import AUCTION, SIGNER, Json, Scribe, published, receipt, receipt_of

KEYS = [SIGNER.public_key]
FOREIGN = Signer(bytes(32))
CLIMBS = st.lists(
    st.tuples(st.integers(101, 104), st.integers(-1, 4), st.none() | st.integers(-1, 25), st.integers(0, 5)),
    min_size=1,
    max_size=14,
)


def english(climbs: list[tuple[int, int, int | None, int]], pause: int = 0, reserve: Decimal | None = None) -> Scribe:
    """Bids a few fives above the least that would pass, maxima above those; a suspension in the midst; the close."""
    scribe, now = Scribe(BY_FORM[AuctionForm.ENGLISH], START - MINUTE, range(101, 105), reserve), START + 56 * MINUTE
    for number, (paddle, above, limit, minutes) in enumerate(climbs):
        if pause and number == 3:
            scribe.add("suspended", now)
            now += pause * MINUTE
            scribe.conditions = scribe.conditions.shifted(pause * MINUTE)
            scribe.state = scribe.state.__class__(
                scribe.state.ends_at + pause * MINUTE, scribe.state.price, scribe.state.leader, scribe.state.maximum,
                scribe.state.accepted,
            )  # fmt: skip
            scribe.add("resumed", now, ends_at=log.moment(scribe.state.ends_at))
        now += minutes * MINUTE / 4
        amount = (scribe.rules.minimum(scribe.conditions, scribe.state, now) or cny(100)) + 5 * above
        scribe.bid(Bid(paddle, amount, None if limit is None else amount + 10 * limit), now)
    scribe.close(max(now, scribe.state.ends_at))
    return scribe


def sample() -> Scribe:
    climbs = [(101, 0, 5, 1), (102, 0, 2, 1), (103, 1, 9, 0), (102, -1, None, 1), (101, 0, None, 1), (104, 2, 3, 2)]
    return english(climbs, pause=7)


SAMPLE = sample()
COUNT = len(SAMPLE.contents)
POSITIONS = st.integers(0, COUNT - 1)


def problems(transcript: Json, *held: Json) -> list[tuple[int, str]]:
    return verify_transcript(transcript, held, KEYS).problems


KEY = st.text("azAZ_09 ~", max_size=6)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEY, inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(KEY, PLAIN, max_size=4))
def test_the_canonical_form_is_that_of_rfc_8785(content: dict[str, Any]) -> None:
    assert log.canonical(content).encode() == rfc8785.dumps(content)


@given(st.decimals(0, 10**15, places=2), st.datetimes())
def test_money_and_times_are_read_as_they_were_written(amount: Decimal, at: Any) -> None:
    at = at.replace(tzinfo=START.tzinfo)
    assert log.read_money(log.money(amount)) == amount
    assert log.read_moment(log.moment(at)) == at


@pytest.mark.parametrize("form", AuctionForm)
def test_conditions_are_read_as_they_were_published(form: AuctionForm) -> None:
    written = json.loads(json.dumps(published_conditions(BY_FORM[form])))
    assert conditions_of(written) == BY_FORM[form]
    written["floor_price"] = written.pop("price_floor")  # as the logs of release 0.1 have it
    assert conditions_of(written) == BY_FORM[form]
    assert AuctionConditionsOut.model_validate(written).price_floor == BY_FORM[form].price_floor


@given(CLIMBS, st.sampled_from([0, 3]), st.none() | st.sampled_from([cny(100), cny(200)]), st.booleans())
def test_an_honest_log_holds(climbs: Any, pause: int, reserve: Decimal | None, closed: bool) -> None:
    """Of an ascending auction, closed or still going on, with and without a reserve, the winner's maximum unknown."""
    scribe = english(climbs, pause, reserve)
    accepted = [entry for entry in scribe.contents if entry["kind"] == "bid" and entry["accepted"]]
    assert exhausted(accepted) == [opening["seq"] for opening in scribe.contents[-1]["maxima"]]
    transcript = published(scribe.contents if closed else scribe.contents[:-1])
    held = [receipt_of(transcript, seq) for seq in range(1, len(transcript["entries"]) + 1)]
    report = verify_transcript(transcript, held, KEYS)
    assert report.problems == []
    assert (report.bids, report.receipts, report.trusted) == (len(climbs), len(held), True)
    assert not (closed and report.unchecked)


@given(
    st.lists(BIDS, max_size=6), st.none() | st.just(cny(300)), st.sampled_from([AuctionForm.SEALED, AuctionForm.DUTCH])
)
def test_an_honest_log_of_the_other_forms_holds(bids: list[Bid], reserve: Decimal | None, form: AuctionForm) -> None:
    scribe = Scribe(BY_FORM[form], START - MINUTE, range(101, 105), reserve)
    for minute, bid in enumerate(bids):
        scribe.bid(Bid(bid.paddle, bid.amount), START + 10 * minute * MINUTE)
    scribe.close(START + 60 * MINUTE)
    assert problems(published(scribe.contents)) == []


@given(POSITIONS, st.data())
def test_a_changed_row_is_found(position: int, data: st.DataObject) -> None:
    transcript = published(SAMPLE.contents)
    content = transcript["entries"][position]["content"]
    name = data.draw(st.sampled_from(sorted(content)))
    content[name] = data.draw(
        st.sampled_from([None, 7, "7.00", True, [], "x"]).filter(lambda new: new != content[name])
    )
    assert position + 1 in [seq for seq, _ in problems(transcript)]


@given(POSITIONS)
def test_a_dropped_row_is_found(position: int) -> None:
    transcript = published(SAMPLE.contents)
    del transcript["entries"][position]
    assert problems(transcript)


@given(POSITIONS, POSITIONS)
def test_a_moved_or_inserted_row_is_found(position: int, other: int) -> None:
    inserted, moved = published(SAMPLE.contents), published(SAMPLE.contents)
    inserted["entries"].insert(position, deepcopy(inserted["entries"][other]))
    assert problems(inserted)
    moved["entries"].insert(other, moved["entries"].pop(position))
    assert (problems(moved) != []) == (position != other)


@given(st.integers(1, COUNT), POSITIONS)
def test_a_cut_end_is_found_by_a_receipt(held: int, left: int) -> None:
    """Even where the exchange itself cut it, and signed the rest."""
    receipt = receipt_of(published(SAMPLE.contents), held)
    found = problems(published(SAMPLE.contents[:left]), receipt)
    assert any("receipt" in text for _, text in found) == (left < held)


@given(st.sampled_from([entry["seq"] for entry in SAMPLE.contents if entry["kind"] == "bid"]))
def test_a_bid_left_out_by_the_exchange_is_found_by_its_receipt(seq: int) -> None:
    receipt = receipt_of(published(SAMPLE.contents), seq)
    without = [dict(entry) for entry in SAMPLE.contents if entry["seq"] != seq]
    for number, entry in enumerate(without, start=1):
        entry["seq"] = number
    assert any("receipt" in text for _, text in problems(published(without), receipt))


def _change(entry: Json, name: str) -> None:
    value = entry[name]
    if name in {"accepted"}:
        entry[name] = not value
    elif name in {"leader", "paddle", "winner"}:
        entry[name] = 104 if value != 104 else 101
    elif name in {"ends_at", "at"}:
        entry[name] = log.moment(log.read_moment(value) + timedelta(microseconds=1))
    elif name in {"price", "amount"}:
        entry[name] = log.money(log.read_money(value) + 1)
    else:
        entry[name] = "bid_too_low" if value != "bid_too_low" else None


FALSE = [
    (entry["seq"], name)
    for entry in SAMPLE.contents
    for name in {
        "bid": ("accepted", "leader", "ends_at", "price", "code"), "closed": ("winner", "price", "ending"),
        "resumed": (),
    }.get(entry["kind"], ())
]  # fmt: skip


@given(st.sampled_from(FALSE))
def test_a_false_decision_that_the_exchange_hashed_and_signed_itself_is_found(false: tuple[int, str]) -> None:
    seq, name = false
    contents = deepcopy(SAMPLE.contents)
    _change(contents[seq - 1], name)
    found = problems(published(contents))
    assert found
    assert found[0][0] <= COUNT


def test_a_late_bid_let_in_by_the_exchange_is_found() -> None:
    scribe = Scribe(BY_FORM[AuctionForm.ENGLISH], START - MINUTE, range(101, 103))
    entry = scribe.bid(Bid(101, cny(100)), START + 65 * MINUTE)
    entry |= {"accepted": True, "code": None, "price": "100.00", "leader": 101, "minimum": "110.00"}
    assert [seq for seq, _ in problems(published(scribe.contents))] == [entry["seq"]]


def test_a_maximum_that_was_exhausted_must_be_opened_and_fit() -> None:
    hidden, forged = deepcopy(SAMPLE.contents), deepcopy(SAMPLE.contents)
    assert len(hidden[-1]["maxima"]) > 1
    hidden[-1]["maxima"].pop()
    assert any("never opened" in text for _, text in problems(published(hidden)))
    forged[-1]["maxima"][0]["amount"] = "999.00"
    assert any("committed" in text for _, text in problems(published(forged)))


def test_the_winners_opening_settles_the_last_price() -> None:
    """A price less than a step above the rival is what a maximum gives that was reached; the winner knows better."""
    scribe = Scribe(BY_FORM[AuctionForm.ENGLISH], START - MINUTE, range(101, 103))
    first = scribe.bid(Bid(101, cny(100), cny(300)), START)
    scribe.bid(Bid(102, cny(150)), START)
    scribe.close(scribe.state.ends_at)
    scribe.contents[-2] |= {"price": "155.00", "minimum": "165.00"}
    scribe.contents[-1]["price"] = "155.00"
    transcript = published(scribe.contents)
    own = receipt_of(transcript, first["seq"]) | {"opening": scribe.opening(first["seq"])}
    assert problems(transcript) == []
    assert any("155.00" in text for _, text in problems(transcript, own))
    assert any(
        "committed" in text for _, text in problems(transcript, own | {"opening": {"amount": "1.00", "salt": ""}})
    )


def test_a_reserve_is_opened_where_it_decided_and_must_fit() -> None:
    scribe = english([(101, 0, None, 0)], reserve=cny(500))
    assert scribe.contents[-1]["ending"] == "below_reserve"
    scribe.contents[-1]["reserve"]["amount"] = "600.00"
    assert any("reserve" in text for _, text in problems(published(scribe.contents)))


def test_the_next_bidder_is_asked_in_turn() -> None:
    scribe = english([(101, 0, None, 0), (102, 0, None, 0), (103, 0, None, 0)])
    end = scribe.state.ends_at
    scribe.add("defaulted", end, paddle=103)
    scribe.add("offered", end, paddle=102, price="110.00")
    scribe.add("offered", end, paddle=101, price="100.00")
    assert problems(published(scribe.contents)) == []
    del scribe.contents[-2]
    scribe.contents[-1]["seq"] -= 1
    assert any("turn" in text for _, text in problems(published(scribe.contents)))


def test_a_foreign_signature_is_found() -> None:
    transcript = published(SAMPLE.contents)
    forged = published(SAMPLE.contents, FOREIGN)
    assert problems(forged)
    assert verify_transcript(forged).ok
    assert problems(transcript, receipt(3, transcript["entries"][2]["hash"], FOREIGN))
    for name, value in (("signature", "00" * 64), ("seq", 4), ("auction_id", str(AUCTION)[:-1] + "2"), ("hash", 5)):
        assert problems(transcript, receipt_of(transcript, 3) | {name: value}), name


def cut_at_receipt(contents: list[Json], seq: int, shape: str) -> Json:
    """What the bidder of an entry can make of the public log and its receipt: it holds no key of the exchange."""
    transcript = published(contents)
    own = receipt_of(transcript, seq)
    head = own | {"state": "open"} if shape.endswith("2") else own
    return transcript | {"format": shape, "entries": transcript["entries"][:seq], "head": head}


def test_e2_a_receipt_is_no_head() -> None:
    """E2: a log cut at one's own receipt is no proof of the whole."""
    whole = verify_transcript(published(SAMPLE.contents), (), KEYS)
    assert (whole.proven, whole.state, whole.ending[:14]) == (True, "closed", "sold to paddle")
    seq = next(content["seq"] for content in SAMPLE.contents if content["kind"] == "bid")
    new = verify_transcript(cut_at_receipt(SAMPLE.contents, seq, "techex-auction-transcript/2"), (), KEYS)
    assert any("the signature of the head is false" in text for _, text in new.problems)
    # As an exchange signed before: it verifies still, and is no proof that nothing follows.
    old = verify_transcript(cut_at_receipt(SAMPLE.contents, seq, "techex-auction-transcript/1"), (), KEYS)
    assert (old.ok, old.proven, old.old_head, old.state) == (True, False, True, "open")
    last = len(SAMPLE.contents)
    ended = verify_transcript(cut_at_receipt(SAMPLE.contents, last, "techex-auction-transcript/1"), (), KEYS)
    assert (ended.ok, ended.proven, ended.old_head, ended.state) == (True, True, True, "closed")


def test_e2_a_head_says_whether_the_log_is_open() -> None:
    """An open log's head is not that of a closed one: the state is signed, and is that of the entries."""
    for state in ("open", "cancelled"):
        transcript = published(SAMPLE.contents)
        last = bytes.fromhex(transcript["head"]["hash"])
        signature = SIGNER.sign_head(AUCTION, transcript["head"]["seq"], last, state)
        transcript["head"] |= {"state": state, "signature": signature}
        assert any("its entries say closed" in text for _, text in problems(transcript))
        transcript["head"]["state"] = "closed"
        assert any("the signature of the head is false" in text for _, text in problems(transcript))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_rubbish_is_a_problem_and_never_a_trace(data: st.DataObject) -> None:
    transcript = published(SAMPLE.contents)
    entry = transcript["entries"][data.draw(POSITIONS)]
    places = [transcript, transcript["head"], transcript["auction"], entry, entry["content"]]
    place = places[data.draw(st.integers(0, len(places) - 1))]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JUNK)
    verify_transcript(transcript, [data.draw(JUNK)], KEYS)  # type: ignore[list-item]


@given(POSITIONS, st.data())
def test_rubbish_that_the_exchange_hashed_is_a_problem_and_never_a_trace(position: int, data: st.DataObject) -> None:
    contents = deepcopy(SAMPLE.contents)
    contents[position][data.draw(st.sampled_from(sorted(contents[position])))] = data.draw(JUNK)
    verify_transcript(published(contents), (), KEYS)


@given(st.integers(1, 10), st.binary(min_size=32, max_size=32))
def test_a_signature_is_of_one_entry(seq: int, entry_hash: bytes) -> None:
    signature = SIGNER.sign(AUCTION, seq, entry_hash)
    assert verify(SIGNER.public_key, AUCTION, seq, entry_hash, signature)
    assert not verify(SIGNER.public_key, AUCTION, seq + 1, entry_hash, signature)
    assert not verify(FOREIGN.public_key, AUCTION, seq, entry_hash, signature)


def test_the_command_checks_a_file_offline(tmp_path: Path) -> None:
    def run(transcript: Json, *options: str) -> Any:
        path = tmp_path / "transcript.json"
        path.write_text(json.dumps(transcript), encoding="utf-8")
        return CliRunner().invoke(cli, ["verify", str(path), *options])

    transcript = published(SAMPLE.contents)
    held = tmp_path / "receipt.json"
    held.write_text(json.dumps(receipt_of(transcript, 6)), encoding="utf-8")
    good = run(transcript, "--receipt", str(held), "--key", SIGNER.public_key.hex())
    assert (good.exit_code, "holds" in good.output, "--key" in good.output) == (0, True, False)
    assert "the auction is closed: sold to paddle" in good.output
    unknown = run(transcript)
    assert (unknown.exit_code, "signed by an unknown key" in unknown.output) == (3, True), "E3"
    del transcript["entries"][5]
    bad = run(transcript, "--receipt", str(held))
    assert (bad.exit_code, "entry 6" in bad.output) == (1, True)


def test_a_maximum_that_fell_short_is_opened_even_if_its_bidder_wins_later() -> None:
    scribe = Scribe(BY_FORM[AuctionForm.ENGLISH], START - MINUTE, range(101, 103))
    scribe.bid(Bid(101, cny(100), cny(200)), START)
    short = scribe.bid(Bid(102, cny(120), cny(150)), START)
    scribe.bid(Bid(102, cny(170), cny(400)), START)
    scribe.close(scribe.state.ends_at)
    assert short["seq"] in exhausted([entry for entry in scribe.contents if entry["kind"] == "bid"])
    assert problems(published(scribe.contents)) == []


def test_a_leader_who_only_raises_its_maximum_is_followed() -> None:
    scribe = Scribe(BY_FORM[AuctionForm.ENGLISH], START - MINUTE, range(101, 103))
    scribe.bid(Bid(101, cny(100), cny(200)), START)
    raised = scribe.bid(Bid(101, cny(100), cny(400)), START)
    scribe.bid(Bid(102, cny(250)), START)
    scribe.close(scribe.state.ends_at)
    assert raised["accepted"]
    assert problems(published(scribe.contents)) == []


@given(st.integers(1, COUNT - 1))
def test_a_signed_head_that_is_not_the_last_entry_is_found(seq: int) -> None:
    transcript = published(SAMPLE.contents)
    transcript["head"] = receipt_of(transcript, seq)
    assert problems(transcript)
