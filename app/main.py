"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI

from app import openapi
from app.awards.runs import routes as awards
from app.catalogue.appraisals import routes as appraisals
from app.catalogue.results import routes as results
from app.contracts import routes as contracts
from app.contracts.certificates import routes as certificates
from app.contracts.payments import routes as payments
from app.contracts.registration import routes as registration
from app.contracts.settlement import routes as settlement
from app.core import keys
from app.core.clock import is_moved
from app.core.database import Database
from app.core.logs import configure_logging
from app.core.settings import Environment, Settings, get_settings
from app.core.storage import open_storage
from app.core.web import validation
from app.core.web.http import Context
from app.core.web.middleware import RequestContext
from app.dossiers import routes as dossiers
from app.identity import routes as identity
from app.identity.queries import authenticate
from app.law.declarations import routes as calendar
from app.law.periods import routes as periods
from app.market.deals import routes as deals
from app.market.gates import routes as gates
from app.market.listings import routes as listings
from app.office.documents import routes as documents
from app.office.ledger import routes as ledger
from app.pricing.appraised import routes as appraised
from app.pricing.auction import routes as auctions
from app.pricing.auction.bidding import house as auction_house
from app.pricing.auction.bidding.door import BidDoor
from app.pricing.auction.live import routes as auction_logs
from app.pricing.auction.proof import logbook as auction_logbook
from app.pricing.first_come import routes as first_come
from app.pricing.listed import routes as listed
from app.pricing.negotiated import routes as negotiated
from app.pricing.negotiated.notice import routes as notices
from app.system import routes as system


class ClockMovedError(RuntimeError):
    """A production process was pointed at a database whose clock a sandbox has moved."""


def domain_routers() -> list[APIRouter]:
    """The routers under `/v1`. A request is compared with one route after the other: what is read most comes first."""
    return [
        auctions.bid_router,
        listings.router,
        identity.router,
        identity.secrets_router,
        documents.router,
        results.router,
        appraisals.router,
        first_come.router,
        listed.router,
        auctions.router,
        auction_logs.router,
        negotiated.router,
        notices.router,
        appraised.router,
        gates.router,
        deals.router,
        contracts.router,
        registration.router,
        payments.router,
        dossiers.router,
        settlement.router,
        certificates.router,
        awards.router,
        periods.router,
        calendar.router,
        ledger.router,
        system.router,
    ]


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """Build the API. `settings.database_url` is needed to serve, not to export the document."""
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        configure_logging(settings)
        context = open_context(settings, database)
        app.state.context = context
        try:
            await begin(settings, context.database)
            yield
        finally:
            await auction_house.close(app)
            await context.database.close()

    app = FastAPI(
        title="techex",
        version="1.0",
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.tags(),
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url="/docs",
        redoc_url=None,
    )
    for router in domain_routers():
        app.include_router(router, prefix="/v1")
    if settings.environment is Environment.SANDBOX:
        app.include_router(system.sandbox_router, prefix="/v1")
    app.include_router(system.root_router)
    validation.install(app)
    app.add_middleware(BidDoor, application=app)
    app.add_middleware(RequestContext)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


def open_context(settings: Settings, database: Database | None = None) -> Context:
    """The process's connections, stores and keys. Raises `ValueError` without a database."""
    keys.configure(settings)
    if database is None:
        if settings.database_url is None:
            raise ValueError("no database: set DATABASE_URL, or use `techex run`")
        database = Database(settings.database_url.get_secret_value(), pool_size=settings.database_pool_size)
    return Context(settings, database, open_storage(settings), partial(authenticate, zone=settings.timezone))


async def hang_up(application: FastAPI) -> None:
    """End the answers that would go on for as long as their clients like; every server calls it before it stops."""
    await auction_house.hang_up(application)


async def begin(settings: Settings, database: Database) -> None:
    """What every process does before it works; raises `ClockMovedError`."""
    await refuse_moved_clock(settings, database)
    await auction_logbook.introduce(settings, database)


async def refuse_moved_clock(settings: Settings, database: Database) -> None:
    """Production must not serve from a database whose clock was moved; raises `ClockMovedError`."""
    if settings.environment is Environment.PRODUCTION:
        async with database.reading() as session:
            if await is_moved(session):
                raise ClockMovedError("this database's clock was moved in a sandbox; production will not serve from it")
