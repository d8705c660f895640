"""What a document must satisfy, what belongs on a link, and that counts kept step by step are those of the rows."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue.results.kinds import TechnicalField
from app.core.problems import Problem
from app.finding.chains.kinds import Gap, Placed, Stage
from app.finding.chains.rules import counting, documents
from app.finding.chains.rules.counting import Count, Key, Parties, Placement, Things
from app.finding.chains.rules.documents import Link
from app.finding.chains.rules.placing import Chain, LinkRule, Parts, Thing, readable

ENERGY = TechnicalField.NEW_ENERGY


def rule(code: str, *terms: str, industries: tuple[str, ...] = (), fields: tuple[TechnicalField, ...] = ()) -> LinkRule:
    return LinkRule(code, industries, frozenset(fields), terms)


def thing(*texts: str, field: TechnicalField = ENERGY, industry: str | None = None) -> Thing:
    return Thing(field, industry, readable(texts))


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("双极板", "示例双极板镀层", True),
        ("双极板", "双极\n板", False),
        ("USB接口", "ＵＳＢ 接口", True),
        ("AI", "an AI chip", True),
        ("ai", "ＡＩ芯片", True),
        ("AI", "chair", False),
        ("fuel cell", "Fuel-Cell stack", True),
        ("fuel cell", "fuel cells", False),
        ("芯片", "AI芯片设计", True),
        ("5G", "45G", False),
        ("%_", "50% a_b", False),
    ],
)
def test_a_term_is_found_in_any_spelling_and_others_than_han_as_whole_words(term: str, text: str, found: bool) -> None:
    placed = Chain.of([rule("one", term, "示例以外")]).place(thing(text))
    assert placed == ({"one": Parts(terms=(term,))} if found else {})


def test_a_thing_is_placed_by_industry_or_term_and_only_within_the_fields_of_the_link() -> None:
    chain = Chain.of([
        rule("plates", "双极板", industries=("C38", "C3849"), fields=(ENERGY,)),
        rule("any", "双极板"),
    ])  # fmt: skip
    assert chain.place(thing("双极板", industry="C3849")) == {
        "plates": Parts("C38", ENERGY, ("双极板",)),
        "any": Parts(terms=("双极板",)),
    }
    assert chain.place(thing("别的", industry="C3849")) == {"plates": Parts("C38", ENERGY)}
    assert chain.place(thing("双极板", field=TechnicalField.AGRICULTURE)) == {"any": Parts(terms=("双极板",))}
    assert chain.place(thing("别的", industry="C39")) == {}


def faults_of(*links: Link) -> list[tuple[str, str]]:
    try:
        documents.check(links)
    except Problem as problem:
        return [(each.field, each.code) for each in problem.errors]
    return []


def test_each_fault_of_a_document_is_named_by_its_path() -> None:
    up, mid = Stage.UPSTREAM, Stage.MIDSTREAM
    good = Link(up, (), rule("a", "甲乙"))
    assert faults_of(good, Link(mid, ("a",), rule("b", industries=("C",)))) == []
    assert faults_of(
        good,
        Link(mid, ("a", "z"), rule("b", "甲", "Ａb", "AB", "!!")),
        Link(up, ("b",), rule("c", fields=(ENERGY,))),
        Link(up, (), rule("a", "甲乙")),
    ) == [
        ("links.3.code", "code_repeated"),
        ("links.1.rule.terms.0", "term_too_short"),
        ("links.1.rule.terms.2", "term_repeated"),
        ("links.1.rule.terms.3", "term_too_short"),
        ("links.2.rule", "rule_empty"),
        ("links.1.follows.1", "link_unknown"),
        ("links.2.follows.0", "stage_later"),
    ]


def test_links_in_a_ring_are_named_and_a_chain_has_no_more_terms_than_it_may() -> None:
    mid = Stage.MIDSTREAM
    ring = [Link(mid, (after,), rule(code, "甲乙")) for code, after in (("a", "b"), ("b", "c"), ("c", "a"))]
    last = Link(mid, ("a",), rule("d", "甲乙"))
    assert faults_of(*ring, last) == [(f"links.{place}.follows", "links_in_a_ring") for place in range(3)]
    many = [Link(mid, (), rule(f"l{n}", *(f"词{n}之{at}" for at in range(50)))) for n in range(41)]
    assert faults_of(*many) == [("links", "too_many_terms")]
    assert faults_of(*many[:40]) == []


ORGANISATIONS = [UUID(int=n) for n in range(1, 4)]
PLACEMENTS = st.builds(
    Placement,
    st.booleans(),
    st.just(Parts()),
    st.none() | st.sampled_from(ORGANISATIONS),
    st.none() | st.sampled_from(ORGANISATIONS),
)
KEYS = st.builds(
    Key, st.sampled_from(["a", "b"]), st.sampled_from([Placed.LISTING, Placed.DEMAND]), st.sampled_from(
        [UUID(int=n) for n in range(10, 14)]
    )
)  # fmt: skip
SHOWN = st.sets(st.tuples(st.sampled_from([Placed.ENTERPRISE, Placed.AGENCY]), st.sampled_from(ORGANISATIONS)))
STEPS = st.lists(st.tuples(st.dictionaries(KEYS, st.none() | PLACEMENTS, max_size=4), SHOWN), max_size=8)


@given(STEPS)
def test_what_is_kept_step_by_step_is_what_one_computation_finds(
    steps: list[tuple[dict[Key, Placement | None], set[tuple[Placed, UUID]]]],
) -> None:
    rows: dict[Key, Placement] = {}
    parties: Parties = {}
    kept: dict[counting.Place, Count] = {}
    shown: set[tuple[Placed, UUID]] = set()

    def apply(before: Things, after: Things, known: Parties) -> None:
        nonlocal parties
        are = counting.parties_after(before, after, known, shown)
        parties = {key: each for key, each in {**parties, **are}.items() if each.is_there}
        change = counting.difference(counting.counted(before, known), counting.counted(after, are))
        for place, each in change.items():
            was = kept.get(place, Count())
            kept[place] = Count(was.total + each.total, was.open + each.open)

    for changes, now_shown in steps:
        shown = now_shown
        apply({}, {}, parties)  # organisations changed
        before = {key: rows[key] for key in changes if key in rows}
        after = {key: each for key, each in changes.items() if each is not None}
        keys = counting.touched(before, after)
        before = {key: each for key, each in before.items() if key in keys}
        after = {key: each for key, each in after.items() if key in keys}
        concerned = counting.concerned(before, after)
        apply(before, after, {key: each for key, each in parties.items() if key in concerned})
        rows = {key: each for key, each in {**rows, **changes}.items() if each is not None}
    at_once = {key: each for key, each in counting.parties_after({}, rows, {}, shown).items() if each.is_there}
    assert parties == at_once
    assert {place: each for place, each in kept.items() if each != Count()} == counting.counted(rows, at_once)


def test_a_link_lacks_a_side_where_the_other_is_open() -> None:
    offered, wanted = ("a", Placed.LISTING), ("a", Placed.DEMAND)
    assert counting.gap({offered: Count(1, 1), wanted: Count(1, 1)}, "a") is None
    assert counting.gap({offered: Count(3, 0), wanted: Count(1, 1)}, "a") is Gap.NO_RESULT
    assert counting.gap({offered: Count(1, 1), wanted: Count(2, 0)}, "a") is Gap.NO_DEMAND
    assert counting.gap({offered: Count(1, 0)}, "a") is None
