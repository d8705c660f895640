"""Clues: the few words by which what may fit a thing is looked for, and how far a text meets each of them. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final

from search.text import words
from search.text.folding import KEPT, fold, is_han, runs
from search.text.queries import Parsed, Term, parse

MOST: Final = 10
"""Clues of one thing: each is a search."""
MOST_RELATED: Final = 4
"""Related words that are clues too."""
_NEAR_ENOUGH: Final = Fraction(2, 5)
_LEAST_TOGETHER: Final = 3
_COMMON: Final = """
    技术 方法 研究 应用 开发 研发 项目 成果 需求 问题 难题 解决 方案 系统 装置 设备 工艺 产品 材料 示例 新型 一种
    高效 提高 提升 降低 实现 要求 现有 目前 相关 关键 基于 能够 可以 达到 不超过 不低于 以上 以下 进行 采用 具有
    主要 指标 成本 增加 减少 解决方案 关键技术 通过 性能 转让 许可 独占 需要 希望 寻求 征集 面向 针对 使用 过程
    method device system technology development research application new improved
"""
COMMON: Final = words.STOP | frozenset(_COMMON.split())
"""Words that most titles of the field have: no clue, unless there is no other."""
_WITHIN: Final = Fraction(7, 10)
"""What it counts to be met outside the title, or in part."""
_NEAR: Final = Fraction(1, 2)
"""What it counts at most to share pairs of characters alone: 防腐蚀 and 耐腐蚀."""
_LEAST_FOR_NEAR: Final = 3
_WHOLE: Final = Fraction(1)
_NOT: Final = Fraction(0)
_YEAR: Final = 4
_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Clue:
    """A word or a name that something is about: as it was written, folded, and read as a query."""

    text: str
    read: Parsed


@dataclass(frozen=True)
class Said:
    """A text that is held against clues, folded once: its title, and all that it says, the title included."""

    title: str
    everything: str

    @classmethod
    def of(cls, title: str, more: Iterable[str]) -> "Said":
        """Fold the texts."""
        return cls(fold(title), fold("\n".join([title, *more])))

    def has_in_title(self, form: Sequence[str]) -> bool:
        """Whether each word of a form stands in the title."""
        han, others = _apart(tuple(form))
        return all(word in self.title for word in han) and (not others or others <= self.names)

    def has(self, form: Sequence[str]) -> bool:
        """Whether each word of a form stands anywhere."""
        han, others = _apart(tuple(form))
        return all(word in self.everything for word in han) and (not others or others <= self.all_names)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words that tell it from others."""
        return frozenset(_words(self.everything))

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of other letters in the title: `ai` is none of `chain`."""
        return frozenset(run for run in runs(self.title) if not is_han(run))

    @cached_property
    def all_names(self) -> frozenset[str]:
        """The same of all that it says."""
        return frozenset(run for run in runs(self.everything) if not is_han(run))


def of(keywords: Sequence[str], *texts: str) -> list[Clue]:
    """The clues of a thing: its keywords, and the words of them and of its texts, at most `MOST`.

    A text is read where those before it have given fewer than two: what follows a title names much besides the thing.
    """
    found = [keyword for keyword in keywords if runs(fold(keyword))]
    for text in ("\n".join(found), *texts):
        if len(found) < _ENOUGH or text in {texts[0], "\n".join(keywords)}:
            known = [fold(each) for each in found]
            found += [word for word in _words(text) if word not in known]
    if not found:
        found = list(words.row(texts[0]))
    return [Clue(fold(text).strip(), parse(f"{text} ")) for text in dict.fromkeys(found)][:MOST]


def both(first: Clue, second: Clue) -> Parsed:
    """A query for what meets two clues."""
    terms = tuple(replace(term, last=False) for term in (*first.read.terms, *second.read.terms))
    return Parsed(terms)


def met(clue: Clue, said: Said) -> Fraction:
    """How far a text meets a clue: 1 where each of its words, or another name of it, stands in the title."""
    terms = clue.read.terms
    if len(terms) == 1:
        return _term(terms[0], said)
    return sum((_term(term, said) for term in terms), Fraction(0)) / max(1, len(terms))


def related(
    own: Sequence[tuple[Clue, Fraction]], near: Sequence[Said], usual: Sequence[Said]
) -> list[tuple[Clue, Fraction]]:
    """Words that stand with a thing's own clues and seldom elsewhere, with the share of the near texts that have them.

    `near` are texts found by the clues, of which those count that meet them by two fifths; `usual` is a sample of all.
    """
    total = sum((weight for _, weight in own), Fraction(0))
    met_by = [said for said in near if sum(weight * met(clue, said) for clue, weight in own) >= _NEAR_ENOUGH * total]
    typed = "\n".join(clue.text for clue, _ in own)
    counts = Counter(word for said in met_by for word in said.words)
    elsewhere = Counter(word for said in usual for word in said.words)
    kept = {
        word: count * math.log(len(usual) / (elsewhere[word] + 1))
        for word, count in counts.items()
        if count >= _LEAST_TOGETHER and word not in typed and elsewhere[word] * 4 < len(usual)
    }
    best = sorted(kept, key=lambda word: (-kept[word], word))[:MOST_RELATED]
    return [(Clue(word, parse(f"{word} ")), Fraction(counts[word], len(met_by))) for word in best]


def _term(term: Term, said: Said) -> Fraction:
    if any(said.has_in_title(form) for form in term.forms):
        return _WHOLE
    if any(said.has(form) for form in term.forms):
        return _WITHIN
    typed = term.typed
    if len(typed) < _LEAST_FOR_NEAR or not is_han(typed):
        return _NOT
    pairs = _pairs(typed)
    return _NEAR * sum(pair in said.everything for pair in pairs) / len(pairs)


@lru_cache(maxsize=KEPT)
def _apart(form: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The Han words of a form, and the others."""
    han = tuple(word for word in form if is_han(word))
    return han, frozenset(form).difference(han)


@lru_cache(maxsize=KEPT)
def _pairs(typed: str) -> list[str]:
    return words.pairs(typed)


def _words(text: str) -> list[str]:
    """What a text says that tells it from others, in order."""
    return [
        word
        for word in dict.fromkeys(words.row(text))
        if word not in COMMON and len(word) > 1 and not (word.isdecimal() and len(word) <= _YEAR)
    ]
