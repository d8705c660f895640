"""What is wrong with an installation's environment, found before anything starts: one line each, as `StartError`."""

import difflib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from app.core.settings import Settings
from app.run.errors import StartError, one_line

_PREFIX = "TECHEX_"
_OF_THE_TESTS = frozenset({"TECHEX_CHAOS", "TECHEX_RECORD", "TECHEX_TEST_SEED"})


def variable_of(field: str) -> str:
    """The variable that a setting is read from."""
    return "DATABASE_URL" if field.upper().endswith("DATABASE_URL") else f"{_PREFIX}{field.upper()}"


def check_names(given: Iterable[str]) -> None:
    """Refuse a variable with our prefix that is no setting: what it was to say would be ignored."""
    known = {variable_of(field) for field in Settings.model_fields} | {f"{_PREFIX}DATABASE_URL"}
    for name in sorted(given):
        if name.upper().startswith(_PREFIX) and name.upper() not in known | _OF_THE_TESTS:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.75)
            hint = f"did you mean {near[0]}?" if near else "remove it; docs/guides/operations.md lists them all."
            raise StartError(f"{name} is no setting; {hint}")


def check_folders(settings: Settings) -> None:
    """Refuse a data folder that cannot be written, and a folder of programmes that has none."""
    folder = settings.data_dir.absolute()
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            # Root's embedded server runs under another account, which passes through to what is its own.
            folder.chmod(0o700 if os.geteuid() else 0o711)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else one_line(error)
        raise StartError(
            f"Cannot write in {folder}: {reason}; set TECHEX_DATA_DIR to a folder that this account may write."
        ) from None
    if not _has_programmes(settings.programmes_dir):
        raise StartError(
            f"{settings.programmes_dir.absolute()} holds no award programme (*.yaml); set TECHEX_PROGRAMMES_DIR to a "
            "folder that does, or unset it."
        )


def _has_programmes(folder: Path) -> bool:
    try:
        return any(path.suffix == ".yaml" for path in folder.iterdir())
    except OSError:
        return False
