"""Use cases of documents; each runs in the caller's transaction."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.core.access import Actor, Role, forbidden
from app.core.clock import read_clock
from app.core.database import Session, advisory_lock
from app.core.history import events
from app.core.problems import INVALID_INPUT, UNKNOWN_REFERENCE, FieldError, Text
from app.identity.problems import ORGANISATION
from app.identity.queries import organisations_by_id
from app.law.quotas.kinds import Quota
from app.law.quotas.rules import check_room
from app.office.documents import access, queries
from app.office.documents.kinds import Visibility
from app.office.documents.models import Attachment, Document
from app.office.documents.problems import ALREADY_ATTACHED, DOCUMENT, TOO_MANY_ATTACHED

MAX_ATTACHED = 100
"""Documents of one subject: its list is one answer, and a published listing seals them all."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that was received, checked and stored; what is left is its row."""

    filename: str
    media_type: str
    sha256: str
    size: int


async def record_upload(session: Session, actor: Actor, upload: Upload, named: UUID | None) -> tuple[Document, bool]:
    """Record a document whose content is stored already; answers it, and whether it is new.

    The same content under the same name is the same document of an organisation. The content's hash is locked, so that
    of two uploads at once the second finds the first.
    """
    organisation_id = await _organisation(session, actor, named)
    await advisory_lock(session, "document", f"{organisation_id}:{upload.sha256}")
    found = await queries.find_same(session, organisation_id, upload.sha256, upload.filename)
    if found is not None:
        return found, False
    await check_room_for(session, organisation_id)
    document = Document(
        organisation_id=organisation_id,
        sha256=upload.sha256,
        size=upload.size,
        media_type=upload.media_type,
        filename=upload.filename,
    )
    session.add(document)
    await session.flush()
    await session.refresh(document)
    events.append(
        session,
        "document.uploaded",
        ("document", document.id),
        audience=[organisation_id],
        payload={"sha256": upload.sha256, "size": upload.size, "media_type": upload.media_type},
    )
    return document, True


async def check_room_for(session: Session, organisation_id: UUID) -> None:
    """Raises `quota_reached` where an organisation uploaded as much as it may within 24 hours."""
    now = await read_clock(session)
    held = await queries.count_since(session, organisation_id, now - timedelta(hours=24))
    check_room(Quota.UPLOADS, held, session.city.day_of(now))


async def _organisation(session: Session, actor: Actor, named: UUID | None) -> UUID:
    if not actor.has(Role.OPERATOR):
        own = actor.organisation()
        if named not in (None, own):
            raise forbidden(actor, {Role.OPERATOR}, field="organisation_id")
        return own
    if named is None:
        missing = FieldError("organisation_id", "missing", Text("Name the organisation", "请指明单位"))
        raise INVALID_INPUT(errors=[missing], count=1)
    if named not in await organisations_by_id(session, [named]):
        raise UNKNOWN_REFERENCE(field="organisation_id", what=ORGANISATION)
    return named


async def attach(
    session: Session,
    actor: Actor,
    *,
    subject: tuple[str, UUID],
    document_id: UUID,
    title: str,
    visibility: Visibility,
    field: str = "document_id",
) -> Attachment:
    """Attach a document of the actor's organisation (the operator: any) to a subject; answers it with the document.

    The caller has checked that the actor may change the subject, and says in an event of its own what it means there.
    Raises `unknown_reference` for a document that is not the actor's, `already_attached`, and `too_many_attached`.
    """
    if access.READERS.find(subject[0]) is None:
        raise ValueError(f"subject type {subject[0]} does not say who may read its documents")
    document = await queries.find_own(session, actor, document_id)
    if document is None:
        raise UNKNOWN_REFERENCE(field=field, what=DOCUMENT)
    await advisory_lock(session, "attachment", f"{subject[0]}:{subject[1]}")
    attached = {row.document_id for row in await queries.attachments_of(session, subject, include_private=True)}
    if document_id in attached:
        raise ALREADY_ATTACHED(field=field)
    if len(attached) >= MAX_ATTACHED:
        raise TOO_MANY_ATTACHED(field=field, most=MAX_ATTACHED)
    attachment = Attachment(
        document=document, subject_type=subject[0], subject_id=subject[1], title=title, visibility=visibility
    )
    session.add(attachment)
    await session.flush()
    await session.refresh(attachment, ["attached_at"])
    return attachment
