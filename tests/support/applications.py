"""The API as an application object, built once a test process and pointed at the database of each test."""

from functools import cache

from fastapi import FastAPI

from app.core.database import Database
from app.core.settings import Environment, Settings
from app.main import create_app, open_context


@cache
def _built(environment: Environment, slot: str) -> FastAPI:
    return create_app(Settings(environment=environment))


def application(settings: Settings, database: Database, slot: str = "shared") -> FastAPI:
    """The application of an environment on a database, until the next call for the same slot.

    Its routes are the same for every test, and FastAPI works out each route's dependencies on its first request
    (4 ms a route), which would be done anew for each test. What adds routes builds an application of its own.
    """
    app = _built(settings.environment, slot)
    app.state.context = open_context(settings, database)
    return app
