"""What cannot be run here is at least read: the image, the services, the Makefile."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.core.settings import Settings
from app.run.fresh_keys import lines

PROCESSES = ("api", "worker", "migrate")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text())["services"])


@pytest.fixture(scope="module")
def stages() -> list[str]:
    return (ROOT / "Dockerfile").read_text().split("\nFROM ")[1:]


def test_the_services(services: dict[str, Any]) -> None:
    assert set(services) == {"api", "worker", "migrate", "postgres"}
    for name in ("api", "worker"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert services["postgres"]["healthcheck"]["test"]
    assert services["postgres"]["volumes"]


def test_nothing_is_bound_beyond_loopback(services: dict[str, Any]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_has_a_default() -> None:
    for name, rest in re.findall(r"\$\{(\w*(?:PASSWORD|KEY)\w*)([^}]*)\}", (ROOT / "compose.yaml").read_text()):
        assert rest.startswith(":?"), name


def test_d5_the_owner_migrates_and_the_rest_is_a_role_that_owns_nothing(services: dict[str, Any]) -> None:
    """Every secret is one that `techex keys --compose` prints, and every setting one that there is."""
    text = (ROOT / "compose.yaml").read_text()
    owner = services["postgres"]["environment"]["POSTGRES_USER"]
    roles = {name: services[name]["environment"]["DATABASE_URL"].split(":")[1].strip("/") for name in PROCESSES}
    assert roles["migrate"] == owner
    assert roles["api"] == roles["worker"] != owner
    assert services["migrate"]["command"] == ["migrate", "--application-role", roles["api"]]
    (mounted,) = services["postgres"]["configs"]
    made = yaml.safe_load(text)["configs"][mounted["source"]]["content"]
    assert made.startswith(f"CREATE ROLE {roles['api']} LOGIN PASSWORD '${{APPLICATION_PASSWORD:?")
    printed = {line.partition("=")[0] for line in lines(compose=True)} | {"TECHEX_PUBLIC_URL"}
    assert set(re.findall(r"\$\{(\w+):\?", text)) <= printed
    for name in PROCESSES:
        named = {variable.removeprefix("TECHEX_").lower() for variable in services[name]["environment"]}
        assert named - {"database_url"} <= Settings.model_fields.keys(), name


def test_e4_compose_passes_where_anchors_go(services: dict[str, Any], stages: list[str]) -> None:
    worker = services["worker"]
    assert worker["environment"]["TECHEX_ANCHOR_URL"] is None, "as the environment has it, and not set without"
    default = re.fullmatch(r"\$\{TECHEX_ANCHOR_FILE:-(.+)\}", worker["environment"]["TECHEX_ANCHOR_FILE"])
    assert default
    folder = default[1].rpartition("/")[0]
    assert [volume for volume in worker["volumes"] if volume.endswith(f":{folder}")]
    assert re.search(rf"install -d -o techex .*{folder}\b", stages[1]), "the unprivileged user may write there"


def test_the_image(stages: list[str]) -> None:
    builder, runtime = stages
    assert "--require-hashes" in builder
    assert "PIP_NO_CACHE_DIR=1" in builder
    assert re.search(r"^USER (?!root)\w+", runtime, re.MULTILINE)
    assert runtime.index("COPY . .") < runtime.index("\nUSER ")
    assert "HEALTHCHECK" in runtime
    assert "/healthz" in runtime
    assert "STOPSIGNAL SIGTERM" in runtime
    assert 'CMD ["serve"]' in runtime


def test_what_the_image_copies_is_let_into_the_build() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"app", "migrations", "alembic.ini", "requirements.lock"} <= let_in


def test_the_locks_name_no_index_and_pin_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "index-url" not in text
        pins = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==.*\\$", text, re.MULTILINE)
        assert pins
        assert len(pins) == len(re.findall(r"^\S", text, re.MULTILINE))


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "-f", str(ROOT / "Makefile"), f"VENV={folder / 'venv'}", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ | {"MAKEFLAGS": ""},
    )  # fmt: skip


def test_make_alone_lists_what_it_can_do(tmp_path: Path) -> None:
    shown = make(tmp_path)
    assert shown.returncode == 0
    for target in ("run", "test", "check", "lint", "typecheck", "bench", "chaos", "openapi", "lock", "clean"):
        assert f"make {target} " in shown.stdout


def test_an_old_python_is_refused_in_one_line(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    refused = make(tmp_path, f"PYTHON={old}", "run")
    assert refused.returncode != 0
    assert refused.stdout == "Python 3.9.2 is too old: install Python 3.11 or later, or run make PYTHON=python3.11.\n"


def test_a_missing_venv_is_refused_in_one_line(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text('#!/bin/sh\ncase "$2" in *version_info*) exit 0;; esac\nexit 1\n')
    bare.chmod(0o755)
    refused = make(tmp_path, f"PYTHON={bare}", "run")
    assert refused.returncode != 0
    assert refused.stdout == "Python's venv is missing: install it (on Debian: apt install python3-venv).\n"
