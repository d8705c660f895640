"""Tables of transaction certificates (交易凭证). Both are append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, Numbered


class Certificate(Identified, Numbered, Base):
    """A certificate as it was issued: `content` is canonical JSON (RFC 8785) with its SHA-256.

    The indexes keep a deal from having two that are valid: there is one first certificate a deal, and each later one
    replaces a revoked one of the same deal, once. `code_sha256` finds what a verification code belongs to, in a time
    that does not depend on how much of it is right; the code itself is in the content.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index("ix_certificates_by_issued_at", "issued_at", "id"),
        UniqueConstraint("deal_id", "id"),
        ForeignKeyConstraint(
            ["deal_id", "replaces_id"],
            ["certificate_revocations.deal_id", "certificate_revocations.certificate_id"],
            use_alter=True,
        ),
        Index("uq_certificates_first", "deal_id", unique=True, postgresql_where=text("replaces_id IS NULL")),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(unique=True)
    content: Mapped[str]
    sha256: Mapped[str]
    code_sha256: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    issued_by_person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    revocation: Mapped["CertificateRevocation | None"] = relationship(
        lazy="raise",
        primaryjoin="Certificate.id == foreign(CertificateRevocation.certificate_id)",
        uselist=False,
        viewonly=True,
    )


class CertificateRevocation(Base):
    """The revocation (撤销) of a certificate, once; without a person where the rules did.

    They do when the contract ended, or a condition fell away and was not restored in time.
    """

    __tablename__ = "certificate_revocations"
    __table_args__ = (
        UniqueConstraint("deal_id", "certificate_id"),
        ForeignKeyConstraint(["deal_id", "certificate_id"], ["certificates.deal_id", "certificates.id"]),
    )

    certificate_id: Mapped[UUID] = mapped_column(primary_key=True)
    deal_id: Mapped[UUID]
    reason: Mapped[str]
    revoked_at: Mapped[datetime]
    revoked_by_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
