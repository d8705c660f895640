"""The worker's turn, taken by a test: run what is due."""

from app.core import deadlines
from app.core.database import Database
from app.core.settings import get_settings


async def run_due(database: Database, limit: int = 100) -> int:
    """Run due deadlines as a worker does; answers how many were taken."""
    return await deadlines.run_due(database, get_settings(), limit)
