"""Documents of listings: the public ones are part of what is published, the others are for seller and staff."""

from uuid import UUID

from app.core.access import Actor
from app.core.database import Session
from app.core.history import events
from app.core.problems import NOT_FOUND, Problem
from app.core.web.pages import Found, PageRequest
from app.market.listings import queries, rules
from app.office.documents import queries as documents
from app.office.documents import service as document_service
from app.office.documents.access import Level
from app.office.documents.kinds import Visibility
from app.office.documents.models import Attachment
from app.office.documents.schemas import AttachmentIn

SUBJECT = "listing"


async def access_to_listing(session: Session, actor: Actor | None, listing_id: UUID) -> Level:
    """Seller, agency and market staff read all documents of a listing; anyone who may see it reads the public ones."""
    try:
        listing = await queries.get_listing(session, actor, listing_id)
    except Problem as problem:
        if problem.kind is NOT_FOUND:
            return "none"
        raise
    return "parties" if queries.sees_working_copy(actor, listing) else "public"


async def attach(session: Session, actor: Actor, listing_id: UUID, body: AttachmentIn) -> Attachment:
    """Attach a document to one's own listing; a public one only while the listing is edited (`listing_not_editable`).

    A public document is sealed with the content it is published with; added later, nobody could tell what was
    published when.
    """
    listing = await queries.lock_for(session, actor, listing_id)
    if body.visibility == Visibility.PUBLIC:
        rules.check_editable(listing.status)
    attachment = await document_service.attach(
        session,
        actor,
        subject=(SUBJECT, listing.id),
        document_id=body.document_id,
        title=body.title,
        visibility=body.visibility,
    )
    listing.revision += 1
    events.append(
        session,
        "listing.document_attached",
        (SUBJECT, listing.id),
        audience=[events.OPERATOR, listing.seller_id],
        payload={"document_id": body.document_id, "visibility": body.visibility},
    )
    return attachment


async def attached(session: Session, actor: Actor | None, listing_id: UUID, page: PageRequest) -> Found[Attachment]:
    """A page of the documents of a listing that the actor may read; a listing that is hidden is `not_found`."""
    listing = await queries.get_listing(session, actor, listing_id)
    everything = queries.sees_working_copy(actor, listing)
    return await documents.list_attachments(session, (SUBJECT, listing_id), page, include_private=everything)
