"""Pure decisions of matching: how far what is asked for and what is offered fit, part by part, and what comes next.

Both sides are compared by what is public of them alone, so that no score tells what is hidden. What is not told counts
half: it is neither a reason for the pair nor against it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import lcm
from typing import Final

from app.catalogue.demands.kinds import SolutionWay
from app.catalogue.demands.responses.kinds import DeclineReason
from app.catalogue.demands.rules import modes_of
from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.problems import Text, listed
from app.finding.matching.kinds import Feedback, Part
from app.finding.matching.problems import MATCH_DECLINED

ONE, HALF, NOTHING = Fraction(1), Fraction(1, 2), Fraction(0)
FULL_DEALS: Final = 3
"""Deals from which on more of them make no difference."""
MOST_WORDS_TOLD: Final = 5
_PLACES: Final = Decimal("0.0001")
_CITY, _PROVINCE = 4, 2
_DIVISION: Final = slice(1, 3)
_LEAST_LEVEL: Final = {
    SolutionWay.TRANSFER_OR_LICENCE: 7,
    SolutionWay.COMMISSIONED_DEVELOPMENT: 4,
    SolutionWay.JOINT_DEVELOPMENT: 4,
    SolutionWay.CONSULTING_OR_SERVICE: 1,
}
"""The readiness (GB/T 22900) that a way of solution needs: who buys or licenses wants to use it soon."""
_USED_BY: Final[Mapping[TechnicalField, str]] = {
    TechnicalField.ELECTRONICS_INFORMATION: "39 40 63 64 65",
    TechnicalField.AEROSPACE: "37 43 56",
    TechnicalField.ADVANCED_MANUFACTURING: "33 34 35 36 37 38 39 40 43",
    TechnicalField.BIOMEDICINE: "27 35 73 83 84",
    TechnicalField.NEW_MATERIALS: "17 22 25 26 28 29 30 31 32 33 36 38 39",
    TechnicalField.NEW_ENERGY: "25 26 36 38 44 45",
    TechnicalField.ENVIRONMENT: "35 42 44 46 77",
    TechnicalField.NUCLEAR: "09 25 40 44",
    TechnicalField.AGRICULTURE: "01 02 03 04 05 13 14 15 26 27",
    TechnicalField.TRANSPORT: "36 37 48 53 54 55 56 57 58 59 60",
    TechnicalField.URBAN_SOCIAL: "46 47 48 49 50 77 78 79 80 83 84 85 91 92",
}
"""Divisions of GB/T 4754 that use results of a field: a product decision, since no official table relates the two."""
_RAISES: Final = {
    DeclineReason.NOT_THE_PROBLEM: Part.WORDS,
    DeclineReason.NOT_READY: Part.READINESS,
    DeclineReason.PRICE: Part.BUDGET,
    DeclineReason.TERMS: Part.WAY,
    DeclineReason.PLACE: Part.PLACE,
}
"""The part that decided against a match, by the reason of its decline. It counts more from then on."""
MOST_RAISES: Final = 4
ALL: Final = tuple(Part)
MEDIATING: Final = (Part.WORDS, Part.FIELD, Part.PLACE, Part.DEALS)
"""What an agency or a broker is judged by: the price and the readiness are not theirs."""
_NEXT: Final = {
    None: frozenset(Feedback),
    Feedback.SEEN: frozenset(Feedback) - {Feedback.SEEN},
    Feedback.ASKED: frozenset({Feedback.AGREED, Feedback.DECLINED}),
    Feedback.AGREED: frozenset({Feedback.DECLINED}),
    Feedback.DECLINED: frozenset[Feedback](),
}


@dataclass(frozen=True, slots=True)
class Need:
    """What is public of what somebody asks for. `met`: its demands that were met; None: it is hidden."""

    field: TechnicalField
    industry: str
    ways: frozenset[SolutionWay]
    budget: Decimal | None
    city: str | None
    met: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What is public of what somebody offers. `sold`: listings of the field that were sold by who offers."""

    field: TechnicalField
    readiness: int | None
    price: Decimal
    mode: TransferMode
    city: str | None
    sold: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A part of a score: its value from 0 to 1, and why. `known` False: one side does not tell, and it counts half."""

    part: Part
    value: Fraction
    reason: Text
    known: bool = True


def words(weights: Sequence[tuple[str, Fraction, Fraction]]) -> Judged:
    """How much of what the one says the other says too, of `(word, weight, how far it is met)`."""
    value = mean([(weight, share) for _, weight, share in weights])
    found = [Text(word, word) for word, _, share in weights if share][:MOST_WORDS_TOLD]
    if not found:
        return Judged(Part.WORDS, value, Text("It has none of the words.", "未命中关键词。"))
    told = listed(found)
    return Judged(Part.WORDS, value, Text(f"It has these words: {told.en}.", f"命中关键词：{told.zh}。"))


def field(one: TechnicalField, other: TechnicalField) -> Judged:
    """Whether both are in one technical field."""
    if one == other:
        return Judged(Part.FIELD, ONE, Text("Both are in the same technical field.", "技术领域相同。"))
    return Judged(Part.FIELD, NOTHING, Text("The technical fields differ.", "技术领域不同。"))


def industry(code: str, of: TechnicalField) -> Judged:
    """Whether the industry that asks (GB/T 4754) uses results of the field."""
    if code[_DIVISION] in _USED_BY[of].split():
        return Judged(
            Part.INDUSTRY, ONE, Text("The industry uses results of this field.", "该行业使用此技术领域的成果。")
        )
    return Judged(
        Part.INDUSTRY,
        NOTHING,
        Text("The industry seldom uses results of this field.", "该行业较少使用此技术领域的成果。"),
    )


def readiness(level: int | None, ways: Iterable[SolutionWay]) -> Judged:
    """How near a level of 1 to 9 comes to what the least demanding way of solution needs."""
    least = min(_LEAST_LEVEL[way] for way in ways)
    if level is None:
        return _untold(Part.READINESS, "The readiness is not told.", "未填写技术成熟度。")
    return Judged(
        Part.READINESS,
        min(ONE, Fraction(level, least)),
        Text(f"The readiness is {level}; {least} is needed.", f"技术成熟度为{level}级，需达到{least}级。"),
    )


def budget(available: Decimal | None, price: Decimal) -> Judged:
    """1 where the asking price is within the budget, 0 from twice the budget on, in proportion between."""
    if available is None:
        return _untold(Part.BUDGET, "The budget is to be negotiated.", "预算面议。")
    over = Fraction(price) / Fraction(available) - 1
    if over <= 0:
        return Judged(Part.BUDGET, ONE, Text("The asking price is within the budget.", "标价在预算之内。"))
    percent = -(-over * 100 // 1)
    return Judged(
        Part.BUDGET,
        max(NOTHING, 1 - over),
        Text(f"The asking price is {percent}% above the budget.", f"标价高出预算{percent}%。"),
    )


def way(ways: Iterable[SolutionWay], mode: TransferMode) -> Judged:
    """Whether the mode of transfer is one of the ways of solution asked for."""
    if mode in modes_of(ways):
        return Judged(
            Part.WAY, ONE, Text("The mode of transfer is one of the ways asked for.", "转化方式符合解决方式。")
        )
    return Judged(
        Part.WAY, NOTHING, Text("The mode of transfer is none of the ways asked for.", "转化方式不在所列解决方式之内。")
    )


def place(one: str | None, other: str | None) -> Judged:
    """1 in one city, a half in one province, else 0, by division codes (GB/T 2260)."""
    if one is None or other is None:
        return _untold(Part.PLACE, "One of the places is not on record.", "一方所在地未登记。")
    if one[:_CITY] == other[:_CITY]:
        return Judged(Part.PLACE, ONE, Text("Both are in the same city.", "双方在同一城市。"))
    if one[:_PROVINCE] == other[:_PROVINCE]:
        return Judged(Part.PLACE, HALF, Text("Both are in the same province.", "双方在同一省份。"))
    return Judged(Part.PLACE, NOTHING, Text("They are in different provinces.", "双方不在同一省份。"))


def deals(count: int | None) -> Judged:
    """How often the other side came to a deal in this field, as far as that is public; three are full."""
    if count is None:
        return _untold(Part.DEALS, "Who asks is not told.", "需求方名称未公开。")
    value = min(ONE, Fraction(count, FULL_DEALS))
    return Judged(Part.DEALS, value, Text(f"Public deals in this field: {count}.", f"本领域公开成交：{count}项。"))


def _untold(part: Part, en: str, zh: str) -> Judged:
    return Judged(part, HALF, Text(en, zh), known=False)


def compare(need: Need, offer: Offer, said: Judged, count: int | None) -> tuple[Judged, ...]:
    """Every part of a pair. `said` is the part of words, `count` the past deals of the side that is shown."""
    return (
        said,
        field(need.field, offer.field),
        industry(need.industry, offer.field),
        readiness(offer.readiness, need.ways),
        budget(need.budget, offer.price),
        way(need.ways, offer.mode),
        place(need.city, offer.city),
        deals(count),
    )


def mediate(
    need: Need, offered: TechnicalField | None, city: str | None, said: Judged, count: int
) -> tuple[Judged, ...]:
    """The parts of an agency: the best of what it offers now (None: nothing that fits), its place, its past deals."""
    nothing = Judged(Part.FIELD, NOTHING, Text("It offers nothing that fits now.", "目前无匹配的代理项目。"))
    kept = nothing if offered is None else field(need.field, offered)
    return (said, kept, place(need.city, city), deals(count))


def score(parts: Iterable[Judged], weights: Mapping[Part, Fraction]) -> Decimal:
    """The mean of the parts by their weights, from 0 to 1, to four decimals."""
    return rounded(mean([(weights[each.part], each.value) for each in parts]))


def mean(found: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The mean of `(weight, value)`, exact, over one denominator: sums of fractions took a third of a request."""
    common = lcm(*(weight.denominator * value.denominator for weight, value in found))
    total = sum(weight.numerator * (common // weight.denominator) for weight, _ in found)
    met = sum(
        weight.numerator * value.numerator * (common // (weight.denominator * value.denominator))
        for weight, value in found
    )
    return Fraction(met, total) if total else NOTHING


def rounded(value: Fraction) -> Decimal:
    """A share as it is shown: four decimals."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES, ROUND_HALF_EVEN)


def raised(
    weights: Mapping[Part, Fraction], declines: Mapping[DeclineReason, int], step: Fraction
) -> dict[Part, Fraction]:
    """The weights for who declined matches for these reasons: each decline adds `step` of the weight, four at most."""
    factor = dict.fromkeys(weights, ONE)
    for reason, times in declines.items():
        part = _RAISES.get(reason)
        if part is not None:
            factor[part] = ONE + step * min(times, MOST_RAISES)
    return {part: weight * factor[part] for part, weight in weights.items()}


def rarity(total: int) -> Fraction:
    """What a word weighs that this many things have: 1 where one has it, a half where ten have it."""
    return Fraction(rounded(1 / (1 + Fraction(Decimal(max(total, 1)).log10()))))


def follows(standing: Feedback | None, said: Feedback) -> bool:
    """Whether what is said now is written down. What was said already, or more than it, stands: nothing is written.

    Raises `match_declined` where the match was declined: it does not come back.
    """
    if standing == Feedback.DECLINED and said in {Feedback.ASKED, Feedback.AGREED}:
        raise MATCH_DECLINED()
    return said in _NEXT[standing]
