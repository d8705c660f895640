"""Engines, each on a store of its own, with the same documents."""

from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest

from search.documents import Document, Value
from search.engine import Engine, Place
from search.indexes import index
from search.meili.engine import MeilisearchEngine
from search.postgres.engine import PostgresEngine
from search.postgres.pool import Pool
from tests.support import meilisearch
from tests.support.stages import Stages

LISTINGS = index("listings")


def document(number: int, title: str, **fields: Value) -> Document:
    """A listing, the later numbers newer."""
    usual: dict[str, Value] = {
        "title": title, "summary": "", "number": f"WH-L-2026-{number:06d}", "status": "published",
        "technical_field": "new_materials", "pricing_mode": "listed", "transfer_mode": "assignment",
        "published_at": 1_700_000_000 + number, "asking_price": Decimal(number * 1000) + Decimal("0.50"),
    }  # fmt: skip
    return Document(f"00000000-0000-7000-8000-{number:012d}", {**usual, **fields})


# ruff: noqa: E501
DOCUMENTS = (
    document(1, "石墨烯散热薄膜的制备方法", summary="用于手机芯片", readiness_level=6),
    document(2, "散热器件的封装结构", summary="其中的石墨烯涂层由沉积制成", technical_field="electronics_information"),
    document(3, "氢燃料电池双极板涂层", summary="PEMFC 的耐腐蚀层", seller="示例（武汉）光电科技公司", readiness_level=4),
    document(4, "Graphene coating for bipolar plates", pricing_mode="auction", ip_type="patent", rights="ZL202310000001.X"),
    document(5, "重庆桥梁健康监测平台", technical_field="transport", division=["50", "5001"], pricing_mode="negotiated"),
    document(6, "ＵＳＢ接口的㎡级光伏组件", summary="纯度 99.9%，型号 A_B", ip_type=["patent", "software_copyright"]),
    document(7, "桥梁", technical_field="transport", summary="短", asking_price=None),
    document(8, "散热薄膜与石墨烯", summary="顺序不同"),
)  # fmt: skip


@pytest.fixture(scope="session")
def meili() -> Iterator[meilisearch.Server]:
    """A Meilisearch, or a skip with the reason."""
    try:
        with meilisearch.server() as started:
            yield started
    except meilisearch.UnavailableError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def search_url(stages: Stages) -> str:
    """A database whose search tables the tests of engines share."""
    return stages.copy(stages.for_test([]), "search_tests")


@pytest.fixture(scope="session", params=["postgresql", "meilisearch"])
def bare(request: pytest.FixtureRequest) -> Engine:
    """An engine without documents."""
    if request.param == "postgresql":
        return PostgresEngine(Pool(request.getfixturevalue("search_url")))
    return MeilisearchEngine(request.getfixturevalue("meili").url, meilisearch.KEY, prefix="contract")


@pytest.fixture(scope="session")
async def engine(bare: Engine) -> AsyncIterator[Engine]:
    """An engine whose index of listings holds `DOCUMENTS`."""
    await bare.prepare(LISTINGS)
    await bare.begin(LISTINGS)
    await bare.apply(LISTINGS, DOCUMENTS, [], Place.NEXT)
    await bare.swap(LISTINGS)
    yield bare
    await bare.close()
