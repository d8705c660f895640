"""Tables of finding. What is searched lies in the schema `search`, which the engine on PostgreSQL keeps itself."""

from datetime import date, datetime
from typing import Final

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.core.history.records import UNRECORDED

LOCK: Final = "search_feed"
"""The advisory lock, by engine, under which one process at a time feeds it."""


class SearchFeed(Base):
    """How far an engine has followed the event log: everything up to `(xid, seq)` is in what it searches, as of `day`.

    The day is local: what a day alone makes true or untrue leaves no event. `alerts` and `industry_map` are no engines:
    what tells saved searches, and what keeps the industry map, follow the log too.
    """

    __tablename__ = "search_feeds"
    __table_args__ = ({"info": {UNRECORDED: "a place in a log, from which the work can be done again"}},)

    engine: Mapped[str] = mapped_column(primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger)
    fed_at: Mapped[datetime]
    day: Mapped[date] = mapped_column(server_default="2000-01-01")
