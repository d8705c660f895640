"""The API's address: had before anything starts, or refused with what to set."""

import socket

import pytest

from app.run.errors import StartError
from app.run.ports import bind, url_of


def test_a_port_in_use_is_named_with_what_to_set() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StartError, match=rf"^127\.0\.0\.1:{port} is in use by another program; set TECHEX_PORT"):
            bind("127.0.0.1", port)


def test_port_0_takes_a_free_one_and_keeps_it() -> None:
    with bind("127.0.0.1", 0) as ours:
        port = ours.getsockname()[1]
        assert port > 0
        assert url_of(ours) == f"http://127.0.0.1:{port}"
        with pytest.raises(StartError, match="in use"):
            bind("127.0.0.1", port)


def test_an_address_of_another_machine() -> None:
    with pytest.raises(StartError, match="TECHEX_HOST"):
        bind("203.0.113.9", 8000)


def test_a_wildcard_is_reached_by_loopback() -> None:
    with bind("0.0.0.0", 0) as ours:
        assert url_of(ours).startswith("http://127.0.0.1:")
