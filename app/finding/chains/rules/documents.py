"""What a document of a chain must satisfy besides its form: every fault is named by its path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.problems import FieldError, Text
from app.finding.chains import problems
from app.finding.chains.kinds import Stage
from app.finding.chains.rules.placing import LinkRule, pattern_of

SHORTEST_TERM: Final = 2
"""Letters, digits and Han characters of the shortest term: a single one is found everywhere."""
MOST_TERMS: Final = 2_000
"""Terms of a whole chain."""
MOST_FAULTS: Final = 50
_ORDER: Final = list(Stage)


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the rules ask for it: `follows` are the codes of the links whose products it uses."""

    stage: Stage
    follows: Sequence[str]
    rule: LinkRule


def check(links: Sequence[Link]) -> None:
    """Raises `industry_chain_invalid` with each fault."""
    faults = [*_codes(links), *_rules(links), *_follows(links)]
    if faults:
        raise problems.CHAIN_INVALID(count=len(faults), errors=faults[:MOST_FAULTS])


def _codes(links: Sequence[Link]) -> Iterator[FieldError]:
    known: dict[str, int] = {}
    for place, link in enumerate(links):
        first = known.setdefault(link.rule.code, place)
        if first != place:
            yield FieldError(
                f"links.{place}.code",
                "code_repeated",
                Text(f"links.{first} has this code too.", f"与 links.{first} 的编码重复。"),
            )


def _rules(links: Sequence[Link]) -> Iterator[FieldError]:
    count = 0
    for place, link in enumerate(links):
        rule = link.rule
        if not rule.industries and not rule.terms:
            yield FieldError(
                f"links.{place}.rule",
                "rule_empty",
                Text("Nothing would be placed here by this rule.", "按此规则不会归入任何内容。"),
                Text("Name an industry or a term.", "请至少填写一个行业代码或关键词。"),
            )
        count += len(rule.terms)
        known: dict[str, int] = {}
        for at, term in enumerate(rule.terms):
            pattern = pattern_of(term).strip()
            if len(pattern) < SHORTEST_TERM:
                yield FieldError(
                    f"links.{place}.rule.terms.{at}",
                    "term_too_short",
                    Text("A single character is found everywhere.", "单个字符会归入过多内容。"),
                    Text("Write at least 2 letters, digits or Han characters.", "关键词至少2个字母、数字或汉字。"),
                )
            elif known.setdefault(pattern, at) != at:
                yield FieldError(
                    f"links.{place}.rule.terms.{at}",
                    "term_repeated",
                    Text(f"It is the same term as terms.{known[pattern]}.", f"与 terms.{known[pattern]} 相同。"),
                )
    if count > MOST_TERMS:
        yield FieldError(
            "links",
            "too_many_terms",
            Text(f"The chain has {count} terms.", f"全链共有{count}个关键词。"),
            Text(f"Name at most {MOST_TERMS} in the whole chain.", f"全链至多{MOST_TERMS}个。"),
        )


def _follows(links: Sequence[Link]) -> Iterator[FieldError]:
    by_code = {link.rule.code: link for link in links}
    for place, link in enumerate(links):
        for at, code in enumerate(link.follows):
            field, followed = f"links.{place}.follows.{at}", by_code.get(code)
            if followed is None:
                yield FieldError(
                    field,
                    "link_unknown",
                    Text(f"The chain has no link `{code}`.", f"产业链中没有环节 `{code}`。"),
                )
            elif _ORDER.index(followed.stage) > _ORDER.index(link.stage):
                yield FieldError(
                    field,
                    "stage_later",
                    Text(f"`{code}` is {followed.stage}.", f"`{code}` 属于 {followed.stage}。"),
                    Text(
                        "Follow links of the same stage or of an earlier one.", "只能承接同一阶段或者更靠上游的环节。"
                    ),
                )
    edges = {code: [each for each in link.follows if each in by_code] for code, link in by_code.items()}
    rings = _in_rings(edges)
    for place, link in enumerate(links):
        if link.rule.code in rings:
            yield FieldError(
                f"links.{place}.follows",
                "links_in_a_ring",
                Text("The link follows itself, by way of others.", "环节经由其他环节又承接自身。"),
            )


def _in_rings(edges: Mapping[str, Sequence[str]]) -> set[str]:
    """Links that are reached from themselves."""
    found = set()
    for code in edges:
        seen: set[str] = set()
        left = list(edges[code])
        while left:
            reached = left.pop()
            if reached not in seen:
                seen.add(reached)
                left += edges[reached]
        if code in seen:
            found.add(code)
    return found
