"""Requests and responses of documents."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.core.schemas import Id, Input, Name, Output
from app.office.documents.kinds import Visibility


class DocumentOut(Output):
    """A document's description; `sha256` is the hash of its content and its address in the store."""

    id: UUID
    organisation_id: UUID
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


class AttachmentIn(Input):
    """A document to attach, under a title of its own."""

    document_id: Id
    title: Name
    visibility: Visibility = Visibility.PARTIES


class AttachmentOut(Output):
    """A document as attached to a subject."""

    LOCATION: ClassVar[str] = "/v1/documents/{document[id]}"

    id: UUID
    title: str
    visibility: Visibility
    attached_at: datetime
    document: DocumentOut
