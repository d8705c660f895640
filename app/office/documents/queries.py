"""All reading of documents, and who may see what.

A document is its organisation's own; operator and auditor read every one. Others read it only where it is attached to
something whose package lets them (`access`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from app.core.access import Actor, Role
from app.core.database import Session, find_one, read_all
from app.core.problems import NOT_FOUND
from app.core.web.filters import between, equal
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.office.documents import access
from app.office.documents.kinds import Visibility
from app.office.documents.models import Attachment, Document
from app.office.documents.problems import DOCUMENT
from app.office.documents.rules import TYPES

ORDERS: Final = Orders("id", Document.id, Document.filename, Document.uploaded_at)
FILTERS: Final = (
    equal(Document.media_type, Literal[tuple(TYPES)], "Of this type"),
    equal(Document.organisation_id, UUID, "Of this organisation"),
    *between("uploaded", Document.uploaded_at),
)
ATTACHED: Final = Orders("id", Attachment.id)


def is_own(actor: Actor | None, document: Document) -> bool:
    """Whether the actor reads it without any attachment: its organisation, the operator, the auditor."""
    if actor is None:
        return False
    return actor.has(Role.OPERATOR, Role.AUDITOR) or actor.organisation_id == document.organisation_id


async def get_document(session: Session, actor: Actor | None, document_id: UUID) -> Document:
    """One document the actor may read; raises `not_found`."""
    document = await session.get(Document, document_id, populate_existing=True)
    if document is None:
        raise NOT_FOUND(what=DOCUMENT)
    if is_own(actor, document) or await _readable_where_attached(session, actor, document_id):
        return document
    raise NOT_FOUND(what=DOCUMENT)


async def read_document(session: Session, document_id: UUID) -> Document:
    """A document, without a check of access, for services that have made it."""
    return (await session.execute(select(Document).where(Document.id == document_id))).scalar_one()


async def find_own(session: Session, actor: Actor, document_id: UUID) -> Document | None:
    """One document that is the actor's to attach: its organisation's, or any for the operator."""
    document = await session.get(Document, document_id)
    if document is None or not (actor.has(Role.OPERATOR) or actor.organisation_id == document.organisation_id):
        return None
    return document


async def _readable_where_attached(session: Session, actor: Actor | None, document_id: UUID) -> bool:
    statement = select(Attachment).where(Attachment.document_id == document_id).order_by(Attachment.id)
    for attachment in await read_all(session, statement):
        level = await access.level_of(session, actor, attachment.subject_type, attachment.subject_id)
        if level == "parties" or (level == "public" and attachment.visibility == Visibility.PUBLIC):
            return True
    return False


async def list_documents(session: Session, actor: Actor, page: PageRequest) -> Found[Document]:
    """A page in order of upload: one's own organisation's, all for operator and auditor."""
    statement = select(Document)
    if not actor.has(Role.OPERATOR, Role.AUDITOR):
        statement = statement.where(Document.organisation_id == actor.organisation())
    return await read_page(session, statement, page, ORDERS)


async def count_since(session: Session, organisation_id: UUID, since: datetime) -> int:
    """How many documents an organisation uploaded since a moment."""
    statement = select(func.count()).where(Document.organisation_id == organisation_id, Document.uploaded_at > since)
    return (await session.execute(statement)).scalar_one()


async def find_same(session: Session, organisation_id: UUID, sha256: str, filename: str) -> Document | None:
    """The organisation's document of that content and name, if it was uploaded before."""
    statement = select(Document).where(
        Document.organisation_id == organisation_id, Document.sha256 == sha256, Document.filename == filename
    )
    return await find_one(session, statement)


async def attachments_of(session: Session, subject: tuple[str, UUID], *, include_private: bool) -> Sequence[Attachment]:
    """What is attached to a subject with its documents, in order; `include_private`: for the parties' eyes too."""
    return await read_all(session, _attached(subject, include_private=include_private).order_by(Attachment.id))


async def list_attachments(
    session: Session, subject: tuple[str, UUID], page: PageRequest, *, include_private: bool
) -> Found[Attachment]:
    """A page of the same."""
    return await read_page(session, _attached(subject, include_private=include_private), page, ATTACHED)


def _attached(subject: tuple[str, UUID], *, include_private: bool) -> Select[Attachment]:
    statement = (
        select(Attachment)
        .where(Attachment.subject_type == subject[0], Attachment.subject_id == subject[1])
        .options(selectinload(Attachment.document))
        .execution_options(populate_existing=True)
    )
    return statement if include_private else statement.where(Attachment.visibility == Visibility.PUBLIC)
