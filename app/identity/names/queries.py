"""Reading of names over time: what an organisation was called on a day, and who was ever called so."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from app.core.database import Session, read_all, read_one
from app.core.problems import Text
from app.identity.models import FormerName, Organisation

FORMER_NAME = Text("former name", "曾用名")


async def names_on(session: Session, ids: Iterable[UUID], day: date) -> dict[UUID, str]:
    """What organisations were called on a day: for papers, which keep the name of their day."""
    former = (
        select(FormerName.name)
        .where(FormerName.organisation_id == Organisation.id, FormerName.valid_to >= day)
        .order_by(FormerName.valid_to)
        .limit(1)
        .scalar_subquery()
    )
    statement = select(Organisation.id, func.coalesce(former, Organisation.name)).where(Organisation.id.in_(list(ids)))
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


def once_called(beginning: str) -> Select[UUID]:
    """The organisations of which a former name begins so."""
    return select(FormerName.organisation_id).where(FormerName.name.startswith(beginning, autoescape=True))


async def former_names(session: Session, organisation_id: UUID) -> Sequence[FormerName]:
    """An organisation's former names, oldest first, as they stand now."""
    statement = select(FormerName).where(FormerName.organisation_id == organisation_id).order_by(FormerName.valid_to)
    return await read_all(session, statement.execution_options(populate_existing=True))


async def get_former_name(session: Session, name_id: UUID) -> FormerName:
    """One former name; raises `not_found`. What is decided of it is decided under its organisation's lock."""
    return await read_one(session, select(FormerName).where(FormerName.id == name_id), FORMER_NAME, fresh=True)
