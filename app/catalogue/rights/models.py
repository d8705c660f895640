"""Tables of rights: each IP asset once, its numbers, what happened to it, and what was granted in it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.catalogue.results.kinds import IpType, TransferMode
from app.catalogue.rights.kinds import AssetEventKind, GrantEnd, GrantOrigin
from app.core.database import Base, Created, Identified, Recorded


class Asset(Identified, Created, Base):
    """One right (知识产权), in whichever result it stands. What a result states of it stands in the result's own row.

    A right without a number, such as a technical secret (技术秘密), is a row of the result that states it.
    """

    __tablename__ = "assets"
    __table_args__ = (Index("ix_assets_type", "type", "id"),)

    type: Mapped[IpType] = mapped_column(Text)


class AssetNumber(Base):
    """A number of a right in its folded form (`techex_patent`), with the family of rights that it numbers."""

    __tablename__ = "asset_numbers"
    __table_args__ = (Index("ix_asset_numbers_asset_id", "asset_id"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"))


class AssetEvent(Identified, Recorded, Base):
    """What happened to a right on a day, by which source. Append-only: a wrong one is taken back by a correction."""

    __tablename__ = "asset_events"
    __table_args__ = (
        CheckConstraint(
            "(kind IN ('pledge_released', 'licence_ended', 'correction')) = (about_id IS NOT NULL)", name="about"
        ),
        Index("ix_asset_events_asset_id", "asset_id", "id"),
        Index("uq_asset_events_about_id", "about_id", unique=True, postgresql_where=text("kind = 'correction'")),
    )

    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"))
    kind: Mapped[AssetEventKind] = mapped_column(Text)
    happened_on: Mapped[date]
    source: Mapped[str]
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id"))
    about_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset_events.id"))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))


class Grant(Identified, Created, Base):
    """What was granted in a right: to whom, in which mode, for which field and territory, and on which days.

    `contract_id` for one of a contract, `event_id` for one given elsewhere, whose `holder` is a name. `field_of_use`
    and `territory` null: all of them. `ended_on` is the first day on which it holds no more though its term runs.
    """

    __tablename__ = "asset_grants"
    __table_args__ = (
        CheckConstraint("(origin = 'contract') = (contract_id IS NOT NULL)", name="contract"),
        CheckConstraint("(origin = 'elsewhere') = (event_id IS NOT NULL)", name="event"),
        CheckConstraint("(ended_on IS NULL) = (ended_because IS NULL)", name="ended"),
        Index("ix_asset_grants_asset_id", "asset_id", "id"),
        Index("ix_asset_grants_contract_id", "contract_id", "asset_id"),
        Index("ix_asset_grants_event_id", "event_id"),
    )

    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"))
    origin: Mapped[GrantOrigin] = mapped_column(Text)
    contract_id: Mapped[UUID | None] = mapped_column(ForeignKey("contracts.id"))
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("asset_events.id"))
    mode: Mapped[TransferMode] = mapped_column(Text)
    grantor_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    grantee_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    holder: Mapped[str | None]
    field_of_use: Mapped[str | None]
    territory: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    sublicensing: Mapped[bool | None]
    ended_on: Mapped[date | None]
    ended_because: Mapped[GrantEnd | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
