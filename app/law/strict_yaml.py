"""YAML files of figures: read without what silently changes a figure."""

from typing import Any

import yaml


class SourceError(ValueError):
    """Figures that cannot be relied on; the message names the source (a file, a frozen run) and the line or key."""


class _StrictLoader(yaml.SafeLoader):
    """Repeated keys (YAML would keep the last) and floats are refused, dates stay text."""

    source: str

    def fail(self, node: yaml.Node, message: str) -> SourceError:
        return SourceError(f"{self.source}: line {node.start_mark.line + 1}: {message}")

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


def load(text: str, source: str) -> Any:
    """What the text says: mappings by text, lists, text, whole numbers, booleans, null. Raises `SourceError`."""
    loader = _StrictLoader(text)
    loader.source = source
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise SourceError(f"{source}: not YAML: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()
