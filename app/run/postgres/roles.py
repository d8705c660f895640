"""The role of the API and the worker: it reads and writes rows, and owns nothing.

Who owns a table may switch off the triggers that keep the log append-only, and a superuser may switch off all.
"""

import asyncio

from app.run.errors import StartError, one_line
from app.run.postgres.database import plain_url

APPLICATION_ROLE = "techex_app"
_MAKE = """
DO $$BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{plain}') THEN CREATE ROLE {role} LOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END$$
"""
_GRANT = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
    "GRANT USAGE ON SCHEMA search TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA search TO {role}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA search GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO {role}",
)


def grant_application(url: str, role: str = APPLICATION_ROLE, *, make: bool = False) -> None:
    """Let `role` work on the migrated database at `url`, which names the owner; what later migrations make too.

    `make`: the role is made where there is none, to log in without a password. Granting again changes nothing.
    `StartError` where the database refuses.
    """

    async def grant() -> None:
        import asyncpg  # noqa: PLC0415

        quoted = '"' + role.replace('"', '""') + '"'
        try:
            connection = await asyncpg.connect(plain_url(url), timeout=5)
            try:
                if make:
                    await connection.execute(_MAKE.format(role=quoted, plain=role.replace("'", "''")))
                async with connection.transaction():
                    for statement in _GRANT:
                        await connection.execute(statement.format(role=quoted))
            finally:
                await connection.close()
        except (OSError, asyncpg.PostgresError) as error:
            raise StartError(f"The role {role} cannot be given its rights: {one_line(error)}") from None

    asyncio.run(grant())
