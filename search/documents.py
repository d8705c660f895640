"""What an engine is given: documents, each a flat set of fields."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

Value = str | int | Decimal | Sequence[str] | None


@dataclass(frozen=True)
class Document:
    """What is found: its id (a UUID as text), and its fields by name. The index's settings say what each field is for.

    Whoever makes a document answers for it: all of its fields may be told to everybody who may search the index.
    """

    id: str
    fields: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A field as text; several values are joined, none is empty."""
        value = self.fields.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else "\n".join(map(str, self.values(name)))

    def values(self, name: str) -> list[str]:
        """A field as a list of texts: none, one or several."""
        value = self.fields.get(name)
        if value is None:
            return []
        return [str(value)] if isinstance(value, str | int | Decimal) else [str(item) for item in value]

    @cached_property
    def digest(self) -> str:
        """A short hash of all fields: an engine keeps it, so that what it holds can be compared with what is true."""
        written = json.dumps(dict(self.fields), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.blake2b(written.encode(), digest_size=12).hexdigest()
