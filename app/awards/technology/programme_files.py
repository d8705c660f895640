"""Reads programme files. The only I/O of the package."""

from collections.abc import Sequence
from pathlib import Path

from app.awards.technology.rules.programme import NoProgrammeError, Programme, parse_programme
from app.law import strict_yaml
from app.law.strict_yaml import SourceError


def parse_yaml(text: str, source: str) -> Programme:
    """A programme from YAML text; `SourceError` names the source, and the line or the key at fault."""
    document = strict_yaml.load(text, source)
    if not isinstance(document, dict):
        raise SourceError(f"{source}: a programme is a mapping of keys")
    return parse_programme(document, source)


def load_programmes(folder: Path) -> tuple[Programme, ...]:
    """All programmes of a folder (`*.yaml`), by file name; `SourceError` when there is none or one is faulty."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise SourceError(f"{folder}: no programme file (*.yaml)")
    found: dict[str, str] = {}
    programmes = []
    for file in files:
        programme = parse_yaml(file.read_text(encoding="utf-8"), file.name)
        if programme.id in found:
            raise SourceError(f"{file.name}: id: {programme.id!r} is also the id of {found[programme.id]}")
        found[programme.id] = file.name
        programmes.append(programme)
    return tuple(programmes)


def programmes_for(programmes: Sequence[Programme], year: int) -> tuple[Programme, ...]:
    """The programmes in force for an award year; `NoProgrammeError` says which years are covered when there is none."""
    covering = tuple(programme for programme in programmes if programme.covers(year))
    if not covering:
        raise NoProgrammeError(year, [programme.span for programme in programmes])
    return covering
