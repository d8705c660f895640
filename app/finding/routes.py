"""HTTP of searches. What is found is public; brokers are shown to everybody with a key, as their list is."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.catalogue.demands.kinds import DemandKind, DemandStatus, ScenarioArea, SolutionWay
from app.catalogue.results.kinds import IpType, TechnicalField, TransferMode
from app.core.access import Actor
from app.core.schemas import AskedFlag, AskedWhole, Day, Money
from app.core.web.access import EVERY_ROLE, Public, allow
from app.core.web.http import Endpoint, context_of
from app.core.web.lists import Paging, bound_to
from app.core.web.pages import PageRequest
from app.core.web.routing import Router
from app.finding import documents, schemas, service
from app.finding.filters import LONGEST_QUERY, Filters, between, one_of
from app.finding.kinds import DealSort, DemandSort, ListingSort, ResultSort, Suggested
from app.identity.kinds import OrganisationKind
from app.market.deals.kinds import PriceBasis
from app.market.listings.kinds import ListingStatus, PricingMode
from app.market.listings.routes import PublicStatus
from search.indexes import index

router = Router(route_class=Endpoint, tags=("finding",))

KeyHolder = Annotated[Actor, allow(*EVERY_ROLE, scope="identity:read")]
Words = Annotated[
    str | None,
    Query(
        max_length=LONGEST_QUERY,
        description="Words in Chinese, English or pinyin, a number, or a phrase in quotation marks; else everything",
    ),
]
Division = Annotated[
    str | None, Query(pattern=r"^\d{2}(\d{2}){0,2}$", description="GB/T 2260: a province, a city or a district")
]
Bound = Annotated[Money | None, Query(description="CNY")]
Level = Annotated[AskedWhole | None, Query(ge=1, le=9, description="GB/T 22900")]
Since = Annotated[Day | None, Query(description="Not before this day, local")]
Until = Annotated[Day | None, Query(description="Not after this day, local")]
LastSince = Annotated[Day | None, Query(description="Its last day, `valid_to`, is not before this day")]
LastUntil = Annotated[Day | None, Query(description="Its last day, `valid_to`, is not after this day")]
Fields = Annotated[list[TechnicalField] | None, Query(max_length=11, description="One of these; repeat it")]
Modes = Annotated[list[PricingMode] | None, Query(max_length=4, description="One of these; repeat it")]
Transfers = Annotated[list[TransferMode] | None, Query(max_length=9, description="One of these; repeat it")]
Rights = Annotated[
    list[IpType] | None, Query(max_length=7, description="It has a registered right of one of these; repeat it")
]
Dormant = Annotated[
    AskedFlag | None, Query(description="Whether it is in the latest list of dormant results, and not converted since")
]
Kinds = Annotated[list[DemandKind] | None, Query(max_length=3, description="One of these; repeat it")]
Areas = Annotated[list[ScenarioArea] | None, Query(max_length=5, description="One of these; repeat it")]
Ways = Annotated[list[SolutionWay] | None, Query(max_length=4, description="One of these; repeat it")]
Industry = Annotated[
    str | None,
    Query(pattern="^[A-T]([0-9]{2,4})?$", description="GB/T 4754: a section, a division, a group or a class"),
]
Wanted = Literal[DemandStatus.PUBLISHED, DemandStatus.MET, DemandStatus.EXPIRED]


def _published(request: Request, since: date | None, until: date | None) -> Filters:
    """Filters for the local days of publication, both days within them."""
    zone = context_of(request).database.city.zone

    def start(day: date | None, *, after: int = 0) -> int | None:
        return None if day is None else documents.seconds(datetime.combine(day + timedelta(after), time(), zone))

    end = start(until, after=1)
    return between("published_at", published_since=start(since), published_until=end and end - 1)


async def _offer(
    request: Request,
    technical_field: Fields = None,
    ip_type: Rights = None,
    division: Division = None,
    seller_id: UUID | None = None,
    seller_kind: OrganisationKind | None = None,
    readiness_min: Level = None,
    readiness_max: Level = None,
    dormant: Dormant = None,
    published_since: Since = None,
    published_until: Until = None,
) -> Filters:
    """The filters that listings and results have in common."""
    return (
        *one_of(
            technical_field=technical_field,
            ip_type=ip_type,
            division=division,
            seller_id=seller_id,
            seller_kind=seller_kind,
            dormant=None if dormant is None else str(dormant).lower(),
        ),
        *between("readiness_level", readiness_min=readiness_min, readiness_max=readiness_max),
        *_published(request, published_since, published_until),
    )


Offer = Annotated[Filters, Depends(_offer)]


async def _answered(request: Request, asked: service.Asked, page: PageRequest) -> Response:
    bound = bound_to(request.url.path, request.query_params.multi_items(), asked.sort)
    body, engine = await service.of(request.app).search(asked, replace(page, bound=bound))
    return Response(body, headers={service.ENGINE: engine}, media_type="application/json")


@router.get("/search/listings", operation_id="search_listings", response_model=schemas.ListingSearch)
async def search_listings(
    actor: Public,
    request: Request,
    page: Paging,
    offer: Offer,
    q: Words = None,
    status: PublicStatus = ListingStatus.PUBLISHED,
    pricing_mode: Modes = None,
    transfer_mode: Transfers = None,
    price_min: Bound = None,
    price_max: Bound = None,
    sort: ListingSort | None = None,
) -> Response:
    """Search what is on offer. `status` finds what was. All words must be met; of a repeated filter, one value."""
    filters = (
        *one_of(pricing_mode=pricing_mode, transfer_mode=transfer_mode),
        *between("asking_price", price_min=price_min, price_max=price_max),
        *offer,
    )
    asked = service.Asked("listings", q, filters, sort, index("listings").facets, one_of(status=status))
    return await _answered(request, asked, page)


@router.get("/search/results", operation_id="search_results", response_model=schemas.ResultSearch)
async def search_results(
    actor: Public, request: Request, page: Paging, offer: Offer, q: Words = None, sort: ResultSort | None = None
) -> Response:
    """Search research results that are or were on offer. A result that no listing published is not found."""
    asked = service.Asked("results", q, offer, sort, index("results").facets)
    return await _answered(request, asked, page)


@router.get("/search/demands", operation_id="search_demands", response_model=schemas.DemandSearch)
async def search_demands(
    actor: Public,
    request: Request,
    page: Paging,
    q: Words = None,
    status: Wanted = DemandStatus.PUBLISHED,
    kind: Kinds = None,
    technical_field: Fields = None,
    industry: Industry = None,
    solution: Ways = None,
    scenario_area: Areas = None,
    division: Division = None,
    demander_id: UUID | None = None,
    demander_kind: OrganisationKind | None = None,
    budget_min: Bound = None,
    budget_max: Bound = None,
    published_since: Since = None,
    published_until: Until = None,
    closes_since: LastSince = None,
    closes_until: LastUntil = None,
    sort: DemandSort | None = None,
) -> Response:
    """Search needs, challenges and open scenarios. Who hides its name is found by neither its name nor its id.

    `status` finds what was. What its demander closed is not found.
    """
    filters = (
        *one_of(
            kind=kind,
            technical_field=technical_field,
            industry=industry,
            solution=solution,
            scenario_area=scenario_area,
            division=division,
            demander_id=demander_id,
            demander_kind=demander_kind,
        ),
        *between("budget", budget_min=budget_min, budget_max=budget_max),
        *_published(request, published_since, published_until),
        *between("valid_to", closes_since=documents.days(closes_since), closes_until=documents.days(closes_until)),
    )
    asked = service.Asked("demands", q, filters, sort, index("demands").facets, one_of(status=status))
    return await _answered(request, asked, page)


@router.get("/search/agencies", operation_id="search_agencies", response_model=schemas.AgencySearch)
async def search_agencies(
    actor: Public, request: Request, page: Paging, q: Words = None, division: Division = None
) -> Response:
    """Search technology-transfer agencies. They come in the order of relevance."""
    asked = service.Asked("agencies", q, one_of(division=division), None, index("agencies").facets)
    return await _answered(request, asked, page)


@router.get("/search/brokers", operation_id="search_brokers", response_model=schemas.BrokerSearch)
async def search_brokers(
    actor: KeyHolder,
    request: Request,
    page: Paging,
    q: Words = None,
    division: Division = None,
    agency_id: UUID | None = None,
) -> Response:
    """Search technical brokers by name, agency or certificate number. They come in the order of relevance."""
    filters = one_of(division=division, agency_id=agency_id)
    return await _answered(request, service.Asked("brokers", q, filters, None, index("brokers").facets), page)


@router.get("/search/deals", operation_id="search_deals", response_model=schemas.DealSearch)
async def search_deals(
    actor: Public,
    request: Request,
    page: Paging,
    q: Words = None,
    technical_field: Fields = None,
    pricing_mode: Modes = None,
    transfer_mode: Transfers = None,
    price_basis: PriceBasis | None = None,
    price_min: Bound = None,
    price_max: Bound = None,
    agreed_since: Since = None,
    agreed_until: Until = None,
    sort: DealSort | None = None,
) -> Response:
    """Search past prices that everybody can read. Each has the reference where it was published."""
    filters = (
        *one_of(
            technical_field=technical_field,
            pricing_mode=pricing_mode,
            transfer_mode=transfer_mode,
            price_basis=price_basis,
        ),
        *between("price", price_min=price_min, price_max=price_max),
        *between("agreed_on", agreed_since=documents.days(agreed_since), agreed_until=documents.days(agreed_until)),
    )
    return await _answered(request, service.Asked("deals", q, filters, sort, index("deals").facets), page)


@router.get("/search/suggestions", operation_id="suggest", response_model=schemas.Suggestions)
async def suggest(
    actor: Public,
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=LONGEST_QUERY, description="What was typed so far")],
    limit: Annotated[AskedWhole, Query(ge=1, le=20, description="Suggestions at most")] = 8,
    kind: Suggested = Suggested.LISTINGS,
) -> Response:
    """Suggest how to go on typing: words of the field, and titles of listings or of demands."""
    body, engine = await service.of(request.app).suggest(kind, q, limit)
    return Response(body, headers={service.ENGINE: engine}, media_type="application/json")
