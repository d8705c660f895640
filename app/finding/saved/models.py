"""Tables of saved searches, and of what was found by each."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Created, Identified, Revised
from app.core.history.records import PRIVATE, UNRECORDED, VOLATILE
from app.finding.saved.kinds import SavedSearchStatus, SearchedFor


class SavedSearch(Identified, Revised, Created, Base):
    """A search that an organisation keeps. Its words and filters are a business secret of the organisation.

    `since`: it is told what changed later. The columns from `form` on are made of `search` and the settings of the
    index (`search.postgres.percolation`); `form` changes with these settings, and then they are made again.
    """

    __tablename__ = "saved_searches"
    __table_args__ = (
        Index(
            "ix_saved_searches_paused", "organisation_id", "ends_on", "id", postgresql_where=text("status = 'paused'")
        ),
        Index("ix_saved_searches_organisation_id", "organisation_id", "id"),
        # Without a pending list, which each of the many reads would go through: 100 documents took 6.5 s, now 1 s.
        Index("ix_saved_searches_anchors", "anchors", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(info=PRIVATE)
    searched_for: Mapped[SearchedFor] = mapped_column(Text)
    search: Mapped[dict[str, Any]] = mapped_column(info=PRIVATE)
    status: Mapped[SavedSearchStatus] = mapped_column(Text, default=SavedSearchStatus.ACTIVE)
    ends_on: Mapped[date]
    since: Mapped[datetime]
    form: Mapped[str] = mapped_column(info=VOLATILE)
    asked: Mapped[str] = mapped_column(info=VOLATILE)
    anchors: Mapped[list[str]] = mapped_column(ARRAY(Text), info=VOLATILE)
    phrases: Mapped[list[str]] = mapped_column(ARRAY(Text), info=VOLATILE)
    least: Mapped[list[Decimal | None]] = mapped_column(ARRAY(Numeric), info=VOLATILE)
    most: Mapped[list[Decimal | None]] = mapped_column(ARRAY(Numeric), info=VOLATILE)


class SavedSearchMatch(Identified, Base):
    """What was found by a saved search, and told, once. Deleted with the saved search."""

    __tablename__ = "saved_search_matches"
    __table_args__ = (
        Index("ix_saved_search_matches_search_id", "search_id", "id"),
        Index("uq_saved_search_matches_thing", "search_id", "thing_id", unique=True),
        {"info": {UNRECORDED: "each is told by an event"}},
    )

    search_id: Mapped[UUID] = mapped_column(ForeignKey("saved_searches.id", ondelete="CASCADE"))
    thing_id: Mapped[UUID]
    matched_at: Mapped[datetime]
