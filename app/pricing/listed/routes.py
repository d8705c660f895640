"""HTTP of competitive listed sales: conditions, registrations, revisions."""

from typing import Annotated
from uuid import UUID

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.problems import NOT_FOUND
from app.core.schemas import ReasonIn
from app.core.web.access import EVERY_ROLE, allow, public
from app.core.web.http import Endpoint, MoneyEndpoint, Session
from app.core.web.lists import sorted_by
from app.core.web.pages import Page, PageRequest
from app.core.web.routing import Router
from app.market.listings import queries as listings
from app.pricing.listed import queries, registrants, rules, service
from app.pricing.listed.announcement import conditions, revisions
from app.pricing.listed.models import ListedSale
from app.pricing.listed.schemas import (
    ListedConditionsIn,
    ListedConditionsOut,
    ListedSaleOut,
    QualificationIn,
    RegistrantConfirmationIn,
    RegistrantIn,
    RegistrantOut,
    RevisionIn,
    RevisionOut,
)

router = Router(route_class=Endpoint, tags=("listed",))
money_router = Router(route_class=MoneyEndpoint)

Seller = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="listings:write", merged=True)]
Operator = Annotated[Actor, allow(Role.OPERATOR, scope="listings:write")]
Buyer = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write", merged=True)]
Entrant = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, scope="deals:write")]
JudgeOfRegistrants = Annotated[Actor, allow(Role.MEMBER, Role.ADMIN, Role.OPERATOR, scope="deals:write", merged=True)]
Reader = Annotated[Actor, allow(*EVERY_ROLE, scope="deals:read")]
Viewer = Annotated[Actor | None, public(scope="listings:read")]
ListingReader = Annotated[Actor, allow(*EVERY_ROLE, scope="listings:read")]


@router.put("/listings/{listing_id}/listed-conditions", operation_id="set_listed_conditions")
async def set_conditions(
    actor: Seller, session: Session, listing_id: UUID, body: ListedConditionsIn
) -> ListedConditionsOut:
    """Set all conditions of a competitive sale at once. The listing must be a draft or returned."""
    return ListedConditionsOut.model_validate(await conditions.set_conditions(session, actor, listing_id, body))


@router.get("/listings/{listing_id}/listed-conditions", operation_id="read_listed_conditions")
async def read_conditions(actor: Viewer, session: Session, listing_id: UUID) -> ListedConditionsOut:
    """Read the conditions of a sale whose listing you may see. Once published, they are those in `published`."""
    return ListedConditionsOut.model_validate(await conditions.read_conditions(session, actor, listing_id))


@router.get("/listings/{listing_id}/listed-sale", operation_id="read_listed_sale")
async def read_sale(actor: Viewer, session: Session, listing_id: UUID) -> ListedSaleOut:
    """Read how far a competitive sale has come whose listing you may see. It does not say who registered.

    Why it ended without a deal is for the seller, its agency and staff.
    """
    listing = await listings.get_listing(session, actor, listing_id)
    rules.check_competitive(listing.pricing_mode, listing.allocation)
    found = await queries.sale_of(session, listing_id)
    if found is None:
        raise NOT_FOUND(what=listings.LISTING)
    shown = await _sale_out(session, found)
    if not listings.sees_working_copy(actor, listing):
        shown.reason = None
    return shown


@router.post("/listings/{listing_id}/sale-termination", operation_id="terminate_listed_sale")
async def terminate(actor: Operator, session: Session, listing_id: UUID, body: ReasonIn) -> ListedSaleOut:
    """End a competitive sale that cannot go on, with the reason. The listing lapses, every deposit goes back."""
    return await _sale_out(session, await service.terminate(session, actor, listing_id, body.reason))


@money_router.post("/listings/{listing_id}/registrations", status_code=201, operation_id="register_for_listing")
async def register(actor: Entrant, session: Session, listing_id: UUID, body: RegistrantIn) -> RegistrantOut:
    """Register as intending transferee while the notice runs. The deposit is asked for, due by the notice's end."""
    row = await registrants.register(session, actor, listing_id, body)
    return RegistrantOut.of(row, server_time=await read_clock(session))


@router.get("/listing-registrations", operation_id="list_listing_registrations")
async def list_registrants(
    actor: Reader,
    session: Session,
    page: Annotated[PageRequest, sorted_by(queries.REGISTRANTS, queries.FILTERS)],
) -> Page[RegistrantOut]:
    """List your organisation's registrations and those for your listings. Operator and auditor see all."""
    found = await queries.list_registrants(session, actor, page)
    now = await read_clock(session)
    return found.shown(lambda row: RegistrantOut.of(row, server_time=now))


@router.get("/listing-registrations/{registration_id}", operation_id="read_listing_registration")
async def read_registrant(actor: Reader, session: Session, registration_id: UUID) -> RegistrantOut:
    """Read a registration. Its organisation, the seller, operator and auditor may."""
    row = await queries.get_registrant(session, actor, registration_id)
    return RegistrantOut.of(row, server_time=await read_clock(session))


@router.post(
    "/listing-registrations/{registration_id}/qualification", status_code=201, operation_id="judge_listing_registration"
)
async def judge(
    actor: JudgeOfRegistrants, session: Session, registration_id: UUID, body: QualificationIn
) -> RegistrantOut:
    """Qualify or refuse a registrant. Seller and operator decide once each; if refused, its deposit goes back."""
    listing, found, row = await registrants.judge(session, actor, registration_id, body)
    await service.review_again(session, listing, found)
    await session.flush()
    row = await queries.get_registrant(session, actor, row.id)
    return RegistrantOut.of(row, server_time=await read_clock(session))


@money_router.post("/listing-registrations/{registration_id}/confirmation", operation_id="confirm_listing_registration")
async def confirm(
    actor: Buyer, session: Session, registration_id: UUID, body: RegistrantConfirmationIn
) -> RegistrantOut:
    """Agree to what was published since you registered. Without it you are not counted."""
    row = await registrants.confirm(session, actor, registration_id, body)
    return RegistrantOut.of(row, server_time=await read_clock(session))


@router.post("/listing-registrations/{registration_id}/withdrawal", operation_id="withdraw_listing_registration")
async def withdraw(actor: Buyer, session: Session, registration_id: UUID, body: ReasonIn) -> RegistrantOut:
    """Withdraw your registration before the notice ends. Your deposit goes back in full."""
    row = await registrants.withdraw(session, actor, registration_id, body.reason)
    return RegistrantOut.of(row, server_time=await read_clock(session))


@money_router.post("/listings/{listing_id}/revision", status_code=201, operation_id="propose_listing_revision")
async def propose_revision(actor: Seller, session: Session, listing_id: UUID, body: RevisionIn) -> RevisionOut:
    """Propose changed content for your published competitive listing. Published, it begins the notice again."""
    return RevisionOut.model_validate(await revisions.propose(session, actor, listing_id, body))


@router.get("/listings/{listing_id}/revisions", operation_id="list_listing_revisions")
async def list_revisions(
    actor: ListingReader, session: Session, listing_id: UUID, page: Annotated[PageRequest, sorted_by(queries.REVISIONS)]
) -> Page[RevisionOut]:
    """List the proposed revisions of a listing. Its seller, its agency and staff may."""
    listing = await listings.get_listing(session, actor, listing_id)
    return (await queries.list_revisions(session, actor, page, listing)).shown(RevisionOut.model_validate)


@router.get("/listings/{listing_id}/revisions/{revision_id}", operation_id="read_listing_revision")
async def read_revision(actor: ListingReader, session: Session, listing_id: UUID, revision_id: UUID) -> RevisionOut:
    """Read a proposed revision of a listing. Its seller, its agency and staff may."""
    listing = await listings.get_listing(session, actor, listing_id)
    return RevisionOut.model_validate(await queries.get_revision(session, actor, listing, revision_id))


@router.post("/listings/{listing_id}/revision/publication", operation_id="publish_listing_revision")
async def publish_revision(actor: Operator, session: Session, listing_id: UUID) -> RevisionOut:
    """Publish the proposed revision, checked again, as the next version. The notice begins again in full."""
    return RevisionOut.model_validate(await revisions.publish(session, actor, listing_id))


@router.post("/listings/{listing_id}/revision/return", operation_id="return_listing_revision")
async def return_revision(actor: Operator, session: Session, listing_id: UUID, body: ReasonIn) -> RevisionOut:
    """Return the proposed revision to the seller, with the reason. What is published stays."""
    return RevisionOut.model_validate(await revisions.return_revision(session, actor, listing_id, body.reason))


async def _sale_out(session: Session, found: ListedSale) -> ListedSaleOut:
    listing = await listings.read_listing(session, found.listing_id)
    announced = await queries.conditions_of(session, found.listing_id)
    now = await read_clock(session)
    return ListedSaleOut.of(
        found, closes_at=listing.closes_at, extensions_max=announced.extensions_max, server_time=now
    )


router.include_router(money_router)
