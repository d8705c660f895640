"""The watch over the order of locks sees what it is for."""

import pytest

from tests.support.locks import ALONE, UNDER, Held, Watch, documented


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_the_documented_order_names_every_kind_of_lock() -> None:
    order = documented()
    assert order["deals"].row < order["contracts"].row < order["listings"].row < order["deposits"].row
    assert order["deposits"].within < order["settlement_instructions"].within < order["ledger_accounts"].within
    assert {name for pair in UNDER.items() for name in pair} <= set(order)
    assert not set(ALONE) & set(order)


def test_a_lock_against_the_order_is_found(watch: Watch) -> None:
    held = Held(watch)
    held.take("contracts", ["contract"])
    held.take("deals", ["deal"])
    assert watch.take() == ["deals is locked after contracts: the documented order is the other"]


def test_within_a_row_the_arrow_is_the_order(watch: Watch) -> None:
    held = Held(watch)
    held.take("ledger_accounts", ["account"])
    held.take("deposits", ["deposit"])
    assert len(watch.take()) == 1


def test_what_is_held_already_or_only_tried_or_was_not_there_breaks_no_order(watch: Watch) -> None:
    held = Held(watch)
    held.take("deals", ["deal"])
    held.take("listings", ["listing"])
    held.take("deals", ["deal"])
    held.take("contracts", ["contract"], waits=False)
    held.take("contracts", [])
    assert watch.take() == []
    held.take("deals", ["another"])
    assert len(watch.take()) == 1


def test_an_auction_may_be_locked_late_under_its_listing_and_not_without(watch: Watch) -> None:
    for taken, faults in ((["listings", "deposits", "auctions"], 0), (["deposits", "auctions"], 1)):
        held = Held(watch)
        for name in taken:
            held.take(name, [name])
        assert len(watch.take()) == faults


def test_what_was_taken_is_told_once_in_its_order(watch: Watch) -> None:
    held = Held(watch)
    for name, waits in (("deals", True), ("contracts", False), ("deals", True), ("people", True)):
        held.take(name, [name], waits=waits)
    assert watch.take_taken() == ("deals", "contracts?", "people")
    assert watch.take_taken() == ()


def test_a_lock_without_a_place_is_found(watch: Watch) -> None:
    Held(watch).take("pools", ["pool"])
    assert watch.take() == ["pools is locked, and has no place in the documented order"]
