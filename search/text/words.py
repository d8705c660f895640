"""Words of Chinese text by rjieba with the field's own terms, and their pinyin. Both load at the first use: 90 MB."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Final

from search import terms
from search.text.folding import KEPT, fold, is_han, runs, squeeze

if TYPE_CHECKING:
    from rjieba import Jieba

_SAY_NOTHING: Final = """
    的 了 及 其 及其 在 中 和 与 或 对 为 是 一种 用于 基于 以及 本 该 a an and for in of on or the to with
"""
STOP: Final = frozenset(_SAY_NOTHING.split())
"""Words that say nothing of a thing. A query of nothing else keeps them."""
_LONGEST_WITHIN: Final = 3
"""Characters of the longest word that rjieba itself finds within another."""
_LOADING: Final = Lock()
_FREQUENCY: Final = 100_000
_JOINED: Final = 3
"""Words in a row whose pinyin is also found when it is typed without a space."""
_LEAST_FOR_TYPO: Final = 5
"""Letters of a word in which one may be wrong; Meilisearch asks for as many."""


@cache
def _jieba() -> "Jieba":
    from rjieba import Jieba  # noqa: PLC0415

    made = Jieba()
    for name in terms.names():
        if is_han(name):
            made.add_word(name, _FREQUENCY, None)
    return made


def are_loaded() -> bool:
    """Whether the words are in memory. Before, the first text takes 0.3 s to read."""
    return _jieba.cache_info().currsize > 0


def load() -> None:
    """Load words and pinyin before the first text needs them. One thread does it, others wait."""
    with _LOADING:
        words("示例")
        pinyin("示例")


@lru_cache(maxsize=KEPT)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, long ones and those within them, each once, in order; for what is indexed."""
    found: dict[str, None] = {}
    for run in runs(fold(text)):
        if is_han(run):
            found.update(dict.fromkeys(_jieba().cut_for_search(run)))
        else:
            found[run] = None
    for word in [word for word in found if len(word) > _LONGEST_WITHIN and is_han(word)]:
        parts = _jieba().cut_all(word)
        found.update(dict.fromkeys(part for part in parts if _LONGEST_WITHIN < len(part) < len(word)))
    return tuple(found)


def cut(run: str) -> list[str]:
    """A run of Han characters cut once into words, as long ones as there are; for what is asked."""
    return _jieba().cut(run)


@lru_cache(maxsize=KEPT)
def row(text: str) -> tuple[str, ...]:
    """The words of a text, cut once, in order."""
    return tuple(word for run in runs(fold(text)) for word in (cut(run) if is_han(run) else (run,)))


def together(found: Sequence[str]) -> list[str]:
    """Each two neighbours of a row of words, as one."""
    return [first + second for first, second in pairwise(found)]


def worth(found: Iterable[str]) -> list[str]:
    """The words that say something, each once, in order."""
    return [word for word in dict.fromkeys(found) if word not in STOP]


@lru_cache(maxsize=50_000)
def pinyin(word: str) -> tuple[str, str]:
    """A word's pinyin without tones and its first letters: `ranliao` and `rl`. Other letters stay as they are."""
    if not is_han(word):
        return word, word
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    syllables = lazy_pinyin(word)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def sounds(text: str) -> list[str]:
    """What is typed by somebody who types pinyin: from each word on, three in a row, in full and by first letters.

    A single word is the beginning of such a row.
    """
    said = [(word, *pinyin(word)) for word in row(text)]
    found: dict[str, None] = {}
    for start, (word, _, _) in enumerate(said):
        if word not in STOP and is_han(word):
            joined = said[start : start + _JOINED]
            found["".join([full for _, full, _ in joined])] = None
            found["".join([first for _, _, first in joined])] = None
    return list(found)


def pairs(text: str) -> list[str]:
    """Each pair of Han characters that follow each other, brackets or not: by these the middle of a name is found."""
    han = [run for run in runs(squeeze(text)) if is_han(run)]
    return list(dict.fromkeys(run[at : at + 2] for run in han for at in range(len(run) - 1)))


def nearly(word: str) -> list[str]:
    """A word of other letters as it is, and with each one letter left out: two of which a typo apart share one."""
    if is_han(word) or len(word) < _LEAST_FOR_TYPO or not word.isalpha():
        return []
    return list(dict.fromkeys([word, *(word[:at] + word[at + 1 :] for at in range(len(word)))]))
