"""Tables of documents: what was uploaded, and to what it is attached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified, OfSubject
from app.core.history.records import PRIVATE
from app.office.documents.kinds import Visibility


class Document(Identified, Base):
    """An uploaded file; its content lies in the store under its SHA-256."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_media_type", "media_type"),
        Index("ix_documents_by_uploaded_at", "uploaded_at", "id"),
        UniqueConstraint("organisation_id", "sha256", "filename"),
        Index("ix_documents_organisation_id", "organisation_id", "id"),
        Index("ix_documents_by_filename", "filename", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    filename: Mapped[str] = mapped_column(info=PRIVATE)
    uploaded_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))


class Attachment(Identified, OfSubject, Base):
    """A document attached to a subject (`listing`, `contract`, …) under a title."""

    __tablename__ = "attachments"
    __table_args__ = (
        UniqueConstraint("subject_type", "subject_id", "document_id"),
        Index("ix_attachments_document_id", "document_id"),
    )

    document_id: Mapped[UUID] = mapped_column(ForeignKey("documents.id"))
    title: Mapped[str]
    visibility: Mapped[Visibility] = mapped_column(Text)
    attached_at: Mapped[datetime] = mapped_column(server_default=text("techex_now()"))
    document: Mapped[Document] = relationship(lazy="raise")
