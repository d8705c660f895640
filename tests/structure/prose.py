"""A short list of words and shapes that the project's English avoids, each with what to write instead.

It looks at docstrings, comments and texts of `app/` and at the documents. Subject, verb, object; one idea a sentence.
"""

import re
from collections.abc import Iterator

from tests.structure.source import ROOT, sources

INSTEAD: dict[str, str] = {
    r"\banew\b": "again",
    r"\b[Ww]hoever\b": "everybody who, or the noun",
    r"\b(what|who)soever\b": "any",
    r"\b[Ss]o many\b": "the number, or this many",
    r"(?<!\.)\b[Bb]eside\b": "next to (place), besides (in addition)",
    r"\b(is|are) `?\{?\w+\}?`? since\b": "has been … since",
    r"\b(database|store|storage|storage of documents|[Dd]ocuments) (that )?(is|are) away\b": "is unavailable",
    r"\bundo(es)? (itself|themselves)\b": "rolls back",
    r"\bfinds? it settled\b": "finds the row settled",
    r"\bcomes? round\b": "runs",
    r"\bThe \w+ is another\b": "has changed",
    r"\blet (it|a deal) fail\b": "defaulted",
    r"\b(hitherto|thereof|therein|whereof|albeit|lest)\b": "a plain word",
    r"\bstill to come\b": "in the future, later",
}
FIRST_WORDS = re.compile(
    r"^(Add|Ask|Bid|Change|Check|Choose|Combine|Complete|Confirm|Continue|Correct|Declare|Do not|First|Give|Have|If|In|"
    r"Keep|Leave|Let|List|Look|Make|Name|Pay|Put|Read|Record|Register|Remove|Resolve|Retry|Say|See|Send|Set|Stop|Suspend|"
    r"Tell|Try|Undo|Upload|Use|Wait|Watch|Withdraw|Act|After|Amend|Begin|End|Deduct)\b"
)
"""How a remedy begins: with what to do, or with when to do it."""


def faults(place: str, text: str) -> Iterator[str]:
    """Each word of the list that the text holds, with the place and what to write instead."""
    for line, part in enumerate(text.splitlines(), start=1):
        for shape, instead in INSTEAD.items():
            if found := re.search(shape, part):
                yield f"{place}:{line}: “{found[0]}”: write {instead}"


def all_faults() -> list[str]:
    """What the list finds in the source of `app/` and in the documents."""
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "app" / "README.md"]
    texts = [(source.path, source.text) for source in sources()]
    texts += [(str(page.relative_to(ROOT)), page.read_text(encoding="utf-8")) for page in pages]
    return [fault for place, text in texts for fault in faults(place, text)]


def is_sentence_that_says_what_to_do(remedy: str) -> bool:
    """Whether a remedy begins with a verb or a condition and ends as a sentence."""
    return bool(FIRST_WORDS.match(remedy)) and remedy.endswith((".", "`."))
