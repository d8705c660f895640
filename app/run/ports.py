"""The address the API listens on, taken before anything else is started."""

import errno
import socket

from app.run.errors import StartError, one_line

_BACKLOG = 2048


def bind(host: str, port: int, *, listening: bool = True) -> socket.socket:
    """A socket that listens on `host:port`; port 0 takes a free one. `StartError` if the address cannot be had.

    The API inherits it: nobody can take the port meanwhile, and a request that comes early waits. It does not where
    `listening` is false: a proxy that looks then finds nobody before the API is loaded.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise StartError(
            f"Cannot listen on {host}: {one_line(error)}; set TECHEX_HOST to an address of this machine."
        ) from None
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        if listening:
            bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise StartError(
                f"{host}:{port} is in use by another program; set TECHEX_PORT (or --port) to a free port."
            ) from None
        raise StartError(
            f"Cannot listen on {host}:{port}: {one_line(error)}; set TECHEX_HOST or TECHEX_PORT."
        ) from None
    return bound


def url_of(bound: socket.socket) -> str:
    """The base URL under which this machine reaches a bound socket; a wildcard address is reached by loopback."""
    host, port = bound.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
