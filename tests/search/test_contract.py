"""Both engines keep the contract of `search/engine.py`, a sentence of it a test."""

from decimal import Decimal

import pytest

from search.engine import Between, Engine, EngineDown, Filter, OneOf, Order, Place, Query
from search.indexes import index
from search.meili.engine import MeilisearchEngine
from search.postgres.engine import PostgresEngine
from search.postgres.pool import Pool
from search.text.queries import parse
from tests.search.conftest import DOCUMENTS, LISTINGS, document

DEALS = index("deals")


async def found(engine: Engine, text: str | None, *filters: Filter, **more: object) -> list[int]:
    """The numbers of what is found, in order."""
    query = Query(parse(text) if text is not None else None, filters, **more)  # type: ignore[arg-type]
    return [int(each[-4:]) for each in (await engine.search(LISTINGS, query)).ids]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("石墨烯散热薄膜", {1, 8}),
        ("散热 薄膜 石墨烯", {1, 8}),
        ("石墨烯", {1, 2, 4, 8}),  # by its English name too
        ("graphene", {1, 2, 4, 8}),
        ("fuel cell", {3}),
        ("bipolar plate", {3, 4}),
        ("PEMFC", {3}),
        ("shimoxi", {1, 8}),
        ("smx", {1, 8}),
        ("shimoxi sanre", {1, 8}),
        ("chongqing", {5}),  # a character of two sounds
        ("示例(武汉)", {3}),
        ("示例（武汉）光电", {3}),
        ("usb", {6}),
        ("m2级", {6}),
        ("桥", {5, 7}),  # the beginning of a word
        ("graph", {4}),
        ("WH-L-2026-000002", {2}),
        ("ｗｈ l 2026 000002", {2}),
        ("ZL 2023 1 0000001.X", {4}),
        ("2023100000019", set()),
        ("CN202310000001", {4}),
        ('"石墨烯散热薄膜"', {1}),
        ("“散热薄膜与石墨烯”", {8}),
        ('"石墨烯涂层"', {2}),
        ("石墨烯 量子计算", set()),
        ("的", set()),
    ],
)
async def test_what_is_met(engine: Engine, text: str, numbers: set[int]) -> None:
    answer = await engine.search(LISTINGS, Query(parse(text)))
    assert {int(each[-4:]) for each in answer.ids} == numbers
    assert not answer.loosely
    assert (answer.total, answer.exact) == (len(numbers), True)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("电科", {3}),  # from the middle of a name
        ("例武", {3}),
        ("汉光电科", {3}),
        ("石墨希 散热", {1, 8}),  # another character of the same sound
        ("桥粱监测", {5}),
    ],
)
async def test_where_nothing_is_met_what_is_near_is(engine: Engine, text: str, numbers: set[int]) -> None:
    answer = await engine.search(LISTINGS, Query(parse(text)))
    assert {int(each[-4:]) for each in answer.ids} == numbers
    assert answer.loosely


async def test_one_letter_may_be_wrong(engine: Engine) -> None:
    assert await found(engine, "graphane coating") == [4]


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "& | ! <->", ":*", "-", "“”", " ", "（", "\u200b"])
async def test_no_sign_is_syntax_and_none_finds_anything(engine: Engine, text: str) -> None:
    assert await found(engine, text) == []


@pytest.mark.parametrize(
    "text", ["-石墨烯", "石墨烯:*", "(石墨烯 |", "石墨烯'\\", "!石墨烯", "%石墨烯_", '"石墨烯', "石墨烯 \" '"]
)
async def test_signs_around_a_word_change_nothing(engine: Engine, text: str) -> None:
    assert set(await found(engine, text)) == {1, 2, 4, 8}


async def test_a_long_query_is_answered(engine: Engine) -> None:
    assert set(await found(engine, "石墨烯" * 3333)) == {1, 2, 4, 8}
    assert await found(engine, "x" * 10_000) == []


async def test_the_lead_comes_first_and_the_newer_before_the_older(engine: Engine) -> None:
    assert await found(engine, "石墨烯 散热") == [1, 8, 2]  # they stand together in 1
    assert await found(engine, "桥梁") == [7, 5]  # the one whose lead is just that


async def test_without_words_the_newest_come_first(engine: Engine) -> None:
    assert await found(engine, None) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await found(engine, None, limit=3, offset=2) == [6, 5, 4]


async def test_pages_join(engine: Engine) -> None:
    whole = await found(engine, "石墨烯")
    assert [await found(engine, "石墨烯", limit=1, offset=n) for n in range(5)] == [*([n] for n in whole), []]


async def test_filters_narrow(engine: Engine) -> None:
    transport = OneOf("technical_field", ("transport",))
    assert await found(engine, None, transport) == [7, 5]
    assert await found(engine, "监测", transport, OneOf("pricing_mode", ("negotiated", "auction"))) == [5]
    assert await found(engine, None, OneOf("ip_type", ("software_copyright",))) == [6]
    assert await found(engine, None, OneOf("division", ("50",))) == [5]
    assert await found(engine, None, OneOf("division", ("' OR 1 = 1 --", '"]', "\\"))) == []


async def test_what_is_to_be_left_out_is_neither_found_nor_counted(engine: Engine) -> None:
    left_out = (DOCUMENTS[0].id, DOCUMENTS[7].id)
    for text, kept in (("石墨烯", [4, 2]), (None, [7, 6, 5, 4, 3, 2]), ("石墨希 散热", [])):
        query = Query(parse(text) if text else None, facets=("technical_field",), without=left_out)
        answer = await engine.search(LISTINGS, query)
        assert [int(each[-4:]) for each in answer.ids] == kept
        assert (answer.total, sum(answer.facets["technical_field"].values())) == (len(kept), len(kept))


async def test_what_is_near_is_left_out_where_it_is_not_asked_for(engine: Engine) -> None:
    answer = await engine.search(LISTINGS, Query(parse("石墨希 散热"), near=False))
    assert (list(answer.ids), answer.total, answer.loosely) == ([], 0, False)
    assert set(await found(engine, "石墨烯", near=False)) == {1, 2, 4, 8}


async def test_counts_alone_and_ids_alone(engine: Engine) -> None:
    for text, total in (("石墨烯", 4), ("石墨烯 量子计算", 0), (None, 8)):
        read = parse(text) if text else None
        answer = await engine.search(LISTINGS, Query(read, limit=0))
        assert (list(answer.ids), answer.total, answer.exact) == ([], total, True)
        answer = await engine.search(LISTINGS, Query(read, limit=3, counted=False))
        assert min(total, 3) == len(answer.ids) <= answer.total <= total


async def test_ranges_are_exact_to_the_fen(engine: Engine) -> None:
    assert await found(engine, None, Between("asking_price", Decimal("5000.50"), Decimal("6000.50"))) == [6, 5]
    assert await found(engine, None, Between("asking_price", least=Decimal("6000.51"))) == [8]
    assert await found(engine, None, Between("readiness_level", 5, None)) == [1]
    assert await found(engine, "石墨烯", Between("asking_price", most=Decimal("2000.50"))) == [1, 2]


async def test_an_order_is_kept_and_what_has_no_value_comes_last(engine: Engine) -> None:
    assert await found(engine, None, order=Order("asking_price")) == [1, 2, 3, 4, 5, 6, 8, 7]
    assert await found(engine, "石墨烯", order=Order("asking_price", descending=True)) == [8, 4, 2, 1]


async def test_facets_count_what_is_found(engine: Engine) -> None:
    query = Query(None, (OneOf("status", ("published",)),), facets=("technical_field", "ip_type"))
    answer = await engine.search(LISTINGS, query)
    assert answer.total == len(DOCUMENTS)
    assert answer.facets == {
        "technical_field": {"new_materials": 5, "transport": 2, "electronics_information": 1},
        "ip_type": {"patent": 2, "software_copyright": 1},
    }
    assert next(iter(answer.facets["technical_field"])) == "new_materials"
    nothing = await engine.search(LISTINGS, Query(parse("量子计算"), facets=("pricing_mode",)))
    assert (nothing.total, nothing.facets) == (0, {"pricing_mode": {}})


@pytest.mark.parametrize(
    ("text", "numbers"), [("石", {1, 8}), ("散热薄", {1, 8}), ("smx", {1, 8}), ("gra", {4}), ("%", set())]
)
async def test_suggestions_begin_so(engine: Engine, text: str, numbers: set[int]) -> None:
    assert {int(each[-4:]) for each in await engine.suggest(LISTINGS, text, 5)} == numbers
    assert len(await engine.suggest(LISTINGS, text, 1)) <= 1


async def test_documents_come_and_go_and_a_second_time_changes_nothing(engine: Engine) -> None:
    await engine.prepare(DEALS)
    one, two = document(1, "", subject="水稻育种"), document(2, "", subject="水稻收割机")
    for _ in range(2):
        await engine.apply(DEALS, [one, two], [])
    assert (await engine.search(DEALS, Query(parse("水稻")))).total == 2
    changed = document(1, "", subject="小麦育种")
    for _ in range(2):
        await engine.apply(DEALS, [changed], [two.id])
    assert list((await engine.search(DEALS, Query(parse("水稻")))).ids) == []
    assert list((await engine.search(DEALS, Query(parse("小麦")))).ids) == [one.id]
    assert [pair async for pair in engine.stored(DEALS)] == [(one.id, changed.digest)]


async def test_the_next_is_not_searched_before_it_takes_its_place(engine: Engine) -> None:
    results = index("results")
    assert await engine.prepare(results)
    for round_, title in enumerate(("玉米", "小麦", "水稻")):
        made = document(round_, title)
        await engine.begin(results)
        await engine.apply(results, [made], [], Place.NEXT)
        assert made.id not in (await engine.search(results, Query())).ids
        await engine.swap(results)
        assert [pair async for pair in engine.stored(results)] == [(made.id, made.digest)]
    assert not await engine.prepare(results)


async def test_an_engine_that_is_away_says_so() -> None:
    away: list[Engine] = [MeilisearchEngine("http://127.0.0.1:9"), PostgresEngine(Pool("postgresql://127.0.0.1:9/x"))]
    for engine in away:
        with pytest.raises(EngineDown):
            await engine.search(LISTINGS, Query())
        with pytest.raises(EngineDown):
            await engine.apply(LISTINGS, DOCUMENTS, [])
        await engine.close()
