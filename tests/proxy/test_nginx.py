"""D2: the sample `docs/guides/nginx.conf`, run by nginx before the API: `make proxy`. Else nginx is not asked for."""

import asyncio
import json
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.pricing.auction import factory
from tests.support.patience import PATIENCE
from tests.support.served import ROOT, free_port, served
from tests.support.world import World

NGINX = os.environ.get("WITH_NGINX") and shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.skipif(not os.environ.get("WITH_NGINX"), reason="`make proxy` runs nginx"),
    pytest.mark.skipif(not NGINX, reason="there is no nginx here (on Debian: apt install nginx-light)"),
]
HOST = "exchange.example"


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, secret = folder / "certificate.pem", folder / "certificate.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


@contextmanager
def proxied(folder: Path, first: int, second: int, *changes: tuple[str, str]) -> Iterator[tuple[httpx.Client, int]]:
    """A client of the proxy before two ports, and the proxy's own port for plain HTTP; each place is replaced once."""
    certificate, secret = _certificate(folder)
    plain, secure = free_port(), free_port()
    config = (ROOT / "docs" / "guides" / "nginx.conf").read_text("utf-8")
    temporary = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    for place, own in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
        ("127.0.0.1:8000 ", f"127.0.0.1:{first} "),
        ("127.0.0.1:8001 ", f"127.0.0.1:{second} "),
        ("/etc/nginx/exchange.example.pem", f"{certificate}"),
        ("/etc/nginx/exchange.example.key", f"{secret}"),
        ("/var/log/nginx/techex.log", f"{folder / 'access.log'}"),
        ("http {\n", "http {\n" + temporary),
        *changes,
    ):
        assert config.count(place) == 1, place
        config = config.replace(place, own)
    file = folder / "nginx.conf"
    file.write_text(f"pid {folder / 'nginx.pid'};\ndaemon off;\n{config}")
    command = [str(NGINX), "-p", str(folder), "-c", str(file), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert checked.returncode == 0, checked.stderr
    base = f"https://127.0.0.1:{secure}"
    trusted = ssl.create_default_context(cafile=certificate)
    with subprocess.Popen(command) as nginx:
        try:
            with httpx.Client(base_url=base, headers={"Host": HOST}, verify=trusted, timeout=PATIENCE) as client:
                _await(client)
                yield client, plain
        finally:
            nginx.terminate()
            nginx.wait(PATIENCE)


def _await(client: httpx.Client) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            client.get("/nothing")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx did not answer")


@contextmanager
def echo() -> Iterator[int]:
    """The port of a server that answers with the headers that it got."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = json.dumps(dict(self.headers.items())).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Keep the output of the tests clean."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_d2_what_a_client_says_of_itself_does_not_pass_the_proxy(tmp_path: Path) -> None:
    with echo() as port, proxied(tmp_path, port, free_port()) as (client, _):
        forged = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "ftp", "Connection": "close"}
        got = client.get("/v1/listings?q=secret", headers=forged).json()
    assert (got["X-Forwarded-For"], got["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
    assert (got["Host"], "Connection" in got) == (HOST, False)
    assert "secret" not in (tmp_path / "access.log").read_text("utf-8")


def test_d2_the_proxy_limits_a_client_and_the_api_goes_on(fresh_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    with served(fresh_url, tmp_path / "data") as url:
        port = int(url.rpartition(":")[2])
        with proxied(folder, port, free_port()) as (client, plain):  # the other process is away
            moved = httpx.get(f"http://127.0.0.1:{plain}/v1/listings?limit=1", headers={"Host": HOST})
            assert (moved.status_code, moved.headers["location"]) == (308, f"https://{HOST}/v1/listings?limit=1")
            ready = client.get("/readyz")
            assert (ready.status_code, ready.headers["strict-transport-security"]) == (200, "max-age=31536000")
            assert client.get("/metrics").status_code == 403
            assert httpx.get(f"{url}/metrics").status_code == 200
            assert client.get("/readyz", headers={"X-Long": "a" * 20_000}).status_code == 400
            assert client.post("/v1/documents", content=bytes(50 * 2**20 + 1)).status_code == 413
            answers = Counter(client.get("/healthz").status_code for _ in range(300))
            assert answers[429] > 0
            assert answers[200] >= 100
            assert set(answers) == {200, 429}
            assert httpx.get(f"{url}/readyz").status_code == 200
    line = (folder / "access.log").read_text("utf-8").splitlines()[-1]
    assert re.fullmatch(r"127\.0\.0\.1 \[[^]]+\] GET /healthz \d{3} [\d.]+ \S+", line), line


# The answer itself asks nginx not to buffer it, and so does the sample. Each is tried without the other.
@pytest.mark.parametrize(
    "without",
    [
        ("proxy_buffering    off;", "proxy_buffering off; proxy_ignore_headers X-Accel-Buffering;"),
        ("proxy_buffering    off;", "proxy_buffering on;"),
    ],
    ids=["the_answers_word", "the_samples_word"],
)
async def test_d2_an_auctions_stream_passes_the_proxy_entry_by_entry(
    fresh_world: World, fresh_url: str, tmp_path: Path, without: tuple[str, str]
) -> None:
    folder = tmp_path / "nginx"
    folder.mkdir()
    scene = await factory.running(fresh_world)
    came: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def follow(client: httpx.Client) -> None:
        with client.stream("GET", f"{scene.path}/stream?after=1000000") as answer:
            assert answer.status_code == 200
            for line in answer.iter_lines():
                loop.call_soon_threadsafe(came.put_nowait, line)
                if '"kind":"bid"' in line and '"price":"102000.00"' in line:
                    return

    with (
        served(fresh_url, tmp_path / "data") as url,
        proxied(folder, int(url.rpartition(":")[2]), free_port(), without) as (client, _),
    ):
        following = asyncio.create_task(asyncio.to_thread(follow, client))
        async with asyncio.timeout(PATIENCE):
            await came.get()
            for amount in ("100000.00", "101000.00", "102000.00"):
                bidder = scene.bidders[int(amount[2]) % 2]
                await scene.accepted(bidder, amount)
                while f'"price":"{amount}"' not in await came.get():
                    pass  # each comes before the next bid is made: nothing waits for a full buffer
            await following
