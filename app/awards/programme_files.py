"""Reads programme files. The only I/O beside the pure half of the package."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from app.awards.programme import NoProgrammeError, Programme, ProgrammeError, parse_programme


class _StrictLoader(yaml.SafeLoader):
    """YAML without what silently changes a figure: repeated keys and floats are refused, dates stay text."""

    source = "programme"

    def fail(self, node: yaml.Node, message: str) -> ProgrammeError:
        return ProgrammeError(f"{self.source}: line {node.start_mark.line + 1}: {message}")

    def strict_mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise self.fail(key_node, f"the key {key!r} is not text")
            if key in seen:
                raise self.fail(key_node, f"the key {key!r} is given twice")
            seen[key] = self.construct_object(value_node, deep=True)
        return seen

    def refused_float(self, node: yaml.ScalarNode) -> float:
        raise self.fail(node, f"{node.value} is a float; write the figure in quotes")

    def text_of(self, node: yaml.ScalarNode) -> str:
        return str(node.value)


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _StrictLoader.strict_mapping)
_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.refused_float)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.text_of)


def parse_yaml(text: str, source: str) -> Programme:
    """A programme from YAML text; `ProgrammeError` names the source, and the line or the key at fault."""
    loader = _StrictLoader(text)
    loader.source = source
    try:
        document = loader.get_single_data()
    except yaml.YAMLError as error:
        raise ProgrammeError(f"{source}: not YAML: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()
    if not isinstance(document, dict):
        raise ProgrammeError(f"{source}: a programme is a mapping of keys")
    return parse_programme(document, source)


def load_programmes(folder: Path) -> tuple[Programme, ...]:
    """All programmes of a folder (`*.yaml`), by file name; `ProgrammeError` when there is none or one is faulty."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise ProgrammeError(f"{folder}: no programme file (*.yaml)")
    found: dict[str, str] = {}
    programmes = []
    for file in files:
        programme = parse_yaml(file.read_text(encoding="utf-8"), file.name)
        if programme.id in found:
            raise ProgrammeError(f"{file.name}: id: {programme.id!r} is also the id of {found[programme.id]}")
        found[programme.id] = file.name
        programmes.append(programme)
    return tuple(programmes)


def programmes_for(programmes: Sequence[Programme], year: int) -> tuple[Programme, ...]:
    """The programmes in force for an award year; `NoProgrammeError` says which years are covered when there is none."""
    covering = tuple(programme for programme in programmes if programme.covers(year))
    if not covering:
        raise NoProgrammeError(year, [programme.span for programme in programmes])
    return covering
