"""Hooks and ports: who announces reaches every follower, in order; who asks gets exactly one answer."""

import subprocess
import sys

import pytest

from app import wiring
from app.core import hooks
from app.core.hooks import Hook, Port, follows, provides
from tests.support.served import ROOT

told: Hook[[list[str]]] = Hook("test.told")
answers: Port[str, int] = Port("test.answers")


async def first(heard: list[str]) -> None:
    heard.append("first")


async def second(heard: list[str]) -> None:
    heard.append("second")


async def refusing(heard: list[str]) -> None:
    raise ValueError("refused")


async def test_followers_run_in_the_order_of_the_wiring_and_what_one_raises_stops_the_rest() -> None:
    for follower in (first, refusing, second):
        follows(told, follower).connect()
    heard: list[str] = []
    with pytest.raises(ValueError, match="refused"):
        await told.announce(heard)
    assert heard == ["first"]
    with pytest.raises(ValueError, match=r"follows test\.told already"):
        told.follow(first)
    with pytest.raises(ValueError, match=r"a hook test\.told already"):
        Hook("test.told")


def test_a_key_has_one_provider() -> None:
    provides(answers, "a", 1).connect()
    assert (answers.of("a"), answers.find("b")) == (1, None)
    with pytest.raises(ValueError, match="has a provider already"):
        answers.provide("a", 2)
    with pytest.raises(KeyError, match="nobody provides for b"):
        answers.of("b")
    with pytest.raises(ValueError, match=r"a port test\.answers already"):
        Port("test.answers")


def test_what_is_wired_is_wired_once() -> None:
    before = wiring.overview()
    wiring.connect()
    assert wiring.overview() == before


def test_a_process_that_was_not_wired_announces_nothing_in_silence() -> None:
    """A forgotten `connect` would let notices never end; it fails at the first announcement instead."""
    code = """
import asyncio
from app.core.hooks import Hook, NotWiredError, Port
for ask in (lambda: asyncio.run(Hook("told").announce()), lambda: Port("answers").find("a")):
    try:
        ask()
    except NotWiredError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["refused", "refused"]


def test_every_package_with_links_or_routes_stands_in_the_table() -> None:
    """A file that no row names would never be loaded."""
    root = wiring.__file__.removesuffix("wiring.py")
    rows = {package.name: package.parts for package in wiring.PACKAGES}
    for file, part in (("models", wiring.TABLES), ("follows", wiring.FOLLOWS), ("routes", wiring.ROUTES)):
        there = {str(path.parent)[len(root) :].replace("/", ".") for path in wiring.APP.rglob(f"{file}.py")}
        assert there == {name for name, parts in rows.items() if part in parts}, file


def test_the_overview_tells_who_follows_what() -> None:
    lines = wiring.overview()
    signed = lines.index("deal.contracted")
    assert "when_contract_is_signed_check_gates" in lines[signed + 1]
    assert "when_contract_is_signed_meet_demand" in lines[signed + 2]
    assert "when_contract_is_signed_open_settlement" in lines[signed + 3]
    assert all(hook.followers for name, hook in hooks.hooks().items() if not name.startswith("test.")), "unheard"
