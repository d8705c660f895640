"""Identifiers: UUIDv7 for machines, readable numbers for people."""

from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from sqlalchemy import BigInteger, Integer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from app.core.database import Base, Session
from app.core.history.records import UNRECORDED


class Counter(Base):
    """The last number given in a series and year."""

    __tablename__ = "counters"
    __table_args__ = ({"info": {UNRECORDED: "the numbers themselves are unique"}},)

    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


@unique
class NumberPrefix(StrEnum):
    """The letter in a number that names the kind of thing. A letter is never changed or reused."""

    AWARD_RUN = "A"  # 奖补核算
    DEPOSIT = "B"  # 保证金 bǎozhèngjīn
    CONTRACT = "C"
    DEAL = "D"
    AUCTION = "J"  # 竞价 jìngjià
    DEMAND_RESPONSE = "H"  # 回应 huíyìng
    LISTING = "L"
    NEGOTIATION = "N"
    PURCHASE_OFFER = "O"
    NOTICE = "P"  # public notice 公示
    AUCTION_CONFIRMATION = "Q"  # 成交确认书 quèrènshū
    RESULT = "R"
    INSTRUCTION = "S"  # settlement instruction 结算指令
    DEMAND = "X"  # 需求 xūqiú
    LISTING_REGISTRATION = "Y"  # 意向 yìxiàng
    CERTIFICATE = "Z"  # 交易凭证: 凭证 píngzhèng


def new_id() -> UUID:
    """A UUIDv7: unique, and ordered by the time it was made."""
    return uuid7()


async def next_in_series(session: Session, series: str, year: int) -> int:
    """The next number of a series in a year, from 1 and without gaps: the row stays locked until the commit."""
    statement = insert(Counter).values(series=series, year=year, value=1)
    statement = statement.on_conflict_do_update(
        index_elements=[Counter.series, Counter.year], set_={"value": Counter.value + 1}
    )
    return (await session.execute(statement.returning(Counter.value))).scalar_one()


async def readable_number(session: Session, prefix: NumberPrefix, made: datetime | int) -> str:
    """A readable number, such as `WH-L-2026-000123`: city, letter of the kind, local year, serial.

    `made` is the moment in whose local year it is given, or that year.
    """
    year = made if isinstance(made, int) else session.city.day_of(made).year
    series = f"{session.city.code}-{prefix}"
    return f"{series}-{year}-{await next_in_series(session, series, year):06d}"
