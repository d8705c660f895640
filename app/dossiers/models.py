"""Tables of price dossiers: who took a bundle of which dossier, when, with which hashes. Append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class DossierExport(Identified, Base):
    """A bundle that was taken; its content lies in the store under `bundle_sha256`.

    `view` is for whom it was made: the role of the organisation in the deal, or of the market's staff
    (`organisation_id` null). `audit_position` and `audit_head` are the chain's end that it was made at; `public_key`
    (hex) is the exchange's, which its manifest is signed by.
    """

    __tablename__ = "dossier_exports"
    __table_args__ = (Index("ix_dossier_exports_deal_id", "deal_id", "id"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    view: Mapped[str]
    made_at: Mapped[datetime]
    audit_position: Mapped[int] = mapped_column(BigInteger)
    audit_head: Mapped[str]
    dossier_sha256: Mapped[str]
    pdf_sha256: Mapped[str]
    public_key: Mapped[str]
    bundle_sha256: Mapped[str]
    bundle_size: Mapped[int] = mapped_column(BigInteger)
