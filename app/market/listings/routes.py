"""HTTP of listings."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from app.catalogue.results.kinds import TechnicalField, TransferMode
from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedWhole, Money, ReasonIn
from app.core.web.access import Public, allow, public
from app.core.web.http import Endpoint, IfMatch, Session, context_of, session_of
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.preconditions import etag
from app.core.web.routing import Router
from app.market.listings import appraisal, attachments, envelopes, queries, schemas, service
from app.market.listings.kinds import ListingStatus, PricingMode
from app.market.listings.models import Listing, Question
from app.office.documents.queries import ATTACHED
from app.office.documents.schemas import AttachmentIn, AttachmentOut

router = Router(route_class=Endpoint, tags=("listings",))

Seller = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="listings:write", merged=True)]
Opener = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="listings:write")]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="listings:write")]
SellerOrOperator = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="listings:write", merged=True)]
Member = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.BROKER, scope="listings:read")]
Staff = Annotated[Actor, allow(Role.OPERATOR, Role.AUDITOR, scope="listings:read")]
Viewer = Annotated[Actor | None, public(scope="listings:read")]
Bound = Annotated[Money | None, Query(description="CNY")]
PublicStatus = Literal[
    ListingStatus.PUBLISHED,
    ListingStatus.SUSPENDED,
    ListingStatus.RESERVED,
    ListingStatus.SOLD,
    ListingStatus.LAPSED,
]


async def _filter(
    technical_field: TechnicalField | None = None,
    transfer_mode: TransferMode | None = None,
    pricing_mode: PricingMode | None = None,
    status: PublicStatus = ListingStatus.PUBLISHED,
    seller_id: UUID | None = None,
    price_min: Bound = None,
    price_max: Bound = None,
) -> schemas.ListingFilter:
    return schemas.ListingFilter.model_construct(
        technical_field=technical_field,
        transfer_mode=transfer_mode,
        pricing_mode=pricing_mode,
        status=status,
        seller_id=seller_id,
        price_min=price_min,
        price_max=price_max,
    )


@router.get("/listings", operation_id="list_listings", response_model=schemas.ListingPage)
async def list_listings(
    actor: Public,
    request: Request,
    page: Annotated[PageRequest, sorted_by(queries.CARDS)],
    wanted: Annotated[schemas.ListingFilter, Depends(_filter)],
) -> Response:
    """List what is on offer, newest publication first. `status` shows what was."""
    database = context_of(request).database
    found = await queries.published_cards(database, wanted, page)
    now = found.rows[0]["now"] if found.rows else await queries.public_clock(database)
    cards = [
        envelopes.card_json(row["id"], row["status"], row["published_at"], row["closes_at"], row["card"])
        for row in found.rows
    ]
    return _json(envelopes.page_json(cards, found.next_cursor, now))


@router.get("/listings/mine", operation_id="list_own_listings")
async def list_own(
    actor: Member, session: Session, page: Annotated[PageRequest, sorted_by(queries.WORKING_COPIES, queries.FILTERS)]
) -> Page[schemas.WorkingCopy]:
    """List your organisation's listings in every state, newest first. Those it serves as agency are among them."""
    return (await queries.list_own(session, actor, page)).shown(schemas.WorkingCopy.model_validate)


@router.get("/listings/desk", operation_id="list_listings_for_staff")
async def list_desk(
    actor: Staff, session: Session, page: Annotated[PageRequest, sorted_by(queries.WORKING_COPIES, queries.FILTERS)]
) -> Page[schemas.WorkingCopy]:
    """List all listings in every state, newest first. Those with `status=submitted` wait for the operator."""
    return (await queries.list_for_staff(session, page)).shown(schemas.WorkingCopy.model_validate)


@router.get("/listings/{listing_id}", operation_id="read_listing", response_model=schemas.ListingOut)
async def read_listing(actor: Viewer, request: Request, listing_id: UUID) -> Response:
    """Read a listing that was published. Its seller, its agency and staff see drafts and the working copy."""
    if actor is not None:
        session = session_of(request)
        listing = await queries.get_listing(session, actor, listing_id)
        if queries.sees_working_copy(actor, listing):
            return await _full(session, listing)
    row = await queries.published(context_of(request).database, listing_id)
    tag = envelopes.weak_etag(row["revision"])
    body = envelopes.listing_json(
        listing_id, row["status"], row["version"], row["published_at"], row["closes_at"], row["now"],
        row["sha256"], row["content"], queries.listing_periods(row["periods"]),
    )  # fmt: skip
    return _json(body, headers={"ETag": tag})


@router.get(
    "/listings/{listing_id}/versions/{version}",
    operation_id="read_listing_version",
    response_model=schemas.PublishedListing,
)
async def read_version(
    actor: Public, session: Session, listing_id: UUID, version: Annotated[AskedWhole, Path(ge=1, le=2**31 - 1)]
) -> Response:
    """Read what was published, to the byte. The `ETag` is its SHA-256."""
    sealed = await queries.public_version(session, listing_id, version)
    return _json(sealed.content, headers={"ETag": f'"{sealed.sha256}"'})


@router.post("/listings", status_code=201, operation_id="create_listing", response_model=schemas.ListingOut)
async def create_listing(actor: Opener, session: Session, body: schemas.ListingIn) -> Response:
    """Draft a listing of one of your results. Only you, your agency and staff see it."""
    listing = await service.create_listing(session, actor, body)
    return await _full(session, listing, status=201)


@router.patch("/listings/{listing_id}", operation_id="edit_listing", response_model=schemas.ListingOut)
async def edit_listing(
    actor: Seller, session: Session, listing_id: UUID, body: schemas.ListingPatch, if_match: IfMatch
) -> Response:
    """Change a draft or a returned listing. What was published is not edited: withdraw it and list it again."""
    return await _full(session, await service.edit_listing(session, actor, listing_id, body, if_match))


@router.post("/listings/{listing_id}/submission", operation_id="submit_listing", response_model=schemas.ListingOut)
async def submit(actor: Opener, session: Session, listing_id: UUID) -> Response:
    """Submit a draft to the operator. What may not be listed is refused here, with the article."""
    return await _full(session, await service.submit(session, actor, listing_id))


@router.post("/listings/{listing_id}/return", operation_id="return_listing", response_model=schemas.ListingOut)
async def return_listing(actor: Operator, session: Session, listing_id: UUID, body: ReasonIn) -> Response:
    """Return a submitted listing to its seller, with the reason."""
    return await _full(session, await service.return_listing(session, actor, listing_id, body.reason))


@router.post("/listings/{listing_id}/publication", operation_id="publish_listing", response_model=schemas.ListingOut)
async def publish(actor: Operator, session: Session, listing_id: UUID) -> Response:
    """Publish a submitted listing. It is checked and sealed, and open until the end of `closes_on` or of its notice."""
    return await _full(session, await service.publish(session, actor, listing_id))


@router.post("/listings/{listing_id}/suspension", operation_id="suspend_listing", response_model=schemas.ListingOut)
async def suspend(actor: SellerOrOperator, session: Session, listing_id: UUID, body: ReasonIn) -> Response:
    """Take a published listing off sale for a time. Its period runs on; a public notice (`competitive`) stops."""
    return await _full(session, await service.suspend(session, actor, listing_id, body.reason))


@router.post("/listings/{listing_id}/resumption", operation_id="resume_listing", response_model=schemas.ListingOut)
async def resume(actor: SellerOrOperator, session: Session, listing_id: UUID) -> Response:
    """Put a suspended listing back on sale. What the operator suspended, only the operator resumes."""
    return await _full(session, await service.resume(session, actor, listing_id))


@router.post("/listings/{listing_id}/withdrawal", operation_id="withdraw_listing", response_model=schemas.ListingOut)
async def withdraw(actor: Seller, session: Session, listing_id: UUID) -> Response:
    """Withdraw your listing for good. Refused while it is held for a buyer, and after its public notice has ended."""
    return await _full(session, await service.withdraw(session, actor, listing_id))


@router.put("/listings/{listing_id}/appraisal", operation_id="name_appraisal", response_model=schemas.ListingOut)
async def name_appraisal(
    actor: Seller, session: Session, listing_id: UUID, body: schemas.ReportChoiceIn, if_match: IfMatch
) -> Response:
    """Name the appraisal report that sets the floor of the price. Once published, only an expired one is replaced."""
    return await _full(session, await appraisal.name_report(session, actor, listing_id, body, if_match))


@router.get("/listings/{listing_id}/appraisal", operation_id="read_listing_appraisal")
async def read_appraisal(actor: Viewer, session: Session, listing_id: UUID) -> schemas.ListedAppraisal:
    """Read the public facts of the report that the listing names now.

    Those of the report that it was published on are in its sealed content.
    """
    return await appraisal.facts_for(session, actor, listing_id)


@router.post("/listings/{listing_id}/documents", status_code=201, operation_id="attach_listing_document")
async def attach_document(actor: Seller, session: Session, listing_id: UUID, body: AttachmentIn) -> AttachmentOut:
    """Attach an uploaded document to your listing, a public one before you submit it. Both are sealed together."""
    return AttachmentOut.model_validate(await attachments.attach(session, actor, listing_id, body))


@router.get("/listings/{listing_id}/documents", operation_id="list_listing_documents")
async def list_documents(
    actor: Viewer, session: Session, listing_id: UUID, page: Annotated[PageRequest, sorted_by(ATTACHED)]
) -> Page[AttachmentOut]:
    """List the documents of a listing that you may read."""
    return (await attachments.attached(session, actor, listing_id, page)).shown(AttachmentOut.model_validate)


@router.post("/listings/{listing_id}/questions", status_code=201, operation_id="ask_question")
async def ask(actor: Opener, session: Session, listing_id: UUID, body: schemas.QuestionIn) -> schemas.QuestionOut:
    """Ask about a published listing, as a verified organisation other than its seller."""
    return schemas.QuestionOut.model_validate(await service.ask(session, actor, listing_id, body.question))


@router.get("/listings/{listing_id}/questions", operation_id="list_questions")
async def list_questions(
    actor: Viewer, session: Session, listing_id: UUID, page: Annotated[PageRequest, sorted_by(queries.QUESTIONS)]
) -> Page[schemas.QuestionOut]:
    """List answered questions, oldest first. The seller sees all, and everyone their own."""
    listing = await queries.get_listing(session, actor, listing_id)
    return (await queries.list_questions(session, actor, listing, page)).shown(lambda row: _question_for(actor, row))


@router.get("/questions/{question_id}", operation_id="read_question")
async def read_question(actor: Viewer, session: Session, question_id: UUID) -> schemas.QuestionOut:
    """Read a question with its answer: an answered one, your own, or one about your listing."""
    return _question_for(actor, await queries.get_question(session, actor, question_id))


@router.post("/questions/{question_id}/answer", operation_id="answer_question")
async def answer(actor: Seller, session: Session, question_id: UUID, body: schemas.AnswerIn) -> schemas.QuestionOut:
    """Answer a question about your listing. Both become public."""
    return _question_for(actor, await service.answer(session, actor, question_id, body.answer))


def _question_for(actor: Actor | None, row: Question) -> schemas.QuestionOut:
    shown = schemas.QuestionOut.model_validate(row)
    if actor is None or not (actor.is_staff or actor.organisation_id == row.asker_id):
        shown.asker_id = None
    return shown


async def _full(session: Session, listing: Listing, status: int = 200) -> Response:
    """`ListingOut` with the working copy, and the `ETag` that an edit must name."""
    await session.flush()
    sealed = await queries.get_version(session, listing.id, listing.version)
    now: datetime = await read_clock(session)
    periods = await queries.public_periods(session, listing)
    copy = schemas.WorkingCopy.model_validate(listing)
    response = _json(envelopes.full_json(copy, sealed, now, periods), status)
    response.headers["ETag"] = etag(listing.revision)
    return response


def _json(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(text, status, headers, media_type="application/json")
