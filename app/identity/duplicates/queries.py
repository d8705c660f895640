"""Reading of organisations that look like one. Each look goes by an index; nothing compares all with all."""

from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, text
from sqlalchemy.orm import selectinload

from app.core.database import Session, advisory_lock, read_one
from app.core.problems import Text
from app.core.web.pages import Found, Orders, PageRequest, read_page
from app.identity.duplicates.models import OrganisationDuplicate

ORDERS: Final = Orders("-id", OrganisationDuplicate.id)
DUPLICATE: Final = Text("pair of organisations", "疑似重复单位")
MOST: Final = 50
"""With how many others one organisation is paired by one likeness: what more have in common says little."""
_CODE = text("SELECT substr(uscc, 9, 9) FROM organisations WHERE id = :id AND uscc IS NOT NULL")
# `OFFSET 0` keeps each look by itself: it goes by its index, also where the planner knows nothing of the tables yet.
ALIKE: Final = text(
    """
    WITH own AS MATERIALIZED (SELECT name, uscc FROM organisations WHERE id = :id),
    names AS MATERIALIZED (
      SELECT techex_core_name(name) AS core, 'name' AS likeness FROM own
      UNION SELECT techex_core_name(name), 'former_name' FROM organisation_former_names WHERE organisation_id = :id
    ), found AS (
      (SELECT o.id, n.likeness FROM own, names n CROSS JOIN LATERAL
           (SELECT id, uscc FROM organisations WHERE techex_core_name(name) = n.core OFFSET 0) o
         WHERE o.id <> :id AND (o.uscc IS NULL OR own.uscc IS NULL) LIMIT :most)
      UNION ALL
      (SELECT o.id, 'former_name' FROM own, names n CROSS JOIN LATERAL
           (SELECT organisation_id FROM organisation_former_names WHERE techex_core_name(name) = n.core OFFSET 0) f
           JOIN organisations o ON o.id = f.organisation_id
         WHERE o.id <> :id AND (o.uscc IS NULL OR own.uscc IS NULL) LIMIT :most)
      UNION ALL
      (SELECT o.id, 'organisation_code' FROM own CROSS JOIN LATERAL
           (SELECT id FROM organisations WHERE substr(uscc, 9, 9) = substr(own.uscc, 9, 9) OFFSET 0) o
         WHERE o.id <> :id LIMIT :most)
    )
    SELECT id, array_agg(DISTINCT likeness ORDER BY likeness) AS likenesses FROM found GROUP BY id ORDER BY id
    """
)


async def alike(session: Session, organisation_id: UUID) -> list[tuple[UUID, list[str]]]:
    """Who looks like an organisation, and by what. Its name was locked when it was given (`namesake`).

    Its organisation code is locked here until the transaction ends, so that of two who take it at once one sees the
    other.
    """
    code = (await session.execute(_CODE, {"id": organisation_id})).scalar_one_or_none()
    if code is not None:
        await advisory_lock(session, "organisation_code", code)
    found = await session.execute(ALIKE, {"id": organisation_id, "most": MOST})
    return [(row.id, list(row.likenesses)) for row in found]


async def list_duplicates(session: Session, page: PageRequest, *, decided: bool) -> Found[OrganisationDuplicate]:
    """A page, newest first: the pairs that are decided, or those that are not."""
    settled = OrganisationDuplicate.decided_at
    wanted = settled.is_not(None) if decided else settled.is_(None)
    return await read_page(session, _pairs().where(wanted), page, ORDERS)


async def get_duplicate(session: Session, duplicate_id: UUID, *, lock: bool = False) -> OrganisationDuplicate:
    """One pair with both organisations; raises `not_found`."""
    statement = _pairs().where(OrganisationDuplicate.id == duplicate_id)
    if lock:
        statement = statement.with_for_update(of=OrganisationDuplicate)
    return await read_one(session, statement, DUPLICATE, fresh=True)


def _pairs() -> Select[OrganisationDuplicate]:
    sides = (selectinload(OrganisationDuplicate.first), selectinload(OrganisationDuplicate.second))
    return select(OrganisationDuplicate).options(*sides)
