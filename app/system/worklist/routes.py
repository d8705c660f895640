"""HTTP of the worklist."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request

from app.core.access import Actor, Role
from app.core.clock import read_clock
from app.core.schemas import AskedFlag, Day
from app.core.web.access import EVERY_ROLE, allow
from app.core.web.http import Endpoint, Session
from app.core.web.lists import Paging
from app.core.web.routing import Router
from app.system.worklist import queries, schemas
from app.system.worklist.kinds import MatterKind, Side

router = Router(route_class=Endpoint, tags=("worklist",))

Reader = Annotated[Actor, allow(*EVERY_ROLE, Role.BROKER_IN_PERSON, scope="worklist:read")]
Kinds = Annotated[
    list[MatterKind] | None, Query(alias="kind", max_length=20, description="Only these kinds; repeat it")
]


async def _wanted(
    kinds: Kinds = None,
    side: Annotated[Side | None, Query(description="Who must act")] = None,
    due_until: Annotated[Day | None, Query(description="Due not after this local day")] = None,
    overdue: Annotated[AskedFlag, Query(description="Only what should have been done by now")] = False,
    subject_id: Annotated[UUID | None, Query(description="Only about this subject")] = None,
) -> queries.Wanted:
    return queries.Wanted(frozenset(kinds or ()), side, due_until, overdue, subject_id)


Wanted = Annotated[queries.Wanted, Depends(_wanted)]


@router.get("/worklist", operation_id="read_worklist")
async def read_worklist(
    actor: Reader, request: Request, session: Session, page: Paging, wanted: Wanted
) -> schemas.WorklistOut:
    """Read what waits: for you to act on, and what you wait for. By the day it is due, what has none last.

    Your key sees the matters of the packages that its scopes may read. There is no other order.
    """
    found = await queries.list_matters(session, actor, page, wanted)
    now, language = await read_clock(session), request.scope["language"]
    advice = None
    if not found.rows and page.cursor is None:
        advice = (schemas.NOTHING if wanted == queries.Wanted() else schemas.NOTHING_OF_IT).render(language, {})
    return schemas.WorklistOut(
        items=[schemas.matter_out(row, language, session.city, now) for row in found.rows],
        next_cursor=found.next_cursor,
        advice=advice,
        server_time=now,
    )


@router.get("/worklist/counts", operation_id="count_worklist")
async def count_worklist(actor: Reader, session: Session, wanted: Wanted) -> schemas.WorklistCountsOut:
    """Count what waits by kind and side, each up to 1000."""
    rows = await queries.count_matters(session, actor, wanted)
    return schemas.WorklistCountsOut(
        counts=[schemas.count_out(row) for row in rows], server_time=await read_clock(session)
    )
