"""Each rule of the house holds in all of `app/`, and each check sees the fault it is for."""

import pytest

from tests.structure.checks import CHECKS, EXCEPT, MOST_FILES, MOST_LINES, faults, folder_size
from tests.structure.source import Source, sources


@pytest.mark.parametrize("name", CHECKS)
def test_the_rule_holds_everywhere(name: str) -> None:
    found = faults(name, sources())
    assert not found, "\n".join([name, *found])


def test_no_folder_is_too_full() -> None:
    assert folder_size(sources()) == []


@pytest.mark.parametrize("name", EXCEPT)
def test_no_exception_outlives_its_reason(name: str) -> None:
    needed = {source.path for source in sources() if list(CHECKS[name](source))}
    assert needed == set(EXCEPT[name])


FAULTY = {
    "reading": (
        ("service", "from sqlalchemy import select\nselect(1)"),
        ("rules", "import sqlalchemy as sa\nsa.union_all(a, b)"),
        ("hooks", "from sqlalchemy.sql import select as chosen\nchosen(1)"),
        ("service", "async def f(session):\n    await session.get(Deal, 1)"),
        ("service", "async def f(self):\n    await self._session.scalars(statement)"),
        ("routes", "def f(read_session):\n    read_session.query(Deal)"),
    ),
    "raw-sql": (
        ("service", "rows = driver.fetch('SELECT id FROM deals')"),
        ("service", "rows = driver.fetch(f'''\n  select {columns}\n  from deals''')"),
        ("tasks", "from sqlalchemy import text\ntext('true')"),
        ("service", "await connection.execute('UPDATE deals SET price = 1')"),
        ("hooks", "sql = 'WITH due AS (' + inner"),
    ),
    "float": (
        ("payments/rules", "share = float(amount)"),
        ("schemas", "price: float = 0"),
        ("models", "from sqlalchemy import Float\nrate = mapped_column(Float)"),
        ("service", "fee = price * 0.03"),
        ("rules", "fee = round(price, 2)"),
    ),
    "clock": (
        ("service", "from datetime import datetime\ndatetime.now(UTC)"),
        ("service", "import datetime as d\nd.date.today()"),
        ("rules", "from datetime import datetime as dt\ndt.utcnow()"),
        ("tasks", "import time\ntime.time()"),
        ("tasks", "from time import monotonic\nmonotonic()"),
        ("models", "from sqlalchemy import func\nat = mapped_column(server_default=func.now())"),
        ("models", "at = mapped_column(server_default=text('CURRENT_TIMESTAMP'))"),
        ("queries", "sql = 'SELECT id FROM deals WHERE due_at < now()'"),
    ),
    "side-effect-import": (
        ("routes", "import app.market.deals.tasks"),
        ("routes", "from app.market.deals import tasks  # noqa: F401 - registers"),
        ("routes", "import app.market.deals.tasks as later\nimport app.market.deals.rules\napp.market.deals.rules.f()"),
    ),
    "enum-place": (
        ("models", "class Status(StrEnum):\n    OPEN = 'open'"),
        ("rules", "import enum\nclass Move(enum.Enum):\n    ON = 1"),
    ),
    "mixed-message": (
        ("service", "raise problems.PARTY_ONLY(side='a seller / 卖方')"),
        ("service", "deal.status_reason = f'{kind}: refused / 不予同意'"),
        ("rules", "raise DEAL_NOT_OPEN(status=status, what='a new contract')"),
    ),
    "file-size": (("service", "\n" * (MOST_LINES + 1)),),
}


def test_every_check_has_planted_faults() -> None:
    assert set(FAULTY) == set(CHECKS)


@pytest.mark.parametrize(("name", "place", "text"), [(n, *case) for n, cases in FAULTY.items() for case in cases])
def test_a_planted_fault_is_found(name: str, place: str, text: str) -> None:
    assert faults(name, [Source(f"app/market/deals/{place}.py", text)])


SOUND = {
    "reading": ("service", "from sqlalchemy import update\nasync def f(session):\n    names.get('deal')"),
    "raw-sql": ("service", '"""Select what is due from the list."""\nlabel = "Select one"'),
    "float": ("rules", "from decimal import Decimal\nfee = price * Decimal('0.03')"),
    "clock": ("service", "def f(work):\n    return work.now()\nsql = 'SELECT id FROM deals WHERE at < techex_now()'"),
    "side-effect-import": ("routes", "import app.market.deals.rules\napp.market.deals.rules.check()"),
    "enum-place": ("kinds", "class Status(StrEnum):\n    OPEN = 'open'"),
    "mixed-message": ("rules", "raise DEAL_NOT_OPEN(status='agreed', what=Text('a contract', '签订合同'))"),
    "file-size": ("service", "\n" * MOST_LINES),
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_allowed_is_not_found(name: str) -> None:
    place, text = SOUND[name]
    assert faults(name, [Source(f"app/market/deals/{place}.py", text)]) == []


def test_a_folder_with_too_many_files_is_found() -> None:
    full = [Source(f"app/market/deals/part_{number}.py", "") for number in range(MOST_FILES + 1)]
    assert len(folder_size(full)) == 1
    assert folder_size(full[1:]) == []
