"""A document as rows: its words as lexemes, each kind with a letter before it, so that GIN alone decides what is met.

`燃料` a word, `t:燃料` a word of the lead, `a:燃料电池` two that stand there together, `e:…` the whole lead; of a name,
`p:ranliao` how it sounds from there on, `g:料电` two characters, `d:graphen` a word with a letter left out; `n:zl…` a
number, `f:2=value` the second filter, `s:1` a sample. Weights and positions of a `tsvector` are not used: they would
have to be read in each row, which takes six times the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from search.documents import Document
from search.indexes import MOST_RANGES, Index
from search.postgres.sampling import samples
from search.text import words
from search.text.folding import squeeze
from search.text.numbers import spellings

LONGEST_LEXEME = 200
"""Characters; a `tsvector` takes 2046 bytes."""
_MOST_LEXEMES = 8_000
"""Of one document: a `tsvector` takes a megabyte."""


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is stored; `words` is a `tsvector` as text, which costs a third of an array."""

    id: UUID
    newest: Decimal
    digest: str
    words: str
    facets: Sequence[str]
    numbers: Sequence[Decimal | None]
    texts: Sequence[str]


def row(index: Index, document: Document) -> Row:
    """The document as the engine stores it."""
    newest = _number(document, index.newest)
    return Row(
        id=UUID(document.id),
        newest=Decimal(0) if newest is None else newest,
        digest=document.digest,
        words=_written(lexemes(index, document)),
        facets=[f"{at}={value}" for at, name in enumerate(index.facets) for value in document.values(name)],
        numbers=numbers(index, document),
        texts=texts(index, document),
    )


def numbers(index: Index, document: Document) -> list[Decimal | None]:
    """Its ranges, in as many places as there are columns."""
    found = [_number(document, name) for name in index.ranges]
    return [*found, *[None] * (MOST_RANGES - len(found))]


def texts(index: Index, document: Document) -> list[str]:
    """What is searched of it, squeezed: where a phrase is looked for."""
    return [squeeze(document.text(name)) for name in index.searched]


def _number(document: Document, name: str) -> Decimal | None:
    value = document.fields.get(name)
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _written(lexemes: Sequence[str]) -> str:
    """A `tsvector` as text."""
    quoted = "\0".join(lexemes).replace("\\", "\\\\").replace("'", "''").replace("\0", "' '")
    return f"'{quoted}'"


def lexemes(index: Index, document: Document) -> list[str]:
    """Every lexeme of it, each once."""
    made = [f"s:{sample}" for sample in samples(UUID(document.id))]
    for at, name in enumerate(index.filters):
        made += [f"f:{at}={value}" for value in document.values(name)]
    for name in index.numbers:
        made += [f"n:{number}" for value in document.values(name) for number in spellings(value)]
    for name in index.searched:
        text = document.text(name)
        if not text:
            continue
        found = words.worth(words.words(text))
        made += found
        if name in index.lead:
            made.append(f"e:{squeeze(text)}")
            made += [f"t:{word}" for word in found]
            made += [f"a:{both}" for both in words.together(words.row(text))]
        if name in index.partial:
            made += [f"p:{sound}" for sound in words.sounds(text)]
            made += [f"g:{pair}" for pair in words.pairs(text)]
            made += [f"d:{near}" for word in found for near in words.nearly(word)]
    return list(dict.fromkeys(lexeme[:LONGEST_LEXEME] for lexeme in made))[:_MOST_LEXEMES]
