"""Tables of the industry map: chains, their versions, and what is placed on the links of a version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Created, Identified
from app.core.history.records import UNRECORDED
from app.finding.chains.kinds import ChainStatus, MapState, Placed

_MADE = {"info": {UNRECORDED: "made of what is public and of a recorded version, and can be made again"}}


class IndustryChain(Identified, Created, Base):
    """A chain of an industry (产业链), as its latest version names it."""

    __tablename__ = "industry_chains"
    __table_args__ = (Index("ix_industry_chains_status", "status", "code"),)

    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    version: Mapped[int]
    link_count: Mapped[int]
    status: Mapped[ChainStatus] = mapped_column(Text, default=ChainStatus.PUBLISHED)
    status_reason: Mapped[str | None]
    published_at: Mapped[datetime]


class IndustryChainVersion(Identified, Base):
    """What was published of a chain, to the byte: the document as canonical JSON. Append-only."""

    __tablename__ = "industry_chain_versions"
    __table_args__ = (Index("uq_industry_chain_versions_version", "chain_id", "version", unique=True),)

    chain_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chains.id"))
    version: Mapped[int]
    content: Mapped[str]
    sha256: Mapped[str]
    published_at: Mapped[datetime]


class IndustryMap(Base):
    """How far things are placed by a version. `placed_to` is the last one of `at` that was looked at, `looked_at` how
    many, of the `public` ones that there were when it began.
    """

    __tablename__ = "industry_maps"
    __table_args__ = (
        Index("ix_industry_maps_chain_id", "chain_id"),
        Index("uq_industry_maps_placed", "chain_id", unique=True, postgresql_where=text("state = 'placed'")),
        _MADE,
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chain_versions.id"), primary_key=True)
    chain_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chains.id"))
    state: Mapped[MapState] = mapped_column(Text, default=MapState.PLACING)
    at: Mapped[str] = mapped_column(default="listings")
    placed_to: Mapped[UUID | None]
    looked_at: Mapped[int] = mapped_column(default=0)
    public: Mapped[int | None]
    placed_at: Mapped[datetime | None]


class IndustryPlacement(Base):
    """A listing or a demand on a link, and why."""

    __tablename__ = "industry_placements"
    __table_args__ = (Index("ix_industry_placements_subject_id", "subject_id", "version_id"), _MADE)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chain_versions.id"), primary_key=True)
    link: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Placed] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    is_open: Mapped[bool]
    parts: Mapped[dict[str, Any]]
    owner_id: Mapped[UUID | None]
    agency_id: Mapped[UUID | None]


class IndustryParty(Base):
    """Whose things are on a link, and how many: an owner, which is shown where it is an enterprise, or an agency."""

    __tablename__ = "industry_parties"
    __table_args__ = (
        Index("ix_industry_parties_subject_id", "subject_id", "version_id"),
        Index("ix_industry_parties_shown", "version_id", "link", "kind", "subject_id", postgresql_where=text("shown")),
        _MADE,
    )

    version_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chain_versions.id"), primary_key=True)
    link: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Placed] = mapped_column(Text, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    listings: Mapped[int]
    demands: Mapped[int]
    open: Mapped[int]
    shown: Mapped[bool]


class IndustryCount(Base):
    """How many of a kind are on a link, and how many of them are on offer or wanted."""

    __tablename__ = "industry_counts"
    __table_args__ = (_MADE,)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("industry_chain_versions.id"), primary_key=True)
    link: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[Placed] = mapped_column(Text, primary_key=True)
    total: Mapped[int]
    open: Mapped[int]
