"""Fills an empty database with the demonstration, and says where its keys are."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from app.core.settings import Environment, Settings
from app.identity.bootstrap import create_operator, is_empty

KEYS_FILE = "demo-keys.json"
_UNFINISHED = "demo-unfinished"


def show(settings: Settings, base_url: str) -> None:
    """Play the demonstration over HTTP if the database is empty; otherwise point to the keys of the time it was played.

    Outside a sandbox nothing is played: the demonstration moves the clock.
    """
    console = Console(soft_wrap=True, highlight=False)
    keys_file, unfinished = settings.data_dir / KEYS_FILE, settings.data_dir / _UNFINISHED
    if asyncio.run(is_empty(settings)):
        if settings.environment is not Environment.SANDBOX:
            console.print("techex: the database is empty; begin with `techex bootstrap operator NAME`.")
            return
        unfinished.touch()
        _play(settings, base_url, console, keys_file)
        unfinished.unlink()
    elif unfinished.exists():
        console.print(f"techex: the demonstration was interrupted; to play it again, remove {settings.data_dir} first.")
    if keys_file.exists():
        console.print(f"techex: a key for each kind of user is in {keys_file}")


def _play(settings: Settings, base_url: str, console: Console, keys_file: Path) -> None:
    from demo.play import run  # noqa: PLC0415 - its HTTP client and records, only when it is played

    console.print("techex: the database is empty: playing the demonstration through the API.")
    first, second = (asyncio.run(create_operator(settings, name)) for name in ("示例 Operator", "示例 Operator 2"))
    keys = run(base_url, (first, second), console)
    write_keys(keys_file, keys)
    console.print("\nKeys to play with, one for each kind of user", markup=False)
    for role, key in keys.items():
        console.print(f"  {role:<24} {key}", markup=False)


def write_keys(path: Path, keys: Mapping[str, str]) -> None:
    """Write keys by kind of user as JSON, readable by this account alone from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(keys), file, indent=2, ensure_ascii=False)
        file.write("\n")
