"""Tables of research results (科技成果), their owners, completers, IP assets and entitlements."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.results.kinds import EntitlementKind, ExportControl, IpType, Secrecy, TechnicalField, TransferMode
from app.core.database import Base, Created, Identified, Numbered, Recorded, Revised
from app.core.history.records import PRIVATE


class Result(Identified, Numbered, Revised, Created, Base):
    """A research result, kept by the organisation that completed it."""

    __tablename__ = "results"
    __table_args__ = (
        Index("ix_results_technical_field", "technical_field"),
        Index("ix_results_publicly_funded", "publicly_funded"),
        Index("ix_results_readiness_level", "readiness_level"),
        Index("ix_results_registered_on", "registered_on"),
        CheckConstraint("readiness_level BETWEEN 1 AND 9", name="readiness_level"),
        Index("ix_results_organisation_id_id", "organisation_id", "id"),
        Index("ix_results_by_title", "title", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    title: Mapped[str]
    abstract: Mapped[str]
    technical_field: Mapped[TechnicalField] = mapped_column(Text)
    readiness_level: Mapped[int | None]
    publicly_funded: Mapped[bool]
    funding_plan: Mapped[str | None]
    secrecy: Mapped[Secrecy] = mapped_column(Text)
    export_control: Mapped[ExportControl] = mapped_column(Text)
    completed_on: Mapped[date | None]
    registered_on: Mapped[date]
    conversion_begun_on: Mapped[date | None]
    source_url: Mapped[str | None]
    owners: Mapped[list["ResultOwner"]] = relationship(lazy="raise", order_by="ResultOwner.position")
    completers: Mapped[list["Completer"]] = relationship(lazy="raise", order_by="Completer.position")
    ip_assets: Mapped[list["IpAsset"]] = relationship(lazy="raise", order_by="IpAsset.position")
    entitlements: Mapped[list["Entitlement"]] = relationship(lazy="raise", order_by="Entitlement.agreed_on")
    consents: Mapped[list["CoOwnerConsent"]] = relationship(lazy="raise", order_by="CoOwnerConsent.id")


class ResultOwner(Base):
    """One owner's part; the parts of a result sum to 1, held by a deferred trigger.

    `organisation_id` null: the completing team (完成团队).
    """

    __tablename__ = "result_owners"
    __table_args__ = (
        CheckConstraint("share > 0 AND share <= 1", name="share"),
        UniqueConstraint("result_id", "organisation_id", postgresql_nulls_not_distinct=True),
        Index("ix_result_owners_organisation_id", "organisation_id"),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    share: Mapped[Decimal] = mapped_column(Numeric(7, 6))


class Completer(Base):
    """A person who made the result (成果完成人). Names are personal data: shown to the owner and the market's staff."""

    __tablename__ = "result_completers"

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(info=PRIVATE)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class IpAsset(Identified, Base):
    """What a result states of an intellectual-property asset, with the numbers and dates its type has.

    `asset_id` is the right itself, in whichever result it stands; null for what release 0.1 wrote,
    until it is next used.
    """

    __tablename__ = "ip_assets"
    __table_args__ = (
        Index("ix_ip_assets_type", "type"),
        Index("ix_ip_assets_result_id", "result_id", "position"),
        Index("ix_ip_assets_asset_id", "asset_id"),
        Index("ix_ip_assets_application_number", text("techex_patent(application_number)")),
        Index("ix_ip_assets_grant_number", text("techex_patent(grant_number)")),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    position: Mapped[int]
    type: Mapped[IpType] = mapped_column(Text)
    title: Mapped[str]
    application_number: Mapped[str | None]
    grant_number: Mapped[str | None]
    filed_on: Mapped[date | None]
    granted_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    invalidated_on: Mapped[date | None]
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id"))


class Entitlement(Identified, Base):
    """What the completing team was given of a service result (职务科技成果赋权, policy art. 2)."""

    __tablename__ = "entitlements"
    __table_args__ = (
        UniqueConstraint("result_id", "kind"),
        CheckConstraint(
            "(kind = 'ownership' AND share > 0 AND share <= 1 AND years IS NULL) "
            "OR (kind = 'right_of_use' AND years > 0 AND share IS NULL)",
            name="measure",
        ),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    kind: Mapped[EntitlementKind] = mapped_column(Text)
    share: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    years: Mapped[int | None]
    agreed_on: Mapped[date]


class CoOwnerConsent(Identified, Recorded, Base):
    """A co-owner's consent to one mode of transfer (共有人同意). `organisation_id` null: the completing team's."""

    __tablename__ = "result_consents"
    __table_args__ = (
        UniqueConstraint("result_id", "organisation_id", "transfer_mode", postgresql_nulls_not_distinct=True),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    transfer_mode: Mapped[TransferMode] = mapped_column(Text)
    document_reference: Mapped[str]
