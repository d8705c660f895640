"""Statements on a database from outside the application."""

import asyncpg

from app.core.settings import Settings

CITY = Settings().city


async def execute(url: str, *statements: str) -> None:
    """Run statements one by one, each in its own transaction."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
