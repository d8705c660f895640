"""The application factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from app import openapi, wiring
from app.core.database import Database
from app.core.logs import configure_logging
from app.core.settings import Environment, Settings, get_settings
from app.core.storage import open_storage
from app.core.web import validation
from app.core.web.answers import cors
from app.core.web.http import Context
from app.core.web.middleware import RequestContext
from app.core.web.routing import add_routes
from app.finding import service as finding
from app.identity.queries import authenticate
from app.pricing.auction.bidding import house as auction_house
from app.pricing.auction.bidding.door import BidDoor
from app.process import begin, open_database
from app.system import routes as system
from app.system.docs import pages as documentation


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """Build the API. `settings.database_url` is needed to serve, not to export the document."""
    settings = settings or get_settings()
    wiring.connect()

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
            await finding.close(app)
            await context.database.close()

    app = FastAPI(
        title="techex",
        version="1.0",
        lifespan=lifespan,
        openapi_url=None,
        redirect_slashes=False,
    )
    for router in wiring.routers():
        add_routes(app, router, "/v1")
    if settings.environment is Environment.SANDBOX:
        add_routes(app, system.sandbox_router, "/v1")
    add_routes(app, system.root_router)
    add_routes(app, documentation.router)
    validation.install(app)
    app.add_middleware(BidDoor, application=app)
    app.add_middleware(RequestContext)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, **cors.rules(settings.cors_origins))
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app


def open_context(settings: Settings, database: Database | None = None) -> Context:
    """The process's connections, stores and keys. Raises `ValueError` without a database."""
    database = open_database(settings, database)
    return Context(settings, database, open_storage(settings), authenticate)


async def hang_up(application: FastAPI) -> None:
    """End the answers that would go on for as long as their clients like; every server calls it before it stops."""
    await auction_house.hang_up(application)
