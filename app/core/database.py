"""The database: one engine a process, the declarative base, and the session of a request.

Writers get a transaction (`Database.transaction`); readers a session whose statements commit by themselves
(`Database.reading`), which saves the BEGIN and ROLLBACK round trips of each read. Readers have connections of their
own: commands that all wait for one row take those of the commands, and no more.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, DateTime, MetaData, Numeric, ScalarResult, Select, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column
from sqlalchemy.util import greenlet_spawn
from uuid_utils.compat import uuid7

from app.core import problems
from app.core.history.records import RecordingSession
from app.core.settings import City, Settings

Row = TypeVar("Row")
Selected = TypeVar("Selected", bound=Select[*tuple[Any, ...]])

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_KEPT_FOR_READS = 4
"""One connection of each four. A read holds one for about a millisecond: four carry more than one process asks."""
# What the driver raises once a connection is gone; the last while it has heard of the end but not yet closed.
LOST = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Base(DeclarativeBase):
    """Base of every table. Money is NUMERIC(18,2); a share or a rate says its own precision; times are timestamptz."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(18, 2),
        dict[str, Any]: JSONB,
    }


def same(column: ColumnElement[str] | InstrumentedAttribute[Any], value: str) -> ColumnElement[bool]:
    """Whether a column holds a value, in whatever spelling: width, case, spaces and what is invisible do not count.

    `techex_folded` (revision 0027) is the one folded form. Unique indexes are over it; what is stored is as typed.
    """
    return func.techex_folded(column) == func.techex_folded(value)


class Identified:
    """The head of most tables: a UUIDv7, ordered by the time it was made."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)


class Numbered:
    """A readable number (`core.ids.readable_number`)."""

    number: Mapped[str] = mapped_column(unique=True)


class OfSubject:
    """What a row is about, in any package: the name of the kind, and the id."""

    subject_type: Mapped[str]
    subject_id: Mapped[UUID]


class Revised:
    """Counts the changes of a row that several people may edit; `ETag` and `If-Match` carry it."""

    revision: Mapped[int] = mapped_column(default=1)


class Created:
    """When a row was made, in the exchange's time."""

    created_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))


class Recorded:
    """When a row that is never changed was written, in the exchange's time."""

    recorded_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))


def async_url(url: str) -> str:
    """`postgres://…` or `postgresql://…` as SQLAlchemy wants it for asyncpg."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


class Session(AsyncSession):
    """A session that knows the city: its rows are counted in the city's days and bear its code.

    `commits_alone`: each statement is a transaction, so that one that fails undoes no other.
    """

    commits_alone = False

    def __init__(self, bind: AsyncEngine | AsyncConnection, city: City, **options: Any) -> None:
        super().__init__(bind, expire_on_commit=False, sync_session_class=RecordingSession, **options)
        self.city = city


@dataclass(frozen=True, slots=True)
class Limits:
    """How long anything may take at the database, in seconds; what takes longer is answered 503.

    `connection`: to get one of the pool. `lock`: to get one lock. `statement`: a whole statement, its locks included.
    `idle`: a transaction in which nothing happens, such as that of a process that was stopped; the worker holds its
    claims for as long as a hundred deadlines take.
    """

    connection: float = 5
    lock: float = 4
    statement: float = 30
    idle: float = 120

    def as_settings(self) -> dict[str, str]:
        """PostgreSQL's settings of a session, in milliseconds."""
        seconds = {
            "lock_timeout": self.lock,
            "statement_timeout": self.statement,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return {name: str(round(value * 1000)) for name, value in seconds.items()}


async def _pooled(engine: AsyncEngine) -> Any:
    """A connection of the pool. That none can be opened is SQLAlchemy's error too: bare, it was answered with 500."""
    try:
        return await engine.raw_connection()
    except EmulatedDBAPIException as error:
        raise DBAPIError(None, None, error, connection_invalidated=True) from error


class Database:
    """A process's connections, and the city whose days and numbers its sessions count in.

    A quarter of `pool_size` is kept for reads and health, the rest is for commands. `bound` joins sessions to one open
    connection (a test's outer transaction).
    """

    def __init__(
        self,
        url: str,
        city: City,
        *,
        pool_size: int = 16,
        limits: Limits = Limits(),
        bound: AsyncConnection | None = None,
    ) -> None:
        self.city = city
        kept = max(1, pool_size // _KEPT_FOR_READS)
        self.at_once = 1 if bound is not None else max(1, pool_size - kept)
        self.engine = _engine(url, self.at_once, limits)
        self.readers = _engine(url, kept, limits)
        self._autocommit = self.readers.execution_options(isolation_level="AUTOCOMMIT")
        self.bound = bound

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """A session in one transaction: committed when the block ends, rolled back when it raises."""
        async with self.session() as session, session.begin():
            yield session

    def session(self) -> Session:
        if self.bound is not None:
            return Session(self.bound, self.city, join_transaction_mode="create_savepoint")
        return Session(self.engine, self.city)

    def reading(self) -> Session:
        """A session for reads, each statement on its own snapshot; close it (it is a context manager)."""
        if self.bound is not None:
            return self.session()
        session = Session(self._autocommit, self.city, autoflush=False)
        session.commits_alone = True
        return session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """A session whose reads all see one moment, and which cannot write: for an answer whose parts must agree."""
        if self.bound is not None:
            async with self.transaction() as session:
                yield session
            return
        async with Session(self.readers, self.city) as session, session.begin():
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            yield session

    async def fetch(self, statement: str, *arguments: object) -> Sequence[asyncpg.Record]:
        """The rows of one read, straight from the driver: for the few answers that must be fast.

        Such a read takes a connection of the readers, but neither a session nor SQLAlchemy's result: measured, 50 us
        of CPU against 200 us. Errors are SQLAlchemy's, so that they are answered alike.
        """
        if self.bound is not None:
            bound: Any = (await self.bound.get_raw_connection()).driver_connection
            return list(await bound.fetch(statement, *arguments))
        pooled = await _pooled(self.readers)
        driver: Any = pooled.driver_connection
        try:
            rows: Sequence[asyncpg.Record] = await driver.fetch(statement, *arguments)
        except (asyncpg.PostgresError, *LOST) as error:
            raise DBAPIError(statement, None, error, connection_invalidated=driver.is_closed()) from error
        finally:
            if driver.is_closed():
                await greenlet_spawn(pooled.invalidate)
            pooled.close()
        return rows

    async def fetch_row(self, statement: str, *arguments: object) -> asyncpg.Record | None:
        """The first row of one read (see `fetch`), or None."""
        rows = await self.fetch(statement, *arguments)
        return rows[0] if rows else None

    @asynccontextmanager
    async def driver_transaction(self, first: str = "") -> AsyncIterator[asyncpg.Connection]:
        """A transaction on the driver's own connection: for the one path that SQLAlchemy's sessions are too slow for.

        Committed when the block ends, rolled back when it raises. A connection whose end is not known is not used
        again. `first` is a statement that travels with the BEGIN, such as the one that locks.
        """
        if self.bound is not None:
            bound: Any = (await self.bound.get_raw_connection()).driver_connection
            async with bound.transaction():  # the test's outer transaction is open: a savepoint
                await bound.execute(first or "SELECT 1")
                yield bound
            return
        pooled = await _pooled(self.engine)
        driver: Any = pooled.driver_connection
        done = False
        try:
            try:
                await driver.execute(f"BEGIN; {first}")
                yield driver
            except BaseException:
                await driver.execute("ROLLBACK")
                done = True
                raise
            await driver.execute("COMMIT")
            done = True
        finally:
            if not done or driver.is_closed():
                await greenlet_spawn(pooled.invalidate)
            pooled.close()

    async def driver_connection(self) -> asyncpg.Connection:
        """A connection of the driver outside the pool, for listening. The caller closes it."""
        url = self.engine.url.set(drivername="postgresql")
        return await asyncpg.connect(url.render_as_string(hide_password=False), timeout=10)

    async def ping(self) -> None:
        """Raises if no statement can be run."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()
        await self.readers.dispose()


def _engine(url: str, size: int, limits: Limits) -> AsyncEngine:
    told = {"timezone": "UTC", "application_name": "techex", **limits.as_settings()}
    return create_async_engine(
        async_url(url),
        pool_size=size,
        max_overflow=0,
        pool_timeout=limits.connection,
        connect_args={"server_settings": told},
    )


def connect(settings: Settings) -> Database:
    """The connections that the settings name; none is opened yet. Raises `ValueError` where they name none."""
    if settings.database_url is None:
        raise ValueError("no database: set DATABASE_URL, or use `techex run`")
    return Database(settings.database_url.get_secret_value(), settings.city, pool_size=settings.database_pool_size)


async def read_all(session: Session, statement: Select[Row], *, fresh: bool = False) -> Sequence[Row]:
    """Every row of a statement. `fresh`: what the session read before is read again, as it must be under a lock."""
    return (await _read(session, statement, fresh)).all()


async def find_one(session: Session, statement: Select[Row], *, fresh: bool = False) -> Row | None:
    """The one row of a statement, or None."""
    return (await _read(session, statement, fresh)).one_or_none()


async def read_one(session: Session, statement: Select[Row], what: problems.Text, *, fresh: bool = False) -> Row:
    """The one row of a statement; raises `not_found` naming `what` is missing, as in `Text("deal", "成交项目")`."""
    found = (await _read(session, statement, fresh)).one_or_none()
    if found is None:
        raise problems.NOT_FOUND(what=what)
    return found


async def _read(session: Session, statement: Select[Row], fresh: bool) -> ScalarResult[Row]:
    return (await session.execute(statement, execution_options={"populate_existing": True} if fresh else {})).scalars()


async def add_unique(session: Session, row: Base, taken: problems.Problem, *indexes: str) -> None:
    """Add a row, or raise `taken` where one of these unique indexes holds such a row already.

    Mostly a lock decides before; the index keeps the promise even against a caller who forgot it.
    """
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if any(f'"{index}"' in str(error.orig) for index in indexes):
            raise taken from error
        raise


def given(statement: Selected, *wanted: tuple[Any, object]) -> Selected:
    """The statement with a filter for each column whose wanted value is not None."""
    return statement.where(*(column == value for column, value in wanted if value is not None))


async def advisory_lock(session: Session, name: str, key: UUID | str, *, shared: bool = False) -> None:
    """Lock what has no row yet, such as an organisation's yearly cap, until the transaction ends.

    `shared`: any number hold it together, and only an exclusive holder waits for them or makes them wait.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await session.execute(text(f"SELECT {function}(hashtextextended(:name, 0))"), {"name": f"{name}:{key}"})
